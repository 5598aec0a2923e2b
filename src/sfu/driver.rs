//! Moves datagrams between a UDP socket and the [`Unit`], and tells it the time.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};

use tokio::{net::UdpSocket, sync::mpsc, time};

use super::{Input, Output, Unit, UnitError};
use crate::{
    protocol::{ParticipantId, RoomName},
    room::{UnitSays, UnitTask},
};

/// Largest datagram that is read; WebRTC stays under an MTU of Ethernet.
const DATAGRAM_BYTES: usize = 2048;
/// How many datagrams are taken in at once, so that what comes together leaves together.
const BATCH: usize = 64;
/// When to look again although nothing is due.
const IDLE: Duration = Duration::from_secs(60);

/// Runs a unit until nobody can give it tasks any more. It is reached at `addresses`, which all lead to `socket`, and has
/// what it says said by `say`.
///
/// A socket that is bound to the unspecified address does not tell at which of the machine's addresses a datagram has
/// arrived, and it does not matter: the unit is told the first one of the sender's family. What it sends leaves from the
/// address that the machine's routes choose.
///
/// # Errors
/// [`UnitError`] when the addresses are of no use.
pub async fn run(
    socket: UdpSocket,
    addresses: Vec<SocketAddr>,
    mut tasks: mpsc::UnboundedReceiver<UnitTask>,
    say: impl Fn(RoomName, ParticipantId, UnitSays) + Send,
) -> Result<(), UnitError> {
    let mut unit = Unit::new(addresses.clone())?;
    let port = Port {
        mapped: socket.local_addr().is_ok_and(|address| address.is_ipv6()),
        socket,
        addresses,
    };
    let mut buffer = vec![0; DATAGRAM_BYTES];
    loop {
        flush(&mut unit, &port, &say);
        let due = unit.poll_timeout();
        let due = due.unwrap_or_else(|| Instant::now() + IDLE);
        tokio::select! {
            task = tasks.recv() => match task {
                Some(task) => unit.handle_input(Instant::now(), Input::Task(task)),
                None => return Ok(()),
            },
            ready = port.socket.readable() => match ready {
                Ok(()) => take_in(&mut unit, &port, &mut buffer),
                Err(error) => {
                    tracing::warn!(%error, "the forwarding unit's socket does not work");
                    time::sleep(Duration::from_secs(1)).await;
                }
            },
            () = time::sleep_until(due.into()) => {}
        }
        unit.handle_input(Instant::now(), Input::Timeout);
    }
}

/// The one UDP port.
struct Port {
    socket: UdpSocket,
    addresses: Vec<SocketAddr>,
    /// Whether IPv4 addresses are written as IPv6 ones (RFC 4291 section 2.5.5.2).
    mapped: bool,
}

impl Port {
    /// The address that a datagram from there counts as sent to.
    fn destination(&self, source: SocketAddr) -> Option<SocketAddr> {
        let mut addresses = self.addresses.iter();
        addresses
            .find(|address| address.is_ipv4() == source.is_ipv4())
            .copied()
    }

    fn send(&self, bytes: &[u8], destination: SocketAddr) {
        let destination = match destination.ip() {
            IpAddr::V4(ip) if self.mapped => {
                SocketAddr::new(ip.to_ipv6_mapped().into(), destination.port())
            }
            _ => destination,
        };
        // What cannot be sent now is lost, as on any network.
        if let Err(error) = self.socket.try_send_to(bytes, destination) {
            tracing::trace!(%error, %destination, "a datagram is not sent");
        }
    }
}

/// Takes what has arrived. Errors of a UDP socket tell of datagrams that were sent before.
fn take_in(unit: &mut Unit, port: &Port, buffer: &mut [u8]) {
    for _ in 0..BATCH {
        let (length, source) = match port.socket.try_recv_from(buffer) {
            Ok(received) => received,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
            Err(_) => continue,
        };
        let source = SocketAddr::new(source.ip().to_canonical(), source.port());
        let bytes = buffer.get(..length);
        if let (Some(destination), Some(bytes)) = (port.destination(source), bytes) {
            let input = Input::Datagram {
                source,
                destination,
                bytes,
            };
            unit.handle_input(Instant::now(), input);
        }
    }
}

fn flush(unit: &mut Unit, port: &Port, say: &impl Fn(RoomName, ParticipantId, UnitSays)) {
    while let Some(output) = unit.poll_output() {
        match output {
            Output::Transmit {
                bytes, destination, ..
            } => port.send(&bytes, destination),
            Output::Say {
                room,
                participant,
                says,
            } => say(room, participant, says),
        }
    }
}
