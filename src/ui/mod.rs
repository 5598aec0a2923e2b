//! The pages: the document around them, the routes, and the components. They read signals of
//! [`Meeting`](crate::meeting::Meeting) and call its methods; nothing here knows of connections.
//!
//! The server renders home and lobby in full, and the first render in the browser looks like that: what
//! only the browser knows (devices, storage, sizes) comes after the components are mounted.

mod chat;
mod client_render;
pub(crate) mod components;
mod controls;
mod devices;
pub(crate) mod diagnostics;
mod files;
mod layout;
mod lazy;
mod lobby;
mod people;
mod pip;
mod recording;
pub(crate) mod room;
mod settings;
mod sharing;
mod stats;
mod tile;
mod ui_state;
pub(crate) mod view;

pub use client_render::client_render;
