//! What only the server renders: the document around every page, and the pages that need no program.

mod app;
mod error_pages;
mod head;
mod home;
mod illustration;
mod page;
mod start;

pub use head::{Origin, StyleHref, WordsHref, shell};
pub use page::Page;
