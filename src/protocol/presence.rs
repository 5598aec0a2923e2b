//! What a participant shows of itself: the payload of `participant-state`, and part of an entry.

use serde::{Deserialize, Serialize};

use super::DisplayName;

/// What a participant shows of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// What it wants to be called; a seed client has no name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<DisplayName>,
    /// Whether its microphone is on.
    #[serde(default = "yes")]
    pub microphone: bool,
    /// Whether its camera is on.
    #[serde(default = "yes")]
    pub camera: bool,
    /// Whether its hand is up.
    #[serde(default)]
    pub hand: bool,
    /// Whether it shows a screen.
    #[serde(default)]
    pub screen: bool,
    /// Whether it records what it sees and hears.
    #[serde(default)]
    pub recording: bool,
}

impl Presence {
    /// What is assumed of a client that says nothing, as the seed's.
    pub fn unnamed() -> Self {
        Self {
            name: None,
            microphone: true,
            camera: true,
            hand: false,
            screen: false,
            recording: false,
        }
    }
}

fn yes() -> bool {
    true
}
