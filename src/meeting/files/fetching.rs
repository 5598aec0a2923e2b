//! Files of others on their way here.

use leptos::prelude::*;
use web_sys::{Blob, RtcDataChannel};

use super::{DownloadState, Files, Key, download::Download};
use crate::{
    call::files::{FileEnd, FileFailure, ReceiveAction, read_label},
    platform::{
        clock,
        data_channel::{self, Channel},
        js::Listener,
        save_file::save,
    },
    protocol::{FileStep, ParticipantId},
    words::{Phrase, say},
};

/// Files that can be saved once more without asking again.
const MAX_KEPT: usize = 3;

impl Files {
    /// The author of a file opens a channel for it.
    pub(in crate::meeting) fn handle_channel(&self, from: ParticipantId, rtc: RtcDataChannel) {
        let key = read_label(&rtc.label()).filter(|(author, _)| *author == from);
        let files = *self;
        let awaited = key.is_some_and(|key| {
            let heard = move |event| {
                files.update_download(key, |download| {
                    download.handle_message(data_channel::parse_message(event))
                });
            };
            let closed = move |_| files.update_download(key, |one| one.receiving.handle_closed());
            self.with(|transfers| {
                let mut downloads = transfers.downloads.borrow_mut();
                let Some(download) = downloads.get_mut(&key) else {
                    return false;
                };
                let awaited = download.receiving.handle_channel(clock::now());
                if awaited {
                    let listeners = vec![
                        Listener::new(&rtc, "message", heard),
                        Listener::new(&rtc, "close", closed),
                    ];
                    download.channel = Some(Channel::new(rtc.clone(), listeners));
                }
                awaited
            }) == Some(true)
        });
        match key.filter(|_| awaited) {
            Some(key) => self.download_state(key).set(DownloadState::Some(0)),
            None => rtc.close(),
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
                ReceiveAction::Ask => self.meeting.send_file_step(key.0, key, FileStep::Ask),
                ReceiveAction::Unask => self.meeting.send_file_step(key.0, key, FileStep::Stop),
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
                self.meeting
                    .announce(&say(Phrase::FileDownloaded { file: name }));
                DownloadState::Saved
            }
        };
        self.download_state(key).set(state);
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
