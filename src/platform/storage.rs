//! What the browser remembers for the person: `localStorage`, where it is allowed.

use wasm_bindgen::JsCast;

use super::{dom::window, js, promise};
use crate::protocol::MediaKind;

/// A thing to remember.
#[derive(Debug, Clone, Copy)]
pub enum Key {
    /// The name that was last used.
    Name,
    /// The camera that was chosen.
    Camera,
    /// The microphone that was chosen.
    Microphone,
    /// Whether the microphone was on.
    MicrophoneOn,
    /// Whether the camera was on.
    CameraOn,
    /// The audio output that was chosen.
    Speaker,
    /// Light or dark.
    Theme,
    /// Whether the own view is a mirror.
    Mirror,
    /// Whether coming and going is heard.
    Sounds,
    /// Whether single keys do something.
    SingleKeys,
    /// Whether buttons show their keys.
    Captions,
    /// Who is large.
    View,
    /// Whether the own view is shown.
    SelfView,
    /// What counts for a shared screen.
    Sharpness,
    /// How much is received.
    Receive,
    /// How much is sent.
    Send,
    /// Whether the own camera is sent in high definition.
    Fine,
    /// The language that was chosen.
    Language,
    /// Recordings are kept that are not saved yet.
    Recordings,
}

/// What was remembered.
pub fn read(key: Key) -> Option<String> {
    storage()?.get_item(key.as_str()).ok().flatten()
}

/// Remembers; where storage is forbidden, forgets.
pub fn write(key: Key, value: &str) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(key.as_str(), value);
    }
}

/// Forgets.
pub fn remove(key: Key) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(key.as_str());
    }
}

/// Keeps something for the next page of this tab (`sessionStorage`); whether it is kept.
pub fn write_for_session(key: &str, value: &str) -> bool {
    let storage = session_storage();
    storage.is_some_and(|storage| storage.set_item(key, value).is_ok())
}

/// What the page before has kept in this tab, for once.
pub fn take_for_session(key: &str) -> Option<String> {
    let storage = session_storage()?;
    let kept = storage.get_item(key).ok().flatten();
    let _ = storage.remove_item(key);
    kept
}

/// Asks the browser not to throw away what is kept here (WHATWG Storage section 5).
pub fn request_persistence() {
    let storage = js::property(&window().navigator(), "storage");
    if let Some(Ok(asking)) = storage.map(|storage| js::invoke(&storage, "persist", &[])) {
        promise::ignore(asking.unchecked_into());
    }
}

fn session_storage() -> Option<web_sys::Storage> {
    window().session_storage().ok().flatten()
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

impl Key {
    /// The device of a kind that was chosen.
    pub fn device(kind: MediaKind) -> Self {
        match kind {
            MediaKind::Audio => Self::Microphone,
            MediaKind::Video => Self::Camera,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Name => "roundtable.name",
            Self::Camera => "roundtable.camera",
            Self::Microphone => "roundtable.microphone",
            Self::MicrophoneOn => "roundtable.microphone-on",
            Self::CameraOn => "roundtable.camera-on",
            Self::Speaker => "roundtable.speaker",
            Self::Theme => "roundtable.theme",
            Self::Mirror => "roundtable.mirror",
            Self::Sounds => "roundtable.sounds",
            Self::SingleKeys => "roundtable.keys",
            Self::Captions => "roundtable.key-captions",
            Self::View => "roundtable.view",
            Self::SelfView => "roundtable.self-view",
            Self::Sharpness => "roundtable.sharpness",
            Self::Receive => "roundtable.receive",
            Self::Send => "roundtable.send",
            Self::Fine => "roundtable.fine",
            Self::Language => "roundtable.language",
            Self::Recordings => "roundtable.recordings",
        }
    }
}
