//! How long the person has recorded.

use leptos::prelude::*;

use crate::{
    meeting::Meeting,
    ui::{
        components::{Glyph, icon},
        view::{ErasedView, IntoErasedView, text},
    },
    words::{Word, t},
};

/// The mark in the head of the call.
pub fn elapsed(meeting: Meeting) -> ErasedView {
    view! {
        <span class="recording-indicator" title=t(Word::RecordElapsed)>
            {icon(Glyph::Record)}
            <span class="visually-hidden">{t(Word::RecordElapsed)} " "</span>
            {text(move || time(meeting.recording.seconds.get().unwrap_or_default()))}
        </span>
    }
    .erase()
}

/// Minutes and seconds; above an hour, hours too.
fn time(seconds: u32) -> String {
    let two = |number: u32| [if number < 10 { "0" } else { "" }, &number.to_string()].concat();
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, two(seconds % 60));
    match hours {
        0 => [minutes.to_string(), seconds].join(":"),
        hours => [hours.to_string(), two(minutes), seconds].join(":"),
    }
}

#[cfg(test)]
mod tests {
    use super::time;

    #[test]
    fn time_is_read_as_on_a_clock() {
        assert_eq!(time(0), "0:00");
        assert_eq!(time(61), "1:01");
        assert_eq!(time(3_599), "59:59");
        assert_eq!(time(3_600 * 10 + 62), "10:01:02");
    }
}
