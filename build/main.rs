//! Makes the texts of all languages a part of the program, and puts the front end that Trunk built where the
//! server embeds it, compressed once and for all. The browser's half needs the names of the texts only.

mod catalogue;
#[cfg(feature = "ssr")]
mod front;
mod words;

use std::{env, path::PathBuf};

fn main() {
    println!("cargo::rerun-if-changed=build");
    // By relocations, what pages load on demand is split off the program: see `build/bindgen`.
    #[cfg(feature = "hydrate")]
    println!("cargo::rustc-link-arg-bin=front=--emit-relocs");
    let Some(out) = env::var_os("OUT_DIR").map(PathBuf::from) else {
        return;
    };
    match words::generate(&out) {
        Ok(tables) => embed(&out, &tables),
        Err(reason) => println!("cargo::error={reason}"),
    }
}

#[cfg(feature = "ssr")]
fn embed(out: &std::path::Path, tables: &[words::Table]) {
    front::embed(&out.join("front"), tables);
}

#[cfg(not(feature = "ssr"))]
fn embed(_: &std::path::Path, _: &[words::Table]) {}
