//! The files in which texts come to the browser.

/// Texts of a language that come to the browser in one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum File {
    /// Those of the page of a room.
    Room,
    /// Those of its parts that are loaded later.
    Later,
}

impl File {
    /// What the file's name begins with, before the code of the language.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Room => "room",
            Self::Later => "later",
        }
    }
}
