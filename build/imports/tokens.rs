//! The words and signs of a Rust file, without comments, literals and what is compiled for tests alone.

/// A name, `::`, a sign, or `"` for a literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub text: String,
    /// Counted from one.
    pub line: usize,
}

/// Splits a file.
pub fn tokens(source: &str) -> Vec<Token> {
    without_tests(&Reader::new(source).read())
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
    tokens: Vec<Token>,
}

impl<'a> Reader<'a> {
    fn new(source: &'a str) -> Self {
        Self {
            rest: source,
            line: 1,
            tokens: Vec::new(),
        }
    }

    fn read(mut self) -> Vec<Token> {
        while let Some(first) = self.rest.chars().next() {
            if self.rest.starts_with("//") {
                self.skip(self.rest.find('\n').unwrap_or(self.rest.len()));
            } else if self.rest.starts_with("/*") {
                self.skip(length_of_comment(self.rest));
            } else if let Some(length) = length_of_literal(self.rest) {
                self.push("\"");
                self.skip(length);
            } else if first.is_alphanumeric() || first == '_' {
                let end = |letter: char| !letter.is_alphanumeric() && letter != '_';
                let length = self.rest.find(end).unwrap_or(self.rest.len());
                self.push(self.rest.get(..length).unwrap_or_default());
                self.skip(length);
            } else if self.rest.starts_with("::") {
                self.push("::");
                self.skip(2);
            } else {
                if !first.is_whitespace() {
                    self.push(first.encode_utf8(&mut [0; 4]));
                }
                self.skip(first.len_utf8());
            }
        }
        self.tokens
    }

    fn push(&mut self, text: &str) {
        let (text, line) = (text.to_owned(), self.line);
        self.tokens.push(Token { text, line });
    }

    fn skip(&mut self, length: usize) {
        let (skipped, rest) = self.rest.split_at(length);
        self.line += skipped.matches('\n').count();
        self.rest = rest;
    }
}

/// Comments nest.
fn length_of_comment(text: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let step = match rest {
            _ if rest.starts_with("/*") => {
                depth += 1;
                2
            }
            _ if rest.starts_with("*/") => {
                depth -= 1;
                2
            }
            _ => rest.chars().next().map_or(1, char::len_utf8),
        };
        at += step;
        if depth == 0 {
            break;
        }
    }
    at
}

/// Of a string or a character; a lifetime is none.
fn length_of_literal(text: &str) -> Option<usize> {
    let prefix = text
        .bytes()
        .take_while(|byte| b"bcr".contains(byte))
        .count();
    let after = text.get(prefix..)?;
    let hashes = after.bytes().take_while(|byte| *byte == b'#').count();
    if text.get(..prefix)?.contains('r') && after.get(hashes..)?.starts_with('"') {
        let end = format!("\"{}", "#".repeat(hashes));
        let inside = after.get(hashes + 1..)?;
        return Some(prefix + hashes + 1 + inside.find(&end)? + end.len());
    }
    match after.chars().next()? {
        '"' => Some(prefix + 1 + length_to(after.get(1..)?, '"')),
        '\'' if prefix == 0 || text.starts_with("b'") => {
            let inside = after.get(1..)?;
            let letter = inside.chars().next()?;
            let closes = inside.get(letter.len_utf8()..)?.starts_with('\'');
            (letter == '\\' || closes).then(|| prefix + 1 + length_to(inside, '\''))
        }
        _ => None,
    }
}

/// To the end of a literal, which is not escaped.
fn length_to(text: &str, end: char) -> usize {
    let mut is_escaped = false;
    for (at, letter) in text.char_indices() {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            _ if letter == end => return at + letter.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

fn without_tests(tokens: &[Token]) -> Vec<Token> {
    let mut kept = Vec::new();
    let mut rest = tokens;
    while let Some((first, after)) = rest.split_first() {
        if is_for_tests(rest) {
            rest = after_item(rest);
        } else {
            kept.push(first.clone());
            rest = after;
        }
    }
    kept
}

/// Whether an attribute starts here that leaves what follows to tests.
fn is_for_tests(tokens: &[Token]) -> bool {
    if tokens.first().is_none_or(|first| first.text != "#") {
        return false;
    }
    let texts: Vec<&str> = (tokens.iter().map(|token| token.text.as_str()))
        .take_while(|text| *text != "]")
        .collect();
    matches!(texts.as_slice(), ["#", "[", "cfg", "(", "test", ")"])
        || matches!(
            texts.as_slice(),
            ["#", "[", "cfg", "(", "all", "(", "test", ..]
        )
}

/// What comes after the attributes and the item that start here.
fn after_item(tokens: &[Token]) -> &[Token] {
    let (mut depth, mut is_import) = (0_usize, false);
    for (at, token) in tokens.iter().enumerate() {
        match token.text.as_str() {
            "use" if depth == 0 => is_import = true,
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth = depth.saturating_sub(1),
            _ => {}
        }
        let ends = match token.text.as_str() {
            ";" => depth == 0,
            "}" => depth == 0 && !is_import,
            _ => false,
        };
        if ends {
            return tokens.get(at + 1..).unwrap_or_default();
        }
    }
    &[]
}

#[cfg(test)]
mod tests {
    use super::tokens;

    fn texts(source: &str) -> Vec<String> {
        tokens(source).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn comments_and_literals_name_nothing() {
        let source = "a /* b /* c */ d */ \"e\\\" f\" r#\"g\" h\"# 'i' '\\'' b\"j\" // k\nl::<'m>";
        let quote = "\"";
        let expected = [
            "a", quote, quote, quote, quote, quote, "l", "::", "<", "'", "m", ">",
        ];
        assert_eq!(texts(source), expected);
        let lines: Vec<usize> = tokens("a\n/*\n*/ b")
            .iter()
            .map(|token| token.line)
            .collect();
        assert_eq!(lines, [1, 3]);
    }

    #[test]
    fn what_is_for_tests_is_left_out() {
        assert_eq!(
            texts("#[cfg(test)] mod tests { use a; fn b() {} } c"),
            ["c"]
        );
        assert_eq!(texts("#[cfg(test)] #[path = \"d\"] mod e; f"), ["f"]);
        assert_eq!(texts("#[cfg(test)] use g::{h, i}; j"), ["j"]);
        assert_eq!(
            texts("#[cfg(unix)] k"),
            ["#", "[", "cfg", "(", "unix", ")", "]", "k"]
        );
    }
}
