//! How well pictures are sent: less of the camera where less is wanted, and a screen's sharpness against
//! its motion.

use js_sys::Array;
use wasm_bindgen::JsValue;
use web_sys::RtcRtpSender;

use super::{dom::window, js};
use crate::call::VideoQuality;

/// What a low picture takes at most, in bits a second.
const LOW_BITRATE: f64 = 150_000.0;
/// The part of width and height that is left of a low picture.
const LOW_SCALE: f64 = 2.0;

/// What a screen takes at most in Firefox, in bits a second: its own limit is 10 Mbit/s for what is larger than 1920 by 1200,
/// which is more than the SFU passes on. In other browsers it is lower, and this would raise it.
const SCREEN_BITRATE: f64 = 7_000_000.0;

/// What counts for a shared screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sharpness {
    /// Every letter can be read; few pictures a second.
    Sharp,
    /// Motion is smooth; details may blur.
    Smooth,
}

/// Has the sender of a camera's picture send this much.
pub fn limit(sender: &RtcRtpSender, quality: VideoQuality) {
    let (bitrate, scale) = match quality {
        VideoQuality::Low => (LOW_BITRATE.into(), LOW_SCALE),
        VideoQuality::Nothing | VideoQuality::Full => (JsValue::UNDEFINED, 1.0),
    };
    change_parameters(sender, |_, encoding| {
        js::set(
            encoding,
            "active",
            (quality != VideoQuality::Nothing).into(),
        );
        js::set(encoding, "maxBitrate", bitrate);
        js::set(encoding, "scaleResolutionDownBy", scale.into());
    });
}

impl Sharpness {
    /// Most pictures a second.
    pub fn frame_rate(self) -> f64 {
        match self {
            Self::Sharp => 15.0,
            Self::Smooth => 30.0,
        }
    }

    /// What a picture is like (W3C MST Content Hints section 3).
    pub fn hint(self) -> &'static str {
        match self {
            Self::Sharp => "detail",
            Self::Smooth => "motion",
        }
    }

    /// Has the sender of a screen's picture give up the other one first when the network is slow (W3C MST
    /// Content Hints section 5, `degradationPreference`).
    pub fn apply(self, sender: &RtcRtpSender) {
        let kept = match self {
            Self::Sharp => "maintain-resolution",
            Self::Smooth => "maintain-framerate",
        };
        change_parameters(sender, |parameters, encoding| {
            js::set(parameters, "degradationPreference", kept.into());
            js::set(encoding, "maxFramerate", self.frame_rate().into());
            if is_firefox() {
                js::set(encoding, "maxBitrate", SCREEN_BITRATE.into());
            }
        });
    }
}

fn is_firefox() -> bool {
    let agent = window().navigator().user_agent();
    agent.is_ok_and(|agent| agent.contains("Firefox/"))
}

/// Changes the parameters of a sender and of its one encoding.
fn change_parameters(sender: &RtcRtpSender, change: impl FnOnce(&JsValue, &JsValue)) {
    let Some(parameters) = js::parameters(sender) else {
        return;
    };
    let Some(encodings) = js::property(&parameters, "encodings") else {
        return;
    };
    // Before the sender belongs to a section there may be none.
    let encoding = Array::from(&encodings).get(0);
    if encoding.is_object() {
        change(&parameters, &encoding);
        js::set_parameters(sender, &parameters);
    }
}
