//! The measurements as a download.

use leptos::prelude::*;

use crate::{call::stats::report, meeting::handle::Meeting, platform::save_file::save_text};

/// Saves what was measured in the last two minutes as a file, named by room and time.
pub fn save_report(meeting: Meeting) {
    let room = meeting.room.get_value();
    save_text(&["roundtable-", room.as_str()].concat(), |now| {
        let text =
            meeting.with_runtime(|runtime| report(room.as_str(), now, &runtime.records.borrow()));
        text.unwrap_or_default()
    });
}
