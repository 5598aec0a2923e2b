//! How many files this process may have open: each connection is one.

/// Below this many the log says so.
const FEW: usize = 4_096;
/// Most that are made use of.
const MOST: usize = 1 << 20;

/// How many connections there may be, and how many of them are kept for those who need them most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capacity {
    /// All of them.
    pub connections: usize,
    /// The last ones of these: for who asks whether the server is well, and for those from whose networks somebody is
    /// inside.
    pub reserve: usize,
}

impl Capacity {
    /// What follows from the files that may be open: some are none of connections (listeners, the media port, what is
    /// written and read).
    pub fn of(descriptors: usize) -> Self {
        let others = (descriptors / 8).clamp(32, 256);
        let connections = descriptors.saturating_sub(others).max(16);
        Self {
            connections,
            reserve: (connections / 16).clamp(8, 256),
        }
    }

    /// Raises the limit of this process as far as it may, and gives what follows from it.
    pub fn raise() -> Self {
        let descriptors = raise_limit().unwrap_or(MOST).min(MOST);
        let capacity = Self::of(descriptors);
        if descriptors < FEW {
            tracing::warn!(
                descriptors,
                connections = capacity.connections,
                "this process may have few files open, so few connections: ulimit -n or LimitNOFILE= allows more",
            );
        } else {
            tracing::debug!(
                descriptors,
                connections = capacity.connections,
                "files may be open"
            );
        }
        capacity
    }
}

/// Raises the soft limit to the hard one. The limit that holds then; `None` where there is none.
#[cfg(unix)]
fn raise_limit() -> Option<usize> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: maximum,
        maximum,
    };
    let holds = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => maximum,
        Err(error) => {
            tracing::debug!(%error, "the limit of open files stays as it is");
            current
        }
    };
    holds.map(|files| usize::try_from(files).unwrap_or(usize::MAX))
}

/// Sockets are counted by no such limit.
#[cfg(not(unix))]
fn raise_limit() -> Option<usize> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_are_left_for_other_things_and_some_of_the_rest_are_kept() {
        for (descriptors, connections, reserve) in [
            (256, 224, 14),
            (1_024, 896, 56),
            (20_000, 19_744, 256),
            (1 << 20, 1_048_320, 256),
        ] {
            assert_eq!(
                Capacity::of(descriptors),
                Capacity {
                    connections,
                    reserve
                }
            );
        }
        assert_eq!(Capacity::of(0).connections, 16);
    }
}
