//! Files of others on their way here.

use leptos::prelude::*;

use super::{
    Files,
    download::Download,
    state::{DownloadState, Key},
};
use crate::{
    call::files::{FileEnd, FileFailure, ReceiveAction, read_label},
    platform::{
        clock,
        data_channel::{Change, NewChannel},
        file::Blob,
        save_file::save,
    },
    protocol::{FileStep, ParticipantId},
    words::{Phrase, say},
};

/// Files that can be saved once more without asking again.
const MAX_KEPT: usize = 3;

impl Files {
    /// The author of a file opens a channel for it.
    pub(in crate::meeting) fn handle_channel(&self, from: ParticipantId, channel: NewChannel) {
        let key = read_label(&channel.label()).filter(|(author, _)| *author == from);
        let files = *self;
        let refused = match key {
            Some(key) => self.with(|transfers| {
                let mut downloads = transfers.downloads.borrow_mut();
                let Some(download) = downloads.get_mut(&key) else {
                    return Some(channel);
                };
                if !download.receiving.handle_channel(clock::now()) {
                    return Some(channel);
                }
                let on_message = move |message| {
                    files.update_download(key, |download| download.handle_message(message));
                };
                let on_change = move |change| {
                    if change == Change::Closed {
                        files.update_download(key, |download| download.receiving.handle_closed());
                    }
                };
                download.channel = Some(channel.listen(on_message, on_change));
                None
            }),
            None => Some(Some(channel)),
        };
        match (key, refused.flatten()) {
            (Some(key), None) => self.download_state(key).set(DownloadState::Some(0)),
            (_, refused) => {
                if let Some(channel) = refused {
                    channel.close();
                }
            }
        }
    }

    /// Something happens to a download.
    pub(in crate::meeting) fn update_download(&self, key: Key, change: impl FnOnce(&mut Download)) {
        let worked = self.with(|transfers| {
            let mut downloads = transfers.downloads.borrow_mut();
            let download = downloads.get_mut(&key)?;
            change(download);
            let actions = download.act();
            let shown = download.is_progress_due().then_some(download.shown);
            let end = download.receiving.end();
            let ended = end.and_then(|end| Some((end, downloads.remove(&key)?)));
            Some((actions, shown, ended))
        });
        let Some((actions, shown, ended)) = worked.flatten() else {
            return;
        };
        for action in actions {
            match action {
                ReceiveAction::Ask => self.events.send_step(key.0, key, FileStep::Ask),
                ReceiveAction::Unask => self.events.send_step(key.0, key, FileStep::Stop),
                ReceiveAction::Say(_) | ReceiveAction::Close => {}
            }
        }
        match (ended, shown) {
            (Some((end, download)), _) => self.end_download(key, end, download),
            (None, Some(got)) => self.download_state(key).set(DownloadState::Some(got)),
            (None, None) => {}
        }
    }

    pub(in crate::meeting) fn end_download(&self, key: Key, end: FileEnd, mut download: Download) {
        let blob = end.is_ok().then(|| download.blob()).flatten();
        let name = download.info.name();
        let state = match (end, blob) {
            (Err(failure), _) => DownloadState::Failed(failure),
            (Ok(()), None) => DownloadState::Failed(FileFailure::Unreadable),
            (Ok(()), Some(blob)) => {
                save(&blob, name);
                self.keep(key, blob);
                self.events
                    .announcer
                    .announce(say(Phrase::FileDownloaded { file: name }));
                DownloadState::Saved
            }
        };
        self.download_state(key).set(state);
        let others = self.with(|transfers| {
            let downloads = transfers.downloads.borrow();
            downloads.iter().any(|(other, _)| other.0 == key.0)
        });
        if others != Some(true) {
            self.keep_direct(key.0, false);
        }
        if let Some(channel) = download.channel {
            self.with(|transfers| transfers.closing.borrow_mut().push(channel));
        }
    }

    /// Keeps a file for a while; the oldest has to be asked for again.
    pub(in crate::meeting) fn keep(&self, key: Key, blob: Blob) {
        let oldest = self.with(|transfers| {
            let mut kept = transfers.kept.borrow_mut();
            kept.retain(|(other, _)| *other != key);
            kept.push_back((key, blob));
            (kept.len() > MAX_KEPT).then(|| kept.pop_front()).flatten()
        });
        if let Some((old, _)) = oldest.flatten() {
            self.download_state(old).set(DownloadState::Offered);
        }
    }
}
