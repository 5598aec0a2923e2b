//! The page at `/check`, which the server renders first and the program then runs, loaded for itself.

mod page;
#[cfg(feature = "hydrate")]
mod program;
mod telling;

#[cfg(feature = "ssr")]
pub use page::check_page;
#[cfg(feature = "hydrate")]
pub use program::{bring_check, loaded_check};
