//! From `locales/` to what the program takes: a name of each text for the compiler, and a table of texts for
//! each language, in the order of the names.

use std::{collections::BTreeSet, env, fs, path::Path};

use serde_json::{Value, json};

use crate::catalogue::{Catalogue, LANGUAGES, Text, placeholders};

/// The texts of a language.
pub struct Table {
    /// Its code.
    pub language: &'static str,
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
    let mut catalogues = Vec::new();
    for (language, categories) in LANGUAGES {
        let name = format!("{language}.json");
        let json = fs::read_to_string(folder.join(&name))
            .map_err(|error| format!("locales/{name} can't be read: {error}"))?;
        let catalogue = Catalogue::read(&format!("locales/{name}"), &json)?;
        catalogue.check(
            categories,
            catalogues
                .first()
                .map_or(&catalogue, |(_, english)| english),
        )?;
        catalogues.push((language, catalogue));
    }
    let put = |name: &str, content: &str| {
        fs::write(out.join(name), content)
            .map_err(|error| format!("{name} can't be written: {error}"))
    };
    if let Some((_, english)) = catalogues.first() {
        put("words.rs", &names(english))?;
    }
    let tables = catalogues.iter().map(|(language, catalogue)| Table {
        language,
        json: table(catalogue),
    });
    let tables: Vec<Table> = tables.collect();
    for Table { language, json } in &tables {
        put(&format!("words-{language}.json"), json)?;
    }
    Ok(tables)
}

fn table(catalogue: &Catalogue) -> String {
    let texts = catalogue.texts.values().map(|text| match text {
        Text::Plain(text) => json!(text),
        Text::Plural(forms) => json!(forms),
    });
    Value::Array(texts.collect()).to_string()
}

/// The three kinds of texts as enums; the number of each is its place in the tables.
fn names(english: &Catalogue) -> String {
    let (mut words, mut plurals) = (String::new(), String::new());
    let (mut phrases, mut parts) = (String::new(), String::new());
    for (place, (key, text)) in english.texts.iter().enumerate() {
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
    let count = english.texts.len();
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
    fn parts(self) -> (usize, Vec<(&'static str, &'a str)>) {{
        match self {{
{parts}        }}
    }}
}}

/// How many texts a table has.
const COUNT: usize = {count};
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
