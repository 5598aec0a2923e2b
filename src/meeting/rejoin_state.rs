//! What a person takes along from one meeting to the next.

/// What a person has chosen and keeps when they come back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejoinState {
    /// What they want to be called.
    pub(in crate::meeting) name: String,
    /// Whether the microphone is to be on.
    pub(in crate::meeting) microphone: bool,
    /// Whether the camera is to be on.
    pub(in crate::meeting) camera: bool,
    /// Whether to ask for the devices at once.
    pub(in crate::meeting) devices: bool,
}

impl Default for RejoinState {
    fn default() -> Self {
        Self {
            name: String::new(),
            microphone: true,
            camera: true,
            devices: false,
        }
    }
}
