//! What a browser has, without asking anybody.

use super::found::Found;
use crate::{
    call::diagnostics::{Detail, Fact, Fault, Finding, Value},
    platform::{capture, js, media::MediaStreamTrack},
};

/// Looks at the browser.
pub fn check_browser() -> Found {
    let Some(window) = web_sys::window() else {
        return (Finding::Failed(Fault::Unsupported), Vec::new());
    };
    let has = |name| js::property(&window, name).is_some();
    let web_rtc = has("RTCPeerConnection");
    let facts = vec![
        Fact::new(Detail::Name, Value::Text(name(&window.navigator()))),
        Fact::new(Detail::WebRtc, Value::Flag(web_rtc)),
        Fact::new(
            Detail::Encryption,
            Value::Flag(has("RTCRtpScriptTransform")),
        ),
    ];
    let finding = if !window.is_secure_context() {
        Finding::Failed(Fault::Insecure)
    } else if !web_rtc || capture::devices().is_none() {
        Finding::Failed(Fault::Unsupported)
    } else {
        Finding::Passed
    };
    (finding, facts)
}

/// Width and height of a track's picture.
pub fn size(track: &MediaStreamTrack) -> Option<String> {
    let settings = track.get_settings();
    let length = |name| Some((js::property(&settings, name)?.as_f64()? as u32).to_string());
    Some([&*length("width")?, "\u{d7}", &*length("height")?].concat())
}

/// Name and version as the browser tells them, without its system and its disguises.
fn name(navigator: &web_sys::Navigator) -> String {
    let agent = js::property(navigator, "userAgent").and_then(|agent| agent.as_string());
    let agent = agent.unwrap_or_default();
    let told = ["Firefox/", "Edg/", "Chrome/", "Version/"];
    let found = told.iter().find_map(|mark| {
        let (_, rest) = agent.split_once(mark)?;
        let version = rest.split([' ', '.']).next()?;
        let name = match *mark {
            "Edg/" => "Edge",
            "Version/" => "Safari",
            other => other.trim_end_matches('/'),
        };
        Some([name, " ", version].concat())
    });
    found.unwrap_or_default()
}
