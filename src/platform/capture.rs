//! Cameras and microphones: asking for them, listing them, and what can go wrong.

use futures::{
    FutureExt,
    future::{Either, select},
};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    ConstrainDomStringParameters, MediaDeviceInfo, MediaDeviceKind, MediaDevices, MediaStream,
    MediaStreamConstraints, MediaStreamTrack, MediaTrackConstraints,
};

use super::{
    capture_error::{CaptureError, Circumstances},
    dom::window,
    js, permissions, promise,
};
use crate::{call::DeviceConstraint, protocol::MediaKind};

/// The picture that is asked for, as in the seed, in pixels. The browser may give another.
const RESOLUTION: (f64, f64) = (480.0, 360.0);
/// The same for who wants to be seen in high definition.
const HD_RESOLUTION: (f64, f64) = (1_280.0, 720.0);
/// Milliseconds to wait for a device that may be used.
const OPEN_TIMEOUT: u32 = 12_000;

/// A device to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// The browser's name of it, for this origin.
    pub id: String,
    /// The name on the box.
    pub label: String,
    /// Of a camera whether it looks away from the person, where that is known.
    pub away: Option<bool>,
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Constraints {
    /// Which microphone.
    pub microphone: DeviceConstraint,
    /// Which camera.
    pub camera: DeviceConstraint,
    /// Whether its picture is to be in high definition.
    pub fine: bool,
}

/// What could be had of the two kinds.
#[derive(Debug)]
pub struct Opened {
    /// What is there.
    pub tracks: Vec<MediaStreamTrack>,
    /// Why there is no microphone, and why no camera.
    pub missing: Missing,
}

/// Why there is no microphone, and why no camera.
pub type Missing = [Option<CaptureError>; 2];

/// Asks for both kinds, with one dialog; where the two together can't be had, for each alone.
///
/// # Errors
/// Neither could be had: why.
pub async fn open_both(constraints: &Constraints) -> Result<Opened, CaptureError> {
    let Constraints {
        microphone,
        camera,
        fine,
    } = constraints;
    let trouble = match open(Some(microphone), Some(camera), *fine).await {
        Ok(tracks) => {
            let missing = [None, None];
            return Ok(Opened { tracks, missing });
        }
        Err(trouble) => trouble,
    };
    // Asking again after a no would be a second dialog: only one of a kind that was not meant is asked for.
    let allowed = match trouble {
        CaptureError::Dismissed => [false, false],
        CaptureError::Denied => permissions::denied().await.map(|denied| !denied),
        _ => [true, true],
    };
    let none_is_meant = trouble == CaptureError::Denied && allowed == [true, true];
    let mut opened = Opened {
        tracks: Vec::new(),
        missing: [Some(trouble.clone()), Some(trouble.clone())],
    };
    let wishes = [(Some(microphone), None), (None, Some(camera))];
    for ((wish, may), missing) in wishes.into_iter().zip(allowed).zip(&mut opened.missing) {
        if may && !none_is_meant {
            match open(wish.0, wish.1, *fine).await {
                Ok(tracks) => {
                    opened.tracks.extend(tracks);
                    *missing = None;
                }
                Err(trouble) => *missing = Some(trouble),
            }
        }
    }
    if !opened.tracks.is_empty() {
        return Ok(opened);
    }
    // That there is no other says less than why the one that is there can't be had.
    let told = opened.missing.into_iter().flatten();
    let mut told = told.filter(|trouble| *trouble != CaptureError::NotFound);
    Err(told.next().unwrap_or(trouble))
}

/// Asks for one kind; a camera's picture in high definition where it is to be `fine`.
///
/// # Errors
/// Why it could not be had.
pub async fn open_one(
    kind: MediaKind,
    wish: DeviceConstraint,
    fine: bool,
) -> Result<MediaStreamTrack, CaptureError> {
    let tracks = match kind {
        MediaKind::Audio => open(Some(&wish), None, fine).await?,
        MediaKind::Video => open(None, Some(&wish), fine).await?,
    };
    tracks.into_iter().next().ok_or(CaptureError::NotFound)
}

/// Lists the devices: cameras, microphones and audio outputs. Before the person has allowed any, they have no names and are
/// left out.
pub async fn list() -> [Vec<Device>; 3] {
    let found = found().await;
    let of = |kind: MediaDeviceKind| {
        let named = found
            .iter()
            .filter(|info| info.kind() == kind && !info.label().is_empty());
        named
            .map(|info| Device {
                id: info.device_id(),
                label: info.label(),
                away: faces_away(info),
            })
            .collect()
    };
    [
        of(MediaDeviceKind::Videoinput),
        of(MediaDeviceKind::Audioinput),
        of(MediaDeviceKind::Audiooutput),
    ]
}

async fn found() -> Vec<MediaDeviceInfo> {
    let Some(listing) = devices().and_then(|devices| devices.enumerate_devices().ok()) else {
        return Vec::new();
    };
    let found: Array = JsFuture::from(listing)
        .await
        .map(JsCast::unchecked_into)
        .unwrap_or_default();
    found.iter().map(JsCast::unchecked_into).collect()
}

/// Where a camera looks (W3C Media Capture section 9.3, `getCapabilities`); none where that is not known.
fn faces_away(info: &MediaDeviceInfo) -> Option<bool> {
    let capabilities = js::call(info, "getCapabilities", &JsValue::UNDEFINED)?.ok()?;
    let facing = Array::from(&js::property(&capabilities, "facingMode")?).get(0);
    match facing.as_string()?.as_str() {
        "environment" => Some(true),
        "user" => Some(false),
        _ => None,
    }
}

/// The browser's devices; absent in an insecure context.
pub fn devices() -> Option<MediaDevices> {
    js::property(&window().navigator(), "mediaDevices")?
        .dyn_into()
        .ok()
}

async fn open(
    audio: Option<&DeviceConstraint>,
    video: Option<&DeviceConstraint>,
    fine: bool,
) -> Result<Vec<MediaStreamTrack>, CaptureError> {
    let constraints = MediaStreamConstraints::new();
    if let Some(wish) = audio {
        constraints.set_audio(&wish.constraints());
    }
    if let Some(wish) = video {
        let picture = wish.constraints();
        let (width, height) = if fine { HD_RESOLUTION } else { RESOLUTION };
        picture.set_width(&width.into());
        picture.set_height(&height.into());
        constraints.set_video(&picture);
    }
    let asking = devices()
        .ok_or(CaptureError::NotFound)?
        .get_user_media_with_constraints(&constraints);
    let asks = [audio.is_some(), video.is_some()];
    let stream = match asking {
        Ok(asking) => with_timeout(asking, asks).await?,
        Err(error) => Err(error),
    };
    match stream {
        Ok(stream) => Ok(tracks(stream)),
        Err(error) => Err(explain(&error, asks).await),
    }
}

fn tracks(stream: JsValue) -> Vec<MediaStreamTrack> {
    let tracks = stream.unchecked_into::<MediaStream>().get_tracks();
    tracks.iter().map(JsCast::unchecked_into).collect()
}

/// Waits for a device, and not for ever where nobody has to be asked. What comes too late is stopped.
async fn with_timeout(
    asking: Promise,
    asks: [bool; 2],
) -> Result<Result<JsValue, JsValue>, CaptureError> {
    let patience = async {
        if !permissions::granted(asks).await {
            futures::future::pending::<()>().await;
        }
        TimeoutFuture::new(OPEN_TIMEOUT).await;
    };
    let coming = JsFuture::from(asking);
    match select(coming, patience.boxed_local()).await {
        Either::Left((came, _)) => Ok(came),
        Either::Right((_, coming)) => {
            spawn_local(async move {
                if let Ok(stream) = coming.await {
                    tracks(stream).iter().for_each(MediaStreamTrack::stop);
                }
            });
            Err(CaptureError::Timeout)
        }
    }
}

async fn explain(error: &JsValue, asks: [bool; 2]) -> CaptureError {
    let found = found().await;
    let kinds = [MediaDeviceKind::Audioinput, MediaDeviceKind::Videoinput];
    let mut kinds = kinds.into_iter().zip(asks);
    let known = Circumstances {
        granted: permissions::granted(asks).await,
        listed: kinds.all(|(kind, asked)| !asked || found.iter().any(|info| info.kind() == kind)),
    };
    CaptureError::read(&promise::name(error), promise::message(error), known)
}

impl DeviceConstraint {
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
