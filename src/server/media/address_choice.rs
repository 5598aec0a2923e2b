//! Which of a machine's addresses are told to browsers, who try every one of them (RFC 8445 section 5.1.1: host candidates).
//!
//! An address is told when others may reach it: those of bridges to containers and virtual machines, of one link, and
//! those that are about to go are not, unless there is nothing else. What a machine sends by default leaves from the
//! addresses that come first.

use std::{fmt, net::IpAddr};

/// Most addresses that are told. A browser tries each with each of its own, and gives up none of them quickly.
pub const TOLD: usize = 8;

/// One address of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Own {
    /// The address.
    pub ip: IpAddr,
    /// The interface that has it.
    pub interface: String,
    /// Whether packets go in and out there.
    pub up: bool,
    /// How long it will hold.
    pub lasting: AddressLifetime,
}

/// How long an IPv6 address holds (RFC 4862 section 2, RFC 8981).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressLifetime {
    /// As long as the network does, as far as is known.
    Stable,
    /// Some hours: it exists so that who opens connections is not recognised.
    Temporary,
    /// Nothing new is to use it, or it is not known yet whether it is unique.
    Unusable,
}

/// What is told, and what is not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// The best first, at most [`TOLD`].
    pub told: Vec<IpAddr>,
    /// The others, with the reason.
    pub kept: Vec<Withheld>,
}

/// An address that is not told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withheld {
    /// The address.
    pub ip: IpAddr,
    /// The interface that has it.
    pub interface: String,
    /// Why.
    pub why: WithheldReason,
}

/// Why an address is not told; the later, the less it is of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WithheldReason {
    /// There are [`TOLD`] better ones.
    TooMany,
    /// Its interface has a lasting one.
    Temporary,
    /// It is known on one link only (RFC 3927).
    OneLink,
    /// It belongs to a network inside this machine.
    Bridge,
    /// Its interface is down.
    Down,
    /// Only this machine itself reaches it.
    Loopback,
    /// It is about to go, or not there yet.
    Unusable,
}

/// Chooses among all addresses. `preferred` are those that this machine sends from by default.
pub fn choose(all: &[Own], preferred: &[IpAddr]) -> Choice {
    let is_default = |interface: &str| {
        let mut own = all.iter().filter(|own| preferred.contains(&own.ip));
        own.any(|own| own.interface == interface)
    };
    let has_lasting = |interface: &str| {
        all.iter().any(|own| {
            let global = own.ip.is_ipv6() && !is_one_link(own.ip);
            global && own.interface == interface && own.lasting == AddressLifetime::Stable
        })
    };
    let judged: Vec<_> = all
        .iter()
        .map(|own| {
            let default = is_default(&own.interface);
            (own, default, judge(own, default, &has_lasting))
        })
        .collect();
    // With nothing good, the least bad ones: those that share the first reason there is.
    let usable = |why: &WithheldReason| *why != WithheldReason::Unusable;
    let least = match judged.iter().any(|(_, _, why)| why.is_none()) {
        true => None,
        false => judged
            .iter()
            .filter_map(|(_, _, why)| *why)
            .filter(usable)
            .min(),
    };
    let (mut good, bad): (Vec<_>, Vec<_>) =
        judged.into_iter().partition(|(_, _, why)| *why == least);
    // The order of the system is kept among equals.
    good.sort_by_key(|(own, default, _)| {
        let (first, local) = (preferred.contains(&own.ip), is_unique_local(own.ip));
        (!first, !default, local)
    });
    let surplus = good.split_off(good.len().min(TOLD));
    let surplus = surplus
        .into_iter()
        .map(|(own, ..)| own.keep(WithheldReason::TooMany));
    let bad = bad
        .into_iter()
        .filter_map(|(own, _, why)| Some(own.keep(why?)));
    Choice {
        told: good.into_iter().map(|(own, ..)| own.ip).collect(),
        kept: surplus.chain(bad).collect(),
    }
}

/// Why an address should not be told, if there is a reason.
fn judge(own: &Own, default: bool, has_lasting: &impl Fn(&str) -> bool) -> Option<WithheldReason> {
    match () {
        () if own.lasting == AddressLifetime::Unusable => Some(WithheldReason::Unusable),
        () if own.ip.is_loopback() => Some(WithheldReason::Loopback),
        () if own.ip.is_unspecified() || own.ip.is_multicast() => Some(WithheldReason::Unusable),
        // A browser's candidate names no interface, and without one such an address of IPv6 means nothing.
        () if own.ip.is_ipv6() && is_one_link(own.ip) => Some(WithheldReason::Unusable),
        () if !own.up => Some(WithheldReason::Down),
        () if is_one_link(own.ip) => Some(WithheldReason::OneLink),
        () if is_inside(&own.interface) && !default => Some(WithheldReason::Bridge),
        () if own.lasting == AddressLifetime::Temporary && has_lasting(&own.interface) => {
            Some(WithheldReason::Temporary)
        }
        () => None,
    }
}

fn is_one_link(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_unicast_link_local(),
    }
}

fn is_unique_local(ip: IpAddr) -> bool {
    matches!(ip, IpAddr::V6(ip) if ip.is_unique_local())
}

/// Whether an interface leads to containers or virtual machines on this machine, by the names that those who make them
/// give: nothing else tells it on every system.
fn is_inside(interface: &str) -> bool {
    const NUMBERED: [&str; 17] = [
        "docker",
        "podman",
        "veth",
        "virbr",
        "vnet",
        "vmnet",
        "vboxnet",
        "lxcbr",
        "lxdbr",
        "incusbr",
        "cni",
        "flannel.",
        "cali",
        "cilium_",
        "kube-",
        "nodelocaldns",
        "weave",
    ];
    let is_network_of_docker = interface
        .strip_prefix("br-")
        .is_some_and(|id| id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_hexdigit()));
    // On macOS, `bridge100` and those after it are made for virtual machines.
    let is_bridge_of_macos = interface
        .strip_prefix("bridge")
        .is_some_and(|number| number.len() == 3);
    is_network_of_docker
        || is_bridge_of_macos
        || interface.starts_with("vEthernet (")
        || NUMBERED.iter().any(|prefix| interface.starts_with(prefix))
}

impl Own {
    fn keep(&self, why: WithheldReason) -> Withheld {
        Withheld {
            ip: self.ip,
            interface: self.interface.clone(),
            why,
        }
    }
}

impl fmt::Display for Withheld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = match self.why {
            WithheldReason::TooMany => "there are better ones",
            WithheldReason::Temporary => "it is temporary",
            WithheldReason::OneLink => "it is known on one link only",
            WithheldReason::Bridge => "it leads inside this machine",
            WithheldReason::Down => "it is down",
            WithheldReason::Loopback => "only this machine reaches it",
            WithheldReason::Unusable => "it does not hold",
        };
        write!(f, "{} of {} ({why})", self.ip, self.interface)
    }
}

#[cfg(test)]
#[path = "address_choice/tests.rs"]
mod tests;
