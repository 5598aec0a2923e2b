//! What a check comes to.

use crate::call::diagnostics::{Fact, Finding};

/// A finding with what was seen.
pub type Found = (Finding, Vec<Fact>);
