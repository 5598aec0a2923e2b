//! What is told of a file before it is sent.

use serde::{Deserialize, Serialize};

use super::super::{FILE_BYTES, FILE_NAME_CHARS, MIME_BYTES, name::is_forbidden};

/// A file that is offered in the chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawFile")]
pub struct FileInfo {
    name: Box<str>,
    size: u64,
    r#type: Box<str>,
}

/// Why a file can't be offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadFile {
    /// No name, one of more than 255 characters, or one that leads elsewhere or looks like another.
    #[error(
        "a file's name has 1 to 255 characters, none of them a path's, a control or one that turns the text"
    )]
    Name,
    /// Nothing is in it, or more than 100 MiB.
    #[error("a file has 1 byte to 100 MiB")]
    Size,
    /// More than 100 characters, or none that a type has.
    #[error("a file's type has at most 100 characters of ASCII")]
    Type,
}

impl FileInfo {
    /// Takes a file's name, its size in bytes and its MIME type, which is empty when nobody knows it.
    ///
    /// # Errors
    /// [`BadFile`] says what is wrong, as a sentence to show.
    pub fn new(name: &str, size: u64, mime: &str) -> Result<Self, BadFile> {
        let bad = |c: char| is_forbidden(c) || matches!(c, '/' | '\\');
        let chars = name.chars().take(FILE_NAME_CHARS + 1).count();
        let leads_elsewhere = matches!(name, "." | "..");
        if chars == 0 || chars > FILE_NAME_CHARS || leads_elsewhere || name.contains(bad) {
            return Err(BadFile::Name);
        }
        if size == 0 || size > FILE_BYTES {
            return Err(BadFile::Size);
        }
        if mime.len() > MIME_BYTES || !mime.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return Err(BadFile::Type);
        }
        Ok(Self {
            name: name.into(),
            size,
            r#type: mime.into(),
        })
    }

    /// A name that can be offered, in the place of one that a file has on its author's machine.
    pub fn presentable(name: &str) -> String {
        let fits = |c: char| !is_forbidden(c) && !matches!(c, '/' | '\\');
        let fitting = name.chars().map(|c| if fits(c) { c } else { '_' });
        let name: String = fitting.take(FILE_NAME_CHARS).collect();
        match name.as_str() {
            "" | "." | ".." => "_".to_owned(),
            _ => name,
        }
    }

    /// The name, without a path.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The size in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The MIME type as the author's browser sees it, or nothing.
    pub fn mime(&self) -> &str {
        &self.r#type
    }
}

/// A [`FileInfo`] of any name and size.
#[derive(Deserialize)]
struct RawFile {
    name: Box<str>,
    size: u64,
    #[serde(default)]
    r#type: Box<str>,
}

impl TryFrom<RawFile> for FileInfo {
    type Error = BadFile;

    fn try_from(loose: RawFile) -> Result<Self, Self::Error> {
        Self::new(&loose.name, loose.size, &loose.r#type)
    }
}
