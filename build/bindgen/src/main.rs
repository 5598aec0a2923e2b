//! The `wasm-bindgen` that Trunk calls: splits off what pages load on demand, then makes the script of the rest.
//!
//! The order matters: splitting needs the linker's relocations, which wasm-bindgen does not keep. So Trunk finds this
//! under wasm-bindgen's name and with its arguments, of which it knows those that Trunk gives.

mod arguments;
mod parts;

use std::fs;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use arguments::Arguments;

fn main() -> Result<()> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    let Arguments::Bind {
        input,
        folder,
        name,
    } = arguments
    else {
        // Trunk takes the tool that names the version of the crate in Cargo.lock.
        println!("wasm-bindgen {}", wasm_bindgen_shared::version());
        return Ok(());
    };
    let program = fs::read(&input).with_context(|| format!("{input:?} can't be read"))?;
    fs::create_dir_all(&folder)?;
    let main = parts::split_off(&program, &folder)?;
    Bindgen::new()
        .input_bytes(&name, main)
        .web(true)?
        .typescript(false)
        // The parts use the stack and the table of the program.
        .keep_lld_exports(true)
        .generate(&folder)
}
