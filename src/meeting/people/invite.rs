//! The link to the room, copied.

use crate::{
    meeting::announcer::Announcer,
    platform::{page, share_sheet, task::spawn_local},
    words::{Word, t},
};

/// Copies the room's address.
pub fn copy_link(announcer: Announcer) {
    spawn_local(async move {
        let word = match share_sheet::copy(&page::address()).await {
            true => Word::InviteCopied,
            false => Word::InviteNotCopied,
        };
        announcer.announce(t(word));
    });
}
