//! The person's files, read piece by piece, and files that come piece by piece: they are kept by the browser, not in the
//! program's memory (W3C File API).

use js_sys::{Array, ArrayBuffer, Uint8Array};
use web_sys::BlobPropertyBag;

use super::promise;

pub use web_sys::{Blob, File};

/// Chunks that are merged into one blob.
const CHUNKS_PER_BLOB: u32 = 64;

/// Reads bytes of a file; `None` where the browser can't read it any more.
pub async fn read(file: &File, from: u64, to: u64) -> Option<Vec<u8>> {
    let part = file.slice_with_f64_and_f64(from as f64, to as f64).ok()?;
    let buffer = promise::wait(part.array_buffer()).await.ok()?;
    Some(Uint8Array::new(&buffer).to_vec())
}

/// A file that comes chunk by chunk.
#[derive(Default)]
pub struct BlobBuilder {
    chunks: Array,
    whole: Array,
}

impl BlobBuilder {
    /// Adds a chunk.
    pub fn push(&mut self, chunk: &ArrayBuffer) {
        self.chunks.push(chunk);
        if self.chunks.length() >= CHUNKS_PER_BLOB {
            self.merge_chunks();
        }
    }

    /// All that has come. It is nothing that a browser would show by itself, whatever it claims to be.
    pub fn blob(&mut self) -> Option<Blob> {
        self.merge_chunks();
        blob_of(&self.whole)
    }

    fn merge_chunks(&mut self) {
        let pieces = std::mem::take(&mut self.chunks);
        if let Some(blob) = blob_of(&pieces) {
            self.whole.push(&blob);
        }
    }
}

fn blob_of(parts: &Array) -> Option<Blob> {
    let kind = BlobPropertyBag::new();
    kind.set_type("application/octet-stream");
    Blob::new_with_blob_sequence_and_options(parts, &kind).ok()
}
