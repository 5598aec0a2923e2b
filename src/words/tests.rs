//! What is said in which language, and that nothing is said in any other way.

use std::{fs, path::Path};

use leptos::prelude::{Owner, provide_context};

use super::{
    catalogue::{BUNDLES, Bundles, Catalogue},
    table::category,
    *,
};

fn speaking<T>(language: Language, action: impl FnOnce() -> T) -> T {
    Owner::new().with(|| {
        provide_context(language);
        action()
    })
}

#[test]
fn texts_are_in_the_language_of_the_context() {
    assert_eq!(t(Word::LobbyJoin), "Join");
    assert_eq!(
        speaking(Language::German, || t(Word::LobbyJoin)),
        "Beitreten"
    );
    let joined = || say(Phrase::RoomJoined { name: "Ada" });
    assert_eq!(joined(), "Ada joined");
    assert_eq!(speaking(Language::Spanish, joined), "Ada se ha unido");
}

#[test]
fn numbers_choose_their_text() {
    let full = |number| count(Plural::TroubleRoomFullCause, number);
    assert!(full(1).starts_with("It takes 1 person."));
    assert!(full(8).starts_with("It takes 8 people."));
    let arabic = |number| speaking(Language::Arabic, || full(number));
    assert!(arabic(2).contains("لشخصين"));
    assert!(arabic(8).contains("8 أشخاص"));
    assert!(arabic(11).contains("11 شخصًا"));
}

#[test]
fn categories_are_those_of_unicode() {
    let of = |language, numbers: &[usize]| -> Vec<_> {
        numbers
            .iter()
            .map(|number| category(language, *number))
            .collect()
    };
    let arabic = of(
        Language::Arabic,
        &[0, 1, 2, 3, 10, 11, 99, 100, 102, 103, 111],
    );
    assert_eq!(
        arabic,
        [
            "zero", "one", "two", "few", "few", "many", "many", "other", "other", "few", "many"
        ]
    );
    assert_eq!(of(Language::French, &[0, 1, 2]), ["one", "one", "other"]);
    for language in [Language::English, Language::German, Language::Spanish] {
        assert_eq!(of(language, &[0, 1, 2]), ["other", "one", "other"]);
    }
}

/// What of the meeting is loaded on demand and speaks.
const ON_DEMAND: [&str; 5] = [
    "src/meeting/diagnostics/",
    "src/meeting/files/fetching.rs",
    "src/meeting/people/invite.rs",
    "src/meeting/recording/",
    "src/meeting/stats/stats_poller.rs",
];

/// What of the pages is loaded on demand, as folders with their files: `make lint` sees that it is so.
const PAGES_ON_DEMAND: &str = include_str!("../../build/imports/on_demand.txt");

fn is_on_demand(source: &str) -> bool {
    let mut pages = PAGES_ON_DEMAND
        .lines()
        .filter_map(|line| line.split_once(": "))
        .flat_map(|(folder, files)| files.split(' ').map(move |file| (folder, file)));
    let is_of_pages = |(folder, file)| source.ends_with(&format!("src/{folder}/{file}"));
    pages.any(is_of_pages) || ON_DEMAND.iter().any(|start| source.contains(start))
}

/// Whether a source has a text when it speaks: what is not loaded yet would be silent.
fn has_text_of(bundle: &str, source: &str) -> bool {
    match bundle {
        "room" => true,
        "later" => is_on_demand(source) || source.contains("/pages/"),
        _ => source.contains("/pages/"),
    }
}

#[test]
fn every_text_is_used_where_it_is_there() {
    let sources: Vec<_> = ["src/pages", "src/ui", "src/meeting", "src/platform"]
        .into_iter()
        .flat_map(sources)
        .collect();
    let list = fs::read_to_string("locales/bundles.txt").unwrap();
    let bundles = Bundles::read(&list).unwrap();
    for entry in fs::read_dir("locales/en").unwrap() {
        let name = entry.unwrap().path().display().to_string();
        let english = Catalogue::read(&name, &fs::read_to_string(&name).unwrap()).unwrap();
        for key in english.texts.keys() {
            let bundle = BUNDLES[bundles.of(key)];
            let users = sources.iter().filter(|(_, text)| uses(text, key));
            let users: Vec<&String> = users.map(|(path, _)| path).collect();
            assert!(!users.is_empty(), "{key} is in {name}, and used nowhere");
            for path in &users {
                assert!(
                    has_text_of(bundle, path),
                    "{key} comes with {bundle}, but {path} uses it"
                );
            }
            let is_on_demand = users.iter().all(|path| has_text_of("later", path));
            assert!(
                bundle != "room" || !is_on_demand,
                "{key} is loaded too early"
            );
        }
    }
}

/// Whether a source names a text.
fn uses(source: &str, key: &str) -> bool {
    let variant: String = key
        .split('-')
        .map(|word| word[..1].to_uppercase() + &word[1..])
        .collect();
    ["Word", "Plural", "Phrase"].iter().any(|kind| {
        let name = format!("{kind}::{variant}");
        let mut found = source.match_indices(&name);
        found.any(|(at, _)| !source[at + name.len()..].starts_with(char::is_alphanumeric))
    })
}

#[test]
fn no_text_is_written_into_the_pages() {
    for (path, source) in ["src/pages", "src/ui", "src/meeting", "src/platform"]
        .into_iter()
        .flat_map(sources)
    {
        for line in source
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
        {
            let found = literals(line).find(|literal| is_text(line.trim(), literal));
            assert_eq!(found, None, "{path}: a text belongs into locales/");
        }
    }
}

#[test]
fn a_text_in_a_page_is_found() {
    for line in [
        r#""Join""#,
        r#"<h1>"There is nothing here"</h1>"#,
        r#"aria-label="leave""#,
        r#"meeting.say("Link copied".to_owned());"#,
        r#"{fact("One", format!("{name} has left the room"))}"#,
    ] {
        assert!(
            literals(line).any(|literal| is_text(line, literal)),
            "{line}"
        );
    }
    for line in [
        r#""Roundtable""#,
        r#"<div class="control control-off" id="name">"#,
        r#"<path d="M12 4a8 8 0 1 1-8 8"></path>"#,
        r#"aria-label=t(Word::BarLeave)"#,
        r#""NotAllowedError" | "SecurityError" => Self::Denied,"#,
    ] {
        assert!(
            !literals(line).any(|literal| is_text(line, literal)),
            "{line}"
        );
    }
}

/// The sources of a folder up to their tests, each with its path.
fn sources(folder: &str) -> Vec<(String, String)> {
    let files = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap();
    let source = |path: &Path| {
        let whole = fs::read_to_string(path).unwrap();
        let end = whole.find("#[cfg(test)]\nmod tests").unwrap_or(whole.len());
        (path.display().to_string(), whole[..end].to_owned())
    };
    files
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_stem().is_none_or(|stem| stem != "tests"))
        .flat_map(|path| {
            if path.is_dir() {
                return sources(path.to_str().unwrap());
            }
            vec![source(&path)]
        })
        .collect()
}

/// What stands in quotes in a line.
fn literals(line: &str) -> impl Iterator<Item = &str> {
    line.split('"').skip(1).step_by(2)
}

/// Whether people are meant to read a literal: a line of its own, an attribute that is read, or a sentence.
fn is_text(line: &str, literal: &str) -> bool {
    let words = literal.split_whitespace();
    let words = words.filter(|word| {
        word.len() > 1
            && word
                .chars()
                .all(|c| c.is_alphabetic() || ",.:;!?’…".contains(c))
    });
    let words = words.count();
    let begins_as_text = literal.starts_with(|c: char| c.is_uppercase() || c == '{' || c == ' ');
    let is_read = ["aria-label", "title", "placeholder", "alt"]
        .iter()
        .any(|attribute| line.contains(&format!("{attribute}=\"{literal}\"")));
    let stands_alone = line == format!("\"{literal}\"") && literal != "Roundtable";
    words > 0 && (is_read || (begins_as_text && (stands_alone || words > 1)))
}
