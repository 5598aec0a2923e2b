//! When a page loads what is not needed to be seen and heard: a while after joining, and again while the server is away.

use std::time::Duration;

/// How often it is tried.
const ATTEMPTS: u32 = 40;

/// What is loaded a while after joining.
#[derive(Debug)]
pub struct DeferredStart {
    left: u32,
}

/// What to do when the time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartStep {
    /// Wait again.
    Wait,
    /// Load it; where that fails, wait again.
    Load,
    /// The call is over, or it was tried often enough.
    Stop,
}

impl DeferredStart {
    /// How long to wait before each attempt. The time before the first belongs to whoever waits for a picture.
    pub const WAIT: Duration = Duration::from_secs(3);

    /// Nothing has been tried.
    pub fn new() -> Self {
        Self { left: ATTEMPTS }
    }

    /// The time has come; `None` where the call is over, otherwise whether the server is there.
    pub fn handle_timeout(&mut self, connected: Option<bool>) -> StartStep {
        let Some(left) = self.left.checked_sub(1) else {
            return StartStep::Stop;
        };
        self.left = left;
        match connected {
            None => StartStep::Stop,
            Some(true) => StartStep::Load,
            Some(false) => StartStep::Wait,
        }
    }
}

impl Default for DeferredStart {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_tried_while_there_is_a_call_and_not_for_ever() {
        let mut start = DeferredStart::new();
        assert_eq!(start.handle_timeout(Some(false)), StartStep::Wait);
        assert_eq!(start.handle_timeout(Some(true)), StartStep::Load);
        assert_eq!(start.handle_timeout(None), StartStep::Stop);
        let mut start = DeferredStart::new();
        let tried = std::iter::from_fn(|| Some(start.handle_timeout(Some(true))));
        let tried = tried.take_while(|step| *step != StartStep::Stop);
        assert_eq!(tried.count(), 40, "two minutes");
    }
}
