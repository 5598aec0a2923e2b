//! A real server on a port of its own, and real frames: the protocol, what is refused, and the faults
//! that must leave everyone else undisturbed.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that can't go on has failed"
)]

mod abuse;
mod addresses;
mod binary;
mod bots;
mod doors;
mod endings;
mod entering;
mod forwarding;
mod hosting;
mod links;
mod logging;
#[cfg(target_os = "linux")]
mod network;
mod pages;
mod process;
mod proxies;
mod refusals;
mod removing;
mod restarting;
mod resuming;
mod slow_readers;
mod soak;
mod support;
mod talking;
mod transports;
mod work;
