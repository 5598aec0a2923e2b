//! How well pictures are sent: a screen's sharpness against its motion.

use js_sys::Array;
use wasm_bindgen::JsValue;
use web_sys::RtcRtpSender;

use super::js;

/// What counts for a shared screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sharpness {
    /// Every letter can be read; few pictures a second.
    Sharp,
    /// Motion is smooth; details may blur.
    Smooth,
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
        });
    }
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
