//! The small window over all others: some of the people, and the controls.

mod chosen;
mod floating;

pub use floating::toggle_floating;
