//! The round picture of someone whose camera is off: initials on a colour that goes with the id.

use leptos::prelude::*;

use crate::{
    protocol::{graphemes, is_alphanumeric, upper},
    ui::view::{ErasedView, IntoErasedView, text},
};

/// Colours in `style/tile.css`, as `data-colour` 0 to 7.
const COLOURS: u32 = 8;

/// Shows the initials of a name; the colour is chosen by `seed`, so it stays when the name changes.
pub fn avatar(
    name: impl Fn() -> String + Send + 'static,
    seed: impl Fn() -> String + Send + 'static,
) -> ErasedView {
    view! {
        <span class="avatar" aria-hidden="true" data-colour=text(move || colour(&seed()).to_string())>
            {text(move || initials(&name()))}
        </span>
    }
    .erase()
}

/// The first letters of the first and the last word, as a reader counts letters; `?` of no name.
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(first_letter);
    let Some(first) = words.next() else {
        return "?".to_owned();
    };
    words
        .next_back()
        .map_or(first.clone(), |last| first + &last)
}

fn first_letter(word: &str) -> Option<String> {
    let letters = graphemes(word);
    let lettered = letters
        .iter()
        .find(|letter| letter.chars().any(is_alphanumeric));
    lettered.or(letters.first()).map(|letter| upper(letter))
}

/// FNV-1a: the same in every browser.
pub fn colour(seed: &str) -> u32 {
    let hash = seed.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    (hash ^ (hash >> 16)) % COLOURS
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn initials_are_letters_as_a_reader_counts_them() {
        for (name, expected) in [
            ("Ada Lovelace", "AL"),
            ("ada", "A"),
            ("Edsger Wybe Dijkstra", "ED"),
            ("  (they) Sam ", "TS"),
            ("e\u{301}lise b", "E\u{301}B"),
            ("👩‍👩‍👧", "👩‍👩‍👧"),
            ("李明", "李"),
            ("", "?"),
        ] {
            assert_eq!(initials(name), expected, "{name:?}");
        }
    }

    #[test]
    fn colours_are_stable_and_all_used() {
        assert_eq!(colour("abc"), colour("abc"));
        let used: BTreeSet<u32> = (0..200)
            .map(|n| colour(&format!("participant-{n}")))
            .collect();
        assert_eq!(used, (0..COLOURS).collect());
    }
}
