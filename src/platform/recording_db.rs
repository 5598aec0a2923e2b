//! Recordings on this machine until they are saved (W3C Indexed Database API 3.0). Each chunk is a transaction of its own:
//! it is on the disk when that has completed (section 4.1.1, "strict"), and the death of the page takes none of those back.
//! Chunks stay on the disk also when they are read: a blob (W3C File API) only says where.

use std::{cell::Cell, rc::Rc};

use futures::channel::oneshot;
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};

use super::{
    js::{self, Listener},
    promise,
};

const NAME: &str = "roundtable";
const RECORDINGS: &str = "recordings";
const CHUNKS: &str = "chunks";

/// A recording that is kept on this machine, without its chunks.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredRecording {
    /// When it began, in milliseconds since 1970, which is also its name.
    pub began: f64,
    /// The room.
    pub room: String,
    /// The MIME type.
    pub format: String,
    /// Whether it came to its end, rather than the page died.
    pub finished: bool,
    /// Whether it was put among the downloads, where it may have arrived.
    pub downloaded: bool,
}

/// A chunk of a recording.
pub struct Chunk {
    /// The blob.
    pub data: JsValue,
    /// Milliseconds of the recording up to its end.
    pub until: f64,
}

/// The database. Dropping it closes it.
pub struct RecordingDb(JsValue);

impl RecordingDb {
    /// Whether the browser has databases.
    pub fn is_possible() -> bool {
        js::property(&js_sys::global(), "indexedDB").is_some()
    }

    /// Opens it, and makes it when it is not there.
    ///
    /// # Errors
    /// When the browser does not let the page store anything.
    pub async fn open() -> Result<Self, String> {
        let factory = js::property(&js_sys::global(), "indexedDB").ok_or_else(String::new)?;
        let opening = js::invoke(&factory, "open", &[NAME.into(), 1.into()])
            .map_err(|error| promise::message(&error))?;
        let request = opening.clone();
        let _first = Listener::new(opening.unchecked_ref(), "upgradeneeded", move |_| {
            let Some(base) = js::property(&request, "result") else {
                return;
            };
            for name in [RECORDINGS, CHUNKS] {
                let _ = js::invoke(&base, "createObjectStore", &[name.into()]);
            }
        });
        Ok(Self(result(&opening).await?))
    }

    /// Writes or rewrites what is known of a recording.
    ///
    /// # Errors
    /// The name of the failure.
    pub async fn put(&self, recording: &StoredRecording) -> Result<(), String> {
        let value = js::object(&[
            ("room", recording.room.as_str().into()),
            ("format", recording.format.as_str().into()),
            ("finished", recording.finished.into()),
            ("downloaded", recording.downloaded.into()),
        ]);
        self.write(RECORDINGS, "put", &[value, recording.began.into()])
            .await
    }

    /// Adds a chunk; it is safe then.
    ///
    /// # Errors
    /// The name of the failure: `QuotaExceededError` when there is no room.
    pub async fn append(&self, began: f64, place: u32, chunk: Chunk) -> Result<(), String> {
        let value = js::object(&[("data", chunk.data), ("until", chunk.until.into())]);
        let key = Array::of2(&began.into(), &place.into()).into();
        self.write(CHUNKS, "put", &[value, key]).await
    }

    /// All recordings, the oldest first.
    pub async fn recordings(&self) -> Result<Vec<StoredRecording>, String> {
        let keys = self.read(RECORDINGS, "getAllKeys", &[]).await?;
        let values = self.read(RECORDINGS, "getAll", &[]).await?;
        Ok(keys
            .iter()
            .zip(values.iter())
            .filter_map(parse_recording)
            .collect())
    }

    /// The chunks of a recording, in order.
    pub async fn chunks(&self, began: f64) -> Result<Vec<Chunk>, String> {
        let found = self.read(CHUNKS, "getAll", &[all_of(began)?]).await?;
        let chunk = |value: JsValue| {
            Some(Chunk {
                data: js::property(&value, "data")?,
                until: js::property(&value, "until")?.as_f64()?,
            })
        };
        Ok(found.iter().filter_map(chunk).collect())
    }

    /// Frees what a recording takes.
    pub async fn delete(&self, began: f64) -> Result<(), String> {
        self.write(CHUNKS, "delete", &[all_of(began)?]).await?;
        self.write(RECORDINGS, "delete", &[began.into()]).await
    }

    /// Whether a recording has no chunks.
    pub async fn is_empty(&self, began: f64) -> Result<bool, String> {
        let arguments = [all_of(began)?, 1.into()];
        let first = self.read(CHUNKS, "getAllKeys", &arguments).await?;
        Ok(first.length() == 0)
    }

    async fn write(
        &self,
        store: &'static str,
        method: &'static str,
        arguments: &[JsValue],
    ) -> Result<(), String> {
        let (transaction, objects) = self.begin(store, "readwrite")?;
        js::invoke(&objects, method, arguments).map_err(|error| promise::name(&error))?;
        settled(&transaction, "complete").await
    }

    async fn read(
        &self,
        store: &'static str,
        method: &'static str,
        arguments: &[JsValue],
    ) -> Result<Array, String> {
        let (_, objects) = self.begin(store, "readonly")?;
        let request =
            js::invoke(&objects, method, arguments).map_err(|error| promise::name(&error))?;
        Ok(result(&request).await?.unchecked_into())
    }

    fn begin(&self, store: &'static str, mode: &'static str) -> Result<(JsValue, JsValue), String> {
        let begin = || {
            let options = js::object(&[("durability", "strict".into())]);
            let arguments = [store.into(), mode.into(), options];
            let transaction = js::invoke(&self.0, "transaction", &arguments)?;
            let objects = js::invoke(&transaction, "objectStore", &[store.into()])?;
            Ok((transaction, objects))
        };
        begin().map_err(|error: JsValue| promise::name(&error))
    }
}

impl Drop for RecordingDb {
    fn drop(&mut self) {
        let _ = js::invoke(&self.0, "close", &[]);
    }
}

fn parse_recording((key, value): (JsValue, JsValue)) -> Option<StoredRecording> {
    let text = |name| js::property(&value, name)?.as_string();
    let holds = |name| js::property(&value, name).is_some_and(|value| value.is_truthy());
    Some(StoredRecording {
        began: key.as_f64()?,
        room: text("room")?,
        format: text("format")?,
        finished: holds("finished"),
        downloaded: holds("downloaded"),
    })
}

/// The keys of all chunks: of an array, each one that is longer comes later, and an array comes after all numbers.
fn all_of(began: f64) -> Result<JsValue, String> {
    let began = JsValue::from(began);
    let first = Array::of1(&began).into();
    let last = Array::of2(&began, &Array::new()).into();
    js::property(&js_sys::global(), "IDBKeyRange")
        .and_then(|ranges| js::invoke(&ranges, "bound", &[first, last]).ok())
        .ok_or_else(String::new)
}

async fn result(request: &JsValue) -> Result<JsValue, String> {
    settled(request, "success").await?;
    Ok(js::property(request, "result").unwrap_or(JsValue::UNDEFINED))
}

/// Waits for a request or a transaction. The error of a request passes by its transaction, which has none of its own yet.
async fn settled(target: &JsValue, success: &'static str) -> Result<(), String> {
    let failure = match success {
        "complete" => "abort",
        _ => "error",
    };
    let (tell, told) = oneshot::channel();
    let tell = Rc::new(Cell::new(Some(tell)));
    let _listeners = [success, failure, "blocked"].map(|kind| {
        let tell = tell.clone();
        Listener::new(target.unchecked_ref(), kind, move |_| {
            if let Some(tell) = tell.take() {
                let _ = tell.send(kind == success);
            }
        })
    });
    match told.await {
        Ok(true) => Ok(()),
        _ => Err(js::property(target, "error")
            .map(|error| promise::name(&error))
            .unwrap_or_default()),
    }
}
