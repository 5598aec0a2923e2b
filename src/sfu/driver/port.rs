//! The UDP port of the SFU: one socket for each family of addresses.
//!
//! Two sockets, and not one for both families: whether one hears IPv4, and how it writes such addresses, differs from
//! system to system, and where the kernel has no IPv6 there is none. Each datagram tells to which of the machine's
//! addresses it was sent, and what is sent leaves from the address that is named (`IP_PKTINFO`; RFC 3542 section 6): a
//! browser takes no answer from an address that it has not asked (RFC 8445 section 7.2.5.2.1).

use std::{
    io::{self, IoSliceMut},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use quinn_udp::{RecvMeta, Transmit, UdpSocketState};
use socket2::{Domain, Protocol, Type};
use tokio::{io::Interest, net::UdpSocket};

use super::send_batch::Run;
use crate::sfu::{buffers, udp_demux::Path};

/// Largest datagram that is taken, in bytes; WebRTC stays under an MTU of Ethernet.
const DATAGRAM_BYTES: usize = 2048;
/// Most bytes that the system hands over as one: a run of datagrams from one source (generic receive offload).
const RUN_BYTES: usize = 1 << 16;
/// How many runs are taken in by one call. Together they are most of what the port costs in memory.
const RUNS: usize = 8;
/// How many datagrams are taken in at once from a socket, and those of the same runs, before it is looked for other work.
const BATCH: usize = 64;
/// How often a port number that the system has chosen for one family may turn out to be taken in the other.
const TRIES: usize = 16;

/// The port.
pub struct Port {
    /// At most one of each family, all with the same number.
    sockets: Vec<Socket>,
}

/// Room for what comes. It is apart from the [`Port`], so that something can be sent while what has come is read.
pub struct ReceiveBuffers(Vec<Box<[u8]>>);

struct Socket {
    socket: UdpSocket,
    state: UdpSocketState,
    /// How many datagrams the system takes as one run. What `quinn-udp` says itself is 1 for good once a single path was too
    /// narrow for a run.
    segments: usize,
    bound: SocketAddr,
}

impl Port {
    /// Opens the port at an address; `[::]` stands for every address of both families, as far as the system has them.
    ///
    /// # Errors
    /// The port is taken, or the address is not one of this machine.
    pub fn open(address: SocketAddr) -> io::Result<Self> {
        let sockets = match address.ip() {
            IpAddr::V6(Ipv6Addr::UNSPECIFIED) => both_families(address.port())?,
            _ => vec![Socket::open(address)?],
        };
        Ok(Self { sockets })
    }

    /// What the sockets are bound to.
    pub fn bound(&self) -> impl Iterator<Item = SocketAddr> {
        self.sockets.iter().map(|socket| socket.bound)
    }

    /// Waits until something has come.
    ///
    /// # Errors
    /// Those of the sockets.
    pub async fn readable(&self) -> io::Result<()> {
        match self.sockets.as_slice() {
            [one, two, ..] => tokio::select! {
                ready = one.socket.readable() => ready,
                ready = two.socket.readable() => ready,
            },
            [one] => one.socket.readable().await,
            [] => std::future::pending().await,
        }
    }

    /// Takes what has come: each datagram with where it comes from and where it was sent to.
    pub fn receive(
        &self,
        runs: &mut ReceiveBuffers,
        mut each: impl FnMut(SocketAddr, SocketAddr, &[u8]),
    ) {
        for socket in &self.sockets {
            let mut taken = 0;
            while taken < BATCH {
                // Errors tell of datagrams that were sent before (ICMP), and are over with having been read.
                match socket.receive(&mut runs.0, &mut each) {
                    Ok(count) => taken += count,
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                    Err(_) => taken += 1,
                }
            }
        }
    }

    /// How many datagrams the system takes as one run.
    pub fn segments(&self) -> usize {
        let segments = self.sockets.iter().map(|socket| socket.segments);
        segments.min().unwrap_or(1)
    }

    /// Has the system send a run of datagrams, and divide it. What cannot be sent now is lost, as on any network.
    ///
    /// # Errors
    /// It does not divide it: the path is narrower than the datagrams are large, or the network card can't.
    pub(super) fn send_run(&self, run: &Run) -> io::Result<()> {
        match self.send(run.path, &run.bytes, Some(run.size)) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
            sent => sent,
        }
    }

    /// Sends the datagrams of a run one by one. What cannot be sent now is lost, as on any network.
    pub(super) fn send_each(&self, run: &Run) {
        for datagram in run.datagrams() {
            self.send_one(run.path.local, run.path.remote, datagram);
        }
    }

    /// Sends a datagram from one of this machine's addresses. What cannot be sent now is lost, as on any network.
    pub fn send_one(&self, source: SocketAddr, destination: SocketAddr, contents: &[u8]) {
        let path = Path {
            local: source,
            remote: destination,
        };
        if let Err(error) = self.send(path, contents, None) {
            tracing::trace!(%error, %destination, "a datagram is not sent");
        }
    }

    fn send(&self, path: Path, contents: &[u8], segment_size: Option<usize>) -> io::Result<()> {
        let is_ipv4 = path.remote.is_ipv4();
        let mut sockets = self.sockets.iter();
        let socket = sockets.find(|socket| socket.bound.is_ipv4() == is_ipv4);
        socket.map_or(Ok(()), |socket| socket.send(path, contents, segment_size))
    }
}

impl Default for ReceiveBuffers {
    fn default() -> Self {
        Self((0..RUNS).map(|_| vec![0; RUN_BYTES].into()).collect())
    }
}

impl Socket {
    fn open(address: SocketAddr) -> io::Result<Self> {
        let domain = Domain::for_address(address);
        let socket = socket2::Socket::new(domain, Type::DGRAM, Some(Protocol::UDP))?;
        if address.is_ipv6() {
            socket.set_only_v6(true)?;
        }
        socket.set_nonblocking(true)?;
        socket.bind(&address.into())?;
        let socket = UdpSocket::from_std(socket.into())?;
        let state = UdpSocketState::new((&socket).into())?;
        allow_fragments(&socket);
        buffers::enlarge((&socket).into());
        let bound = socket.local_addr()?;
        Ok(Self {
            socket,
            segments: state.max_gso_segments().max(1),
            state,
            bound,
        })
    }

    /// Takes some runs of datagrams; how many datagrams they were.
    fn receive(
        &self,
        runs: &mut [Box<[u8]>],
        each: &mut impl FnMut(SocketAddr, SocketAddr, &[u8]),
    ) -> io::Result<usize> {
        let mut metas = [RecvMeta::default(); RUNS];
        let mut slices: Vec<_> = runs.iter_mut().map(|run| IoSliceMut::new(run)).collect();
        let count = self.socket.try_io(Interest::READABLE, || {
            let socket = (&self.socket).into();
            self.state.recv(socket, &mut slices, &mut metas)
        })?;
        drop(slices);
        let mut taken = 0;
        for (run, meta) in runs.iter().zip(&metas).take(count) {
            let destination = self.destination(meta);
            let run = run.get(..meta.len).unwrap_or_default();
            // A stride of nothing would be a run without an end.
            let datagrams = run.chunks(meta.stride.max(1));
            taken += datagrams.len().max(1);
            for datagram in datagrams.filter(|datagram| datagram.len() <= DATAGRAM_BYTES) {
                each(meta.addr, destination, datagram);
            }
        }
        Ok(taken)
    }

    fn destination(&self, meta: &RecvMeta) -> SocketAddr {
        let ip = match meta.dst_ip {
            Some(ip) if self.is_everywhere() => ip,
            _ => self.bound.ip(),
        };
        SocketAddr::new(ip, self.bound.port())
    }

    /// Sends a datagram, or a run of datagrams of a size.
    fn send(&self, path: Path, contents: &[u8], segment_size: Option<usize>) -> io::Result<()> {
        let transmit = Transmit {
            destination: path.remote,
            ecn: None,
            contents,
            segment_size,
            src_ip: self.is_everywhere().then(|| path.local.ip()),
        };
        self.socket.try_io(Interest::WRITABLE, || {
            self.state.try_send((&self.socket).into(), &transmit)
        })
    }

    fn is_everywhere(&self) -> bool {
        self.bound.ip().is_unspecified()
    }
}

/// A socket for IPv4 and one for IPv6, or the only one that this system has.
fn both_families(number: u16) -> io::Result<Vec<Socket>> {
    let mut tries = 0;
    loop {
        let v4 = Socket::open((Ipv4Addr::UNSPECIFIED, number).into());
        let chosen = v4.as_ref().map_or(number, |socket| socket.bound.port());
        let v6 = Socket::open((Ipv6Addr::UNSPECIFIED, chosen).into());
        tries += 1;
        let was_chosen_in_vain = number == 0 && tries < TRIES && v4.is_ok() && is_taken(&v6);
        if was_chosen_in_vain {
            continue;
        }
        return match (v4, v6) {
            (Ok(v4), Ok(v6)) => Ok(vec![v4, v6]),
            (Ok(one), Err(error)) | (Err(error), Ok(one)) if has_no_family(&error) => Ok(vec![one]),
            (_, Err(error)) | (Err(error), _) => Err(error),
        };
    }
}

fn is_taken(opened: &io::Result<Socket>) -> bool {
    let error = opened.as_ref().err();
    error.is_some_and(|error| error.kind() == io::ErrorKind::AddrInUse)
}

/// Whether a socket failed because this system does without its family.
fn has_no_family(error: &io::Error) -> bool {
    let is_absent = matches!(
        error.kind(),
        io::ErrorKind::AddrNotAvailable | io::ErrorKind::Unsupported
    );
    is_absent || is_family_error(error)
}

#[cfg(unix)]
fn is_family_error(error: &io::Error) -> bool {
    let code = error.raw_os_error();
    [
        rustix::io::Errno::AFNOSUPPORT,
        rustix::io::Errno::PROTONOSUPPORT,
    ]
    .into_iter()
    .any(|errno| code == Some(errno.raw_os_error()))
}

#[cfg(not(unix))]
fn is_family_error(error: &io::Error) -> bool {
    const WSAEAFNOSUPPORT: i32 = 10047;
    error.raw_os_error() == Some(WSAEAFNOSUPPORT)
}

/// Has the system divide what is larger than the path takes, as it does by itself: `quinn-udp` forbids it, since QUIC
/// finds out the size of a path by what is lost. Media would be lost on paths that are narrower than Ethernet.
#[cfg(target_os = "linux")]
fn allow_fragments(socket: &UdpSocket) {
    use rustix::net::sockopt::{Ipv4PathMtuDiscovery, set_ip_mtu_discover};
    if let Err(error) = set_ip_mtu_discover(socket, Ipv4PathMtuDiscovery::WANT) {
        tracing::debug!(%error, "large datagrams are not divided");
    }
}

#[cfg(not(target_os = "linux"))]
fn allow_fragments(_: &UdpSocket) {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sfu::driver::send_batch::SendBatch;

    #[tokio::test]
    async fn runs_are_counted_by_their_datagrams() {
        let port = Port::open(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let destination = port.bound().next().unwrap();
        let sender = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let state = UdpSocketState::new((&sender).into()).unwrap();
        let segments = state.max_gso_segments().min(32);
        let contents = vec![0x80; 64 * segments];
        for _ in 0..60 {
            let transmit = Transmit {
                destination,
                ecn: None,
                contents: &contents,
                segment_size: (segments > 1).then_some(64),
                src_ip: None,
            };
            state.try_send((&sender).into(), &transmit).unwrap();
        }
        port.readable().await.unwrap();
        let mut taken = 0;
        port.receive(&mut ReceiveBuffers::default(), |_, _, _| taken += 1);
        assert!(taken > 0 && taken < BATCH + RUNS * segments, "{taken}");
    }

    #[tokio::test]
    async fn a_run_arrives_as_the_datagrams_that_it_is_made_of() {
        let port = Port::open(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let receiver = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let path = Path {
            local: port.bound().next().unwrap(),
            remote: receiver.local_addr().unwrap(),
        };
        // Whether something can be sent is known once the system was asked, for both.
        receiver.writable().await.unwrap();
        let sizes = [(1, 1_200), (2, 1_200), (3, 700)];
        let mut batch = SendBatch::default();
        for (value, size) in sizes {
            batch.push(path, &vec![value; size], port.segments());
        }
        batch.runs().for_each(|run| port.send_run(run).unwrap());
        batch.runs().for_each(|run| port.send_each(run));
        for (value, size) in sizes.into_iter().chain(sizes) {
            let mut buffer = [0; 2_048];
            let (length, from) = receiver.recv_from(&mut buffer).await.unwrap();
            assert_eq!(
                (&buffer[..length], from),
                (&vec![value; size][..], path.local)
            );
        }
    }
}
