//! Thin wrappers of what browsers offer: the link to the server, devices, `RTCPeerConnection`, files, windows, storage.
//!
//! JavaScript's objects are owned by Rust values that end them when they are dropped: tracks are stopped,
//! connections closed, listeners removed. What happens is told by callbacks. All of it compiles for the server too,
//! which never calls it.
//!
//! What is loaded on demand calls the browser by name ([`js`]): a binding of web-sys's would be in the program that
//! everybody loads.

pub(crate) mod audio_mixer;
pub(crate) mod audio_output;
pub(crate) mod canvas;
pub(crate) mod capture;
pub(crate) mod capture_error;
pub(crate) mod chime;
pub(crate) mod clock;
pub(crate) mod connection;
pub(crate) mod data_channel;
pub(crate) mod diagnostics;
pub(crate) mod dom;
pub(crate) mod driver;
pub(crate) mod file;
pub(crate) mod file_drop_guard;
pub(crate) mod format_bytes;
pub(crate) mod js;
pub(crate) mod level_meter;
pub(crate) mod link;
pub(crate) mod media;
pub(crate) mod media_keys;
pub(crate) mod media_recorder;
pub(crate) mod page;
pub(crate) mod page_audio;
pub(crate) mod page_channel;
pub(crate) mod peer;
pub(crate) mod permissions;
pub(crate) mod pip;
pub(crate) mod promise;
pub(crate) mod recording_db;
#[cfg(debug_assertions)]
mod reload;
pub(crate) mod rtc_stats;
pub(crate) mod save_file;
pub(crate) mod screen_capture;
pub(crate) mod sender_parameters;
pub(crate) mod share_sheet;
pub(crate) mod storage;
pub(crate) mod stored_recordings;
pub(crate) mod stylesheet;
pub(crate) mod synthetic_media;
pub(crate) mod task;
pub(crate) mod ticker;
pub mod unicode;
pub(crate) mod wake_lock;
pub(crate) mod web_lock;
mod webm;

pub use js::start_failed;
#[cfg(debug_assertions)]
pub use reload::reload_when_served_anew;
