//! Which files of the pages are in what every browser loads first, and which are loaded on demand.

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::Graph;

/// Where the browser's half begins.
const ENTRY: &str = "lib.rs";
/// The pages: they are made of functions that name each other. Methods, of which the meeting is made, are not seen here.
const PAGES: &str = "ui/";
/// Shows what any feature's `lazy.rs` names, and names nothing itself.
const MECHANISM: &str = "ui/lazy.rs";

/// A line for each folder of the pages with the files that are loaded on demand: those to which all ways lead through
/// the `lazy.rs` of a feature, where the build splits the program.
pub fn by_feature(graph: &Graph) -> Vec<String> {
    let first = first_load(graph);
    let mut features: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (from, to, _) in graph.iter() {
        for file in [from, to] {
            if let Some((folder, name)) = file.rsplit_once('/')
                && file.starts_with(PAGES)
                && name != "mod.rs"
                && !first.contains(file)
            {
                features.entry(folder).or_default().insert(name);
            }
        }
    }
    let line = |(folder, files): (&str, BTreeSet<&str>)| {
        let files: Vec<&str> = files.into_iter().collect();
        format!("{folder}: {}", files.join(" "))
    };
    features.into_iter().map(line).collect()
}

/// The files that are reached without a step out of a feature's `lazy.rs`.
fn first_load(graph: &Graph) -> BTreeSet<&str> {
    let mut links: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (from, to, _) in graph.iter() {
        links.entry(from).or_default().push(to);
    }
    let mut found = BTreeSet::from([ENTRY]);
    let mut next = vec![ENTRY];
    while let Some(file) = next.pop() {
        if file.ends_with("/lazy.rs") && file != MECHANISM {
            continue;
        }
        for to in links.get(file).into_iter().flatten() {
            if found.insert(to) {
                next.push(to);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::by_feature;
    use crate::tree::Tree;

    #[test]
    fn what_only_a_lazy_file_names_is_loaded_on_demand() {
        let mut tree = Tree::default();
        for (name, text) in [
            ("ui/mod.rs", ""),
            ("ui/chat/mod.rs", ""),
            ("lib.rs", "fn start() { crate::ui::page::page(); }"),
            (
                "ui/page.rs",
                "use crate::ui::chat::{field::field, lazy::panel};\npub fn page() {}",
            ),
            ("ui/chat/field.rs", "pub fn field() {}"),
            (
                "ui/chat/lazy.rs",
                "use super::{field::field, panel::all};\npub fn panel() {}",
            ),
            (
                "ui/chat/panel.rs",
                "use super::line::line;\npub fn all() {}",
            ),
            ("ui/chat/line.rs", "pub fn line() {}"),
        ] {
            tree.add(name, text);
        }
        assert_eq!(by_feature(&tree.imports()), ["ui/chat: line.rs panel.rs"]);
        tree.add(
            "ui/page.rs",
            "use crate::ui::chat::{field::field, lazy::panel, panel::all};\npub fn page() { all() }",
        );
        assert_eq!(by_feature(&tree.imports()), [""; 0]);
    }
}
