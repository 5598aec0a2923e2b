//! From `locales/` to what the program takes: a name of each text for the compiler, and tables of texts for
//! each language, in the order of the names.

use std::{collections::BTreeSet, env, fs, path::Path};

use serde_json::{Value, json};

use crate::catalogue::{Catalogue, FILES, LANGUAGES, Text, placeholders};

/// Texts of a language that the browser gets in one file.
#[cfg_attr(
    not(feature = "ssr"),
    expect(dead_code, reason = "the server's half embeds them")
)]
pub struct Table {
    /// The language's code.
    pub language: &'static str,
    /// Which of its files: see [`FILES`].
    pub file: &'static str,
    /// An array of the texts; those by category are objects.
    pub json: String,
}

/// Reads and checks all languages, and writes the names and the tables.
///
/// # Errors
/// What is wrong with a file, or that one can't be read or written.
pub fn generate(out: &Path) -> Result<Vec<Table>, String> {
    let folder = Path::new(&env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("locales");
    println!("cargo::rerun-if-changed=locales");
    let put = |name: &str, content: &str| {
        fs::write(out.join(name), content)
            .map_err(|error| format!("{name} can't be written: {error}"))
    };
    let mut english = Vec::new();
    let mut tables = Vec::new();
    for (language, categories) in LANGUAGES {
        let catalogues = read(&folder.join(language), language)?;
        if english.is_empty() {
            check_apart(&catalogues)?;
            put("words.rs", &names(&catalogues))?;
            english = catalogues.clone();
        }
        for (catalogue, original) in catalogues.iter().zip(&english) {
            catalogue.check(categories, original)?;
        }
        let whole: Vec<Value> = catalogues.iter().flat_map(texts).collect();
        put(
            &format!("texts-{language}.json"),
            &Value::Array(whole).to_string(),
        )?;
        tables.extend(
            FILES
                .into_iter()
                .zip(&catalogues)
                .map(|(file, catalogue)| Table {
                    language,
                    file,
                    json: Value::Array(texts(catalogue)).to_string(),
                }),
        );
    }
    Ok(tables)
}

/// The files of a language, in the order of [`FILES`].
fn read(folder: &Path, language: &str) -> Result<Vec<Catalogue>, String> {
    let read = |file: &str| {
        let name = format!("locales/{language}/{file}.json");
        let json = fs::read_to_string(folder.join(file).with_extension("json"))
            .map_err(|error| format!("{name} can't be read: {error}"))?;
        Catalogue::read(&name, &json)
    };
    FILES.into_iter().map(read).collect()
}

/// # Errors
/// A key is in two files.
fn check_apart(catalogues: &[Catalogue]) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for catalogue in catalogues {
        if let Some(key) = catalogue.texts.keys().find(|key| !seen.insert(*key)) {
            return Err(format!("{key:?} is in two files of locales/en"));
        }
    }
    Ok(())
}

fn texts(catalogue: &Catalogue) -> Vec<Value> {
    let texts = catalogue.texts.values().map(|text| match text {
        Text::Plain(text) => json!(text),
        Text::Plural(forms) => json!(forms),
    });
    texts.collect()
}

/// The three kinds of texts as enums; the number of each is its place in the tables, one after the other.
fn names(catalogues: &[Catalogue]) -> String {
    let (mut words, mut plurals) = (String::new(), String::new());
    let (mut phrases, mut parts) = (String::new(), String::new());
    let texts = catalogues.iter().flat_map(|catalogue| &catalogue.texts);
    for (place, (key, text)) in texts.enumerate() {
        let variant = variant(key);
        match text {
            Text::Plain(text) => {
                let names = placeholders(text).unwrap_or_default();
                if names.is_empty() {
                    words += &format!("    #[doc = {text:?}]\n    {variant} = {place},\n");
                } else {
                    phrases += &phrase(&variant, text, &names);
                    parts += &part(&variant, place, &names);
                }
            }
            Text::Plural(forms) => {
                let text = forms.get("other");
                plurals += &format!(
                    "    #[doc = {:?}]\n    {variant} = {place},\n",
                    text.unwrap_or(key)
                );
            }
        }
    }
    let counts: Vec<usize> = (catalogues.iter().map(|catalogue| catalogue.texts.len())).collect();
    let files = counts.len();
    format!(
        r#"/// A text as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub enum Word {{
{words}}}

/// A text by the category of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub enum Plural {{
{plurals}}}

/// A text with what stands for its placeholders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phrase<'a> {{
{phrases}}}

impl<'a> Phrase<'a> {{
    /// The place in the tables, and each placeholder with what stands for it.
    pub(super) fn parts(self) -> (usize, Vec<(&'static str, &'a str)>) {{
        match self {{
{parts}        }}
    }}
}}

/// How many texts the table of each file has.
pub(super) const COUNTS: [usize; {files}] = {counts:?};
"#
    )
}

/// A phrase of the enum, with a field for each placeholder.
fn phrase(variant: &str, text: &str, names: &BTreeSet<&str>) -> String {
    let field =
        |name: &&str| format!("        /// What stands for `{name}`.\n        {name}: &'a str,\n");
    let fields: String = names.iter().map(field).collect();
    format!("    #[doc = {text:?}]\n    {variant} {{\n{fields}    }},\n")
}

/// The place of a phrase and the values of its placeholders, as an arm of a `match`.
fn part(variant: &str, place: usize, names: &BTreeSet<&str>) -> String {
    let fields: Vec<&str> = names.iter().copied().collect();
    let pairs: String = names
        .iter()
        .map(|name| format!("({name:?}, {name}),"))
        .collect();
    let fields = fields.join(", ");
    format!("            Self::{variant} {{ {fields} }} => ({place}, vec![{pairs}]),\n")
}

/// `room-joined` as `RoomJoined`.
fn variant(key: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    key.split('-').map(word).collect()
}
