//! While one works on Roundtable: the page loads itself again when the server was built anew.

use gloo_timers::future::TimeoutFuture;
use wasm_bindgen_futures::spawn_local;

use super::promise;

/// Milliseconds from look to look.
const PERIOD: u32 = 500;

/// Loads the page again when the server has been away and is back.
pub fn reload_when_served_anew() {
    spawn_local(async {
        let mut was_away = false;
        loop {
            TimeoutFuture::new(PERIOD).await;
            let Some(window) = web_sys::window() else {
                return;
            };
            match promise::wait(window.fetch_with_str("/healthz")).await {
                Ok(_) if was_away => {
                    let _ = window.location().reload();
                    return;
                }
                Ok(_) => {}
                Err(_) => was_away = true,
            }
        }
    });
}
