//! What one core can forward at most without knowing anything: a loop that receives a packet, seals it for each receiver with
//! a key of its own, and sends all of them by one call.

use std::{
    io::{IoSlice, Result},
    net::{Ipv4Addr, SocketAddrV4, UdpSocket},
    os::fd::AsRawFd,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use clap::Parser;
use nix::sys::socket::{MsgFlags, MultiHeaders, SockaddrIn, sendmmsg};
use rustix::{
    thread::{CpuSet, sched_setaffinity},
    time::{ClockId, clock_gettime},
};
use serde::Serialize;

/// The bare loop, on the core that a server would have.
#[derive(Parser)]
struct Ceiling {
    /// How many receivers each packet has.
    #[arg(long, default_value_t = 30)]
    receivers: usize,
    /// Bytes of a packet's payload.
    #[arg(long, default_value_t = 1200)]
    bytes: usize,
    /// How long to measure.
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// The core of the loop, and that of what feeds it.
    #[arg(long, default_value_t = 0)]
    server_core: usize,
    #[arg(long, default_value_t = 1)]
    load_core: usize,
}

/// What was measured.
#[derive(Serialize)]
struct Measured {
    mode: &'static str,
    receivers: usize,
    bytes: usize,
    per_cpu_second: f64,
}

fn main() -> anyhow::Result<()> {
    Ceiling::parse().run()
}

/// Bytes of an RTP header, which is authenticated, and of the tag.
const HEADER: usize = 12;

impl Ceiling {
    /// Runs the loop and prints what it has done.
    fn run(self) -> anyhow::Result<()> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        let target = socket.local_addr()?;
        let feeder = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        let sinks = (0..self.receivers).map(|_| UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)));
        let sinks: Vec<_> = sinks.collect::<Result<_>>()?;
        let addresses: Vec<_> = sinks.iter().map(|sink| address(sink)).collect::<Result<_>>()?;
        let over = AtomicBool::new(false);
        pin(self.server_core)?;
        let per_cpu_second = thread::scope(|scope| {
            scope.spawn(|| {
                let _ = pin(self.load_core);
                let packet = vec![7; HEADER + self.bytes];
                let mut trash = vec![0; 2048];
                for sink in &sinks {
                    let _ = sink.set_nonblocking(true);
                }
                while !over.load(Ordering::Relaxed) {
                    let _ = feeder.send_to(&packet, target);
                    // What has come is taken, as a receiver does, so that no queue is full.
                    for sink in &sinks {
                        while sink.recv(&mut trash).is_ok() {}
                    }
                }
            });
            let measured = self.forward(&socket, &addresses);
            over.store(true, Ordering::Relaxed);
            measured
        })?;
        let Self { receivers, bytes, .. } = self;
        let measured = Measured { mode: "ceiling", receivers, bytes, per_cpu_second };
        println!("{}", serde_json::to_string(&measured)?);
        Ok(())
    }

    fn forward(&self, socket: &UdpSocket, addresses: &[SockaddrIn]) -> anyhow::Result<f64> {
        let keys = (0..self.receivers).map(|number| {
            let key = UnboundKey::new(&AES_128_GCM, &[number as u8; 16])?;
            Ok(LessSafeKey::new(key))
        });
        let keys: Vec<_> = keys.collect::<std::result::Result<_, aws_lc_rs::error::Unspecified>>()?;
        let mut headers = MultiHeaders::<SockaddrIn>::preallocate(self.receivers, None);
        let mut sealed = vec![Vec::with_capacity(HEADER + self.bytes + 16); self.receivers];
        let targets: Vec<_> = addresses.iter().copied().map(Some).collect();
        let mut packet = vec![0; 2048];
        let (mut sent, mut number) = (0_u64, 0_u64);
        let begun = cpu_time();
        let end = begun + Duration::from_secs(self.seconds);
        let mut now = begun;
        while now < end {
            let length = socket.recv(&mut packet)?;
            number += 1;
            for (key, sealed) in keys.iter().zip(&mut sealed) {
                sealed.clear();
                sealed.extend_from_slice(packet.get(..length).unwrap_or_default());
                let mut nonce = [0; 12];
                nonce[4..].copy_from_slice(&number.to_be_bytes());
                let (header, payload) = sealed.split_at_mut(HEADER);
                let aad = Aad::from(&*header);
                let tag = key.seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), aad, payload)?;
                sealed.extend_from_slice(tag.as_ref());
            }
            let slices: Vec<_> = sealed.iter().map(|sealed| [IoSlice::new(sealed)]).collect();
            let results = sendmmsg(socket.as_raw_fd(), &mut headers, &slices, &targets, [], MsgFlags::empty())?;
            sent += results.count() as u64;
            now = cpu_time();
        }
        Ok(sent as f64 / (now - begun).as_secs_f64())
    }
}

fn address(socket: &UdpSocket) -> Result<SockaddrIn> {
    let port = socket.local_addr()?.port();
    Ok(SocketAddrV4::new(Ipv4Addr::LOCALHOST, port).into())
}

/// What this thread has used.
fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

fn pin(core: usize) -> anyhow::Result<()> {
    let mut cores = CpuSet::new();
    cores.set(core);
    Ok(sched_setaffinity(None, &cores)?)
}
