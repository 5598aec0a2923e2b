//! The pages: the document around them, the routes, and the components. They read signals of
//! [`Meeting`](crate::meeting::Meeting) and call its methods; nothing here knows of connections.
//!
//! The server renders home and lobby in full, and the first render in the browser looks like that: what
//! only the browser knows (devices, storage, sizes) comes after the components are mounted.

mod avatar;
mod bar;
mod call;
mod desk;
mod dialog;
mod draft_field;
mod dynamic;
mod grid;
mod heading;
mod icons;
mod idle;
mod invite;
mod keyboard;
mod language_picker;
mod later;
mod layout;
mod left;
mod lobby;
mod marks;
mod masthead;
mod measure;
mod name_field;
mod notice;
mod pager;
#[cfg(feature = "ssr")]
mod pages;
mod panel;
mod piece;
mod popover;
mod preview;
mod prompts;
mod records;
mod room_page;
mod screen_tile;
mod seating;
mod shortcut;
mod switches;
#[cfg(feature = "hydrate")]
mod take_over;
mod tile;
mod tile_actions;
mod toggle;
mod trouble;
mod video;

#[cfg(feature = "ssr")]
pub use pages::{Origin, Page, StyleHref, WordsHref, shell};
#[cfg(feature = "hydrate")]
pub use take_over::take_over;
