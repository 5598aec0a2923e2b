//! The page at `/check`, which the server renders first and the program then runs, loaded for itself.

mod check_page;
#[cfg(feature = "hydrate")]
mod lazy;
mod result_text;

#[cfg(feature = "ssr")]
pub use check_page::check_page;
#[cfg(feature = "hydrate")]
pub use lazy::{fetch_check, loaded_check};
