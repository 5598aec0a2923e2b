//! The languages, and how a browser or a link names them.

/// A language that Roundtable speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// What is spoken where no other is asked for.
    #[default]
    English,
    /// German.
    German,
    /// French.
    French,
    /// Spanish.
    Spanish,
    /// Arabic.
    Arabic,
}

/// The language that the address of a page asks for, as the server's context of a request.
#[derive(Debug, Clone, Copy)]
pub struct Chosen(pub Language);

/// Where lines begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// On the left.
    LeftToRight,
    /// On the right.
    RightToLeft,
}

impl Language {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 5] = [
        Self::English,
        Self::German,
        Self::French,
        Self::Spanish,
        Self::Arabic,
    ];

    /// The code (ISO 639-1), which is a language tag (RFC 5646).
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
            Self::Spanish => "es",
            Self::Arabic => "ar",
        }
    }

    /// What those who speak it call it.
    pub fn native_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
            Self::French => "Français",
            Self::Spanish => "Español",
            Self::Arabic => "العربية",
        }
    }

    /// Where its lines begin.
    pub fn direction(self) -> Direction {
        match self {
            Self::Arabic => Direction::RightToLeft,
            _ => Direction::LeftToRight,
        }
    }

    /// The language of a tag such as `de-AT`, whatever the region (RFC 4647 section 3.4).
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next().unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|language| language.code().eq_ignore_ascii_case(primary))
    }

    /// The language that the query of an address asks for by `lang`.
    pub fn of_query(query: &str) -> Option<Self> {
        let mut pairs = query.trim_start_matches('?').split('&');
        pairs.find_map(|pair| Self::of_tag(pair.strip_prefix("lang=")?))
    }

    /// The one that an `Accept-Language` prefers among ours (RFC 9110 section 12.5.4). Of those that it likes as
    /// much, the first.
    pub fn of_accepted(accepted: &str) -> Option<Self> {
        let mut best = None;
        for range in accepted.split(',') {
            let (tag, weight) = range.split_once(';').unwrap_or((range, ""));
            let weight = weight_of(weight);
            if let Some(language) = Self::of_tag(tag.trim())
                && best.is_none_or(|(_, most)| weight > most)
                && weight > 0
            {
                best = Some((language, weight));
            }
        }
        best.map(|(language, _)| language)
    }
}

impl Direction {
    /// As the attribute `dir` has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LeftToRight => "ltr",
            Self::RightToLeft => "rtl",
        }
    }
}

/// The thousandths of a weight such as `q=0.8`; all of them where there is none.
fn weight_of(parameter: &str) -> u16 {
    let Some(weight) = parameter.trim().strip_prefix("q=") else {
        return 1_000;
    };
    let Some(decimals) = weight.strip_prefix("0.") else {
        return if weight.starts_with('1') { 1_000 } else { 0 };
    };
    format!("{decimals:0<3.3}").parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_gets_what_it_prefers_of_ours() {
        for (accepted, language) in [
            ("de", Some(Language::German)),
            ("de-AT, en;q=0.9", Some(Language::German)),
            ("nl, en;q=0.4, fr-CA;q=0.85", Some(Language::French)),
            ("en;q=0.8, es;q=0.81", Some(Language::Spanish)),
            ("fr;q=0.5,es;q=0.5", Some(Language::French)),
            ("AR-eg;q=0.001", Some(Language::Arabic)),
            ("de;q=0, en;q=0.1", Some(Language::English)),
            ("de;q=0.000", None),
            ("de; q=1.000, en", Some(Language::German)),
            ("es;q=0.x", None),
            ("deutsch, *", None),
            ("nl", None),
            ("", None),
        ] {
            assert_eq!(Language::of_accepted(accepted), language, "{accepted:?}");
        }
    }

    #[test]
    fn a_link_may_ask_for_a_language() {
        for (query, language) in [
            ("lang=fr", Some(Language::French)),
            ("?x=lang=de&lang=ar", Some(Language::Arabic)),
            ("lang=xx", None),
            ("lang=xx&lang=es", Some(Language::Spanish)),
            ("slang=fr", None),
            ("", None),
        ] {
            assert_eq!(Language::of_query(query), language, "{query:?}");
        }
    }

    #[test]
    fn codes_are_those_of_the_files() {
        let codes = Language::ALL.map(Language::code);
        assert_eq!(
            codes,
            super::super::catalogue::LANGUAGES.map(|(code, _)| code)
        );
        for language in Language::ALL {
            assert_eq!(Language::of_tag(language.code()), Some(language));
        }
    }
}
