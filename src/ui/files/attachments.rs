//! Files that are to be sent with the next message: nothing of them leaves before somebody asks.

use leptos::{ev::ClipboardEvent, ev::DragEvent, prelude::*};
use web_sys::{DataTransfer, File};

use crate::{
    meeting::files::{Files, NotOffered, format_bytes},
    protocol::{FILE_BYTES, FileInfo},
    ui::{
        chat::{MAX_ATTACHMENTS, transferred_files},
        components::{Glyph, icon},
        view::{ErasedView, IntoErasedView, press, when},
    },
    words::{Phrase, Word, say, t},
};

/// Files that wait. A handle.
#[derive(Clone, Copy)]
pub struct Attachments {
    files: RwSignal<Vec<(u32, FileInfo, File)>, LocalStorage>,
    /// Why one of them is not taken.
    pub wrong: RwSignal<String>,
}

impl Attachments {
    /// None.
    pub fn new() -> Self {
        Self {
            files: RwSignal::new_local(Vec::new()),
            wrong: RwSignal::new(String::new()),
        }
    }

    /// Takes all that wait.
    pub fn take(&self) -> Vec<(FileInfo, File)> {
        let taken = self.files.get_untracked();
        self.files.set(Vec::new());
        taken
            .into_iter()
            .map(|(_, info, file)| (info, file))
            .collect()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.files.read_untracked().is_empty()
    }

    /// Adds files that the person has chosen, dropped or pasted.
    pub fn add(&self, files: impl IntoIterator<Item = File>) {
        self.wrong.set(String::new());
        for file in files {
            match Files::check(&file) {
                Ok(info) => self.files.update(|files| {
                    let number = files.last().map_or(0, |(last, ..)| last + 1);
                    if files.len() < MAX_ATTACHMENTS {
                        files.push((number, info, file));
                    }
                }),
                Err(why) => self
                    .wrong
                    .set(refusal_text(why, &FileInfo::presentable(&file.name()))),
            }
        }
    }

    fn remove(&self, number: u32) {
        self.files
            .update(|files| files.retain(|(other, ..)| *other != number));
    }
}

fn refusal_text(why: NotOffered, file: &str) -> String {
    match why {
        NotOffered::Empty => say(Phrase::FileEmpty { file }),
        NotOffered::TooLarge => say(Phrase::FileTooLarge {
            file,
            // Rounded down: what is said to fit does.
            size: &format_bytes(FILE_BYTES / 10_000_000 * 10_000_000),
        }),
    }
}

/// Files are carried over the chat.
pub fn show_drop_target(event: &DragEvent, over: RwSignal<bool>) {
    let carries = |transfer: DataTransfer| transfer.types().includes(&"Files".into(), 0);
    if event.data_transfer().is_some_and(carries) {
        event.prevent_default();
        over.set(true);
    }
}

/// They are dropped.
pub fn handle_drop(event: &DragEvent, over: RwSignal<bool>, staged: Attachments) {
    over.set(false);
    if add_all(event.data_transfer(), staged) {
        event.prevent_default();
    }
}

/// Something is pasted: a file, or a text, which is left to the field.
pub fn handle_paste(event: &ClipboardEvent, staged: Attachments) {
    if add_all(event.clipboard_data(), staged) {
        event.prevent_default();
    }
}

fn add_all(transfer: Option<DataTransfer>, staged: Attachments) -> bool {
    let files = transferred_files(transfer);
    let any = !files.is_empty();
    if any {
        staged.add(files);
    }
    any
}

/// The list of what waits.
pub fn attachment_list(
    staged: Attachments,
    after: impl Fn() + Copy + Send + 'static,
) -> ErasedView {
    let files = staged.files;
    let one = move |number: u32, info: FileInfo| {
        let label = say(Phrase::FileRemoveAttachment { file: info.name() });
        let remove = move || {
            staged.remove(number);
            after();
        };
        view! {
            <li class="attachment">
                <bdi>{info.name().to_owned()}</bdi>
                <span class="secondary-text">{format_bytes(info.size())}</span>
                <button class="control control-small" type="button" aria-label=label.clone() title=label on:click=press(remove)>
                    {icon(Glyph::Close)}
                </button>
            </li>
        }
        .erase()
    };
    when(
        move || !files.read().is_empty(),
        move || {
            view! {
                <ul class="attachments" aria-label=t(Word::FileAttachments)>
                    <For each=move || files.get() key=|(number, ..)| *number let:file>
                        {one(file.0, file.1)}
                    </For>
                </ul>
            }
            .erase()
        },
    )
}
