//! The edges of the browser: the WebSocket, the devices and `RTCPeerConnection`, wired to the pure
//! [`call`](crate::call), and the reactive state that the pages read.
//!
//! All of it compiles for the server too, which renders the pages with a [`Meeting`] that nobody mounts;
//! it runs only from effects and handlers. JavaScript's objects are owned by Rust values that end them
//! when they are dropped: tracks are stopped, connections closed, listeners removed.

mod announcer;
mod capture;
mod clock;
mod connection;
mod engine;
mod js;
mod language;
mod link;
mod media;
mod meeting;
mod outcome;
mod peer;
mod person;
mod quality;
mod refused;
#[cfg(debug_assertions)]
mod reload;
mod screen;
mod sharing;
mod slot;
mod storage;
mod view;
mod wishes;

pub use capture::{Capture, CaptureTrouble, Device, Devices};
pub use js::attach_stream;
pub use language::bring_words;
pub use meeting::{LinkState, Meeting, Stage, Trouble};
pub use person::{Person, PersonState};
pub use quality::{Level, Sharpness};
#[cfg(debug_assertions)]
pub use reload::reload_when_served_anew;
pub use screen::{Surface, is_possible as can_share_screen};
pub use sharing::Sharing;
pub use wishes::Wishes;

pub use crate::call::PeerLink;
