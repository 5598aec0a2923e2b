//! The own files on their way to those who ask for them.

use leptos::prelude::*;

use super::{
    Files,
    state::{Key, UploadState},
    upload::{Upload, UploadTask},
};
use crate::{
    call::{
        DeliveryState,
        files::{label, may_upload},
    },
    platform::{
        clock,
        data_channel::Change,
        file::{self, File},
        task::spawn_local,
    },
    protocol::{FileStep, ParticipantId},
};

impl Files {
    /// Someone asks for a file; perhaps for the second time.
    pub(in crate::meeting) fn serve(&self, to: ParticipantId, key: Key) {
        self.match_offers();
        if !self
            .serials(|upload| upload.key == key && upload.to == to)
            .is_empty()
        {
            return;
        }
        let file = self.with(|transfers| transfers.offers.borrow().get(&key).cloned());
        let Some(file) = file.flatten() else {
            return self.events.send_step(to, key, FileStep::Refuse);
        };
        let to_this_one = self.serials(|upload| upload.to == to).len();
        if !may_upload(self.serials(|_| true).len(), to_this_one) {
            return;
        }
        let opened = self
            .events
            .call
            .driver(|driver| driver.open_channel(to, &label(key.0, key.1)));
        // Without a connection it is asked for again when there is one.
        let Some(channel) = opened.flatten() else {
            return;
        };
        let serial = self.with(|transfers| transfers.serial.replace(transfers.serial.get() + 1));
        let serial = serial.unwrap_or_default();
        let files = *self;
        let on_message = move |message| {
            files.update_upload(serial, |upload| upload.handle_message(message));
        };
        let on_change = move |change| {
            let handle = match change {
                Change::Writable => Upload::handle_writable,
                Change::Closed => Upload::poll,
            };
            files.update_upload(serial, handle);
        };
        let channel = channel.listen(on_message, on_change);
        let upload = Upload::new(serial, key, to, file, channel);
        self.with(|transfers| transfers.uploads.borrow_mut().push(upload));
        self.show_upload(key);
    }

    pub(in crate::meeting) fn serials(&self, fits: impl Fn(&Upload) -> bool) -> Vec<u32> {
        let serials = self.with(|transfers| {
            let uploads = transfers.uploads.borrow();
            let fitting = uploads.iter().filter(|upload| fits(upload));
            fitting.map(|upload| upload.serial).collect()
        });
        serials.unwrap_or_default()
    }

    /// Something happens to an upload.
    pub(in crate::meeting) fn update_upload(&self, serial: u32, change: impl FnOnce(&mut Upload)) {
        let worked = self.with(|transfers| {
            let mut uploads = transfers.uploads.borrow_mut();
            let place = uploads.iter().position(|one| one.serial == serial)?;
            let upload = uploads.get_mut(place)?;
            change(upload);
            let mut tasks = upload.act();
            if tasks.is_empty() && upload.sending.end().is_none() {
                upload.handle_writable();
                tasks = upload.act();
            }
            let ended = upload.sending.end().is_some();
            let (key, to) = (upload.key, upload.to);
            Some((key, to, tasks, ended.then(|| uploads.remove(place))))
        });
        let Some((key, to, tasks, ended)) = worked.flatten() else {
            return;
        };
        for task in tasks {
            match task {
                UploadTask::Read(file, from, to) => self.read(serial, file, from, to),
                UploadTask::Stop => self.events.send_step(to, key, FileStep::Stop),
            }
        }
        if let Some(upload) = ended {
            self.end_upload(key, upload);
        }
        self.show_upload(key);
    }

    pub(in crate::meeting) fn end_upload(&self, key: Key, upload: Upload) {
        let arrived = upload.sending.end() == Some(Ok(()));
        let unreadable = upload.is_unreadable();
        self.upload_state(key).update(|going| {
            going.arrived += usize::from(arrived);
            going.unreadable |= unreadable;
        });
        let channel = upload.into_channel();
        self.with(|transfers| transfers.closing.borrow_mut().push(channel));
    }

    pub(in crate::meeting) fn show_upload(&self, key: Key) {
        let (to, sent) = self
            .with(|transfers| {
                let uploads = transfers.uploads.borrow();
                let of = uploads.iter().filter(|upload| upload.key == key);
                of.fold((0, 0), |(to, sent), upload| {
                    (to + 1, sent + upload.sending.sent())
                })
            })
            .unwrap_or_default();
        let signal = self.upload_state(key);
        let before = signal.get_untracked();
        if (before.to, before.sent) != (to, sent) {
            signal.set(UploadState { to, sent, ..before });
        }
    }

    pub(in crate::meeting) fn read(&self, serial: u32, file: File, from: u64, to: u64) {
        let files = *self;
        spawn_local(async move {
            let bytes = file::read(&file, from, to).await;
            files.update_upload(serial, |upload| {
                upload.sending.handle_read(clock::now(), bytes.as_deref());
            });
        });
    }

    /// Finds the messages that offer what was announced.
    pub(in crate::meeting) fn match_offers(&self) {
        self.with(|transfers| {
            let mut announced = transfers.announced.borrow_mut();
            let mut offers = transfers.offers.borrow_mut();
            let lines = self.events.lines.read_untracked();
            for line in lines.iter() {
                let own = matches!(
                    line.standing,
                    DeliveryState::OnItsWay | DeliveryState::Delivered
                );
                let key = (line.message.author, line.message.chat.n);
                let Some(info) = line.message.chat.file.as_ref().filter(|_| own) else {
                    continue;
                };
                if offers.contains_key(&key) {
                    continue;
                }
                let is_next = announced.front().is_some_and(|(next, _)| next == info);
                let file = if is_next {
                    announced.pop_front().map(|(_, file)| file)
                } else {
                    // What is said again under another id has another key.
                    let mut known = offers.iter().map(|(_, file)| file);
                    known
                        .find(|file| Self::check(file).as_ref() == Ok(info))
                        .cloned()
                };
                if let Some(file) = file {
                    offers.insert(key, file);
                }
            }
        });
    }
}
