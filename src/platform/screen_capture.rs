//! Screens, windows and tabs to share: asking for one, and what was chosen (W3C Screen Capture).

use js_sys::{Array, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{MediaDevices, MediaStream, MediaStreamTrack};

use super::{
    capture,
    capture_error::{CaptureError, Circumstances},
    dom::window,
    js, promise,
    sender_parameters::Sharpness,
};
use crate::protocol::MediaKind;

/// What was chosen.
pub struct Screen {
    /// Its picture.
    pub picture: MediaStreamTrack,
    /// Its sound, where there is some.
    pub sound: Option<MediaStreamTrack>,
    /// The mark of the own tab.
    mark: String,
}

/// What is shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// A whole screen.
    Monitor,
    /// A window.
    Window,
    /// Another tab of the browser.
    Tab,
    /// The tab of this meeting, which shows itself in itself.
    OwnTab,
    /// The browser does not tell.
    Unknown,
}

/// Whether the browser can share a screen; those of phones can't.
pub fn can_share_screen() -> bool {
    capture::devices().is_some_and(|devices| js::has_method(&devices, "getDisplayMedia"))
}

/// Asks the browser, which asks the person what to share.
///
/// # Errors
/// Why nothing is shared; [`CaptureError::Denied`] also when the person thinks better of it.
pub async fn open(sharpness: Sharpness) -> Result<Screen, CaptureError> {
    let devices = capture::devices().ok_or(CaptureError::NotFound)?;
    let mark = mark_own_tab(&devices);
    let asking = js::call(&devices, "getDisplayMedia", &options(sharpness))
        .ok_or(CaptureError::NotFound)?
        .map_err(|error| read(&error))?;
    let stream = JsFuture::from(asking.unchecked_into::<Promise>())
        .await
        .map_err(|error| read(&error))?;
    let tracks = stream.unchecked_into::<MediaStream>().get_tracks();
    let first = |kind: MediaKind| {
        let mut tracks = tracks.iter().map(JsCast::unchecked_into);
        tracks.find(|track: &MediaStreamTrack| track.kind() == kind.as_str())
    };
    let picture = first(MediaKind::Video).ok_or(CaptureError::NotFound)?;
    let sound = first(MediaKind::Audio);
    js::set(&picture, "contentHint", sharpness.hint().into());
    if let Some(sound) = &sound {
        js::set(sound, "contentHint", "music".into());
    }
    Ok(Screen {
        picture,
        sound,
        mark,
    })
}

fn read(error: &JsValue) -> CaptureError {
    let (name, message) = (promise::name(error), promise::message(error));
    CaptureError::read(&name, message, Circumstances::default())
}

/// The own tab is left out of what is offered where the browser can do that; a tab may be exchanged for
/// another one while it is shared.
fn options(sharpness: Sharpness) -> JsValue {
    let frame_rate = js::object(&[("max", sharpness.frame_rate().into())]);
    let video = js::object(&[("frameRate", frame_rate)]);
    // It is to be heard as it is; what is for voices would mute music.
    let audio = js::object(&[
        ("echoCancellation", false.into()),
        ("noiseSuppression", false.into()),
        ("autoGainControl", false.into()),
    ]);
    js::object(&[
        ("video", video),
        ("audio", audio),
        ("systemAudio", "include".into()),
        ("selfBrowserSurface", "exclude".into()),
        ("surfaceSwitching", "include".into()),
    ])
}

/// Has the own tab bear a mark by which it is known when it is captured, where the browser can do that
/// (WICG Capture Handle). Pages of other sites do not see it. It is the same each time, since it takes a
/// while until it is seen.
fn mark_own_tab(devices: &MediaDevices) -> String {
    let performance = window().performance();
    let opened = performance.map_or(0.0, |performance| performance.time_origin());
    let mark = ((opened * 1_000.0) as u64).to_string();
    let origin = window().location().origin();
    let readers = Array::of1(&origin.unwrap_or_default().into());
    let handle = js::object(&[
        ("handle", mark.as_str().into()),
        ("permittedOrigins", readers.into()),
    ]);
    // Refused in a frame, where there is no tab to mark.
    let _ = js::call(devices, "setCaptureHandleConfig", &handle);
    mark
}

impl Screen {
    /// What it has.
    pub fn tracks(&self) -> impl Iterator<Item = &MediaStreamTrack> {
        std::iter::once(&self.picture).chain(&self.sound)
    }

    /// What it is, as far as the browser knows now: the event `capturehandlechange` tells when it knows more.
    pub fn surface(&self) -> Surface {
        let text = |object: &JsValue, name: &str| js::property(object, name)?.as_string();
        let handle = js::call(&self.picture, "getCaptureHandle", &JsValue::UNDEFINED);
        let mark = handle.and_then(|handle| text(&handle.ok()?, "handle"));
        match text(&self.picture.get_settings(), "displaySurface").as_deref() {
            Some("monitor") => Surface::Monitor,
            Some("window") => Surface::Window,
            Some("browser") if mark.as_ref() == Some(&self.mark) => Surface::OwnTab,
            Some("browser") => Surface::Tab,
            _ => Surface::Unknown,
        }
    }
}

/// Has a track be captured otherwise (W3C Media Capture section 4.3.3, `applyConstraints`); where the browser can't, it
/// goes on as it was.
pub fn adjust(track: &MediaStreamTrack, sharpness: Sharpness) {
    js::set(track, "contentHint", sharpness.hint().into());
    let rate = js::object(&[("max", sharpness.frame_rate().into())]);
    let constraints: JsValue = js::object(&[("frameRate", rate)]);
    if let Some(Ok(applying)) = js::call(track, "applyConstraints", &constraints) {
        promise::ignore(applying.into());
    }
}
