//! How media goes in a room.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How media goes in a room; on the wire `"mesh"` or `"sfu"`, and whatever else is a mesh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Topology {
    /// Every two have a connection of their own.
    #[default]
    Mesh,
    /// Everybody has one with the SFU. Two who both reach it have one of their own only while they need it.
    Sfu,
}

const SFU: &str = "sfu";

impl Serialize for Topology {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::Mesh => "mesh",
            Self::Sfu => SFU,
        })
    }
}

impl<'de> Deserialize<'de> for Topology {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = Box::<str>::deserialize(deserializer)?;
        Ok(match &*name == SFU {
            true => Self::Sfu,
            false => Self::Mesh,
        })
    }
}
