//! From which network a connection comes: what one customer of a provider gets.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

/// An IPv4 address, or the first 64 bits of an IPv6 one: any host takes any address behind them (RFC 8981).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Network {
    /// One address.
    V4([u8; 4]),
    /// The prefix of many.
    V6([u8; 8]),
}

impl From<IpAddr> for Network {
    /// An IPv4 address that is written as an IPv6 one (RFC 4291 section 2.5.5.2) is of the IPv4 network.
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address.octets()),
            IpAddr::V6(address) => {
                let [a, b, c, d, e, f, g, h, ..] = address.octets();
                Self::V6([a, b, c, d, e, f, g, h])
            }
        }
    }
}

impl Network {
    /// Whether it is in one of these. A prefix of IPv6 that is longer than a network stands for the network.
    pub fn is_in_any(&self, prefixes: &[IpNet]) -> bool {
        let first = match *self {
            Self::V4(octets) => IpAddr::V4(Ipv4Addr::from(octets)),
            Self::V6([a, b, c, d, e, f, g, h]) => IpAddr::V6(Ipv6Addr::from([
                a, b, c, d, e, f, g, h, 0, 0, 0, 0, 0, 0, 0, 0,
            ])),
        };
        let is_in = |prefix: &IpNet| prefix.contains(&first) || Self::from(prefix.addr()) == *self;
        prefixes.iter().any(is_in)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_one_prefix_are_of_one_network() {
        let network = |text: &str| Network::from(text.parse::<IpAddr>().unwrap());
        assert_eq!(network("2001:db8::1"), network("2001:db8:0:0:ffff::2"));
        assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
    }
    #[test]
    fn prefixes_have_networks_in_them() {
        let is_in = |text: &str, prefix: &str| {
            Network::from(text.parse::<IpAddr>().unwrap()).is_in_any(&[prefix.parse().unwrap()])
        };
        assert!(is_in("127.0.0.5", "127.0.0.0/8") && is_in("::ffff:127.0.0.5", "127.0.0.0/8"));
        assert!(is_in("::1", "::1/128") && is_in("2001:db8::1", "2001:db8::/32"));
        assert!(!is_in("128.0.0.5", "127.0.0.0/8") && !is_in("2001:db9::1", "2001:db8::/32"));
        assert!(!is_in("192.0.2.1", "192.0.2.2/32"));
    }
}
