//! Roundtable: a video meeting that anyone can host with one file.
//!
//! One crate, compiled twice. With the feature `ssr` it is the server: rooms, Socket.IO signaling and the
//! pages as HTML. With `hydrate` it is the front end in WebAssembly: it captures, connects and draws.
//!
//! | module | what it is | half |
//! |---|---|---|
//! | [`protocol`] | the words on the wire, and the only way to make them | both |
//! | [`room`] | the rooms of a server, as a pure state machine | server |
//! | [`sfu`] | the SFU: takes every track once and passes it on | server |
//! | [`call`] | a person's call, as a pure state machine | browser |
//! | [`server`] | adapters around `room`: axum, engineioxide, the pages, the embedded front end | server |
//! | [`platform`] | adapters around `call`: the WebSocket, devices, `RTCPeerConnection` | browser |
//! | [`meeting`] | the view model: signals and intents of one meeting | browser |
//! | [`bots`] | people who are none, to try a server | server |
//! | [`ui`] | the components; rendered by the server, rendered anew by the browser | both |
//! | [`pages`] | the documents around them, and the pages that need no program | server |
//! | `sorted_map` | a map of few entries, which the machines share | both |
//! | [`words`] | the texts of the pages, in every language | both |
//!
//! `protocol <- sfu <- room <- server` and `protocol <- call <- platform <- meeting <- ui`;
//! `protocol, call, sfu <- bots`; `words <- meeting, ui, pages`; `pages`, made of `ui`, are what `server` renders. The two machines hold every decision
//! and know no clock, socket or device: time is an input, effects are outputs. That is why they can be tested against
//! each other, with loss, reordering and restarts, in milliseconds.

#[cfg(feature = "ssr")]
pub mod bots;
pub mod call;
pub mod meeting;
#[cfg(feature = "ssr")]
pub mod pages;
pub mod platform;
pub mod protocol;
#[cfg(feature = "ssr")]
pub mod room;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(feature = "ssr")]
pub mod sfu;
mod sorted_map;
pub mod ui;
pub mod words;

#[cfg(all(test, not(feature = "ssr")))]
compile_error!("the tests have both halves talk to each other: run them with `--features ssr`");

/// Takes over the page that the server has rendered.
#[cfg(feature = "hydrate")]
pub fn hydrate() {
    // It makes what is loaded larger, and says more only to those who have the names of functions.
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();
    #[cfg(debug_assertions)]
    platform::reload_when_served_anew();
    protocol::install_unicode(&platform::unicode::BrowserUnicode);
    ui::client_render();
}
