//! Checks of what there is between this browser and a call, each by doing it.

pub(crate) mod browser_check;
pub(crate) mod found;
pub(crate) mod pair_check;
pub(crate) mod relay_check;
pub(crate) mod server_check;
