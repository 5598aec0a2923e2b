//! What people are called on the pages, so that nobody is taken for another: see [`Names`].

use leptos::prelude::*;

use super::{People, person::Person};
use crate::{
    call::{ChatLine, DeliveryState, Names, label},
    protocol::{DisplayName, Knocker, ParticipantId},
    words::{Phrase, Word, say, t},
};

impl People {
    /// The own name as the others see it, which is followed.
    pub fn own_name(&self) -> String {
        label(self.name.get().trim(), self.own_number.get())
    }

    /// The same in a sentence of one's own pages.
    pub fn own_label(&self) -> String {
        match &*self.own_name() {
            "" => t(Word::TileYou).to_owned(),
            name => say(Phrase::TileOwn { name }),
        }
    }

    /// Someone here is called this; returns which of that name it is.
    pub(in crate::meeting) fn number(&self, id: ParticipantId, name: Option<&DisplayName>) -> u32 {
        let is_own = self.call.you.get_untracked() == Some(id);
        let reserved = match is_own {
            true => Vec::new(),
            false => untrack(|| vec![self.own_label(), t(Word::TileYou).to_owned()]),
        };
        let name = name.map_or(t(Word::TileGuest), DisplayName::as_str);
        let number = self.change_names(|names| names.take(id, name, &reserved));
        number.unwrap_or(1)
    }

    /// Changes the names, and tells those who follow them if that has changed anything.
    fn change_names<T>(&self, action: impl FnOnce(&mut Names) -> T) -> Option<T> {
        let changed = self.names.with(|names| {
            let mut names = names.borrow_mut();
            let before = names.changes();
            let done = action(&mut names);
            (done, names.changes() != before)
        });
        let (done, is_changed) = changed?;
        if is_changed {
            self.renamed
                .try_update(|renamed| *renamed = renamed.wrapping_add(1));
        }
        Some(done)
    }

    /// The own person is called what it wants to be called.
    pub(in crate::meeting) fn number_self(&self) {
        if let Some(you) = self.call.you.get_untracked() {
            let name = DisplayName::parse(&self.name.get_untracked()).ok();
            self.own_number.set(self.number(you, name.as_ref()));
        }
    }

    /// Inside: the host comes first, then those who were here before, in their order, the person itself last.
    pub(in crate::meeting) fn number_all(&self, host: Option<ParticipantId>) {
        self.names.with(|names| names.borrow_mut().clear());
        let people = self.list.get_untracked();
        let is_host = |person: &&Person| Some(person.id) == host;
        let others = people.iter().filter(|person| !is_host(person));
        let in_order = people.iter().filter(is_host).chain(others);
        if host == self.call.you.get_untracked() {
            self.number_self();
        }
        for person in in_order {
            let name = person.state.with_untracked(|state| state.name.clone());
            let name = name.and_then(|name| DisplayName::parse(&name).ok());
            let number = self.number(person.id, name.as_ref());
            if person.state.with_untracked(|state| state.number != number) {
                person.state.update(|state| state.number = number);
            }
        }
        self.number_self();
    }

    pub(in crate::meeting) fn forget_name(&self, id: ParticipantId) {
        self.change_names(|names| names.leave(id));
    }

    /// What one who knocks is called: nobody gets in by the name of another.
    pub fn knocker_name(&self, knocker: &Knocker) -> String {
        label(
            knocker.name.as_str(),
            self.number(knocker.id, Some(&knocker.name)),
        )
    }

    /// Notes who wrote a line, before it is shown.
    pub(in crate::meeting) fn note_author(&self, line: &ChatLine) {
        let name = written_name(line);
        self.names
            .with(|names| names.borrow_mut().of_author(line.message.author, &name));
    }

    /// Who wrote a line. Whoever is here is followed: one who has that name now did not write what another one wrote
    /// under it before.
    pub fn author_name(&self, line: &ChatLine) -> String {
        if matches!(
            line.standing,
            DeliveryState::OnItsWay | DeliveryState::Delivered
        ) {
            return t(Word::TileYou).to_owned();
        }
        self.renamed.track();
        let (author, name) = (line.message.author, written_name(line));
        let found = self.names.with(|names| {
            let mut names = names.borrow_mut();
            (
                names.of_author(author, &name),
                names.is_another_here(author, &name),
            )
        });
        let (number, is_another_here) = found.unwrap_or((1, false));
        let name = &label(&name, number);
        match is_another_here {
            true => say(Phrase::ChatEarlier { name }),
            false => name.clone(),
        }
    }
}

fn written_name(line: &ChatLine) -> String {
    let name = line.message.chat.name.as_ref();
    name.map_or_else(|| t(Word::TileGuest).to_owned(), ToString::to_string)
}
