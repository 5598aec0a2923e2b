//! Which key does what: pure. Keys are those of `KeyboardEvent.key` (W3C UI Events section 4.7).

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shortcut {
    /// Microphone on or off.
    Microphone,
    /// Camera on or off.
    Camera,
    /// Hand up or down.
    Hand,
    /// The chat, open or closed.
    Chat,
    /// The people, open or closed.
    People,
    /// Share the screen or stop.
    Share,
    /// The next layout.
    Layout,
    /// Full screen or not.
    FullScreen,
    /// The list of keys.
    Help,
    /// The focus into the bar.
    Bar,
    /// Talk for as long as it is held.
    Talk,
}

/// A key that is pressed, and where.
#[derive(Debug, Clone, Copy)]
pub struct Keystroke<'a> {
    /// `KeyboardEvent.key`
    pub key: &'a str,
    /// `KeyboardEvent.code`: where the key is, which counts where it makes no Latin letter.
    pub code: &'a str,
    /// Control, or Command on a Mac.
    pub command: bool,
    /// Alt.
    pub alt: bool,
    /// What has the focus.
    pub focus: Focus,
}

/// What has the focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Focus {
    /// Nothing that takes keys.
    Page,
    /// A control that takes Space and Enter.
    Control,
    /// A field that is typed into.
    Field,
    /// Something that the person has opened and that is still being loaded: what is typed is meant for it.
    Awaited,
}

impl Shortcut {
    /// All with a key of one letter, in the order in which they are listed.
    pub const LETTERS: [(char, Self); 8] = [
        ('M', Self::Microphone),
        ('V', Self::Camera),
        ('S', Self::Share),
        ('H', Self::Hand),
        ('C', Self::Chat),
        ('P', Self::People),
        ('G', Self::Layout),
        ('F', Self::FullScreen),
    ];

    /// What a stroke asks for, if it does. Where the person does not want single keys (WCAG 2.2, 2.1.4), those with
    /// Control and F2 are left.
    pub fn of(stroke: Keystroke<'_>, single_keys: bool) -> Option<Self> {
        let mut letters = stroke.key.chars().map(|letter| letter.to_ascii_uppercase());
        let letter = letters.next().filter(|_| letters.next().is_none());
        let place = stroke
            .code
            .strip_prefix("Key")
            .and_then(|key| key.chars().next());
        let letter = match letter {
            Some('؟') => Some('?'),
            Some(letter) if !letter.is_ascii() => place,
            letter => letter,
        };
        if stroke.alt {
            return None;
        }
        if stroke.key == "F2" && !stroke.command {
            return Some(Self::Bar);
        }
        if stroke.focus == Focus::Field {
            return None;
        }
        if stroke.command {
            return match letter {
                Some('D') => Some(Self::Microphone),
                Some('E') => Some(Self::Camera),
                _ => None,
            };
        }
        if !single_keys || stroke.focus == Focus::Awaited {
            return None;
        }
        match letter? {
            ' ' if stroke.focus == Focus::Page => Some(Self::Talk),
            '?' => Some(Self::Help),
            letter => {
                let of = |(key, _): &(char, Self)| *key == letter;
                Self::LETTERS
                    .into_iter()
                    .find(of)
                    .map(|(_, shortcut)| shortcut)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pressed(key: &str, focus: Focus) -> Option<Shortcut> {
        let stroke = Keystroke {
            key,
            code: "",
            command: false,
            alt: false,
            focus,
        };
        Shortcut::of(stroke, true)
    }

    #[test]
    fn letters_work_wherever_nobody_types() {
        for (key, shortcut) in [
            ("m", Some(Shortcut::Microphone)),
            ("M", Some(Shortcut::Microphone)),
            ("?", Some(Shortcut::Help)),
            ("F2", Some(Shortcut::Bar)),
            ("F", Some(Shortcut::FullScreen)),
            ("F1", None),
            ("Enter", None),
            ("ß", None),
            ("", None),
        ] {
            assert_eq!(pressed(key, Focus::Page), shortcut, "{key:?}");
            assert_eq!(pressed(key, Focus::Control), shortcut, "{key:?}");
        }
    }

    #[test]
    fn keys_of_other_scripts_count_by_their_place() {
        let pressed = |key, code, command| {
            let focus = Focus::Page;
            Shortcut::of(
                Keystroke {
                    key,
                    code,
                    command,
                    alt: false,
                    focus,
                },
                true,
            )
        };
        assert_eq!(pressed("ة", "KeyM", false), Some(Shortcut::Microphone));
        assert_eq!(pressed("в", "KeyD", true), Some(Shortcut::Microphone));
        assert_eq!(pressed("؟", "Slash", false), Some(Shortcut::Help));
        assert_eq!(
            pressed("q", "KeyM", false),
            None,
            "a Latin letter is what it says"
        );
        assert_eq!(pressed("ö", "Semicolon", false), None);
    }

    #[test]
    fn who_types_is_left_alone() {
        for key in ["m", " ", "?", "p"] {
            assert_eq!(pressed(key, Focus::Field), None, "{key:?}");
        }
        assert_eq!(pressed("F2", Focus::Field), Some(Shortcut::Bar));
        let stroke = Keystroke {
            key: "d",
            code: "KeyD",
            command: true,
            alt: false,
            focus: Focus::Field,
        };
        assert_eq!(Shortcut::of(stroke, true), None);
    }

    #[test]
    fn what_is_typed_at_a_panel_that_is_not_there_yet_does_nothing() {
        for key in ["m", "h", "s", " ", "?", "c"] {
            assert_eq!(pressed(key, Focus::Awaited), None, "{key:?}");
        }
        assert_eq!(pressed("F2", Focus::Awaited), Some(Shortcut::Bar));
    }

    #[test]
    fn space_talks_unless_a_control_wants_it() {
        assert_eq!(pressed(" ", Focus::Page), Some(Shortcut::Talk));
        assert_eq!(pressed(" ", Focus::Control), None);
    }

    #[test]
    fn single_keys_can_be_turned_off() {
        let stroke = |key, command| Keystroke {
            key,
            code: "",
            command,
            alt: false,
            focus: Focus::Page,
        };
        for key in ["m", " ", "?"] {
            assert_eq!(Shortcut::of(stroke(key, false), false), None, "{key:?}");
        }
        let with_control = Shortcut::of(stroke("d", true), false);
        assert_eq!(with_control, Some(Shortcut::Microphone));
        assert_eq!(Shortcut::of(stroke("m", true), true), None);
        assert_eq!(
            Shortcut::of(stroke("F2", false), false),
            Some(Shortcut::Bar)
        );
    }
}
