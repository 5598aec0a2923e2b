//! Which page an address shows, and what that page says of itself. The server decides it for all pages;
//! the browser runs the program on the page of a room only.

use leptos::prelude::use_context;
use leptos_router::location::RequestUrl;
use percent_encoding::percent_decode_str;

use crate::{
    protocol::{BadRoomName, RoomName},
    words::{Phrase, Word, say, t},
};

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Page {
    /// `/`
    Home,
    /// `/r/` and the name of a room.
    Room(RoomName),
    /// `/r/` and something that names no possible room.
    BadRoomName(BadRoomName),
    /// `/check`
    Check,
    /// Any other address.
    NotFound,
}

/// Title and description of a page, for tabs, searches and previews of links.
pub struct PageMeta {
    /// The title, whole.
    pub title: String,
    /// A sentence or two.
    pub description: &'static str,
}

impl Page {
    /// The page that is being rendered.
    pub fn requested() -> Self {
        use_context::<RequestUrl>().map_or(Self::NotFound, |url| Self::at(path_of(url.as_ref())))
    }

    /// The page at a path as it is written in an address.
    pub fn at(path: &str) -> Self {
        if path == "/" {
            return Self::Home;
        }
        if path == "/check" {
            return Self::Check;
        }
        let Some(name) = path
            .strip_prefix("/r/")
            .filter(|name| !name.is_empty() && !name.contains('/'))
        else {
            return Self::NotFound;
        };
        match RoomName::parse(&percent_decode_str(name).decode_utf8_lossy()) {
            Ok(room) => Self::Room(room),
            Err(reason) => Self::BadRoomName(reason),
        }
    }

    /// Whether search engines may show it: not who meets where.
    pub fn is_for_searches(&self) -> bool {
        matches!(self, Self::Home | Self::Check)
    }

    /// What the page says of itself.
    pub fn about(&self) -> PageMeta {
        let (title, description) = match self {
            Self::Home => (t(Word::PageHomeTitle), t(Word::PageHomeDescription)),
            Self::Room(room) => {
                return PageMeta {
                    title: say(Phrase::PageRoomTitle {
                        room: room.as_str(),
                    }),
                    description: t(Word::PageRoomDescription),
                };
            }
            Self::Check => (t(Word::PageCheckTitle), t(Word::PageCheckDescription)),
            Self::BadRoomName(_) => (t(Word::PageBadNameTitle), t(Word::PageBadNameDescription)),
            Self::NotFound => (t(Word::PageNotFoundTitle), t(Word::PageNotFoundDescription)),
        };
        PageMeta {
            title: title.to_owned(),
            description,
        }
    }
}

/// The path of an address, which may be whole or begin with its path.
fn path_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| {
        rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/")
    });
    rest.split(['?', '#']).next().unwrap_or("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lead_to_their_pages() {
        let room = RoomName::parse("Größe-7").unwrap();
        for (url, page) in [
            ("http://leptos.dev/", Page::Home),
            ("http://leptos.dev/?utm=x", Page::Home),
            ("/r/Gr%C3%B6%C3%9Fe-7?x=/r/", Page::Room(room)),
            ("/r/a%20b", Page::BadRoomName(BadRoomName::Forbidden(' '))),
            ("/check?lang=de", Page::Check),
            ("/check/x", Page::NotFound),
            ("/r/", Page::NotFound),
            ("/r/a/b", Page::NotFound),
            ("/x", Page::NotFound),
            ("http://leptos.dev", Page::Home),
        ] {
            assert_eq!(Page::at(path_of(url)), page, "{url}");
        }
    }
}
