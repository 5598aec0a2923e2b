//! Everything that can be in the way, each with what it is, what to do, and the button that does it.

use leptos::prelude::*;

use crate::{
    meeting::{Meeting, Trouble},
    platform::capture_error::CaptureError,
    protocol::{Refused, upper},
    ui::{
        components::{Glyph, Notice, address, heading, icon, next_button, notice},
        devices::lazy::permission_help,
        lazy::lazy,
        ui_state::UiState,
        view::{ErasedView, IntoErasedView, press},
    },
    words::{Phrase, Plural, Word, count, say, t},
};

/// A cause and its remedy, in words.
struct TroubleText {
    glyph: Glyph,
    title: Word,
    cause: String,
    /// None where steps follow.
    remedy: Option<Word>,
}

/// The page instead of the lobby or the call.
pub fn trouble_page(meeting: Meeting, trouble: &Trouble) -> ErasedView {
    let described = describe(trouble);
    let next = match trouble {
        Trouble::InsecureContext => Some(next_button(t(Word::TroubleInsecureNext), open_securely)),
        // Who was put out is not asked back, and a meeting that is over has nobody in it.
        Trouble::Unsupported | Trouble::Knocking | Trouble::Kicked | Trouble::MeetingEnded => None,
        Trouble::Locked => Some(next_button(t(Word::TroubleLockedNext), move || {
            meeting.call.knock()
        })),
        Trouble::SessionReplaced => Some(next_button(t(Word::TroubleReplacedNext), move || {
            meeting.rejoin()
        })),
        // Trying again would not help.
        Trouble::Refused(refused) if &*refused.code == "kicked" => None,
        Trouble::Refused(_) | Trouble::ServerUnreachable | Trouble::NotAdmitted => {
            Some(next_button(t(Word::TroubleAgain), move || meeting.rejoin()))
        }
    };
    let setting =
        matches!(trouble, Trouble::Refused(refused) if &*refused.code == "origin-refused");
    let said = view! {
        <p>{described.cause}</p>
        {setting.then(|| view! {
            <p>
                <code class="command-line" dir="ltr">{["--public-url ", &own_origin()].concat()}</code>
            </p>
        })}
        <p class="secondary-text">{described.remedy.map(t)}</p>
        {matches!(trouble, Trouble::InsecureContext | Trouble::Unsupported).then(check_link)}
    };
    notice(Notice {
        glyph: described.glyph,
        warns: true,
        heading: heading(t(described.title)),
        body: said.erase(),
        next,
    })
}

/// The card in the lobby's preview when no device could be had.
pub fn device_trouble(meeting: Meeting, ui_state: UiState, trouble: &CaptureError) -> ErasedView {
    let described = describe_devices(trouble);
    let helps = matches!(trouble, CaptureError::Denied | CaptureError::DeniedBySystem);
    view! {
        <div class="preview-note" role="group" aria-labelledby="trouble-title">
            <span class="icon-circle icon-circle-warn">
                {icon(described.glyph)}
            </span>
            <h2 class="preview-title" id="trouble-title">
                {t(described.title)}
            </h2>
            <p>{described.cause}</p>
            {described.remedy.map(|remedy| view! { <p class="secondary-text">{t(remedy)}</p> }.erase())}
            {helps.then(|| lazy(permission_help(), meeting, ui_state))}
            <div class="actions">
                {next_button(t(Word::TroubleAgain), move || meeting.devices.use_devices())}
                <button class="button" type="button" on:click=press(move || meeting.devices.continue_without())>
                    {t(Word::PreviewWithout)}
                </button>
            </div>
            {check_link()}
        </div>
    }
    .erase()
}

/// The way to the page that looks for what is amiss.
fn check_link() -> ErasedView {
    view! {
        <p>
            <a href=address("/check")>{t(Word::CheckLink)}</a>
        </p>
    }
    .erase()
}

/// Makes a sentence of the words of an error.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let Some(first) = chars.next() else {
        return String::new();
    };
    let end = if text.ends_with(['.', '!', '?']) {
        ""
    } else {
        "."
    };
    let first = upper(first.encode_utf8(&mut [0; 4]));
    [&first, chars.as_str(), end].concat()
}

fn describe(trouble: &Trouble) -> TroubleText {
    let (glyph, title, cause, remedy) = match trouble {
        Trouble::InsecureContext => (
            Glyph::Lock,
            Word::TroubleInsecureTitle,
            Word::TroubleInsecureCause,
            Word::TroubleInsecureRemedy,
        ),
        Trouble::Unsupported => (
            Glyph::Screen,
            Word::TroubleUnsupportedTitle,
            Word::TroubleUnsupportedCause,
            Word::TroubleUnsupportedRemedy,
        ),
        Trouble::ServerUnreachable => (
            Glyph::Offline,
            Word::TroubleUnreachableTitle,
            Word::TroubleUnreachableCause,
            Word::TroubleUnreachableRemedy,
        ),
        Trouble::Locked => (
            Glyph::Lock,
            Word::TroubleLockedTitle,
            Word::TroubleLockedCause,
            Word::TroubleLockedRemedy,
        ),
        Trouble::Knocking => (
            Glyph::Door,
            Word::TroubleKnockingTitle,
            Word::TroubleKnockingCause,
            Word::TroubleKnockingRemedy,
        ),
        Trouble::NotAdmitted => (
            Glyph::Lock,
            Word::TroubleNotAdmittedTitle,
            Word::TroubleNotAdmittedCause,
            Word::TroubleEndedRemedy,
        ),
        Trouble::Kicked => (
            Glyph::Door,
            Word::TroubleRemovedTitle,
            Word::TroubleRemovedCause,
            Word::TroubleEndedRemedy,
        ),
        Trouble::MeetingEnded => (
            Glyph::HangUp,
            Word::TroubleEndedTitle,
            Word::TroubleEndedCause,
            Word::TroubleEndedRemedy,
        ),
        Trouble::SessionReplaced => (
            Glyph::Screen,
            Word::TroubleReplacedTitle,
            Word::TroubleReplacedCause,
            Word::TroubleEndedRemedy,
        ),
        Trouble::Refused(refused) => return describe_refusal(refused),
    };
    TroubleText {
        glyph,
        title,
        cause: t(cause).to_owned(),
        remedy: Some(remedy),
    }
}

/// In the words of the page where it has some for the code, else in those of the server.
fn describe_refusal(refused: &Refused) -> TroubleText {
    let full = |limit| count(Plural::TroubleRoomFullCause, limit);
    let (glyph, title, cause, remedy) = match &*refused.code {
        "room-full" => (
            Glyph::People,
            Word::TroubleRoomFullTitle,
            refused.limit.map(full),
            Word::TroubleRoomFullRemedy,
        ),
        "kicked" => (
            Glyph::Door,
            Word::TroubleRemovedTitle,
            Some(t(Word::TroubleKickedCause).to_owned()),
            Word::TroubleKickedRemedy,
        ),
        "too-many-rooms" => (
            Glyph::People,
            Word::TroubleServerFullTitle,
            Some(t(Word::TroubleServerFullCause).to_owned()),
            Word::TroubleServerFullRemedy,
        ),
        "origin-refused" => (
            Glyph::Lock,
            Word::TroubleOriginTitle,
            Some(say(Phrase::TroubleOriginCause {
                origin: &own_origin(),
            })),
            Word::TroubleOriginRemedy,
        ),
        "address-limit" => (
            Glyph::People,
            Word::TroubleAddressTitle,
            Some(t(Word::TroubleAddressCause).to_owned()),
            Word::TroubleAddressRemedy,
        ),
        "bad-room-name" => (
            Glyph::Search,
            Word::BadNameHeading,
            Some(t(Word::TroubleNameCause).to_owned()),
            Word::TroubleNameRemedy,
        ),
        _ => (
            Glyph::Warning,
            Word::TroubleRefusedTitle,
            None,
            Word::TroubleRefusedRemedy,
        ),
    };
    TroubleText {
        glyph,
        title,
        cause: cause.unwrap_or_else(|| sentence(&refused.message)),
        remedy: Some(remedy),
    }
}

fn describe_devices(trouble: &CaptureError) -> TroubleText {
    let (glyph, title, cause, remedy) = match trouble {
        CaptureError::Denied => (
            Glyph::CameraOff,
            Word::TroubleBlockedTitle,
            Word::TroubleBlockedCause,
            None,
        ),
        CaptureError::DeniedBySystem => (
            Glyph::CameraOff,
            Word::TroubleForbiddenTitle,
            Word::TroubleForbiddenCause,
            None,
        ),
        CaptureError::Dismissed => (
            Glyph::CameraOff,
            Word::TroubleDismissedTitle,
            Word::TroubleDismissedCause,
            Some(Word::TroubleDismissedRemedy),
        ),
        CaptureError::Timeout => (
            Glyph::Warning,
            Word::TroubleTimeoutTitle,
            Word::TroubleTimeoutCause,
            Some(Word::TroubleTimeoutRemedy),
        ),
        CaptureError::NotFound => (
            Glyph::Search,
            Word::TroubleNoneTitle,
            Word::TroubleNoneCause,
            Some(Word::TroubleNoneRemedy),
        ),
        CaptureError::InUse => (
            Glyph::CameraOff,
            Word::TroubleInUseTitle,
            Word::TroubleInUseCause,
            Some(Word::TroubleInUseRemedy),
        ),
        CaptureError::Constraint => (
            Glyph::Warning,
            Word::TroubleConstraintTitle,
            Word::TroubleConstraintCause,
            Some(Word::TroubleConstraintRemedy),
        ),
        CaptureError::Other(reason) => {
            return TroubleText {
                glyph: Glyph::Warning,
                title: Word::TroubleFailedTitle,
                cause: sentence(reason),
                remedy: Some(Word::TroubleFailedRemedy),
            };
        }
    };
    TroubleText {
        glyph,
        title,
        cause: t(cause).to_owned(),
        remedy,
    }
}

/// Scheme, host and port of this page.
fn own_origin() -> String {
    window().location().origin().unwrap_or_default()
}

fn open_securely() {
    let location = window().location();
    if let Ok(href) = location.href() {
        let _ = location.set_href(&href.replacen("http://", "https://", 1));
    }
}

#[cfg(test)]
mod tests {
    use super::sentence;

    #[test]
    fn errors_become_sentences() {
        assert_eq!(
            sentence("this room is full. Try again"),
            "This room is full. Try again."
        );
        assert_eq!(sentence("émile?"), "Émile?");
        assert_eq!(sentence(""), "");
    }
}
