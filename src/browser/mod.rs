//! The edges of the browser: the link to the server, the devices and `RTCPeerConnection`, wired to the pure
//! [`call`](crate::call), and the reactive state that the pages read.
//!
//! All of it compiles for the server too, which renders the pages with a [`Meeting`] that nobody mounts;
//! it runs only from effects and handlers. JavaScript's objects are owned by Rust values that end them
//! when they are dropped: tracks are stopped, connections closed, listeners removed.

mod announcer;
mod capture;
mod cause;
mod chime;
mod choices;
mod clock;
mod connection;
mod devices;
mod ears;
mod engine;
mod file_news;
mod in_call;
mod js;
mod language;
pub mod later;
mod link;
mod listening;
mod media;
mod meeting;
mod naming;
mod newer;
mod other_pages;
mod outcome;
mod peer;
mod permissions;
mod person;
mod plugging;
mod quality;
mod reception;
mod refused;
#[cfg(debug_assertions)]
mod reload;
mod screen;
mod sharing;
mod speaker;
mod storage;
mod style;
mod talking;
mod view;
mod wishes;

pub use capture::{Capture, Device, Devices, Missing};
pub use cause::CaptureTrouble;
pub use choices::{Choice, Choices, Chosen, Theme, View, value_of, word_for};
pub use clock::now;
pub use js::{Listener, attach_stream, hide_popover, play_stream, start_failed};
pub use language::{bring_later_words, bring_words};
pub use later::{Coming, Files, Going, MoveGuard, NotOffered, amount, begin_watching, save_report};
pub use listening::Hearing;
pub use meeting::{LinkState, Meeting, Stage, Trouble};
pub use person::{Person, PersonState};
pub use quality::{Level, Sharpness};
pub use reception::Receptions;
#[cfg(debug_assertions)]
pub use reload::reload_when_served_anew;
pub use screen::{Surface, is_possible as can_share_screen};
pub use sharing::Sharing;
pub use speaker::{can_choose_speaker, hear_from};
pub use style::bring_later_style;
pub use talking::{Floating, Removal, Talking};
pub use wishes::Wishes;

pub use crate::call::{Bars, ChatLine, PeerLink, Standing, quality as measured, tell_apart};
