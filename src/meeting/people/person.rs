//! The others in the room, as the pages see them.

use leptos::prelude::*;

use crate::{
    call::{PeerLink, label},
    platform::media::MediaStream,
    protocol::{Member, ParticipantId, Side},
    words::{Word, t},
};

/// Another participant. Equal when it is the same one.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    /// Who.
    pub id: ParticipantId,
    /// What it shows, and how we are connected.
    pub state: RwSignal<PersonState>,
    /// Its sound and pictures.
    pub stream: RwSignal<Option<MediaStream>, LocalStorage>,
    /// The screen that it shares or has shared, with its sound; there before anything comes in it.
    pub screen: RwSignal<Option<MediaStream>, LocalStorage>,
    /// Whether nothing comes of that screen at the moment.
    pub screen_paused: RwSignal<bool>,
    /// Whether it is heard speaking.
    pub speaking: RwSignal<bool>,
    /// How loud the person wants it, from 0 to 1.
    pub volume: RwSignal<f64>,
    /// Whether the person does not want to hear it at all.
    pub silenced: RwSignal<bool>,
}

/// What a participant shows, and how we are connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonState {
    /// What it is called; a seed client has no name.
    pub name: Option<String>,
    /// Which of those of one name it is, from 1.
    pub number: u32,
    /// Whether its microphone is on.
    pub microphone: bool,
    /// Whether its camera is on.
    pub camera: bool,
    /// The number of its raised hand, in the order of raising.
    pub hand: Option<u32>,
    /// Whether it shares a screen.
    pub shares: bool,
    /// Whether it records.
    pub recording: bool,
    /// Whether its socket is away.
    pub away: bool,
    /// The connection with it.
    pub link: PeerLink,
    /// Which end knows no format in which its pictures could come by the server.
    pub unsupported: Option<Side>,
}

impl Person {
    /// A person who has just come.
    pub fn new(member: &Member, number: u32) -> Self {
        let state = PersonState::new(member, number, PeerLink::Connecting);
        Self {
            id: member.id,
            state: RwSignal::new(state),
            stream: RwSignal::new_local(None),
            screen: RwSignal::new_local(None),
            screen_paused: RwSignal::new(false),
            speaking: RwSignal::new(false),
            volume: RwSignal::new(1.0),
            silenced: RwSignal::new(false),
        }
    }

    /// Takes what the person shows now.
    pub fn update(&self, member: &Member, number: u32) {
        let (link, unfit) = self
            .state
            .with_untracked(|state| (state.link, state.unsupported));
        let next = PersonState {
            unsupported: unfit,
            ..PersonState::new(member, number, link)
        };
        if self.state.with_untracked(|state| *state != next) {
            self.state.set(next);
        }
    }

    /// Whether the first connection with it is still being made.
    pub fn is_connecting(&self) -> bool {
        self.state.read().link == PeerLink::Connecting
    }

    /// The name to speak of it by, which nobody else here bears.
    pub fn spoken_name(&self) -> String {
        let name = self.state.try_with_untracked(PersonState::shown_name);
        name.unwrap_or_default()
    }

    /// The name as it is shown, which nobody else here bears; it is followed.
    pub fn shown_name(&self) -> String {
        let name = self.state.try_with(PersonState::shown_name);
        name.unwrap_or_default()
    }

    /// Hears it no more, or again as loud as before; nobody else is told.
    pub fn toggle_silence(&self) {
        self.silenced.set(!self.silenced.get_untracked());
    }

    /// Frees the signals, when the person and the tile are gone.
    pub fn dispose(self) {
        self.state.dispose();
        self.stream.dispose();
        self.screen.dispose();
        self.screen_paused.dispose();
        self.speaking.dispose();
        self.volume.dispose();
        self.silenced.dispose();
    }
}

impl PartialEq for Person {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Person {}

impl PersonState {
    fn new(member: &Member, number: u32, link: PeerLink) -> Self {
        Self {
            name: member.presence.name.as_ref().map(ToString::to_string),
            number,
            microphone: member.presence.microphone,
            camera: member.presence.camera,
            hand: member.hand,
            shares: member.presence.screen,
            recording: member.presence.recording,
            away: member.away,
            link,
            unsupported: None,
        }
    }

    /// The name as it is shown.
    pub fn shown_name(&self) -> String {
        let name = self.name.as_deref();
        label(name.unwrap_or(t(Word::TileGuest)), self.number)
    }
}
