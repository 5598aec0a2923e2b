//! The pages: the document around them, the routes, and the components. They read signals of
//! [`Meeting`](crate::meeting::Meeting) and call its methods; nothing here knows of connections.
//!
//! The server renders home and lobby in full, and the first render in the browser looks like that: what
//! only the browser knows (devices, storage, sizes) comes after the components are mounted.

mod chat;
#[cfg(feature = "hydrate")]
mod client_render;
mod components;
mod controls;
mod devices;
mod diagnostics;
mod files;
mod layout;
mod lazy;
mod lobby;
#[cfg(feature = "ssr")]
mod pages;
mod people;
mod pip;
mod recording;
mod room;
mod settings;
mod sharing;
mod stats;
mod tile;
mod ui_state;
mod view;

#[cfg(feature = "hydrate")]
pub use client_render::client_render;
#[cfg(feature = "ssr")]
pub use pages::{Origin, Page, StyleHref, WordsHref, shell};
