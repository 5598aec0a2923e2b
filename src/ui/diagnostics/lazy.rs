//! The way of the page into the browser.

use futures::FutureExt;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::check_page::check_page;
use crate::ui::view::ErasedView;

/// Loads what the page needs; `false` if it can't be had.
pub async fn fetch_check() -> bool {
    load_check().await.is_ok()
}

/// The page, once it is loaded.
pub fn loaded_check() -> Option<ErasedView> {
    make_check().now_or_never()?.ok()
}

#[wasm_split(parts, fallible, preload(load_check))]
fn make_check() -> Result<ErasedView, SplitLoaderError> {
    Ok(check_page())
}
