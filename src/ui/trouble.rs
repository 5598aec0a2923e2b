//! Everything that can be in the way, each with what it is, what to do, and the button that does it.

use leptos::prelude::*;

use super::{
    dynamic::press,
    heading::heading,
    icons::{Glyph, icon},
    notice::{Notice, next, notice},
    piece::{IntoPiece, Piece},
};
use crate::browser::{CaptureTrouble, Meeting, Trouble};

/// A cause and its remedy, in words.
struct Words {
    glyph: Glyph,
    title: &'static str,
    cause: String,
    remedy: &'static str,
}

/// The page instead of the lobby or the call.
pub fn trouble_page(meeting: Meeting, trouble: &Trouble) -> Piece {
    let words = describe(trouble);
    let next = match trouble {
        Trouble::InsecureContext => Some(next("Open with https", open_securely)),
        Trouble::Unsupported => None,
        Trouble::Refused { .. } | Trouble::ServerAway => {
            Some(next("Try again", move || meeting.rejoin()))
        }
    };
    let said = view! {
        <p>{words.cause}</p>
        <p class="quiet">{words.remedy}</p>
    };
    notice(Notice {
        glyph: words.glyph,
        warns: true,
        heading: heading(words.title),
        words: said.piece(),
        next,
    })
}

/// The card in the lobby's preview when no device could be had.
pub fn device_trouble(meeting: Meeting, trouble: &CaptureTrouble) -> Piece {
    let words = describe_devices(trouble);
    view! {
        <div class="preview-note" role="group" aria-labelledby="trouble-title">
            <span class="medal medal-warn">
                {icon(words.glyph)}
            </span>
            <h2 class="preview-title" id="trouble-title">
                {words.title}
            </h2>
            <p>{words.cause}</p>
            <p class="quiet">{words.remedy}</p>
            <div class="actions">
                {next("Try again", move || meeting.use_devices())}
                <button class="button" type="button" on:click=press(move || meeting.continue_without())>
                    "Continue without"
                </button>
            </div>
        </div>
    }
    .piece()
}

/// Makes a sentence of the words of an error.
pub fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let Some(first) = chars.next() else {
        return String::new();
    };
    let end = if text.ends_with(['.', '!', '?']) {
        ""
    } else {
        "."
    };
    first
        .to_uppercase()
        .chain(chars)
        .chain(end.chars())
        .collect()
}

fn describe(trouble: &Trouble) -> Words {
    let (glyph, title, cause, remedy) = match trouble {
        Trouble::InsecureContext => (
            Glyph::Lock,
            "This address is not secure",
            "Browsers give camera and microphone only to pages that came over https, or from this very machine.",
            "Open the link with https:// in front, or ask the host to turn on https. On the machine that hosts, http://localhost works.",
        ),
        Trouble::Unsupported => (
            Glyph::Screen,
            "This browser can’t make video calls",
            "It lacks WebRTC, or has it turned off.",
            "Open the link in a current Firefox, Chrome, Edge or Safari. If yours is one of them, allow WebRTC in its settings or extensions.",
        ),
        Trouble::ServerAway => (
            Glyph::Offline,
            "The server can’t be reached",
            "It does not answer: it may be restarting, or your network is gone.",
            "Check your connection and try again in a moment.",
        ),
        Trouble::Refused { code, message } => return refused(code, message),
    };
    Words {
        glyph,
        title,
        cause: cause.to_owned(),
        remedy,
    }
}

fn refused(code: &str, message: &str) -> Words {
    let (glyph, title, remedy) = match code {
        "room-full" => (
            Glyph::People,
            "This room is full",
            "Your camera and microphone are off meanwhile.",
        ),
        "too-many-rooms" => (
            Glyph::People,
            "The server is full",
            "Or ask who hosts it to allow more rooms.",
        ),
        "bad-room-name" => (
            Glyph::Search,
            "That is not a room’s name",
            "Check the link you were given.",
        ),
        _ => (
            Glyph::Warning,
            "The server did not let you in",
            "Try again; if that does not help, reload the page.",
        ),
    };
    Words {
        glyph,
        title,
        cause: sentence(message),
        remedy,
    }
}

fn describe_devices(trouble: &CaptureTrouble) -> Words {
    let (glyph, title, cause, remedy) = match trouble {
        CaptureTrouble::Denied => (
            Glyph::CameraOff,
            "Camera and microphone are blocked",
            "The browser, or the system it runs on, does not let this page use them.",
            "Choose the icon beside the address, allow camera and microphone, and try again. If they are allowed there, allow them for the browser in the system’s privacy settings.",
        ),
        CaptureTrouble::NotFound => (
            Glyph::Search,
            "No camera or microphone found",
            "The browser sees neither on this machine.",
            "Plug one in and try again, or join without: you will see and hear the others.",
        ),
        CaptureTrouble::InUse => (
            Glyph::CameraOff,
            "Another program uses your devices",
            "Camera or microphone are there, but the system does not hand them over.",
            "Close other calls and programs that record, then try again.",
        ),
        CaptureTrouble::Constraint => (
            Glyph::Warning,
            "Your device can’t do what was asked",
            "The camera or microphone that was chosen is gone, or has no picture of the size we need.",
            "Try again to use another one.",
        ),
        CaptureTrouble::Other(reason) => {
            return Words {
                glyph: Glyph::Warning,
                title: "Camera and microphone did not start",
                cause: sentence(reason),
                remedy: "Try again. If that does not help, unplug and plug in the device, or restart the browser.",
            };
        }
    };
    Words {
        glyph,
        title,
        cause: cause.to_owned(),
        remedy,
    }
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
