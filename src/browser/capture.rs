//! Cameras and microphones: asking for them, listing them, and what can go wrong.

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    ConstrainDomStringParameters, MediaDeviceInfo, MediaDeviceKind, MediaDevices, MediaStream,
    MediaStreamConstraints, MediaStreamTrack, MediaTrackConstraints,
};

use super::{js, outcome};
use crate::{
    protocol::Kind,
    words::{Phrase, Word, say, t},
};

/// The picture that is asked for, as in the seed, in pixels. The browser may give another.
const PICTURE: (f64, f64) = (480.0, 360.0);

/// How far the person has come with camera and microphone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Capture {
    /// Nobody has asked.
    NotAsked,
    /// The browser is asking the person.
    Asking,
    /// There is at least one of the two.
    Ready,
    /// The person goes without.
    Without,
    /// Neither could be had.
    Failed(CaptureTrouble),
}

/// Why a device could not be had (W3C Media Capture section 10.2, the errors of `getUserMedia`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaptureTrouble {
    /// The person, the browser or the system does not allow it.
    Denied,
    /// There is none.
    NotFound,
    /// Another program has it.
    InUse,
    /// It can't do what was asked of it.
    Constraint,
    /// The browser's own words.
    Other(String),
}

/// A device to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// The browser's name of it, for this origin.
    pub id: String,
    /// The name on the box.
    pub label: String,
}

/// What there is to choose from, and what is chosen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Devices {
    /// All cameras.
    pub cameras: Vec<Device>,
    /// All microphones.
    pub microphones: Vec<Device>,
    /// The camera in use, by its id.
    pub camera: Option<String>,
    /// The microphone in use, by its id.
    pub microphone: Option<String>,
}

/// A wish for one kind of device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// The one that was remembered, if it is there, or any.
    Any(Option<String>),
    /// This one and no other.
    Exactly(String),
}

/// Asks for both kinds with one dialog; where the two together can't be had, for each alone.
///
/// # Errors
/// Neither could be had: why the two together could not.
pub async fn open_both(audio: Wish, video: Wish) -> Result<Vec<MediaStreamTrack>, CaptureTrouble> {
    let trouble = match open(Some(&audio), Some(&video)).await {
        Ok(tracks) => return Ok(tracks),
        Err(trouble) => trouble,
    };
    // Asking again after a no would be a second dialog.
    if trouble == CaptureTrouble::Denied {
        return Err(trouble);
    }
    let mut tracks = open(Some(&audio), None).await.unwrap_or_default();
    tracks.extend(open(None, Some(&video)).await.unwrap_or_default());
    if tracks.is_empty() {
        Err(trouble)
    } else {
        Ok(tracks)
    }
}

/// Asks for one kind.
///
/// # Errors
/// Why it could not be had.
pub async fn open_one(kind: Kind, wish: Wish) -> Result<MediaStreamTrack, CaptureTrouble> {
    let tracks = match kind {
        Kind::Audio => open(Some(&wish), None).await?,
        Kind::Video => open(None, Some(&wish)).await?,
    };
    tracks.into_iter().next().ok_or(CaptureTrouble::NotFound)
}

/// Lists the devices; before the person has allowed any, they have no names and are left out.
pub async fn list() -> (Vec<Device>, Vec<Device>) {
    let Some(listing) = devices().and_then(|devices| devices.enumerate_devices().ok()) else {
        return Default::default();
    };
    let found: Array = JsFuture::from(listing)
        .await
        .map(JsCast::unchecked_into)
        .unwrap_or_default();
    let found: Vec<MediaDeviceInfo> = found.iter().map(JsCast::unchecked_into).collect();
    let of = |kind: MediaDeviceKind| {
        let named = found
            .iter()
            .filter(|info| info.kind() == kind && !info.label().is_empty());
        named
            .map(|info| Device {
                id: info.device_id(),
                label: info.label(),
            })
            .collect()
    };
    (
        of(MediaDeviceKind::Videoinput),
        of(MediaDeviceKind::Audioinput),
    )
}

/// The browser's devices; absent in an insecure context.
pub fn devices() -> Option<MediaDevices> {
    let navigator = web_sys::window()?.navigator();
    js::property(&navigator, "mediaDevices")?.dyn_into().ok()
}

async fn open(
    audio: Option<&Wish>,
    video: Option<&Wish>,
) -> Result<Vec<MediaStreamTrack>, CaptureTrouble> {
    let constraints = MediaStreamConstraints::new();
    if let Some(wish) = audio {
        constraints.set_audio(&wish.constraints());
    }
    if let Some(wish) = video {
        let picture = wish.constraints();
        picture.set_width(&PICTURE.0.into());
        picture.set_height(&PICTURE.1.into());
        constraints.set_video(&picture);
    }
    let asking = devices()
        .ok_or(CaptureTrouble::NotFound)?
        .get_user_media_with_constraints(&constraints)
        .map_err(|error| CaptureTrouble::from_exception(&error))?;
    let stream = JsFuture::from(asking)
        .await
        .map_err(|error| CaptureTrouble::from_exception(&error))?;
    let stream: MediaStream = stream.unchecked_into();
    Ok(stream
        .get_tracks()
        .iter()
        .map(JsCast::unchecked_into)
        .collect())
}

impl Wish {
    fn constraints(&self) -> MediaTrackConstraints {
        let constraints = MediaTrackConstraints::new();
        let id = ConstrainDomStringParameters::new();
        match self {
            Self::Any(None) => return constraints,
            Self::Any(Some(remembered)) => id.set_ideal(&JsValue::from_str(remembered)),
            Self::Exactly(chosen) => id.set_exact(&JsValue::from_str(chosen)),
        }
        constraints.set_device_id(&id);
        constraints
    }
}

impl CaptureTrouble {
    /// What to say when the device of one kind could not be had.
    pub fn spoken(&self, kind: Kind) -> String {
        let word = match (self, kind) {
            (Self::Denied, Kind::Audio) => Word::MicrophoneDenied,
            (Self::Denied, Kind::Video) => Word::CameraDenied,
            (Self::NotFound, Kind::Audio) => Word::MicrophoneNotFound,
            (Self::NotFound, Kind::Video) => Word::CameraNotFound,
            (Self::InUse, Kind::Audio) => Word::MicrophoneInUse,
            (Self::InUse, Kind::Video) => Word::CameraInUse,
            (Self::Constraint, Kind::Audio) => Word::MicrophoneGone,
            (Self::Constraint, Kind::Video) => Word::CameraGone,
            (Self::Other(reason), Kind::Audio) => {
                return say(Phrase::MicrophoneFailed { reason });
            }
            (Self::Other(reason), Kind::Video) => return say(Phrase::CameraFailed { reason }),
        };
        t(word).to_owned()
    }

    pub(super) fn from_exception(error: &JsValue) -> Self {
        match outcome::name(error).as_str() {
            "NotAllowedError" | "SecurityError" => Self::Denied,
            "NotFoundError" => Self::NotFound,
            "NotReadableError" | "AbortError" => Self::InUse,
            "OverconstrainedError" => Self::Constraint,
            _ => Self::Other(outcome::message(error)),
        }
    }
}
