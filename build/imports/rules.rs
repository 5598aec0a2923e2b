//! Who may take from whom, and which library is used where.

use crate::{graph::Graph, source::Source};

/// Each layer, and those that it may take from.
const LAYERS: [(&str, &[&str]); 12] = [
    ("sorted_map", &[]),
    ("protocol", &[]),
    // Of the SFU, a room knows the commands and events alone: see `COMMANDS`.
    ("room", &["protocol", "sfu", "sorted_map"]),
    ("sfu", &["protocol"]),
    ("server", &["protocol", "room", "sfu", "pages", "words"]),
    ("call", &["protocol", "sorted_map"]),
    ("bots", &["protocol", "call", "sfu"]),
    ("platform", &["protocol", "call", "sorted_map"]),
    (
        "meeting",
        &["protocol", "call", "platform", "words", "sorted_map"],
    ),
    ("ui", &["protocol", "call", "platform", "meeting", "words"]),
    ("pages", &["protocol", "meeting", "ui", "words"]),
    ("words", &[]),
];

/// What a room may take from the SFU.
const COMMANDS: &str = "sfu/command.rs";

/// Names that stand before `::`, and where below `src` they may.
const LIBRARIES: [(&[&str], &[&str]); 6] = [
    (
        &[
            "tokio",
            "axum",
            "hyper",
            "hyper_util",
            "engineioxide",
            "socketioxide",
            "tower_http",
        ],
        &["server/", "sfu/driver", "bots/", "main.rs"],
    ),
    (&["str0m"], &["sfu/", "bots/"]),
    (
        &["web_sys", "wasm_bindgen_futures", "gloo_net", "gloo_timers"],
        &["platform/", "ui/", "front.rs"],
    ),
    // The texts of a language stay the browser's own strings.
    (
        &["js_sys", "wasm_bindgen"],
        &["platform/", "ui/", "words/", "front.rs"],
    ),
    (
        &["leptos", "leptos_router", "leptos_axum"],
        &["meeting/", "ui/", "pages/", "words/", "server/pages.rs"],
    ),
    (
        &["serde_json"],
        &[
            "protocol/",
            "room/",
            "server/",
            "bots/",
            "call/",
            "platform/",
            "meeting/",
            "words/",
        ],
    ),
];

/// What the pure machines may not call: time and chance are inputs.
const IMPURE: [&[&str]; 5] = [
    &["Instant", "now"],
    &["SystemTime", "now"],
    &["thread", "spawn"],
    &["rand", "rng"],
    &["rand", "random"],
];
const PURE: [&str; 4] = ["protocol/", "room/", "call/", "sfu/"];
/// What drives the SFU holds its sockets and its clock.
const DRIVERS: [&str; 1] = ["sfu/driver"];

/// Types of the browser that a layer does not name.
const UNNAMED: [(&str, &[&str]); 2] = [
    ("ui/", &["RtcPeerConnection", "RtcDataChannel", "WebSocket"]),
    (
        "meeting/",
        &["RtcPeerConnection", "RtcDataChannel", "WebSocket"],
    ),
];

/// Imports against the direction of the layers: the line for `known.txt`, and where it stands.
pub fn directions(graph: &Graph) -> Vec<(String, String)> {
    let is_wrong = |from: &str, to: &str| {
        let (Some(above), Some(below)) = (layer(from), layer(to)) else {
            return layer(from).is_some();
        };
        let may = LAYERS.iter().find(|(name, _)| *name == above);
        let is_known = may.is_some_and(|(_, all)| all.contains(&below))
            && (above != "room" || below != "sfu" || COMMANDS == to);
        above != below && !is_known
    };
    (graph.iter())
        .filter(|(from, to, _)| is_wrong(from, to))
        .map(|(from, to, place)| {
            (
                format!("{from} => {to}"),
                format!("src/{from}:{} names `{}`", place.line, place.path),
            )
        })
        .collect()
}

/// A file's folder, or the module that is one file.
fn layer(name: &str) -> Option<&str> {
    match name.split_once('/') {
        Some((folder, _)) => Some(folder),
        None => Some(name.trim_end_matches(".rs"))
            .filter(|name| !["lib", "main", "front"].contains(name)),
    }
}

/// Libraries where they do not belong: the line for `known.txt`, and where it stands.
pub fn libraries<'a>(files: impl Iterator<Item = &'a Source>) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for source in files {
        let imported = source.imports.iter().map(|import| &import.path);
        for path in imported.chain(&source.paths) {
            for what in misplaced(&source.name, &path.segments) {
                let line = format!("{} : {what}", source.name);
                if !found.iter().any(|(noted, _)| *noted == line) {
                    found.push((line, format!("src/{}:{}", source.name, path.line)));
                }
            }
        }
    }
    found
}

/// What a path names that does not belong into a file.
fn misplaced(file: &str, path: &[String]) -> Vec<String> {
    let lies_in = |places: &[&str]| places.iter().any(|place| file.starts_with(place));
    let Some(first) = path.first() else {
        return Vec::new();
    };
    let libraries = (LIBRARIES.iter())
        .filter(|(names, places)| names.contains(&first.as_str()) && !lies_in(places))
        .map(|_| first.clone());
    let is_pure = lies_in(&PURE) && !lies_in(&DRIVERS);
    let holds = |impure: &&&[&str]| path.windows(impure.len()).any(|part| part == **impure);
    let impure = (IMPURE.iter())
        .filter(|_| is_pure)
        .filter(holds)
        .map(|impure| impure.join("::"));
    let named = match path {
        [library, name, ..] if library == "web_sys" => name,
        _ => first,
    };
    let types = (UNNAMED.iter())
        .filter(|(folder, names)| lies_in(&[folder]) && names.contains(&named.as_str()))
        .map(|_| named.clone());
    libraries.chain(impure).chain(types).collect()
}

#[cfg(test)]
mod tests {
    use super::{directions, libraries};
    use crate::{graph::Graph, source::Source};

    #[test]
    fn a_layer_may_not_take_from_above() {
        let mut graph = Graph::default();
        graph.add("server/pages.rs", "pages/head.rs", 1, "crate::pages::shell");
        graph.add("room/a.rs", "protocol/b.rs", 1, "crate::protocol::B");
        assert!(directions(&graph).is_empty());
        graph.add("protocol/b.rs", "room/a.rs", 2, "crate::room::A");
        graph.add("server/other.rs", "ui/mod.rs", 3, "crate::ui::room");
        graph.add("nowhere/a.rs", "ui/mod.rs", 4, "crate::ui::room");
        let lines: Vec<String> = directions(&graph)
            .into_iter()
            .map(|(line, _)| line)
            .collect();
        let expected = [
            "nowhere/a.rs => ui/mod.rs",
            "protocol/b.rs => room/a.rs",
            "server/other.rs => ui/mod.rs",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn a_library_is_found_in_imports_and_in_paths() {
        let found = |name: &str, text: &str| -> Vec<String> {
            let source = Source::parse(name, text);
            libraries([&source].into_iter())
                .into_iter()
                .map(|(line, _)| line)
                .collect()
        };
        assert_eq!(
            found("room/a.rs", "use tokio::spawn;"),
            ["room/a.rs : tokio"]
        );
        assert_eq!(
            found("call/a.rs", "fn f() { web_sys::window(); }"),
            ["call/a.rs : web_sys"]
        );
        assert_eq!(
            found("room/a.rs", "fn f() { Instant::now(); }"),
            ["room/a.rs : Instant::now"]
        );
        assert_eq!(
            found("ui/a.rs", "use web_sys::{Element, RtcPeerConnection};"),
            ["ui/a.rs : RtcPeerConnection"]
        );
        assert!(found("sfu/driver.rs", "fn f() { tokio::spawn(Instant::now()); }").is_empty());
    }
}
