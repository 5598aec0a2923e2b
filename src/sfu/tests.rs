//! The SFU with real peers, wired up in virtual time.

mod addresses;
mod batches;
mod bounds;
mod downtracks;
mod forwarding;
mod link;
mod negotiating;
mod network;
mod odd_peers;
mod paths;
mod pending_work;
mod sockets;
mod strangers;
mod voices;
mod world;
