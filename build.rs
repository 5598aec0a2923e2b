//! Puts the front end that Trunk built where the server embeds it, compressed once and for all.
//! The browser's half needs nothing of this.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "ssr")]
    front::embed();
}

#[cfg(feature = "ssr")]
mod front {
    use std::{
        env, fs,
        io::{self, Write},
        path::{Path, PathBuf},
    };

    const DIST: &str = "target/dist";

    pub fn embed() {
        println!("cargo::rerun-if-changed={DIST}");
        let Some(out) = env::var_os("OUT_DIR") else {
            return;
        };
        let front = PathBuf::from(out).join("front");
        let _ = fs::remove_dir_all(&front);
        let done = fs::create_dir_all(&front).and_then(|()| copy(Path::new(DIST), &front));
        if let Err(error) = done {
            println!("cargo::warning=no front end in {DIST} ({error}): `make build` makes one");
        }
    }

    fn copy(from: &Path, to: &Path) -> io::Result<()> {
        fs::create_dir_all(to)?;
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            let (path, target) = (entry.path(), to.join(entry.file_name()));
            // Marks of the build and what Trunk is at work on are no part of it.
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            }
            if path.is_dir() {
                copy(&path, &target)?;
            } else if entry.file_name() != "index.html" {
                let bytes = fs::read(&path)?;
                fs::write(&target, &bytes)?;
                if path.extension().is_none_or(|extension| extension != "png") {
                    fs::write(beside(&target, "br"), brotli(&bytes)?)?;
                    fs::write(beside(&target, "gz"), gzip(&bytes)?)?;
                }
            }
        }
        Ok(())
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
}
