//! The folder that the server embeds: what Trunk built and the texts of each language, each file beside
//! its compressed forms.

use std::{
    collections::BTreeMap,
    env, fs,
    hash::{DefaultHasher, Hash, Hasher},
    io::{self, Write},
    path::{Path, PathBuf},
};

use crate::{light, words::Table};

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
    let loaded = tables.iter().filter(|table| table.file != "pages");
    for Table {
        language,
        file,
        json,
    } in loaded
    {
        let mut hasher = DefaultHasher::new();
        json.hash(&mut hasher);
        let name = format!("{file}-{language}-{:016x}.json", hasher.finish());
        put_compressed(&folder.join(name), json.as_bytes())?;
    }
    Ok(())
}

/// What is copied: names below the folder, and what is in the files.
type Files = BTreeMap<PathBuf, Vec<u8>>;

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut files = Files::new();
    read(from, Path::new(""), &mut files)?;
    if is_to_last() {
        lighten(&mut files);
    }
    for (name, bytes) in files {
        let target = to.join(&name);
        fs::create_dir_all(target.parent().unwrap_or(to))?;
        if name.extension().is_some_and(|extension| extension == "png") {
            fs::write(&target, &bytes)?;
        } else {
            put_compressed(&target, &bytes)?;
        }
    }
    Ok(())
}

/// All but Trunk's page, marks of the build and what Trunk is at work on.
fn read(from: &Path, below: &Path, files: &mut Files) -> io::Result<()> {
    for entry in fs::read_dir(from.join(below))? {
        let name = below.join(entry?.file_name());
        let last = name.file_name().unwrap_or_default().as_encoded_bytes();
        if last.starts_with(b".") || last == b"index.html" {
            continue;
        }
        let path = from.join(&name);
        if path.is_dir() {
            read(from, &name, files)?;
        } else {
            files.insert(name, fs::read(&path)?);
        }
    }
    Ok(())
}

/// The program and its script lie above, the parts that are loaded later in folders.
fn lighten(files: &mut Files) {
    let is_above = |name: &Path| name.components().count() == 1;
    let ends_with = |suffix: &str| {
        let mut above = files.iter().filter(|(name, _)| is_above(name));
        above.find(|(name, _)| name.to_string_lossy().ends_with(suffix))
    };
    if let (Some((program, bytes)), Some((script, text))) =
        (ends_with("_bg.wasm"), ends_with(".js"))
        && let Some((light, text)) = light::lighten(bytes, &String::from_utf8_lossy(text))
    {
        let (program, script) = (program.clone(), script.clone());
        files.insert(program, light);
        files.insert(script, text.into_bytes());
    }
    let parts = files
        .iter_mut()
        .filter(|(name, _)| !is_above(name) && name.extension().is_some_and(|kind| kind == "wasm"));
    for (_, bytes) in parts {
        if let Some(light) = light::lighten_part(bytes) {
            *bytes = light;
        }
    }
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
