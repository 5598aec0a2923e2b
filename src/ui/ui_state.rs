//! What lies open around the stage: one panel beside it at most, and one dialog over it.

use leptos::prelude::*;

use crate::{
    meeting::{Meeting, settings::View},
    protocol::ParticipantId,
    ui::layout::Tile,
    words::{Word, t},
};

/// What is open. A handle: copies are the same state. It outlives a change of language, which renders the rest
/// anew.
#[derive(Debug, Clone, Copy)]
pub struct UiState {
    /// The panel beside the stage.
    pub panel: RwSignal<Option<Panel>>,
    /// The dialog over everything.
    pub dialog: RwSignal<Option<Dialog>>,
    /// Tiles that the person has pinned.
    pub pinned: RwSignal<Vec<Tile>>,
    /// The page of tiles, from zero.
    pub page: RwSignal<usize>,
    /// What stands in the field of the chat and is not sent: it outlives the panel, and what is typed before the panel is
    /// loaded stands in it.
    pub draft: RwSignal<String>,
    /// What was sent from there before the chat was loaded, and goes when it is.
    pub unsent: RwSignal<Vec<String>>,
    /// How many parts are on their way that the person has opened: single keys are meant for them until they are there.
    pub awaited: RwSignal<u32>,
}

/// A panel beside the stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Panel {
    /// What is written.
    Chat,
    /// Who is here.
    People,
}

/// A dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialog {
    /// The keys.
    Keys,
    /// How to bring others in.
    Invite,
    /// Devices and choices.
    Settings,
    /// How good the connection with a participant is, or all of them.
    Quality(Option<ParticipantId>),
    /// What recording does, before it begins.
    Record,
    /// Whether the host means it.
    Confirm(Confirmation),
}

/// What the host is asked before it is done, since nothing takes it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmation {
    /// To end the meeting for everybody.
    End,
    /// To make someone else the host.
    HandOver(ParticipantId),
    /// To put someone out.
    Remove(ParticipantId),
    /// Whether to keep everybody out who comes from the address of someone who is to be put out.
    Address {
        /// Who.
        id: ParticipantId,
        /// How many others here come from there.
        others: usize,
        /// Whether the room is to be locked, too.
        locks: bool,
    },
}

impl Confirmation {
    /// Whom it is about.
    pub fn participant(self) -> Option<ParticipantId> {
        match self {
            Self::End => None,
            Self::HandOver(id) | Self::Remove(id) | Self::Address { id, .. } => Some(id),
        }
    }
}

impl UiState {
    /// An empty one.
    pub fn new() -> Self {
        Self {
            panel: RwSignal::new(None),
            dialog: RwSignal::new(None),
            pinned: RwSignal::new(Vec::new()),
            page: RwSignal::new(0),
            draft: RwSignal::new(String::new()),
            unsent: RwSignal::new(Vec::new()),
            awaited: RwSignal::new(0),
        }
    }

    /// Opens a panel in the place of another, or closes it.
    pub fn toggle(&self, panel: Panel) {
        let next = (self.panel.get_untracked() != Some(panel)).then_some(panel);
        self.panel.set(next);
    }

    /// Pins a tile in the place of others, or lets it go; whether it is pinned now.
    pub fn toggle_pin(&self, tile: Tile) -> bool {
        let pins = !self.pinned.with_untracked(|pinned| pinned.contains(&tile));
        self.pinned.set(if pins { vec![tile] } else { Vec::new() });
        pins
    }

    /// The next way of arranging the tiles, which is said.
    pub fn next_view(&self, meeting: Meeting) {
        let (view, word) = match meeting.choices.view.get_untracked() {
            View::Gallery => (View::Speaker, Word::StageSpeaker),
            View::Speaker => (View::Gallery, Word::StageGallery),
        };
        self.pinned.set(Vec::new());
        meeting.choices.view.set(view);
        meeting.announcer.announce(t(word));
    }

    /// Fills the screen with the page, or leaves it.
    pub fn toggle_full_screen(&self) {
        let document = document();
        match document.fullscreen_element() {
            Some(_) => document.exit_fullscreen(),
            None => {
                if let Some(root) = document.document_element() {
                    // Where it is not allowed, nothing happens.
                    let _ = root.request_fullscreen();
                }
            }
        }
    }

    /// Lets what was sent before the chat was loaded stand in its field again: the panel is closed, and nothing is to be
    /// sent later by itself.
    pub fn restore_draft(&self) {
        let unsent = self.unsent.try_update(std::mem::take).unwrap_or_default();
        if !unsent.is_empty() {
            self.draft.update(|draft| {
                *draft = [&unsent.join("\n"), &**draft]
                    .join("\n")
                    .trim_end()
                    .to_owned()
            });
        }
    }

    /// Opens a dialog.
    pub fn open(&self, dialog: Dialog) {
        self.dialog.set(Some(dialog));
    }
}
