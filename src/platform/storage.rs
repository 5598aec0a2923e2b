//! What the browser remembers for the person: `localStorage`, where it is allowed.

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

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
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
