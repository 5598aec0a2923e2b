//! The front end, inside the binary: what Trunk built, compressed while the binary was built.

use std::borrow::Cow;

use axum::{
    extract::Path,
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;

use crate::words::{File, Language};

/// The folder that `build.rs` fills: every file of the front end, and beside it `.br` and `.gz`.
#[derive(RustEmbed)]
#[folder = "$OUT_DIR/front"]
struct Front;

/// Where the front end is served.
pub const PREFIX: &str = "/pkg";

/// The names that the pages refer to, each with a hash of what is in the file.
#[derive(Debug, Clone)]
pub struct FrontNames {
    /// The stem of the script and of the wasm (`{stem}_bg.wasm`).
    pub stem: String,
    /// The style sheets.
    pub styles: Styles,
    /// The texts of each language in the order of [`Language::ALL`]: those of a room, and those for later.
    pub words: Vec<[String; 2]>,
}

/// The names of the style sheets.
#[derive(Debug, Clone)]
pub struct Styles {
    /// For every page.
    pub room: String,
    /// For what the page of a room loads later.
    pub later: String,
    /// For the pages that need no program.
    pub pages: String,
}

impl FrontNames {
    /// Finds the names; `None` when the binary was built without a front end.
    pub fn find() -> Option<Self> {
        let with_suffix = |suffix| Front::iter().find(|name| name.ends_with(suffix));
        let wasm = with_suffix("_bg.wasm")?;
        let stem = wasm.strip_suffix("_bg.wasm")?.to_owned();
        let find = |prefix: &str, suffix: &str| {
            let mut names =
                Front::iter().filter(|name| name.starts_with(prefix) && name.ends_with(suffix));
            names.next().map(Cow::into_owned)
        };
        let texts = |language: Language, file: File| {
            find(&format!("{}-{}-", file.as_str(), language.code()), ".json")
        };
        let of = |language| Some([texts(language, File::Room)?, texts(language, File::Later)?]);
        Some(Self {
            stem,
            styles: Styles {
                room: find("room-", ".css")?,
                later: find("later-", ".css")?,
                pages: find("pages-", ".css")?,
            },
            words: Language::ALL.into_iter().map(of).collect::<Option<_>>()?,
        })
    }
}

/// Serves one file. Names with a hash never change, so they may be kept for good.
pub async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some(kind) = content_type(&name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let Some((bytes, encoding)) = best_form(&name, &headers) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let lasting = if is_hashed(&name) {
        "public, max-age=31536000, immutable"
    } else {
        "public, max-age=3600"
    };
    let mut response = (
        [
            (header::CONTENT_TYPE, kind),
            (header::CACHE_CONTROL, lasting),
            (header::VARY, "accept-encoding"),
        ],
        bytes,
    )
        .into_response();
    if let Some(encoding) = encoding {
        let encoding = axum::http::HeaderValue::from_static(encoding);
        response
            .headers_mut()
            .insert(header::CONTENT_ENCODING, encoding);
    }
    response
}

fn best_form(
    name: &str,
    headers: &HeaderMap,
) -> Option<(Cow<'static, [u8]>, Option<&'static str>)> {
    let accepted = text(headers, header::ACCEPT_ENCODING).unwrap_or_default();
    for (encoding, suffix) in [("br", ".br"), ("gzip", ".gz")] {
        if accepts(accepted, encoding)
            && let Some(file) = Front::get(&format!("{name}{suffix}"))
        {
            return Some((file.data, Some(encoding)));
        }
    }
    Some((Front::get(name)?.data, None))
}

/// Whether an `Accept-Encoding` takes this encoding (RFC 9110 section 12.5.3).
fn accepts(accepted: &str, encoding: &str) -> bool {
    accepted.split(',').any(|item| {
        let mut parts = item.split(';').map(str::trim);
        parts.next() == Some(encoding)
            && !parts.any(|weight| matches!(weight, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

fn is_hashed(name: &str) -> bool {
    let stem = name
        .split('.')
        .next()
        .unwrap_or_default()
        .trim_end_matches("_bg");
    stem.rsplit('-')
        .next()
        .is_some_and(|hash| hash.len() >= 15 && hash.bytes().all(|b| b.is_ascii_hexdigit()))
        || name.starts_with("snippets/")
}

fn content_type(name: &str) -> Option<&'static str> {
    Some(match name.rsplit('.').next()? {
        "wasm" => "application/wasm",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_taken_as_the_browser_says() {
        assert!(accepts("gzip, deflate, br, zstd", "br"));
        assert!(accepts("br;q=0.5", "br"));
        assert!(!accepts("gzip, br;q=0", "br"));
        assert!(!accepts("brotli", "br"));
        assert!(!accepts("", "gzip"));
    }

    #[test]
    fn only_names_with_a_hash_are_kept_for_good() {
        assert!(is_hashed("roundtable-4c2a5e1b0f9d8e7a_bg.wasm"));
        assert!(is_hashed("roundtable-4c2a5e1b0f9d8e7a.js"));
        assert!(is_hashed("room-de-4c2a5e1b0f9d8e7a.json"));
        assert!(!is_hashed("assets/favicon.svg"));
    }
}
