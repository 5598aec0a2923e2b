//! Who is in the room, and how others are asked in.

mod hands;
mod invite;
mod names;
pub(super) mod person;

use std::cell::RefCell;

use leptos::prelude::*;

use super::{call_handle::CallHandle, local_state::LocalState};
use crate::{
    call::{Intent, Names, OutgoingMessage, VideoQuality},
    platform::storage::{self, Key},
    protocol::{DisplayName, ParticipantId},
};

pub use invite::copy_link;
pub use person::{Person, PersonState};

/// Everybody in the room, the person itself included. A handle.
#[derive(Debug, Clone, Copy)]
pub struct People {
    /// The others, in the order of their coming.
    pub list: RwSignal<Vec<Person>>,
    /// What the person wants to be called, as typed.
    pub name: RwSignal<String>,
    /// The person's own hand, while it is raised: behind the others' up to this number.
    pub hand: RwSignal<Option<u32>>,
    /// Which of those of that name the person is, from 1.
    own_number: RwSignal<u32>,
    /// Counts the changes of what everybody is called.
    renamed: RwSignal<u32>,
    names: LocalState<RefCell<Names>>,
    call: CallHandle,
}

impl People {
    /// Nobody yet but one who wants to be called this.
    #[inline(never)]
    pub(in crate::meeting) fn new(call: CallHandle, name: String) -> Self {
        Self {
            list: RwSignal::new(Vec::new()),
            name: RwSignal::new(name),
            hand: RwSignal::new(None),
            own_number: RwSignal::new(1),
            renamed: RwSignal::new(0),
            names: LocalState::default(),
            call,
        }
    }

    /// Takes the name that was last used here.
    pub(in crate::meeting) fn remember(&self) {
        if let Some(name) = storage::read(Key::Name) {
            self.name.set(name);
        }
    }

    /// Is used the next time, too.
    pub(in crate::meeting) fn remember_name(&self, name: &DisplayName) {
        storage::write(Key::Name, name.as_str());
    }

    /// How many others are here.
    pub(in crate::meeting) fn count(&self) -> usize {
        self.list.with_untracked(Vec::len)
    }

    /// Whether a participant is still here.
    pub fn has(&self, person: Person) -> bool {
        let here = self
            .list
            .try_with_untracked(|people| people.contains(&person));
        here.unwrap_or(false)
    }

    /// A participant who is here.
    pub fn find(&self, id: ParticipantId) -> Option<Person> {
        self.list
            .with_untracked(|people| people.iter().find(|person| person.id == id).copied())
    }

    /// Receives this much of everybody's camera.
    pub fn set_received_quality(&self, level: VideoQuality) {
        for person in self.list.get_untracked() {
            self.set_received_quality_of(person.id, level);
        }
    }

    pub(in crate::meeting) fn set_received_quality_of(
        &self,
        of: ParticipantId,
        level: VideoQuality,
    ) {
        let video = level.into();
        self.call
            .send_intent(Intent::Send(OutgoingMessage::Want { of, video }));
    }
}
