//! Puts load on a signaling server that speaks the tutorial protocol and prints what it measured,
//! one JSON object a line. Everything runs on one thread, so that one core holds all of it, and every
//! mode ends by itself.

mod connect;
mod idle;
mod link;
mod pair;
mod process;
mod relay;
mod session;
mod signals;
mod storm;

use std::net::SocketAddr;

use clap::{Parser, Subcommand};

/// Load on a signaling server.
#[derive(Parser)]
struct Arguments {
    /// Where the server listens.
    #[arg(long)]
    server: SocketAddr,
    /// The server's process, to read its CPU time and memory.
    #[arg(long)]
    pid: u32,
    #[command(subcommand)]
    mode: Mode,
}

/// What to do to the server.
#[derive(Subcommand)]
enum Mode {
    /// Signals within rooms of two, as many as the server delivers.
    Relay(relay::Relay),
    /// Connections that open, enter a room, are introduced, and leave.
    Connect(connect::Connect),
    /// Connections that enter rooms of two and then keep still.
    Idle(idle::Idle),
    /// Connections that all come back when the server is killed and started again.
    Storm(storm::Storm),
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let target = Target { server: arguments.server, pid: arguments.pid };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    tokio::task::LocalSet::new().block_on(&runtime, async {
        match arguments.mode {
            Mode::Relay(mode) => mode.run(target).await,
            Mode::Connect(mode) => mode.run(target).await,
            Mode::Idle(mode) => mode.run(target).await,
            Mode::Storm(mode) => mode.run(target).await,
        }
    })
}

/// The server under load.
#[derive(Clone, Copy)]
struct Target {
    server: SocketAddr,
    pid: u32,
}
