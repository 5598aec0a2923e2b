//! How to allow camera and microphone where they are denied, in the browser and the system that the person has.

use leptos::prelude::*;

use super::user_agent::{Browser, Platform, System};
use crate::{
    meeting::{CaptureState, Meeting},
    platform::capture_error::CaptureError,
    ui::{
        components::steps,
        view::{ErasedView, IntoErasedView},
    },
    words::{Word, t},
};

/// What to do when nothing could be had.
pub fn permission_help(meeting: Meeting) -> ErasedView {
    match meeting.devices.capture.get_untracked() {
        CaptureState::Failed(trouble) => steps_to_allow(&trouble),
        _ => ().erase(),
    }
}

/// The steps after which it is allowed.
pub fn steps_to_allow(trouble: &CaptureError) -> ErasedView {
    let navigator = window().navigator();
    let touches = navigator.max_touch_points() > 1;
    let agent = navigator.user_agent().unwrap_or_default();
    let text = text_for(trouble, Platform::of(&agent, touches));
    view! {
        <div class="device-help">
            {steps(text)}
            <p class="secondary-text">{t(Word::PermissionHelpCloses)}</p>
        </div>
    }
    .erase()
}

fn text_for(trouble: &CaptureError, platform: Platform) -> Word {
    match (trouble, platform.system, platform.browser) {
        (CaptureError::DeniedBySystem, System::Mac, _) => Word::PermissionMac,
        (CaptureError::DeniedBySystem, System::Windows, _) => Word::PermissionWindows,
        (CaptureError::DeniedBySystem, System::Android | System::Ios, _) => Word::PermissionApps,
        (CaptureError::DeniedBySystem, System::Other, _) => Word::PermissionSystem,
        (_, System::Ios, _) => Word::PermissionIos,
        (_, System::Android, _) => Word::PermissionAndroid,
        (_, _, Browser::Firefox) => Word::PermissionFirefox,
        (_, _, Browser::Safari) => Word::PermissionSafari,
        (_, _, Browser::Chromium) => Word::PermissionChromium,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steps_are_those_of_who_denies() {
        let platform = Platform {
            browser: Browser::Firefox,
            system: System::Mac,
        };
        let text = |trouble| text_for(&trouble, platform);
        assert_eq!(text(CaptureError::Denied), Word::PermissionFirefox);
        assert_eq!(text(CaptureError::DeniedBySystem), Word::PermissionMac);
    }
}
