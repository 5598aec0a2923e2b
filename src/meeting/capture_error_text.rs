//! Why a camera or microphone could not be had, in the words of the page.

use crate::{
    platform::capture_error::CaptureError,
    protocol::MediaKind,
    words::{Phrase, Word, say, t},
};

/// What to say when the device of one kind could not be had.
pub fn capture_error_text(error: &CaptureError, kind: MediaKind) -> String {
    let [microphone, camera] = match error {
        CaptureError::Denied | CaptureError::Dismissed => {
            [Word::MicrophoneDenied, Word::CameraDenied]
        }
        CaptureError::DeniedBySystem => [Word::MicrophoneForbidden, Word::CameraForbidden],
        CaptureError::NotFound => [Word::MicrophoneNotFound, Word::CameraNotFound],
        CaptureError::InUse => [Word::MicrophoneInUse, Word::CameraInUse],
        CaptureError::Constraint => [Word::MicrophoneGone, Word::CameraGone],
        CaptureError::Timeout => [Word::MicrophoneSilent, Word::CameraSilent],
        CaptureError::Other(reason) => {
            return match kind {
                MediaKind::Audio => say(Phrase::MicrophoneFailed { reason }),
                MediaKind::Video => say(Phrase::CameraFailed { reason }),
            };
        }
    };
    let word = match kind {
        MediaKind::Audio => microphone,
        MediaKind::Video => camera,
    };
    t(word).to_owned()
}
