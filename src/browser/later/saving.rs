//! The measurements as a download.

use js_sys::{Array, Date};
use leptos::prelude::*;
use web_sys::Blob;

use super::{super::meeting::Meeting, save::save};
use crate::call::quality::report;

/// Saves what was measured in the last two minutes as a file, named by room and time.
pub fn save_report(meeting: Meeting) {
    let room = meeting.room.get_value();
    save_text(&["roundtable-", room.as_str()].concat(), |now| {
        let text = meeting.work(|works| report(room.as_str(), now, &works.records.borrow()));
        text.unwrap_or_default()
    });
}

/// Saves JSON, made of the time now in ISO 8601, as a file of this name and that time.
pub fn save_text(name: &str, make: impl FnOnce(&str) -> String) {
    let now = String::from(Date::new_0().to_iso_string());
    let text = make(&now);
    let Ok(blob) = Blob::new_with_str_sequence(&Array::of1(&text.into())) else {
        return;
    };
    // Of the time, without the colons that some systems do not allow, nor parts of a second.
    let minute = now.replace(':', "-");
    let minute = minute.split('.').next().unwrap_or_default();
    let name = [name, "-", minute, ".json"].concat();
    save(&blob, &name);
}
