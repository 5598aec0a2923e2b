//! What is kept of recordings, and how it becomes a file of the person's.

use js_sys::{Array, Date, Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

use super::{
    dom::window,
    js, promise,
    recording_db::{Chunk, RecordingDb, StoredRecording},
    save_file,
    storage::{self, Key},
    web_lock, webm,
};

/// Bytes in which the beginning of a file is looked for what it is about.
const HEAD: u32 = 4_096;

/// Where a recording went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// Into the file that the person chose; nothing is kept any more.
    There,
    /// Among the downloads, if all went well, which no browser tells; it is kept until the person deletes it.
    Downloads,
    /// The person has thought better of it.
    Nowhere,
}

impl StoredRecording {
    /// When it began, as people write it in a language (BCP 47).
    pub fn time(&self, language: &str) -> String {
        let style = js::object(&[
            ("dateStyle", "medium".into()),
            ("timeStyle", "short".into()),
        ]);
        let date = Date::new(&self.began.into());
        let time = js::invoke(&date, "toLocaleString", &[language.into(), style]);
        time.ok()
            .and_then(|time| time.as_string())
            .unwrap_or_default()
    }
}

/// What is kept and recorded no more, in this tab or another, the oldest first.
pub async fn list_stored() -> Vec<StoredRecording> {
    let Ok(store) = RecordingDb::open().await else {
        return Vec::new();
    };
    let Ok(recordings) = store.recordings().await else {
        return Vec::new();
    };
    let held = web_lock::held().await;
    let mut kept = Vec::new();
    let mut runs = false;
    for recording in recordings {
        if held.contains(&lock_name(recording.began)) {
            runs = true;
        } else if store.is_empty(recording.began).await == Ok(true) {
            let _ = store.delete(recording.began).await;
        } else {
            kept.push(recording);
        }
    }
    if kept.is_empty() && !runs {
        storage::remove(Key::Recordings);
    }
    kept
}

/// Has the person choose a file, where the browser can ask for one, else downloads it; from a click.
///
/// # Errors
/// The browser's words.
pub async fn save(began: f64) -> Result<Saved, String> {
    let store = RecordingDb::open().await?;
    let recordings = store.recordings().await?;
    let mut kept = (recordings.into_iter())
        .find(|kept| kept.began == began)
        .ok_or_else(String::new)?;
    let name = file_name(&kept);
    if js::has_method(&window(), "showSaveFilePicker") {
        let picker = js::object(&[("suggestedName", name.as_str().into())]);
        let chosen = js::invoke(&window(), "showSaveFilePicker", &[picker]);
        let file = match promise(chosen).await {
            Ok(file) => file,
            Err(error) if promise::name(&error) == "AbortError" => return Ok(Saved::Nowhere),
            Err(error) => return Err(promise::message(&error)),
        };
        let whole = assemble(&store, &kept).await?;
        write(&file, &whole)
            .await
            .map_err(|error| promise::message(&error))?;
        store.delete(began).await?;
        return Ok(Saved::There);
    }
    let whole = assemble(&store, &kept).await?;
    save_file::save(whole.unchecked_ref(), &name);
    kept.downloaded = true;
    store.put(&kept).await?;
    Ok(Saved::Downloads)
}

/// Frees what it takes.
///
/// # Errors
/// The name of the failure.
pub async fn delete(began: f64) -> Result<(), String> {
    RecordingDb::open().await?.delete(began).await
}

/// The whole file as a blob, which is not in memory: its parts are where they were.
async fn assemble(store: &RecordingDb, kept: &StoredRecording) -> Result<JsValue, String> {
    let chunks = store.chunks(kept.began).await?;
    let lasts = chunks.last().map_or(0.0, |last| last.until);
    let parts: Array = chunks.iter().map(|Chunk { data, .. }| data).collect();
    let kind = js::object(&[("type", kept.format.as_str().into())]);
    let whole = js::make("Blob", &[parts.into(), kind.clone()]);
    let whole = whole.map_err(|error| promise::message(&error))?;
    let timed = with_duration(&whole, &kind, lasts).await;
    Ok(timed.unwrap_or(whole))
}

async fn with_duration(whole: &JsValue, kind: &JsValue, lasts: f64) -> Option<JsValue> {
    let head = js::invoke(whole, "slice", &[0.into(), HEAD.into()]).ok()?;
    let bytes = promise(js::invoke(&head, "arrayBuffer", &[])).await.ok()?;
    let patched = webm::with_duration(&Uint8Array::new(&bytes).to_vec(), lasts)?;
    let patched = Uint8Array::from(patched.as_slice());
    let rest = js::invoke(whole, "slice", &[HEAD.into()]).ok()?;
    js::make("Blob", &[Array::of2(&patched, &rest).into(), kind.clone()]).ok()
}

async fn write(file: &JsValue, whole: &JsValue) -> Result<(), JsValue> {
    let stream = promise(js::invoke(file, "createWritable", &[])).await?;
    promise(js::invoke(&stream, "write", std::slice::from_ref(whole))).await?;
    promise(js::invoke(&stream, "close", &[])).await?;
    Ok(())
}

/// Room, date and time, as files are called everywhere.
fn file_name(kept: &StoredRecording) -> String {
    let date = Date::new(&kept.began.into());
    let two = |number: u32| [if number < 10 { "0" } else { "" }, &number.to_string()].concat();
    let day = [
        date.get_full_year().to_string(),
        two(date.get_month() + 1),
        two(date.get_date()),
    ]
    .join("-");
    let time = [two(date.get_hours()), two(date.get_minutes())].join("-");
    let ending = if kept.format.starts_with("video/mp4") {
        ".mp4"
    } else {
        ".webm"
    };
    [&kept.room, " ", &day, " ", &time, ending].concat()
}

async fn promise(promise: Result<JsValue, JsValue>) -> Result<JsValue, JsValue> {
    wasm_bindgen_futures::JsFuture::from(promise?.unchecked_into::<Promise>()).await
}

/// The name of the lock that a recording holds while it runs.
pub fn lock_name(began: f64) -> String {
    ["roundtable.recording.", &(began as u64).to_string()].concat()
}
