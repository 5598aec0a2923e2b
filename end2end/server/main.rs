//! A real server on a port of its own, and real frames: the protocol, what is refused, and the faults
//! that must leave everyone else undisturbed.

mod abuse;
mod entering;
mod pages;
mod refusals;
mod resuming;
mod support;
mod transports;
