//! What a file defines, what it imports, and which paths it names.

use std::collections::BTreeSet;

use crate::tokens::{Token, tokens};

const ITEMS: [&str; 9] = [
    "fn",
    "struct",
    "enum",
    "union",
    "trait",
    "type",
    "const",
    "static",
    "macro_rules",
];

/// A file.
#[derive(Debug, Default)]
pub struct Source {
    /// Below `src`.
    pub name: String,
    /// The names of the items at its top.
    pub items: BTreeSet<String>,
    pub imports: Vec<Import>,
    /// The paths that it names elsewhere.
    pub paths: Vec<Named>,
    /// Every name elsewhere than in an import.
    pub names: BTreeSet<String>,
}

/// One name that a `use` brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    pub path: Named,
    /// What it is called here; `*` for everything.
    pub alias: String,
    /// Whether others can take it from here.
    pub is_passed_on: bool,
}

/// A path, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub segments: Vec<String>,
    pub line: usize,
    /// In how many modules that are written out in the file.
    pub inside: usize,
}

impl Source {
    /// Reads a file's text.
    pub fn parse(name: &str, text: &str) -> Self {
        let name = name.to_owned();
        let mut source = Self {
            name,
            ..Self::default()
        };
        let tokens = tokens(text);
        let mut reader = Reader {
            rest: &tokens,
            depth: 0,
            modules: Vec::new(),
        };
        while reader.step(&mut source) {}
        source
    }
}

struct Reader<'a> {
    rest: &'a [Token],
    depth: usize,
    /// How deep the modules begin that are written out.
    modules: Vec<usize>,
}

impl Reader<'_> {
    fn peek(&self, at: usize) -> &str {
        self.rest.get(at).map_or("", |token| token.text.as_str())
    }

    fn skip(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or_default();
    }

    /// Takes what is next; `false` at the end.
    fn step(&mut self, source: &mut Source) -> bool {
        let Some(token) = self.rest.first() else {
            return false;
        };
        match token.text.as_str() {
            "{" => self.depth += 1,
            "}" => {
                self.depth = self.depth.saturating_sub(1);
                if self.modules.last() == Some(&self.depth) {
                    self.modules.pop();
                }
            }
            // Not the `use<..>` of a type.
            "use" if self.peek(1) != "<" => {
                self.import(false, source);
                return true;
            }
            "pub" => {
                let visibility = if self.peek(1) == "(" {
                    self.rest
                        .iter()
                        .position(|token| token.text == ")")
                        .unwrap_or(0)
                        + 1
                } else {
                    1
                };
                self.skip(visibility);
                if self.peek(0) == "use" {
                    self.import(true, source);
                }
                return true;
            }
            "mod" if self.peek(2) == "{" => self.modules.push(self.depth),
            kind if ITEMS.contains(&kind) && self.depth == self.modules.len() => {
                let name = (self.rest.iter().skip(1))
                    .map(|token| token.text.as_str())
                    .find(|name| !["fn", "mut", "!", "unsafe", "async"].contains(name));
                source.items.extend(name.map(str::to_owned));
            }
            _ => return self.path(source),
        }
        self.skip(1);
        true
    }

    /// A path, or any other sign.
    fn path(&mut self, source: &mut Source) -> bool {
        let is_name =
            |text: &str| text.starts_with(|first: char| first.is_alphabetic() || first == '_');
        let Some(first) = self.rest.first().filter(|first| is_name(&first.text)) else {
            self.skip(1);
            return true;
        };
        let mut path = self.named(first.line);
        path.segments.push(first.text.clone());
        self.skip(1);
        while self.peek(0) == "::" && is_name(self.peek(1)) {
            path.segments.push(self.peek(1).to_owned());
            self.skip(2);
        }
        source.names.extend(path.segments.iter().cloned());
        if path.segments.len() > 1 {
            source.paths.push(path);
        }
        true
    }

    fn named(&self, line: usize) -> Named {
        Named {
            segments: Vec::new(),
            line,
            inside: self.modules.len(),
        }
    }

    fn import(&mut self, is_passed_on: bool, source: &mut Source) {
        let line = self.rest.first().map_or(0, |token| token.line);
        self.skip(1);
        let base = self.named(line);
        self.branch(&base, is_passed_on, source);
        self.skip(1);
    }

    /// One branch of a `use`, up to what ends it.
    fn branch(&mut self, base: &Named, is_passed_on: bool, source: &mut Source) {
        let mut path = base.clone();
        loop {
            match self.peek(0) {
                "{" => {
                    self.skip(1);
                    while !["}", ""].contains(&self.peek(0)) {
                        self.branch(&path, is_passed_on, source);
                        if self.peek(0) != "}" {
                            self.skip(1);
                        }
                    }
                    self.skip(1);
                    return;
                }
                "::" => self.skip(1),
                "as" | "," | "}" | ";" | "" => break,
                segment => {
                    let (segment, line) = (
                        segment.to_owned(),
                        self.rest.first().map_or(0, |token| token.line),
                    );
                    path.line = line;
                    if segment != "self" || path.segments.is_empty() {
                        path.segments.push(segment);
                    }
                    self.skip(1);
                }
            }
        }
        let mut alias = path.segments.last().cloned().unwrap_or_default();
        if self.peek(0) == "as" {
            alias = self.peek(1).to_owned();
            self.skip(2);
        }
        if alias == "*" {
            path.segments.pop();
        }
        source.imports.push(Import {
            path,
            alias,
            is_passed_on,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::Source;

    #[test]
    fn imports_are_read_as_trees() {
        let source = Source::parse(
            "a.rs",
            "use crate::{b::{self, C as D}, e::*};\npub(crate) use f::G;",
        );
        let imports: Vec<(String, &str, bool)> = (source.imports.iter())
            .map(|import| {
                (
                    import.path.segments.join("::"),
                    import.alias.as_str(),
                    import.is_passed_on,
                )
            })
            .collect();
        let expected = [
            ("crate::b", "b", false),
            ("crate::b::C", "D", false),
            ("crate::e", "*", false),
            ("f::G", "G", true),
        ];
        let expected =
            expected.map(|(path, alias, is_passed_on)| (path.to_owned(), alias, is_passed_on));
        assert_eq!(imports, expected);
    }

    #[test]
    fn items_and_paths_are_told_from_each_other() {
        let text = "pub const fn a() { b::c(); fn d() {} } mod e { pub struct F; fn g() { super::h() } } impl I {}";
        let source = Source::parse("a.rs", text);
        assert_eq!(source.items.iter().collect::<Vec<_>>(), ["F", "a", "g"]);
        let paths: Vec<(String, usize)> = (source.paths.iter())
            .map(|path| (path.segments.join("::"), path.inside))
            .collect();
        assert_eq!(paths, [("b::c".to_owned(), 0), ("super::h".to_owned(), 1)]);
    }
}
