//! The folder that the server embeds: what Trunk built and the texts of each language, each file beside
//! its compressed forms.

use std::{
    env, fs,
    hash::{DefaultHasher, Hash, Hasher},
    io::{self, Write},
    path::{Path, PathBuf},
};

use crate::words::Table;

const DIST: &str = "target/dist";

/// Fills the folder anew. Without a front end, the texts are all that is in it.
pub fn embed(folder: &Path, tables: &[Table]) {
    println!("cargo::rerun-if-changed={DIST}");
    let _ = fs::remove_dir_all(folder);
    if let Err(error) = fs::create_dir_all(folder).and_then(|()| put_texts(folder, tables)) {
        println!("cargo::error=the texts can't be put into {folder:?}: {error}");
    }
    if let Err(error) = copy(Path::new(DIST), folder) {
        println!("cargo::warning=no front end in {DIST} ({error}): `make build` makes one");
    }
}

/// A name says what is inside, so a browser may keep the file for good.
fn put_texts(folder: &Path, tables: &[Table]) -> io::Result<()> {
    // Those of the other pages are the server's alone.
    let loaded = tables.iter().filter(|table| table.bundle != "pages");
    for Table {
        language,
        bundle,
        json,
    } in loaded
    {
        let mut hasher = DefaultHasher::new();
        json.hash(&mut hasher);
        let name = format!("{bundle}-{language}-{:016x}.json", hasher.finish());
        put_compressed(&folder.join(name), json.as_bytes())?;
    }
    Ok(())
}

/// All but Trunk's page, marks of the build and what Trunk is at work on.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
        let target = to.join(&name);
        if name.as_encoded_bytes().starts_with(b".") || name == "index.html" {
            continue;
        } else if path.is_dir() {
            copy(&path, &target)?;
        } else if path.extension().is_some_and(|kind| kind == "png") {
            fs::copy(&path, &target)?;
        } else {
            put_compressed(&target, &fs::read(&path)?)?;
        }
    }
    Ok(())
}

fn is_to_last() -> bool {
    env::var_os("PROFILE").is_none_or(|profile| profile != "debug")
}

/// While one works on it, nobody waits for the smallest form.
fn put_compressed(target: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::write(target, bytes)?;
    if !is_to_last() {
        return Ok(());
    }
    fs::write(beside(target, "br"), brotli(bytes)?)?;
    fs::write(beside(target, "gz"), gzip(bytes)?)
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    name.into()
}

fn brotli(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        ..Default::default()
    };
    brotli::BrotliCompress(&mut &*bytes, &mut out, &parameters)?;
    Ok(out)
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}
