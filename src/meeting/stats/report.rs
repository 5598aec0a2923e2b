//! The measurements as a download.

use super::Stats;
use crate::{call::stats::report, platform::save_file::save_text};

impl Stats {
    /// Saves what was measured in the last two minutes as a file, named by room and time.
    pub fn save_report(&self) {
        let Some(room) = self.call.room() else { return };
        save_text(&["roundtable-", room.as_str()].concat(), |now| {
            let text = self.records(|records| report(room.as_str(), now, records));
            text.unwrap_or_default()
        });
    }
}
