//! From `locales/` to what the program takes: a name of each text for the compiler, and tables of texts for
//! each language, in the order of the names.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::Path,
};

use serde_json::{Value, json};

use crate::catalogue::{BUNDLES, Bundles, Catalogue, LANGUAGES, Text, placeholders};

/// Texts of a language that the browser gets in one file.
#[cfg_attr(
    not(feature = "ssr"),
    expect(dead_code, reason = "the server's half embeds them")
)]
pub struct Table {
    /// The language's code.
    pub language: &'static str,
    /// Which of [`BUNDLES`] it is.
    pub bundle: &'static str,
    /// An array of the texts; those by category are objects.
    pub json: String,
}

/// All texts of a language, by bundle and by key.
type Texts = [BTreeMap<String, Text>; BUNDLES.len()];

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
    let list = fs::read_to_string(folder.join("bundles.txt"))
        .map_err(|error| format!("locales/bundles.txt can't be read: {error}"))?;
    let bundles = Bundles::read(&list)?;
    let mut english = BTreeMap::new();
    let mut tables = Vec::new();
    for (language, categories) in LANGUAGES {
        let catalogues = read(&folder.join(language), language)?;
        if english.is_empty() {
            english = catalogues.clone();
        }
        check(&catalogues, categories, &english)?;
        let texts = bundle(&catalogues, &bundles)?;
        if tables.is_empty() {
            bundles.check(texts.iter().flat_map(BTreeMap::keys))?;
            put("words.rs", &names(&texts))?;
        }
        let whole: Vec<Value> = texts.iter().flat_map(values).collect();
        put(
            &format!("texts-{language}.json"),
            &Value::Array(whole).to_string(),
        )?;
        let table = |(bundle, texts)| Table {
            language,
            bundle,
            json: Value::Array(values(texts)).to_string(),
        };
        tables.extend(BUNDLES.into_iter().zip(&texts).map(table));
    }
    Ok(tables)
}

/// The files of a language by their names.
fn read(folder: &Path, language: &str) -> Result<BTreeMap<String, Catalogue>, String> {
    let failed = |error| format!("locales/{language} can't be read: {error}");
    let mut catalogues = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        let name = format!("locales/{language}/{file}");
        let json =
            fs::read_to_string(&path).map_err(|error| format!("{name} can't be read: {error}"))?;
        catalogues.insert(file.into_owned(), Catalogue::read(&name, &json)?);
    }
    Ok(catalogues)
}

/// Holds a language against the one that all follow.
///
/// # Errors
/// A file is missing or too much, or there is something wrong with one.
fn check(
    catalogues: &BTreeMap<String, Catalogue>,
    categories: &[&str],
    original: &BTreeMap<String, Catalogue>,
) -> Result<(), String> {
    let all: BTreeSet<&String> = catalogues.keys().chain(original.keys()).collect();
    for file in all {
        match (catalogues.get(file), original.get(file)) {
            (Some(catalogue), Some(original)) => catalogue.check(categories, original)?,
            (Some(_), None) => return Err(format!("{file} is not in locales/en")),
            (None, _) => return Err(format!("{file} is in locales/en alone")),
        }
    }
    Ok(())
}

/// The texts of all files, by bundle.
///
/// # Errors
/// A key is in two files.
fn bundle(catalogues: &BTreeMap<String, Catalogue>, bundles: &Bundles) -> Result<Texts, String> {
    let mut texts = Texts::default();
    for (file, catalogue) in catalogues {
        for (key, text) in &catalogue.texts {
            let bundle = texts.get_mut(bundles.of(key));
            let before = bundle.and_then(|bundle| bundle.insert(key.clone(), text.clone()));
            if before.is_some() {
                return Err(format!("{file}: {key:?} is in another file, too"));
            }
        }
    }
    Ok(texts)
}

fn values(texts: &BTreeMap<String, Text>) -> Vec<Value> {
    let values = texts.values().map(|text| match text {
        Text::Plain(text) => json!(text),
        Text::Plural(forms) => json!(forms),
    });
    values.collect()
}

/// The three kinds of texts as enums; the number of each is its place in the tables, one after the other.
fn names(bundles: &Texts) -> String {
    let (mut words, mut plurals) = (String::new(), String::new());
    let (mut phrases, mut parts) = (String::new(), String::new());
    let texts = bundles.iter().flatten();
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
    let counts: Vec<usize> = bundles.iter().map(BTreeMap::len).collect();
    let bundles = counts.len();
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

/// How many texts the table of each bundle has.
pub(super) const COUNTS: [usize; {bundles}] = {counts:?};
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
