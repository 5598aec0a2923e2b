//! Reads every file of `src`, and checks who imports from whom: no file reaches itself through others, a layer
//! takes from the layers below it alone, and a library is used where it belongs. It needs nothing but the
//! standard library, so `make lint` has the compiler alone build it and run it, in a second or two.
//!
//! A file imports from the file that defines what it names: a `pub use` in a `mod.rs` only leads there, so a folder
//! whose files talk to each other is no circle. What stands under `#[cfg(test)]`, in `tests.rs` or in `tests/` may
//! import from anywhere.

#![expect(
    clippy::unwrap_used,
    reason = "without the files there is nothing to check"
)]

mod graph;
mod on_demand;
mod rules;
mod source;
mod tokens;
mod tree;

use std::{fs, path::Path, sync::LazyLock};

use tree::Tree;

/// What is known to break a rule, a line each. The list only gets shorter: a line that is not needed any more has to
/// be taken out.
const KNOWN: &str = include_str!("known.txt");

/// Which files of the pages are not in the first load, by feature.
const ON_DEMAND: &str = include_str!("on_demand.txt");

/// The crate, from its own folder: that is where cargo and the Makefile start tests.
static TREE: LazyLock<Tree> = LazyLock::new(|| Tree::read(Path::new("src")).unwrap());

#[test]
fn no_file_imports_from_itself_through_others() {
    let graph = TREE.imports();
    assert!(graph.iter().count() > 500, "hardly an import was found");
    let known = known("->");
    let found = graph.circles(&known);
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
    let needless = graph.needless(&known);
    assert!(needless.is_empty(), "\n{}\n", needless.join("\n"));
}

#[test]
fn a_layer_takes_from_those_below_it_alone() {
    let found = rules::directions(&TREE.imports());
    assert_known(found, "=>", "a layer takes from one that it may not know");
}

#[test]
fn a_library_is_used_where_it_belongs_alone() {
    let found = rules::libraries(TREE.files());
    assert_known(found, ":", "a file uses what does not belong there");
}

#[test]
fn what_is_loaded_on_demand_is_written_down() {
    let found = on_demand::by_feature(&TREE.imports());
    let written: Vec<&str> = (ON_DEMAND.lines())
        .filter(|line| !line.starts_with('#'))
        .collect();
    assert_eq!(
        found, written,
        "what every browser loads first has become another: see build/imports/on_demand.txt"
    );
}

/// What a property test has found is tried again as long as it lies under the test's name: proptest passes over the rest.
#[test]
fn what_property_tests_have_found_belongs_to_one() {
    let mut folders = vec![Path::new("proptest-regressions").to_owned()];
    let mut found = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let below = path.strip_prefix("proptest-regressions").unwrap();
            let test = Path::new("src").join(below).with_extension("rs");
            assert!(
                test.exists(),
                "{path:?} belongs to no test: there is no {test:?}"
            );
            found += 1;
        }
    }
    assert!(found > 0, "nothing was found");
}

/// What was found, each the line that `known.txt` would have for it with where it stands.
fn assert_known(found: Vec<(String, String)>, mark: &str, what: &str) {
    let known: Vec<String> = (known(mark).into_iter())
        .map(|(from, to)| format!("{from} {mark} {to}"))
        .collect();
    let new: Vec<String> = (found.iter())
        .filter(|(line, _)| !known.contains(line))
        .map(|(line, place)| {
            format!("{what}: {line} ({place}); see the table in build/imports/rules.rs")
        })
        .collect();
    assert!(new.is_empty(), "\n{}\n", new.join("\n"));
    let gone: Vec<String> = (known.iter())
        .filter(|line| !found.iter().any(|(found, _)| found == *line))
        .map(|line| format!("{line:?} holds no longer: take it out of build/imports/known.txt"))
        .collect();
    assert!(gone.is_empty(), "\n{}\n", gone.join("\n"));
}

/// The lines of `known.txt` with a mark between two names.
fn known(mark: &str) -> Vec<(String, String)> {
    let mark = format!(" {mark} ");
    (KNOWN.lines())
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(&mark))
        .map(|(from, to)| (from.to_owned(), to.trim().to_owned()))
        .collect()
}
