//! Components that several features share; none of them knows a meeting's state but what it is handed.

mod avatar;
mod bottom_sheet;
mod choice_field;
mod heading;
mod icons;
mod marks;
mod notice;
mod popover;
mod site_header;
mod steps;
mod toggle;

pub use avatar::{avatar, colour, initials};
pub use bottom_sheet::bottom_sheet;
pub use choice_field::{checkbox_field, checkbox_field_with, select_field};
pub use heading::heading;
pub use icons::{Glyph, draw, icon};
pub use marks::{mark, raised_hand};
pub use notice::{Notice, next_button, notice};
pub use popover::popover;
pub use site_header::{address, site_header, skip_link};
pub use steps::steps;
pub use toggle::toggle;
