//! The pages: the document around them, the routes, and the components. They read signals of
//! [`Meeting`](crate::browser::Meeting) and call its methods; nothing here knows of connections.
//!
//! The server renders home and lobby in full, and the first render in the browser looks like that: what
//! only the browser knows (devices, storage, sizes) comes after the components are mounted.

mod app;
mod avatar;
mod bar;
mod call;
mod device_picker;
mod grid;
mod head;
mod heading;
mod home;
mod icons;
mod illustration;
mod invite;
mod layout;
mod left;
mod lobby;
mod measure;
mod name_field;
mod preview;
mod room_page;
mod switches;
#[cfg(feature = "hydrate")]
mod take_over;
mod tile;
mod trouble;
mod video;

pub use app::App;
pub use head::{Origin, StyleHref, shell};
#[cfg(feature = "hydrate")]
pub use take_over::take_over;
