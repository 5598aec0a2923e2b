//! The view model: the reactive state that the pages read, and what a person can do in a meeting.
//!
//! Each feature has a folder, which has the name of its folder in [`ui`](crate::ui). What a feature loads on demand is
//! named in its `lazy.rs`: nothing else of it may be called from what everybody loads.
//!
//! All of it compiles for the server too, which renders the pages with a [`Meeting`] that nobody mounts;
//! it runs only from effects and handlers.

mod announcer;
mod call_handle;
mod capture_error_text;
pub(crate) mod chat;
mod devices;
pub(crate) mod diagnostics;
mod effect;
pub(crate) mod files;
mod handle;
mod lazy;
mod lifecycle;
mod local_state;
mod notices;
mod other_pages;
mod page_handover;
pub(crate) mod people;
pub(crate) mod recording;
mod refusal_text;
mod rejoin_state;
pub(crate) mod settings;
pub(crate) mod sharing;
mod sounds;
mod state;
pub(crate) mod stats;
mod system_controls;
mod voice_activity;

pub use capture_error_text::capture_error_text;
pub use effect::effect;
pub use handle::Meeting;
pub use page_handover::load_failure_reason;
pub use rejoin_state::RejoinState;
pub use settings::{load_later_texts, load_texts};
pub use state::{CaptureState, DeviceList, LinkState, MeetingStage, Trouble};
