//! Sharing begins: the part of the program that asks for a screen is loaded on demand.

use leptos::prelude::*;

use super::{ScreenShare, ShareRuntime, lazy};
use crate::{
    meeting::page_handover,
    platform::{sender_parameters::Sharpness, task::spawn_local},
    words::{Word, t},
};

impl ScreenShare {
    /// Begins to share the screen, or ends it.
    pub fn toggle(&self) {
        match self.current.get_untracked() {
            Some(_) => self.stop(),
            None => self.start(self.chosen.get_untracked()),
        }
    }

    /// Asks for a screen, and shares it with everybody; another one is in its place from then on. Only from a
    /// click, and only in a room.
    pub fn start(&self, sharpness: Sharpness) {
        let begins = |runtime: &ShareRuntime| !runtime.choosing.replace(true);
        if !self.call.is_inside() || !self.runtime.with(begins).unwrap_or(false) {
            return;
        }
        let share = *self;
        spawn_local(async move {
            if lazy::ask_for_screen(share, sharpness).await.is_err() {
                share.runtime.with(|runtime| runtime.choosing.set(false));
                let why = page_handover::load_failure_reason().await;
                if why == Word::ChunkReplaced {
                    // Only said, so it is the browser's own button that is used.
                    share.handover.expect_reload();
                }
                share.announcer.announce(t(why));
            }
        });
    }
}
