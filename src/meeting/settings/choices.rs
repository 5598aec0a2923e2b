//! What a person has chosen for all their meetings here. Only what was chosen is remembered: a default that
//! changes with a new version reaches whoever left it alone.

use leptos::prelude::*;

use crate::{
    call::VideoQuality,
    platform::{
        sender_parameters::Sharpness,
        storage::{self, Key},
    },
};

/// The choices, as signals. A handle.
#[derive(Debug, Clone, Copy)]
pub struct Choices {
    /// Light, dark, or as the system has it.
    pub theme: Chosen<Theme>,
    /// Whether the own view is a mirror; the others never see it mirrored.
    pub mirror: Chosen<bool>,
    /// Whether coming and going is heard.
    pub sounds: Chosen<bool>,
    /// Whether single keys do something (WCAG 2.2, 2.1.4).
    pub single_keys: Chosen<bool>,
    /// Whether buttons show their keys.
    pub key_captions: Chosen<bool>,
    /// Who is large.
    pub view: Chosen<View>,
    /// Whether the own view is shown.
    pub self_view: Chosen<bool>,
    /// What counts for a shared screen.
    pub sharpness: Chosen<Sharpness>,
    /// How much to receive of the others' cameras.
    pub receive: Chosen<VideoQuality>,
    /// How much of the own camera to send.
    pub send: Chosen<VideoQuality>,
    /// Whether the own camera is sent in high definition.
    pub fine: Chosen<bool>,
}

/// A choice: a signal that is remembered when it is set.
#[derive(Debug)]
pub struct Chosen<T: 'static> {
    key: Key,
    /// What holds where nothing was chosen.
    default: T,
    /// The place among all that can be chosen: leptos compiles its machinery anew for every type in a signal, and a
    /// browser has to load all of that.
    place: RwSignal<usize>,
}

/// What can be chosen, and the word by which it is remembered.
pub trait Choice: Copy + PartialEq + Send + Sync + 'static {
    /// Everything there is to choose.
    const ALL: &'static [(Self, &'static str)];
}

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// As the system has it.
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

/// Who is large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// All alike.
    Gallery,
    /// Who speaks.
    Speaker,
}

impl Choice for bool {
    const ALL: &'static [(Self, &'static str)] = &[(true, "on"), (false, "off")];
}

impl Choice for Theme {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::System, "system"),
        (Self::Light, "light"),
        (Self::Dark, "dark"),
    ];
}

impl Choice for View {
    const ALL: &'static [(Self, &'static str)] =
        &[(Self::Gallery, "gallery"), (Self::Speaker, "speaker")];
}

impl Choice for VideoQuality {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Full, "everything"),
        (Self::Low, "low"),
        (Self::Nothing, "nothing"),
    ];
}

impl Choice for Sharpness {
    const ALL: &'static [(Self, &'static str)] =
        &[(Self::Sharp, "sharp"), (Self::Smooth, "smooth")];
}

impl Choices {
    /// What holds where nothing was chosen.
    #[inline(never)]
    pub(in crate::meeting) fn new() -> Self {
        Self {
            theme: Chosen::new(Key::Theme, Theme::System),
            mirror: Chosen::new(Key::Mirror, true),
            sounds: Chosen::new(Key::Sounds, true),
            single_keys: Chosen::new(Key::SingleKeys, true),
            key_captions: Chosen::new(Key::Captions, false),
            view: Chosen::new(Key::View, View::Gallery),
            self_view: Chosen::new(Key::SelfView, true),
            sharpness: Chosen::new(Key::Sharpness, Sharpness::Sharp),
            receive: Chosen::new(Key::Receive, VideoQuality::Full),
            send: Chosen::new(Key::Send, VideoQuality::Full),
            fine: Chosen::new(Key::Fine, false),
        }
    }

    /// Takes what was chosen before, in the browser.
    pub fn remember(&self) {
        self.theme.remember();
        self.mirror.remember();
        self.sounds.remember();
        self.single_keys.remember();
        self.key_captions.remember();
        self.view.remember();
        self.self_view.remember();
        self.sharpness.remember();
        self.receive.remember();
        self.send.remember();
        self.fine.remember();
    }
}

impl<T: Choice> Chosen<T> {
    fn new(key: Key, default: T) -> Self {
        Self {
            key,
            default,
            place: RwSignal::new(place_of(default)),
        }
    }

    fn remember(&self) {
        let chosen = storage::read(self.key).and_then(|word| value_of(&word));
        if let Some(chosen) = chosen {
            self.place.set(place_of::<T>(chosen));
        }
    }

    /// What holds, which is followed.
    pub fn get(&self) -> T {
        self.at(self.place.get())
    }

    /// What holds now.
    pub fn get_untracked(&self) -> T {
        self.at(self.place.get_untracked())
    }

    /// Chooses, for good.
    pub fn set(&self, value: T) {
        storage::write(self.key, word_for(value));
        self.place.set(place_of(value));
    }

    fn at(&self, place: usize) -> T {
        T::ALL.get(place).map_or(self.default, |(value, _)| *value)
    }
}

fn place_of<T: Choice>(value: T) -> usize {
    let mut values = T::ALL.iter();
    values.position(|(known, _)| *known == value).unwrap_or(0)
}

impl<T: Copy> Clone for Chosen<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Copy> Copy for Chosen<T> {}

/// What a word stands for.
pub fn value_of<T: Choice>(word: &str) -> Option<T> {
    let found = T::ALL.iter().find(|(_, known)| *known == word);
    found.map(|(value, _)| *value)
}

/// The word for a value.
pub fn word_for<T: Choice>(value: T) -> &'static str {
    let found = T::ALL.iter().find(|(known, _)| *known == value);
    found.map_or("", |(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_are_found_again<T: Choice + std::fmt::Debug>() {
        for (value, word) in T::ALL {
            assert_eq!(value_of(word), Some(*value));
            assert_eq!(word_for(*value), *word);
        }
        assert_eq!(value_of::<T>("else"), None);
    }

    #[test]
    fn what_is_remembered_is_found_again() {
        all_are_found_again::<bool>();
        all_are_found_again::<Theme>();
        all_are_found_again::<View>();
        all_are_found_again::<VideoQuality>();
        all_are_found_again::<Sharpness>();
    }
}
