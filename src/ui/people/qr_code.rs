//! A QR code (ISO/IEC 18004) as a drawing: dark on light in every theme, with the quiet zone around it that
//! cameras need. The code that makes it is loaded by itself, since few look at it.

use futures::FutureExt;
use leptos::prelude::*;
use qrcodegen::{QrCode, QrCodeEcc};
use wasm_bindgen_futures::spawn_local;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use crate::{
    ui::view::{ErasedView, IntoErasedView, dynamic},
    words::{Word, t},
};

/// Modules around the code that stay light (ISO/IEC 18004 section 9.1).
const QUIET_ZONE: i32 = 4;

/// The code of a text, as soon as it can be made; a text that is too long has none.
pub fn qr_code(text: String) -> ErasedView {
    let drawing = RwSignal::new(None);
    spawn_local(async move {
        if load_qr().await.is_ok()
            && let Some(Ok(made)) = draw(text).now_or_never()
        {
            drawing.try_set(made);
        }
    });
    dynamic(move || drawing.get().map(show))
}

/// A code as a path.
#[derive(Clone)]
struct QrPath {
    /// Modules on a side, with the quiet zone.
    side: i32,
    path: String,
}

fn show(drawing: QrPath) -> ErasedView {
    let side = drawing.side.to_string();
    view! {
        <svg
            class="qr"
            viewBox=["0 0 ", &side, " ", &side].concat()
            role="img"
            aria-label=t(Word::InviteCode)
        >
            <path fill="#fff" d=["M0 0h", &side, "v", &side, "H0z"].concat()></path>
            <path fill="#000" d=drawing.path></path>
        </svg>
    }
    .erase()
}

#[wasm_split(parts, fallible, preload(load_qr))]
fn draw(text: String) -> Result<Option<QrPath>, SplitLoaderError> {
    Ok(path_of(&text))
}

/// A row of dark modules is one line of the path: `M x y h length`.
fn path_of(text: &str) -> Option<QrPath> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let length = (x..code.size())
                .take_while(|at| code.get_module(*at, y))
                .count() as i32;
            if length > 0 {
                let [left, top, wide] =
                    [x + QUIET_ZONE, y + QUIET_ZONE, length].map(|number| number.to_string());
                path.extend(["M", &left, " ", &top, "h", &wide, "v1h-", &wide, "z"]);
            }
            x += length.max(1);
        }
    }
    Some(QrPath {
        side: code.size() + 2 * QUIET_ZONE,
        path,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether each module of a drawing is dark, line by line, read back from its path.
    fn modules(drawing: &QrPath) -> Vec<Vec<bool>> {
        let side = drawing.side as usize;
        let mut dark = vec![vec![false; side]; side];
        for line in drawing.path.split('M').skip(1) {
            let (at, rest) = line.split_once('h').unwrap();
            let (x, y) = at.split_once(' ').unwrap();
            let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
            let length: usize = rest.split('v').next().unwrap().parse().unwrap();
            dark[y][x..x + length].fill(true);
        }
        dark
    }

    #[test]
    fn the_path_is_the_code_with_a_quiet_zone() {
        let text = "https://meet.example/r/abc-defg-hij";
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).unwrap();
        let drawing = path_of(text).unwrap();
        assert_eq!(drawing.side, code.size() + 8);
        for (y, line) in modules(&drawing).iter().enumerate() {
            for (x, dark) in line.iter().enumerate() {
                assert_eq!(
                    *dark,
                    code.get_module(x as i32 - 4, y as i32 - 4),
                    "{x} {y}"
                );
            }
        }
    }

    #[test]
    fn the_longest_link_still_has_a_code() {
        let link = "https://meet.example/r/".to_owned() + &"%F0%9F%98%80".repeat(64);
        assert!(path_of(&link).is_some_and(|drawing| drawing.side < 150));
        assert!(path_of(&"x".repeat(3_000)).is_none());
    }
}
