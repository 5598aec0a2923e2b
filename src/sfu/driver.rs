//! Moves datagrams between the [`Port`] and the [`Unit`], and tells it the time.

mod port;

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::time::{self, MissedTickBehavior};

pub use self::port::Port;
use self::port::Runs;
use super::{Input, Output, Queue, Sfu, SfuError};
use crate::{
    protocol::{ParticipantId, RoomName},
    room::SfuEvent,
};

/// When to look again although nothing is due.
const IDLE: Duration = Duration::from_secs(60);
/// How often to look for new addresses while nobody comes.
const FOLLOW: Duration = Duration::from_secs(5);

/// Says where the SFU is reached, if that is something else than before.
type Reached = Box<dyn FnMut(Instant) -> Option<Vec<SocketAddr>> + Send>;

/// An SFU with its port.
pub struct Driver {
    unit: Sfu,
    port: Port,
    reached: Reached,
}

impl Driver {
    /// Makes an SFU that is reached at what `reached` returns, which is asked before every task and every few seconds, and
    /// answers only with news.
    ///
    /// # Errors
    /// [`UnitError`] when the addresses are of no use.
    pub fn new(
        port: Port,
        mut reached: impl FnMut(Instant) -> Option<Vec<SocketAddr>> + Send + 'static,
    ) -> Result<Self, SfuError> {
        Ok(Self {
            unit: Sfu::new(reached(Instant::now()).unwrap_or_default())?,
            port,
            reached: Box::new(reached),
        })
    }

    /// Does what the queue has, and has what the SFU says said by `say`, until the port fails: returns why.
    pub async fn run(
        self,
        queue: &Queue,
        say: impl Fn(RoomName, ParticipantId, SfuEvent) + Send,
    ) -> SfuError {
        let Self {
            mut unit,
            port,
            mut reached,
        } = self;
        let mut runs = Runs::default();
        let mut follow = time::interval(FOLLOW);
        follow.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            flush(&mut unit, &port, &say);
            let due = unit.poll_timeout();
            let due = due.unwrap_or_else(|| Instant::now() + IDLE);
            tokio::select! {
                task = queue.next() => {
                    update(&mut unit, &mut reached);
                    unit.handle_input(Instant::now(), Input::Task(task));
                }
                ready = port.readable() => match ready {
                    Ok(()) => take_in(&mut unit, &port, &mut runs, &say),
                    Err(error) => return SfuError::Socket(error),
                },
                _ = follow.tick() => update(&mut unit, &mut reached),
                () = time::sleep_until(due.into()) => {}
            }
            unit.handle_input(Instant::now(), Input::Timeout);
        }
    }
}

fn update(unit: &mut Sfu, reached: &mut Reached) {
    let now = Instant::now();
    if let Some(addresses) = reached(now) {
        unit.handle_input(now, Input::Addresses(addresses));
    }
}

/// Takes what has arrived. What leaves waits for no more of it than the SFU says.
fn take_in(
    unit: &mut Sfu,
    port: &Port,
    runs: &mut Runs,
    say: &impl Fn(RoomName, ParticipantId, SfuEvent),
) {
    port.receive(runs, |source, destination, bytes| {
        let input = Input::Datagram {
            source,
            destination,
            bytes,
        };
        unit.handle_input(Instant::now(), input);
        if unit.is_flush_due() {
            unit.handle_input(Instant::now(), Input::Timeout);
            flush(unit, port, say);
        }
    });
}

fn flush(unit: &mut Sfu, port: &Port, say: &impl Fn(RoomName, ParticipantId, SfuEvent)) {
    while let Some(output) = unit.poll_output() {
        match output {
            Output::Transmit {
                source,
                destination,
                bytes,
            } => port.send(source, destination, &bytes),
            Output::Say {
                room,
                participant,
                says,
            } => say(room, participant, says),
        }
    }
}
