//! Moves datagrams between the [`Port`] and the [`Sfu`], and tells it the time.

mod port;
mod queue;
mod send_batch;

use std::{
    collections::HashSet,
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::time::{self, MissedTickBehavior};

use self::send_batch::SendBatch;
pub use self::{
    port::{Port, ReceiveBuffers},
    queue::Queue,
};
use super::{Input, Output, Sfu, SfuError, SfuEvent, udp_demux::Path};
use crate::protocol::{ParticipantId, RoomName};

/// When to look again although nothing is due.
const IDLE: Duration = Duration::from_secs(60);
/// How often to look for new addresses while nobody comes.
const FOLLOW: Duration = Duration::from_secs(5);
/// Most destinations that are remembered to take no runs; then they are found out anew.
const UNDIVIDED: usize = 1_024;

/// Says where the SFU is reached, if that is something else than before.
type Reached = Box<dyn FnMut(Instant) -> Option<Vec<SocketAddr>> + Send>;

/// An SFU with its port.
pub struct Driver {
    sfu: Sfu,
    port: Port,
    reached: Reached,
}

/// What leaves, and what is known of the paths that it takes.
#[derive(Default)]
struct Sender {
    batch: SendBatch,
    /// Destinations to which the system takes no runs.
    undivided: HashSet<SocketAddr>,
}

impl Sender {
    /// Sends what there is: in runs, where the system takes them.
    fn send_all(&mut self, port: &Port) {
        for run in self.batch.runs() {
            let destination = run.path.remote;
            let is_run = run.is_several() && !self.undivided.contains(&destination);
            match is_run.then(|| port.send_run(run)) {
                Some(Ok(())) => continue,
                Some(Err(error)) => {
                    tracing::debug!(%error, "runs to a destination are sent one by one from now on");
                    if self.undivided.len() >= UNDIVIDED {
                        self.undivided.clear();
                    }
                    self.undivided.insert(destination);
                }
                None => {}
            }
            port.send_each(run);
        }
        self.batch.clear();
    }
}

impl Driver {
    /// Makes an SFU that has so many voices be heard at a time in a room, and is reached at what `reached` returns, which is asked before every task and every few seconds, and
    /// answers only with news.
    ///
    /// # Errors
    /// [`SfuError`] when the addresses are of no use.
    pub fn new(
        port: Port,
        voices: usize,
        mut reached: impl FnMut(Instant) -> Option<Vec<SocketAddr>> + Send + 'static,
    ) -> Result<Self, SfuError> {
        let addresses = reached(Instant::now()).unwrap_or_default();
        Ok(Self {
            sfu: Sfu::new(addresses, voices, rand::random())?,
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
        let mut sender = Sender::default();
        let mut follow = time::interval(FOLLOW);
        follow.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            flush(&mut sfu, &port, &mut sender, &say);
            let due = sfu.poll_timeout();
            let due = due.unwrap_or_else(|| Instant::now() + IDLE);
            tokio::select! {
                task = queue.next() => {
                    update(&mut sfu, &mut reached);
                    sfu.handle_input(Instant::now(), Input::Task(task));
                }
                ready = port.readable() => match ready {
                    Ok(()) => receive_batch(&mut sfu, &port, (&mut runs, &mut sender), &say),
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
    (runs, sender): (&mut ReceiveBuffers, &mut Sender),
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
            flush(sfu, port, sender, say);
        }
    });
}

fn flush(
    sfu: &mut Sfu,
    port: &Port,
    sender: &mut Sender,
    say: &impl Fn(RoomName, ParticipantId, SfuEvent),
) {
    let segments = port.segments();
    while let Some(output) = sfu.poll_output() {
        match output {
            Output::Transmit {
                source,
                destination,
                bytes,
            } => {
                let path = Path {
                    local: source,
                    remote: destination,
                };
                sender.batch.push(path, &bytes, segments);
                if sender.batch.is_full() {
                    sender.send_all(port);
                }
            }
            Output::Say {
                room,
                participant,
                says,
            } => say(room, participant, says),
        }
    }
    sender.send_all(port);
}

#[cfg(test)]
mod tests {
    use tokio::net::UdpSocket;

    use super::*;

    #[tokio::test]
    async fn what_the_system_does_not_divide_is_sent_one_by_one() {
        let port = Port::open(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let receiver = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let path = Path {
            local: port.bound().next().unwrap(),
            remote: receiver.local_addr().unwrap(),
        };
        // Whether something can be sent is known once the system was asked, for both.
        receiver.writable().await.unwrap();
        let mut sender = Sender::default();
        for _ in 0..2 {
            // The system takes no run of more than 128 datagrams.
            for _ in 0..200 {
                sender.batch.push(path, &[7; 100], 1_000);
            }
            assert_eq!(sender.batch.runs().count(), 1);
            sender.send_all(&port);
            for _ in 0..200 {
                let mut buffer = [0; 200];
                assert_eq!(receiver.recv(&mut buffer).await.unwrap(), 100);
            }
            assert!(sender.undivided.contains(&path.remote));
        }
    }
}
