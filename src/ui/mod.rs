//! The pages: the document around them, the routes, and the components. They read signals of
//! [`Meeting`](crate::browser::Meeting) and call its methods; nothing here knows of connections.
//!
//! The server renders home and lobby in full, and the first render in the browser looks like that: what
//! only the browser knows (devices, storage, sizes) comes after the components are mounted.

#[cfg(feature = "ssr")]
mod app;
mod avatar;
mod bar;
mod call;
mod chat;
mod choice_field;
mod desk;
mod device_picker;
mod dialog;
mod dynamic;
mod grid;
#[cfg(feature = "ssr")]
mod head;
mod heading;
#[cfg(feature = "ssr")]
mod home;
mod icons;
#[cfg(feature = "ssr")]
mod illustration;
mod invite;
mod keyboard;
mod keys_help;
mod language_picker;
mod later;
mod layout;
mod left;
mod lobby;
mod masthead;
mod measure;
mod menu;
#[cfg(feature = "ssr")]
mod mistakes;
mod name_field;
mod notice;
#[cfg(feature = "ssr")]
mod page;
mod pager;
mod panel;
mod people;
mod piece;
mod popover;
mod preview;
mod prompts;
mod reactions;
mod room_page;
mod screen_tile;
mod seating;
mod settings;
mod shortcut;
mod switches;
#[cfg(feature = "hydrate")]
mod take_over;
mod tile;
mod tile_actions;
mod trouble;
mod video;

#[cfg(feature = "ssr")]
pub use head::{Origin, StyleHref, WordsHref, shell};
#[cfg(feature = "ssr")]
pub use page::Page;
#[cfg(feature = "hydrate")]
pub use take_over::take_over;
