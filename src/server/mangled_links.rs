//! Links to rooms as chats, mails and people pass them on: with the sentence's full stop, a bracket, a slash.

use axum::{
    extract::Request,
    http::Uri,
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::{pages::Page, protocol::RoomName};

/// What may stand in a path segment as it is (RFC 3986 section 3.3).
pub const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Longest path that is looked at, in bytes: the longest name, each character of it percent-encoded, and its garnish.
const PATH_BYTES: usize = 2_048;
/// What mail programs leave of an escaped bracket or quotation mark.
const ENTITIES: [&str; 6] = ["&gt", "&lt", "&quot", "&amp", "&nbsp", "&#39"];

/// Sends those who come by such a link to the page that is meant.
pub async fn redirect_mangled(request: Request, next: Next) -> Response {
    match target_of(request.uri()) {
        Some(address) => Redirect::permanent(&address).into_response(),
        None => next.run(request).await,
    }
}

/// Where a link leads that leads nowhere as it is written; the query is kept.
fn target_of(uri: &Uri) -> Option<String> {
    let path = target_path(uri.path())?;
    Some(match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path,
    })
}

fn target_path(path: &str) -> Option<String> {
    if path.len() > PATH_BYTES || !matches!(Page::at(path), Page::BadRoomName(_) | Page::NotFound) {
        return None;
    }
    let decoded = percent_decode_str(path).decode_utf8().ok()?;
    if trimmed(&decoded) == "check" {
        return Some("/check".to_owned());
    }
    let name = trimmed(decoded.strip_prefix("/r/")?);
    let room = RoomName::parse(name).ok()?;
    Some(format!(
        "/r/{}",
        utf8_percent_encode(room.as_str(), SEGMENT)
    ))
}

/// The text without what is written around a link. What a room's name may have in it stays.
fn trimmed(text: &str) -> &str {
    let mut text = text.trim_start_matches(surrounds_links);
    loop {
        let shorter = text.trim_end_matches(surrounds_links);
        let shorter = ENTITIES
            .iter()
            .find_map(|entity| shorter.strip_suffix(entity))
            .unwrap_or(shorter);
        if shorter == text {
            return text;
        }
        text = shorter;
    }
}

/// Whether a character is written around links: blanks, line ends, what is not seen, and the punctuation of sentences.
fn surrounds_links(c: char) -> bool {
    let is_unseen = matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fffc}');
    let is_punctuation = matches!(c,
        '/' | '\\' | '.' | ',' | ';' | ':' | '!' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | '"' | '\''
        | '`' | '*' | '~' | '|' | '#' | '%' | '^' | '=' | '+' | '$'
        // Quotation marks, dots and stops of other scripts, and the full-width forms of those above.
        | '«' | '»' | '‹' | '›' | '‘'..='‟' | '…' | '·' | '•' | '–' | '—' | '¡' | '¿'
        | '،' | '؛' | '؟' | '۔' | '।' | '॥' | '。' | '、' | '〈'..='】' | '〔'..='〟' | '・'
        | '！'..='／' | '：'..='＠' | '［'..='｀' | '｛'..='･');
    c.is_whitespace() || c.is_control() || is_unseen || is_punctuation
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn leads(link: &str) -> Option<String> {
        target_of(&link.parse().unwrap())
    }

    #[test]
    fn what_stands_around_a_link_is_no_part_of_it() {
        for garnish in [
            "/",
            "//",
            ".",
            "...",
            ",",
            ")",
            ").",
            "%3E",
            "%22",
            "!",
            "%3F",
            ";",
            ":",
            "'",
            "*",
            "%20",
            "%0A",
            "%0D%0A",
            "%C2%A0",
            "%E2%80%8B",
            "%EF%BB%BF",
            "%E3%80%82",
            "%EF%BC%81",
            "%EF%BC%89",
            "%E2%80%9D",
            "%D8%9F",
            "%C2%BB",
            "&gt;",
            "&quot;&gt;",
            "&nbsp;",
            "%2F",
            "%E2%80%A6",
            "%3E,%20",
        ] {
            let link = format!("/r/standup{garnish}");
            assert_eq!(leads(&link).as_deref(), Some("/r/standup"), "{link}");
            let link = format!("/r/Gr%C3%B6%C3%9Fe-7_{garnish}?lang=de&x=.");
            assert_eq!(
                leads(&link).as_deref(),
                Some("/r/Gr%C3%B6%C3%9Fe-7_?lang=de&x=."),
                "{link}"
            );
            let link = format!("/check{garnish}");
            assert_eq!(leads(&link).as_deref(), Some("/check"), "{link}");
        }
        assert_eq!(leads("/r/%3Cstandup%3E").as_deref(), Some("/r/standup"));
        assert_eq!(leads("/r//standup").as_deref(), Some("/r/standup"));
    }

    #[test]
    fn what_is_right_or_wrong_in_another_way_stays() {
        for link in [
            "/r/standup",
            "/r/standup?x=/",
            "/r/standup-",
            "/r/standup_",
            "/r/a%20b",
            "/r/a.b",
            "/r/a/b",
            "/r/a/b/",
            "/r/",
            "/r/.",
            "/r/%20",
            "/r//",
            "/",
            "/check",
            "/checks",
            "/nowhere.",
            "/new",
            "/r/standup%F0%9F%8E%89",
            "/r/caf%E9",
            "//evil.example/r/standup.",
            "/robots.txt",
            "/r/standup@home",
        ] {
            assert_eq!(leads(link), None, "{link}");
        }
        let long = format!("/r/{}.", "x".repeat(65));
        assert_eq!(leads(&long), None);
    }

    proptest! {
        #[test]
        fn it_leads_to_the_room_at_once_whatever_stands_around_its_name(
            name in "[a-zA-Zäöüßа-я0-9_-]{1,64}",
            before in "[/ .<]{0,3}",
            after in "[/ .>]{1,3}",
        ) {
            let name = utf8_percent_encode(&name, SEGMENT).to_string();
            let path = format!("/r/{before}{name}{after}").replace([' ', '<', '>'], "%20");
            let to = format!("/r/{name}");
            prop_assert_eq!(target_path(&path), Some(to.clone()), "{}", path);
            prop_assert!(matches!(Page::at(&to), Page::Room(_)), "{}", to);
            prop_assert_eq!(target_path(&to), None);
        }

        #[test]
        fn it_leads_nowhere_but_to_rooms(name in "\\PC{0,80}", before in "[/ .<]{0,3}", after in "[/ .>]{0,3}") {
            let name = utf8_percent_encode(&name, SEGMENT);
            let path = format!("/r/{before}{name}{after}").replace([' ', '<', '>'], "%20");
            if let Some(to) = target_path(&path) {
                prop_assert!(matches!(Page::at(&to), Page::Room(_)), "{} to {}", path, to);
            }
        }
    }
}
