//! Where a browser finds the server: what is printed at the start.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use if_addrs::Interface;
use tokio::net::TcpListener;

use super::config::PublicUrl;

/// Most addresses that are named beside the first.
const OTHERS: usize = 4;

/// Lines that say where the server is. The first is `Roundtable is at URL`.
///
/// # Errors
/// The listener has no address.
pub fn announcement(listener: &TcpListener, public_url: Option<&PublicUrl>) -> io::Result<String> {
    let bound = listener.local_addr()?;
    if let Some(url) = public_url {
        return Ok(format!("Roundtable is at {url}\n"));
    }
    let own = if_addrs::get_if_addrs().unwrap_or_default();
    let own: Vec<_> = own
        .iter()
        .filter(|interface| is_of_a_network(interface))
        .map(Interface::ip)
        .collect();
    Ok(announce(bound, takes_ipv4(listener, bound), &own))
}

/// A listener at no address hears at every one: at this machine's own first, which browsers take for a safe place.
fn announce(bound: SocketAddr, takes_ipv4: bool, own: &[IpAddr]) -> String {
    let at = |ip: IpAddr| SocketAddr::new(ip, bound.port());
    if !bound.ip().is_unspecified() {
        return format!("Roundtable is at http://{bound}\n");
    }
    let first = match takes_ipv4 {
        true => IpAddr::V4(Ipv4Addr::LOCALHOST),
        false => IpAddr::V6(Ipv6Addr::LOCALHOST),
    };
    let hears = |ip: &&IpAddr| {
        if ip.is_ipv4() {
            takes_ipv4
        } else {
            bound.is_ipv6()
        }
    };
    let others: Vec<_> = own
        .iter()
        .filter(hears)
        .take(OTHERS)
        .map(|ip| format!("  http://{}\n", at(*ip)))
        .collect();
    let mut lines = format!("Roundtable is at http://{}\n", at(first));
    if !others.is_empty() {
        lines += "Other machines find it here, but browsers give camera and microphone there to https pages only\n\
                  (a proxy with a certificate and --public-url, see the README):\n";
        lines.extend(others);
    }
    lines
}

/// Whether other machines are likely to reach an address: not those that a host of containers or virtual machines
/// makes for itself.
fn is_of_a_network(interface: &Interface) -> bool {
    const INNER: [&str; 6] = ["docker", "br-", "veth", "virbr", "cni", "podman"];
    let is_reachable = match interface.ip() {
        IpAddr::V4(ip) => !ip.is_loopback() && !ip.is_link_local(),
        IpAddr::V6(ip) => !ip.is_loopback() && !ip.is_unicast_link_local(),
    };
    is_reachable
        && !INNER
            .iter()
            .any(|prefix| interface.name.starts_with(prefix))
}

/// Whether a listener is reached by IPv4: one at `[::]` is, where the system does not divide the two (RFC 3493 section 5.3).
fn takes_ipv4(listener: &TcpListener, bound: SocketAddr) -> bool {
    bound.is_ipv4() || !is_only_v6(listener)
}

#[cfg(unix)]
fn is_only_v6(listener: &TcpListener) -> bool {
    rustix::net::sockopt::ipv6_v6only(listener).unwrap_or(true)
}

/// Windows divides them.
#[cfg(not(unix))]
fn is_only_v6(_: &TcpListener) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bound: &str, takes_ipv4: bool, own: &[&str]) -> Vec<String> {
        let own: Vec<_> = own.iter().map(|ip| ip.parse().unwrap()).collect();
        let said = announce(bound.parse().unwrap(), takes_ipv4, &own);
        said.lines()
            .filter(|line| line.contains("http:"))
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn every_line_can_be_opened_in_a_browser() {
        let own = ["192.168.1.7", "2001:db8::7"];
        assert_eq!(
            lines("127.0.0.1:3000", true, &own),
            ["Roundtable is at http://127.0.0.1:3000"]
        );
        assert_eq!(
            lines("[::1]:3000", false, &own),
            ["Roundtable is at http://[::1]:3000"]
        );
        assert_eq!(
            lines("0.0.0.0:3000", true, &own),
            [
                "Roundtable is at http://127.0.0.1:3000",
                "  http://192.168.1.7:3000"
            ]
        );
        assert_eq!(
            lines("[::]:3000", true, &own),
            [
                "Roundtable is at http://127.0.0.1:3000",
                "  http://192.168.1.7:3000",
                "  http://[2001:db8::7]:3000"
            ]
        );
        assert_eq!(
            lines("[::]:3000", false, &own),
            [
                "Roundtable is at http://[::1]:3000",
                "  http://[2001:db8::7]:3000"
            ]
        );
        assert_eq!(
            lines("0.0.0.0:3000", true, &["10.0.0.1"; 30]).len(),
            1 + OTHERS
        );
    }
}
