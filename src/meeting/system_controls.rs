//! What a call takes of the system: the screen that stays on, the keys of headsets.

use leptos::prelude::*;

use super::{handle::Meeting, state::MeetingStage};
use crate::platform::{
    media_keys::{Key, MediaKeys},
    wake_lock::WakeLock,
};

/// Takes it until the call is over.
pub fn take(meeting: Meeting) {
    if meeting.stage.try_get_untracked() != Some(MeetingStage::InRoom) {
        return;
    }
    // The keys of before are given back first.
    meeting.with_runtime(|runtime| runtime.system.take());
    let actions: [Key; 3] = [
        (
            "togglemicrophone",
            Box::new(move || meeting.toggle_microphone()),
        ),
        ("togglecamera", Box::new(move || meeting.toggle_camera())),
        ("hangup", Box::new(move || meeting.leave())),
    ];
    let (screen, keys) = (
        WakeLock::new(),
        MediaKeys::new(&window().navigator(), actions),
    );
    let show = move |microphone, camera| {
        let _on = &screen;
        if let Some(keys) = &keys {
            keys.show(microphone, camera);
        }
    };
    meeting.with_runtime(|runtime| runtime.system.replace(Some(Box::new(show))));
    meeting.show_to_system();
}
