//! The devices that were chosen in an earlier meeting.

use crate::{
    call::DeviceConstraint,
    meeting::settings::value_of,
    platform::{
        capture::Constraints,
        storage::{self, Key},
    },
    protocol::MediaKind,
};

/// The device of a kind that was chosen last, if it is there, or any.
pub fn remembered(kind: MediaKind) -> DeviceConstraint {
    DeviceConstraint::Any(storage::read(Key::device(kind)))
}

/// Whether the camera is to be sent in high definition.
pub fn is_high_definition() -> bool {
    storage::read(Key::Fine).and_then(|word| value_of(&word)) == Some(true)
}

/// Both devices as they were chosen last.
pub fn constraints() -> Constraints {
    Constraints {
        microphone: remembered(MediaKind::Audio),
        camera: remembered(MediaKind::Video),
        fine: is_high_definition(),
    }
}
