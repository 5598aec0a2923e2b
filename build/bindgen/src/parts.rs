//! Splits off the program what pages load on demand, with a script that loads it.

use std::{collections::BTreeMap, fmt::Write, fs, path::Path};

use anyhow::{Context, Result, anyhow};
use wasm_split_cli_support::{Options, SplitWasm, transform};

/// Where the parts and their loader go. Trunk copies `snippets` as it is; `public/tools/name-parts` gives this the
/// program's hash.
const PARTS: &str = "snippets/later";
/// As the program imports it and its script names it.
const LOADER: &str = "./snippets/later/__wasm_split.js";

/// Leaves the parts in a folder below this one. The answer is what is left of the program.
///
/// # Errors
/// If the program has no relocations, or the folder can't be written to.
pub fn split_off(program: &[u8], folder: &Path) -> Result<Vec<u8>> {
    let parts = folder.join(PARTS);
    let _ = fs::remove_dir_all(&parts);
    fs::create_dir_all(&parts)?;
    let main = folder.join("main.wasm");
    let mut options = Options::new(program);
    options.output_dir = folder;
    options.main_out_path = &main;
    options.link_name = LOADER;
    let SplitWasm {
        split_modules,
        prefetch_map,
        ..
    } = transform(options).map_err(|error| anyhow!("the program can't be split: {error:#}"))?;
    for module in split_modules {
        let name = module.file_name().context("a part has no name")?;
        fs::rename(&module, parts.join(name))?;
    }
    let loader = loader(&prefetch_map.into_iter().collect());
    fs::write(folder.join(LOADER), loader)?;
    let left = fs::read(&main)?;
    fs::remove_file(&main)?;
    Ok(left)
}

/// The script that loads each part with the files that it needs: what several parts share is in files of its own.
fn loader(parts: &BTreeMap<String, Vec<String>>) -> String {
    let mut script = include_str!("loader.js").to_owned();
    for (part, files) in parts {
        // `wasm_split` imports it under this name.
        let _ = writeln!(
            script,
            "export const __wasm_split_load_{part} = loaderOf({files:?});"
        );
    }
    script
}
