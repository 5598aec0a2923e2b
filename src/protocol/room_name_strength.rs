//! How hard a room's name is to guess. Whoever knows it may knock, or come in.

use super::RoomName;

/// Bits below which a name is easy to guess: a day's work for who may try ten thousand names a second.
const ENOUGH: f64 = 28.0;
/// Bits of a letter that follows from nothing.
const LETTER: f64 = 4.7;
/// Bits of a digit.
const DIGIT: f64 = 3.3;
/// Bits of a letter inside of a word; a text of English has about as many.
const WITHIN_WORD: f64 = 1.5;
/// Bits of what goes on as it began: 1234, aaaa.
const REPEATED: f64 = 0.5;
/// The pairs of letters that words are made of: of two letters at random, one in five is among them.
const PAIRS: &[u8] = b"thheineranrendatonnthaesstenedtoitoueahiisortiasteetngofaldeselesasiarveraldurmemaroriiclilaecnetaeluscohocechgeieeiunbedillminonaomioilloaceessamadaiaypopeprpltrbrgrfrckshwowewawikekisosumopacafafefobabodadoniutuliridigemotewowlyrytyueupoortscctmpepptrkncnnttrs";

impl RoomName {
    /// Whether a stranger may come upon it: it is short, a word or two, or a number.
    pub fn is_guessable(&self) -> bool {
        let name = self.folded();
        !is_made_by_server(name) && bits(name) < ENOUGH
    }
}

/// Whether it has the form of `/new`: ten letters of chance, of which some happen to look like words.
fn is_made_by_server(name: &str) -> bool {
    let groups = name.split('-').map(str::len);
    groups.eq([3, 4, 3])
        && name
            .bytes()
            .all(|byte| byte == b'-' || byte.is_ascii_lowercase())
}

fn bits(name: &str) -> f64 {
    let mut before = None;
    let mut bits = 0.0;
    for c in name.chars() {
        bits += surprise(before, c);
        before = Some(c);
    }
    bits
}

/// What a character adds to what one knows after the one before it.
fn surprise(before: Option<char>, c: char) -> f64 {
    let steps = before.map(|before| (c as u32).wrapping_sub(before as u32));
    let within_word = before.is_some_and(|before| goes_on(before, c));
    match c {
        '-' | '_' => 0.0,
        _ if matches!(steps, Some(0 | 1)) => REPEATED,
        '0'..='9' => DIGIT,
        _ if within_word => WITHIN_WORD,
        _ => LETTER,
    }
}

/// Whether a letter goes on with a word. Of other scripts not many are typed at random.
fn goes_on(before: char, c: char) -> bool {
    let pair = [before as u32, c as u32].map(|c| u8::try_from(c).unwrap_or(0));
    match c.is_ascii() && before.is_ascii() {
        true => PAIRS.chunks_exact(2).any(|known| known == pair),
        false => !matches!(before, '-' | '_'),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn guessable(name: &str) -> bool {
        RoomName::parse(name).unwrap().is_guessable()
    }

    #[test]
    fn words_and_numbers_are_guessable() {
        let names = [
            "a",
            "standup",
            "Team-Meeting",
            "daily",
            "roundtable",
            "team-standup",
            "meeting2024",
            "12345678",
            "aaaaaaaaaaaaaaaaaaaa",
            "lunch-break",
            "geburt",
            "réunion",
            "اجتماع",
            "会議",
            "test-123",
            "1on1",
        ];
        for name in names {
            assert!(guessable(name), "{name}: {} bits", bits(name));
        }
    }

    #[test]
    fn what_nobody_would_type_is_not() {
        let names = [
            "kqz-wvxj-bpt",
            "room-3f9a07c1",
            "8f14e45fceea167a",
            "xkcd-q7v-horse-92kd",
        ];
        for name in names {
            assert!(!guessable(name), "{name}: {} bits", bits(name));
        }
    }

    proptest! {
        #[test]
        fn longer_is_never_easier(name in "[a-z]{1,20}", more in "[a-z0-9]{1,5}") {
            let longer = [&*name, &*more].concat();
            prop_assert!(bits(&longer) > bits(&name));
        }
    }

    proptest! {
        #[test]
        fn names_that_the_server_makes_are_not(name in "[a-z]{3}-[a-z]{4}-[a-z]{3}") {
            prop_assert!(!guessable(&name));
        }
    }
}
