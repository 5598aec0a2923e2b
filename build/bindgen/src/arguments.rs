//! The arguments of wasm-bindgen that Trunk gives.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
pub enum Arguments {
    Version,
    Bind {
        input: PathBuf,
        folder: PathBuf,
        name: String,
    },
}

impl Arguments {
    /// Reads arguments, without the name of the program.
    ///
    /// # Errors
    /// If there is one that this program does not know, or none where one has to be: what Trunk wants of a page that
    /// is built in another way is not left out in silence.
    pub fn parse(arguments: impl Iterator<Item = String>) -> Result<Self> {
        let (mut input, mut folder, mut name) = (None, None, None);
        for argument in arguments {
            match argument.split_once('=').unwrap_or((&argument, "")) {
                ("--version", "") => return Ok(Self::Version),
                ("--target", "web") | ("--no-typescript", "") => {}
                ("--out-dir", path) => folder = Some(path.into()),
                ("--out-name", of) => name = Some(of.into()),
                (path, "") if path.ends_with(".wasm") => input = Some(path.into()),
                _ => bail!("{argument} is not known here"),
            }
        }
        Ok(Self::Bind {
            input: input.context("there is no program")?,
            folder: folder.context("--out-dir is missing")?,
            name: name.context("--out-name is missing")?,
        })
    }
}
