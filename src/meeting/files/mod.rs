//! The files that are offered in the chat: which of them the person has, sends, and receives. They go on while the chat
//! is closed, and end with the meeting.

mod download;
mod fetching;
pub(super) mod file_events;
mod serving;
mod state;
mod upload;

use std::{
    any::Any,
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
};

use leptos::prelude::*;

pub use self::state::{DownloadState, Key, NotOffered, UploadState};

use self::{
    download::Download,
    file_events::{FileEvent, FileEvents, FileHandler},
    upload::Upload,
};
use crate::sorted_map::SortedMap;
use crate::{
    call::{
        Intent, OutgoingMessage,
        files::{FileControl, FileFailure},
    },
    platform::{
        clock,
        data_channel::{Channel, Message},
        file::{Blob, File},
        format_bytes,
        save_file::save,
        task::Interval,
    },
    protocol::{BadFile, ChatText, FileInfo, FileStep, ParticipantId},
    words,
};

/// Milliseconds from one look at all transfers to the next.
const POLL_PERIOD: u32 = 500;

/// The files of a meeting. A handle.
#[derive(Clone, Copy)]
pub struct Files {
    pub(in crate::meeting) events: FileEvents,
    transfers: StoredValue<Rc<Transfers>, LocalStorage>,
}

#[derive(Default)]
pub(in crate::meeting) struct Transfers {
    /// Own files whose message has not come up yet, in the order of these.
    pub announced: RefCell<VecDeque<(FileInfo, File)>>,
    pub offers: RefCell<SortedMap<Key, File>>,
    pub going: RefCell<SortedMap<Key, RwSignal<UploadState>>>,
    pub uploads: RefCell<Vec<Upload>>,
    pub serial: Cell<u32>,
    pub coming: RefCell<SortedMap<Key, RwSignal<DownloadState>>>,
    pub downloads: RefCell<SortedMap<Key, Download>>,
    pub kept: RefCell<VecDeque<(Key, Blob)>>,
    /// Are held until they are closed, so that the last words arrive.
    pub closing: RefCell<Vec<Channel>>,
    pub look: RefCell<Option<Interval>>,
}

impl Files {
    /// Those of a meeting.
    pub fn of(events: FileEvents) -> Option<Self> {
        if let Some(handler) = events.handler() {
            return handler.as_any().downcast_ref().copied();
        }
        let new = || StoredValue::new_local(Rc::<Transfers>::default());
        let transfers = events.call.owned(new)?;
        let files = Self { events, transfers };
        let look = Interval::new(POLL_PERIOD, move || files.poll());
        files.with(|transfers| transfers.look.replace(Some(look)));
        events.set_handler(Rc::new(files));
        Some(files)
    }

    /// Whether a file can be offered.
    ///
    /// # Errors
    /// [`NotOffered`] says why not.
    pub fn check(file: &File) -> Result<FileInfo, NotOffered> {
        let name = FileInfo::presentable(&file.name());
        let kind = FileInfo::new(&name, file.size() as u64, &file.type_());
        let info = kind.or_else(|bad| match bad {
            BadFile::Size => Err(bad),
            BadFile::Name | BadFile::Type => FileInfo::new(&name, file.size() as u64, ""),
        });
        info.map_err(|_| match file.size() {
            0.0 => NotOffered::Empty,
            _ => NotOffered::TooLarge,
        })
    }

    /// Offers a file to everybody, with a text or without.
    pub fn offer(&self, text: ChatText, info: FileInfo, file: File) {
        self.with(|transfers| {
            transfers
                .announced
                .borrow_mut()
                .push_back((info.clone(), file))
        });
        self.events
            .call
            .send_intent(Intent::Send(OutgoingMessage::Chat {
                text,
                file: Some(info),
                at: clock::unix_millis(),
            }));
    }

    /// How far a file has come, to be followed.
    pub fn download_state(&self, key: Key) -> RwSignal<DownloadState> {
        self.signal(|transfers| &transfers.coming, key, DownloadState::Offered)
    }

    /// What happens with an own file, to be followed.
    pub fn upload_state(&self, key: Key) -> RwSignal<UploadState> {
        self.signal(|transfers| &transfers.going, key, UploadState::default())
    }

    /// Asks for a file.
    pub fn fetch(&self, key: Key, info: FileInfo) {
        let fresh = self.with(|transfers| {
            let mut downloads = transfers.downloads.borrow_mut();
            let fresh = !downloads.contains_key(&key);
            if fresh {
                downloads.insert(key, Download::new(info));
            }
            fresh
        });
        if fresh == Some(true) {
            self.keep_direct(key.0, true);
            self.download_state(key).set(DownloadState::Asked);
            self.update_download(key, |_| {});
        }
    }

    /// Files come over a connection of our own with their author.
    pub(in crate::meeting) fn keep_direct(&self, with: ParticipantId, keep: bool) {
        let intent = Intent::KeepDirect { with, keep };
        self.events.call.send_intent(intent);
    }

    /// Wants no more of a file.
    pub fn cancel(&self, key: Key) {
        self.update_download(key, |download| download.receiving.cancel());
    }

    /// Saves a file once more.
    pub fn save_again(&self, key: Key, info: &FileInfo) {
        self.with(|transfers| {
            let kept = transfers.kept.borrow();
            if let Some((_, blob)) = kept.iter().find(|(other, _)| *other == key) {
                save(blob, info.name());
            }
        });
    }

    /// Sends an own file to nobody any more.
    pub fn stop(&self, key: Key) {
        for serial in self.serials(|upload| upload.key == key) {
            self.update_upload(serial, |upload| upload.sending.cancel());
        }
    }

    fn handle_step(&self, from: ParticipantId, key: Key, step: FileStep) {
        let answer = |failure| {
            if key.0 == from {
                self.update_download(key, |download| download.receiving.handle_refusal(failure));
            }
        };
        match step {
            FileStep::Ask => self.serve(from, key),
            FileStep::Refuse => answer(FileFailure::Gone),
            FileStep::Stop => {
                answer(FileFailure::Stopped);
                for serial in self.serials(|upload| upload.key == key && upload.to == from) {
                    self.update_upload(serial, |upload| {
                        upload.handle_message(Message::Control(Some(FileControl::Stop)));
                    });
                }
            }
        }
    }

    /// Polls all transfers that are under way.
    fn poll(&self) {
        for serial in self.serials(|_| true) {
            self.update_upload(serial, Upload::poll);
        }
        let keys = self.with(|transfers| {
            transfers
                .closing
                .borrow_mut()
                .retain(|channel| !channel.is_closed());
            let downloads = transfers.downloads.borrow();
            downloads.iter().map(|(key, _)| *key).collect::<Vec<_>>()
        });
        for key in keys.unwrap_or_default() {
            let is_here = self.is_here(key.0);
            self.update_download(key, |download| {
                let receiving = &mut download.receiving;
                match &download.channel {
                    Some(channel) if channel.is_closed() => receiving.handle_closed(),
                    None if !is_here => receiving.handle_refusal(FileFailure::Gone),
                    _ => receiving.handle_timeout(clock::now()),
                }
            });
        }
    }

    fn is_here(&self, id: ParticipantId) -> bool {
        let people = self.events.people.try_get_untracked().unwrap_or_default();
        people.iter().any(|person| person.id == id)
    }

    fn signal<T: Copy + Send + Sync + 'static>(
        &self,
        of: impl Fn(&Transfers) -> &RefCell<SortedMap<Key, RwSignal<T>>>,
        key: Key,
        first: T,
    ) -> RwSignal<T> {
        let known = self.with(|transfers| of(transfers).borrow().get(&key).copied());
        if let Some(known) = known.flatten() {
            return known;
        }
        // It outlives the line that shows it.
        let new = || RwSignal::new(first);
        let signal = self.events.call.owned(new).unwrap_or_else(new);
        self.with(|transfers| of(transfers).borrow_mut().insert(key, signal));
        signal
    }

    /// Nothing is held meanwhile that what is done may lead back to.
    pub(in crate::meeting) fn with<T>(&self, action: impl FnOnce(&Transfers) -> T) -> Option<T> {
        let transfers = self.transfers.try_with_value(Clone::clone)?;
        Some(action(&transfers))
    }
}

impl FileHandler for Files {
    fn handle(&self, event: FileEvent) {
        match event {
            FileEvent::Channel { from, channel } => self.handle_channel(from, channel),
            FileEvent::Step {
                from,
                author,
                n,
                step,
            } => self.handle_step(from, (author, n), step),
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A number of bytes in the language of the page.
pub fn format_bytes(bytes: u64) -> String {
    format_bytes::format_bytes(bytes, words::in_use().code())
}
