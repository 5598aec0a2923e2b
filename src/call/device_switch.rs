//! Switching a camera or a microphone: one thing is done after the other, and of what is asked for meanwhile, the last is
//! done then. Where a device can't be had, the one before is taken again.

/// Which device of a kind is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviceConstraint {
    /// The one that was remembered, if it is there, or any.
    Any(Option<String>),
    /// This one and no other.
    Exactly(String),
}

/// A device to be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRequest {
    /// Which.
    pub device: DeviceConstraint,
    /// Why.
    pub reason: SwitchReason,
}

/// Why a device is to be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SwitchReason {
    /// The person has chosen it, or switched it on.
    Chosen,
    /// The one in use is gone.
    Replaces,
    /// It was plugged in.
    PluggedIn,
    /// The one in use gives nothing any more.
    Revived,
}

/// What there is at a source before something is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrentDevice {
    /// Whether it is to be on; what is off is stopped.
    pub is_wanted: bool,
    /// The id of the device that runs, where the browser tells it.
    pub id: Option<String>,
    /// Whether one runs.
    pub is_live: bool,
    /// What the one is called that runs, or that has ended by itself.
    pub label: Option<String>,
}

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SwitchAction {
    /// Stop the device.
    Stop,
    /// Open this one, and tell what has come of it.
    Open(DeviceRequest),
}

/// The switching of one source. It is to be asked for the next action as soon as one is done, until there is none.
#[derive(Debug, Default)]
pub struct DeviceSwitch {
    is_running: bool,
    waiting: Option<DeviceRequest>,
    opening: Option<Opening>,
}

/// A device on its way, and what was there before it.
#[derive(Debug)]
struct Opening {
    reason: SwitchReason,
    id: Option<String>,
    label: Option<String>,
}

impl DeviceSwitch {
    /// Has a device opened as soon as nothing else is done here; one that waits is forgotten. Returns whether the first action
    /// is to be asked for.
    #[must_use]
    pub fn request(&mut self, request: DeviceRequest) -> bool {
        self.waiting = Some(request);
        !std::mem::replace(&mut self.is_running, true)
    }

    /// The next action; after the last one, nothing runs here any more.
    pub fn poll_action(&mut self, current: CurrentDevice) -> Option<SwitchAction> {
        let request = self.waiting.take();
        if !current.is_wanted && current.is_live {
            return Some(SwitchAction::Stop);
        }
        let Some(request) = request.filter(|_| current.is_wanted) else {
            self.stop();
            return None;
        };
        self.opening = Some(Opening {
            reason: request.reason,
            id: current.id.filter(|_| current.is_live),
            label: current.label,
        });
        Some(SwitchAction::Open(request))
    }

    /// The device is there. Returns why it came, as it is to be told: one that was to be revived and is another by name has
    /// taken its place.
    pub fn handle_opened(&mut self, label: &str) -> Option<SwitchReason> {
        let opening = self.opening.take()?;
        let is_another = opening.label.as_deref() != Some(label);
        Some(match opening.reason {
            SwitchReason::Revived if is_another => SwitchReason::Replaces,
            reason => reason,
        })
    }

    /// The device can't be had; `is_live` says whether the one before still runs. If not, it is asked for again, unless
    /// something else is. Returns whether the source is without a device.
    pub fn handle_failure(&mut self, is_live: bool) -> bool {
        let before = self.opening.take().and_then(|opening| opening.id);
        if is_live || self.waiting.is_some() {
            return false;
        }
        let Some(before) = before else { return true };
        self.waiting = Some(DeviceRequest {
            device: DeviceConstraint::Any(Some(before)),
            reason: SwitchReason::Revived,
        });
        false
    }

    /// Nothing is done here any more, and nothing waits.
    pub fn stop(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A source with devices of these names, of which some can't be had.
    #[derive(Default)]
    struct Source {
        switch: DeviceSwitch,
        wanted: bool,
        live: Option<String>,
        opened: usize,
    }

    fn chosen(device: &str) -> DeviceRequest {
        DeviceRequest {
            device: DeviceConstraint::Exactly(device.to_owned()),
            reason: SwitchReason::Chosen,
        }
    }

    impl Source {
        fn current(&self) -> CurrentDevice {
            CurrentDevice {
                is_wanted: self.wanted,
                id: self.live.clone(),
                is_live: self.live.is_some(),
                label: self.live.clone(),
            }
        }

        /// Does all there is to do; `meanwhile` is asked for while the first device is being opened.
        fn run(&mut self, has: impl Fn(&str) -> bool, mut meanwhile: Vec<DeviceRequest>) -> bool {
            let mut lost = false;
            while let Some(action) = self.switch.poll_action(self.current()) {
                match action {
                    SwitchAction::Stop => self.live = None,
                    SwitchAction::Open(request) => {
                        self.opened += 1;
                        for next in meanwhile.drain(..) {
                            assert!(!self.switch.request(next), "it runs already");
                        }
                        let (DeviceConstraint::Exactly(id) | DeviceConstraint::Any(Some(id))) =
                            request.device
                        else {
                            continue;
                        };
                        // A phone has one camera at a time.
                        self.live = None;
                        if has(&id) {
                            self.switch.handle_opened(&id);
                            (self.live, lost) = (Some(id), false);
                        } else {
                            lost = self.switch.handle_failure(false);
                        }
                    }
                }
            }
            lost
        }
    }

    #[test]
    fn one_that_cannot_be_had_gives_way_to_the_one_before() {
        let mut source = Source {
            wanted: true,
            live: Some("desk".to_owned()),
            ..Source::default()
        };
        assert!(source.switch.request(chosen("broken")));
        assert!(!source.run(|id| id != "broken", Vec::new()));
        assert_eq!(source.live.as_deref(), Some("desk"));

        // It is gone, too.
        assert!(source.switch.request(chosen("broken")));
        assert!(source.run(|_| false, Vec::new()));
        assert_eq!(source.live, None);
    }

    #[test]
    fn a_newer_wish_goes_before_the_way_back() {
        let mut source = Source {
            wanted: true,
            live: Some("desk".to_owned()),
            ..Source::default()
        };
        assert!(source.switch.request(chosen("broken")));
        assert!(!source.run(|id| id != "broken", vec![chosen("other")]));
        assert_eq!((source.live.as_deref(), source.opened), (Some("other"), 2));
    }

    #[test]
    fn what_is_switched_off_is_stopped_and_not_opened() {
        let mut source = Source {
            live: Some("desk".to_owned()),
            ..Source::default()
        };
        assert!(source.switch.request(chosen("desk")));
        assert!(!source.run(|_| true, Vec::new()));
        assert_eq!((source.live, source.opened), (None, 0));
    }

    #[test]
    fn what_comes_in_the_place_of_a_dead_one_is_told_by_its_name() {
        let revived = || DeviceRequest {
            device: DeviceConstraint::Any(Some("desk".to_owned())),
            reason: SwitchReason::Revived,
        };
        let dead = || CurrentDevice {
            is_wanted: true,
            id: None,
            is_live: false,
            label: Some("Desk".to_owned()),
        };
        for (label, told) in [
            ("Desk", SwitchReason::Revived),
            ("Lid", SwitchReason::Replaces),
        ] {
            let mut switch = DeviceSwitch::default();
            assert!(switch.request(revived()));
            assert_eq!(
                switch.poll_action(dead()),
                Some(SwitchAction::Open(revived()))
            );
            assert_eq!(switch.handle_opened(label), Some(told));
        }
    }

    proptest! {
        #[test]
        fn the_last_wish_counts_and_it_comes_to_rest(
            first in 0..4_usize, meanwhile in prop::collection::vec(0..4_usize, 0..4),
            has in prop::collection::vec(any::<bool>(), 4), live in prop::option::of(0..4_usize), wanted in any::<bool>(),
        ) {
            let name = |n: usize| ["a", "b", "c", "d"][n].to_owned();
            let mut source = Source { wanted, live: live.map(name), ..Source::default() };
            let can = |id: &str| has["abcd".find(id).unwrap()];
            prop_assert!(source.switch.request(chosen(&name(first))));
            let last = meanwhile.last().copied().unwrap_or(first);
            let lost = source.run(can, meanwhile.iter().map(|n| chosen(&name(*n))).collect());
            // First, the last of those that came meanwhile, and a way back for each.
            prop_assert!(source.opened <= 4);
            match &source.live {
                _ if !wanted => prop_assert_eq!(source.live, None),
                Some(id) => prop_assert!(can(id) && (!has[last] || *id == name(last))),
                None => prop_assert!(lost && !has[last]),
            }
            // At rest: the next one is begun.
            prop_assert!(source.switch.request(chosen("a")));
        }
    }
}
