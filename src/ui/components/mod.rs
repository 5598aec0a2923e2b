//! Components that several features share; none of them knows a meeting's state but what it is handed.

mod avatar;
mod bottom_sheet;
mod choice_field;
mod heading;
mod icons;
mod marks;
mod masthead;
mod notice;
mod popover;
mod steps;
mod toggle;

pub use avatar::{avatar, colour, initials};
pub use bottom_sheet::drawer;
pub use choice_field::{check, check_and, pick};
pub use heading::heading;
pub use icons::{Glyph, draw, icon};
pub use marks::{mark, raised_hand};
pub use masthead::{address, masthead, skip_link};
pub use notice::{Notice, next, notice};
pub use popover::popover;
pub use steps::steps;
pub use toggle::toggle;
