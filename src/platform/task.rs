//! Tasks and timers of the page's one thread. A timer that is dropped does not fire any more.

use std::future::Future;

use futures::future::{Either, select};
use gloo_timers::future::TimeoutFuture;

pub use gloo_timers::callback::{Interval, Timeout};
pub use wasm_bindgen_futures::spawn_local;

/// Waits.
pub async fn sleep(milliseconds: u32) {
    TimeoutFuture::new(milliseconds).await;
}

/// What something comes to within so many milliseconds.
pub async fn within<T>(milliseconds: u32, work: impl Future<Output = T>) -> Option<T> {
    let work = std::pin::pin!(work);
    match select(work, TimeoutFuture::new(milliseconds)).await {
        Either::Left((done, _)) => Some(done),
        Either::Right(_) => None,
    }
}
