//! Moves datagrams between the [`Port`] and the [`Sfu`], and tells it the time.

mod port;
mod queue;

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::time::{self, MissedTickBehavior};

use self::port::ReceiveBuffers;
pub use self::{port::Port, queue::Queue};
use super::{Input, Output, Sfu, SfuError, SfuEvent};
use crate::protocol::{ParticipantId, RoomName};

/// When to look again although nothing is due.
const IDLE: Duration = Duration::from_secs(60);
/// How often to look for new addresses while nobody comes.
const FOLLOW: Duration = Duration::from_secs(5);

/// Says where the SFU is reached, if that is something else than before.
type Reached = Box<dyn FnMut(Instant) -> Option<Vec<SocketAddr>> + Send>;

/// An SFU with its port.
pub struct Driver {
    sfu: Sfu,
    port: Port,
    reached: Reached,
}

impl Driver {
    /// Makes an SFU that is reached at what `reached` returns, which is asked before every task and every few seconds, and
    /// answers only with news.
    ///
    /// # Errors
    /// [`SfuError`] when the addresses are of no use.
    pub fn new(
        port: Port,
        mut reached: impl FnMut(Instant) -> Option<Vec<SocketAddr>> + Send + 'static,
    ) -> Result<Self, SfuError> {
        Ok(Self {
            sfu: Sfu::new(reached(Instant::now()).unwrap_or_default(), rand::random())?,
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
            mut sfu,
            port,
            mut reached,
        } = self;
        let mut runs = ReceiveBuffers::default();
        let mut follow = time::interval(FOLLOW);
        follow.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            flush(&mut sfu, &port, &say);
            let due = sfu.poll_timeout();
            let due = due.unwrap_or_else(|| Instant::now() + IDLE);
            tokio::select! {
                task = queue.next() => {
                    update(&mut sfu, &mut reached);
                    sfu.handle_input(Instant::now(), Input::Task(task));
                }
                ready = port.readable() => match ready {
                    Ok(()) => receive_batch(&mut sfu, &port, &mut runs, &say),
                    Err(error) => return SfuError::Socket(error),
                },
                _ = follow.tick() => update(&mut sfu, &mut reached),
                () = time::sleep_until(due.into()) => {}
            }
            sfu.handle_input(Instant::now(), Input::Timeout);
        }
    }
}

fn update(sfu: &mut Sfu, reached: &mut Reached) {
    let now = Instant::now();
    if let Some(addresses) = reached(now) {
        sfu.handle_input(now, Input::Addresses(addresses));
    }
}

/// Takes what has arrived. What leaves waits for no more of it than the SFU says.
fn receive_batch(
    sfu: &mut Sfu,
    port: &Port,
    runs: &mut ReceiveBuffers,
    say: &impl Fn(RoomName, ParticipantId, SfuEvent),
) {
    port.receive(runs, |source, destination, bytes| {
        let input = Input::Datagram {
            source,
            destination,
            bytes,
        };
        sfu.handle_input(Instant::now(), input);
        if sfu.is_flush_due() {
            sfu.handle_input(Instant::now(), Input::Timeout);
            flush(sfu, port, say);
        }
    });
}

fn flush(sfu: &mut Sfu, port: &Port, say: &impl Fn(RoomName, ParticipantId, SfuEvent)) {
    while let Some(output) = sfu.poll_output() {
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
