//! The page at `/check`, which the server renders first and the program then runs, loaded for itself.

pub(crate) mod check_page;
mod lazy;
mod result_text;

pub use lazy::{fetch_check, loaded_check};
