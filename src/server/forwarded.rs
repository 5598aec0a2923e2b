//! The address of a client that a proxy has written into `Forwarded` (RFC 7239) or `X-Forwarded-For`.
//!
//! Each proxy on the way appends the address that it was asked from, and anybody can send such a header: so they are read
//! from the right, and one entry is believed as long as whoever wrote it is a proxy that we trust. What is left of it is
//! hearsay, and never looked at.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

use axum::http::{HeaderMap, HeaderName, header};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// Most proxies that are believed, one behind the other.
const HOPS: usize = 16;

/// Addresses: `192.0.2.0/24`, `2001:db8::/32`, or one alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressRange(IpNet);

impl AddressRange {
    /// This machine, as it sees itself.
    pub const LOOPBACK: [Self; 2] = [
        Self(IpNet::V4(Ipv4Net::new_assert(
            Ipv4Addr::new(127, 0, 0, 0),
            8,
        ))),
        Self(IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::LOCALHOST, 128))),
    ];

    /// The prefix that they share.
    pub fn prefix(self) -> IpNet {
        self.0
    }
}

impl FromStr for AddressRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let one = || {
            text.parse::<IpAddr>()
                .map(|ip| IpNet::from(ip.to_canonical()))
        };
        let net = text.parse::<IpNet>().or_else(|_| one());
        net.map(|net| Self(net.trunc()))
            .map_err(|_| format!("{text:?} is no network like 192.0.2.0/24 or 2001:db8::/32"))
    }
}

impl fmt::Display for AddressRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The proxies whose word is taken.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Those in these networks.
    pub fn new(ranges: &[AddressRange]) -> Self {
        Self(ranges.iter().map(|range| range.prefix()).collect())
    }

    /// Whether an address is one of theirs.
    pub fn has(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|net| net.contains(&address))
    }

    /// Who has made a request that came from `peer`: the rightmost address that is none of a trusted proxy. An entry that
    /// is no address ends the search, and then it is the last proxy that could be named.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        let mut entries = entries(headers);
        for _ in 0..HOPS {
            if !self.has(client) {
                break;
            }
            let Some(Some(before)) = entries.next() else {
                break;
            };
            client = before;
        }
        client
    }
}

/// Whether a request says that it was passed on.
pub fn is_passed_on(headers: &HeaderMap) -> bool {
    headers.contains_key(&X_FORWARDED_FOR) || headers.contains_key(header::FORWARDED)
}

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Who has passed a request on, from the last to the first; `None` for one that is no address.
///
/// Almost every proxy writes `X-Forwarded-For`, and passes on a `Forwarded` that it does not know as it came: so
/// where there are both, the client may have written the latter.
fn entries(headers: &HeaderMap) -> impl Iterator<Item = Option<IpAddr>> {
    let has_plain = headers.contains_key(&X_FORWARDED_FOR);
    let name = if has_plain {
        X_FORWARDED_FOR
    } else {
        header::FORWARDED
    };
    let values: Vec<_> = headers.get_all(name).iter().collect();
    let mut entries = Vec::new();
    for value in values.into_iter().rev() {
        // No address has a comma in it: so it divides, even inside of quotation marks that a client has left open to
        // swallow what the proxy appends.
        let value = String::from_utf8_lossy(value.as_bytes());
        let parts = value.rsplit(',').take(HOPS + 1);
        entries.extend(parts.map(|part| match has_plain {
            true => address(part.trim()),
            false => address_of_element(part),
        }));
        if entries.len() > HOPS {
            break;
        }
    }
    entries.into_iter()
}

/// The `for` of a `forwarded-element` (RFC 7239 section 4).
fn address_of_element(element: &str) -> Option<IpAddr> {
    let mut nodes = element.split(';').filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("for")
            .then(|| value.trim())
    });
    let node = nodes.next()?;
    if nodes.next().is_some() {
        return None;
    }
    let quoted = node
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    address(quoted.unwrap_or(node))
}

/// An address, with or without a port; IPv6 with or without brackets. `unknown` and obfuscated names (RFC 7239 sections
/// 6.2 and 6.3) are none.
fn address(node: &str) -> Option<IpAddr> {
    let alone = || node.parse::<IpAddr>().ok();
    let v4 = || {
        let (ip, port) = node.split_once(':')?;
        is_port(port)
            .then(|| ip.parse().ok().map(IpAddr::V4))
            .flatten()
    };
    let v6 = || {
        let (ip, rest) = node.strip_prefix('[')?.split_once(']')?;
        let fits = rest.is_empty() || rest.strip_prefix(':').is_some_and(is_port);
        fits.then(|| ip.parse().ok().map(IpAddr::V6)).flatten()
    };
    alone().or_else(v4).or_else(v6).map(|ip| ip.to_canonical())
}

/// A port may be obfuscated, too.
fn is_port(text: &str) -> bool {
    let obfuscated = text.strip_prefix('_');
    let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    text.parse::<u16>().is_ok()
        || obfuscated.is_some_and(|rest| !rest.is_empty() && rest.chars().all(name))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn proxies(ranges: &[&str]) -> TrustedProxies {
        let ranges: Vec<AddressRange> = ranges.iter().map(|text| text.parse().unwrap()).collect();
        TrustedProxies::new(&ranges)
    }

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let lines = lines.iter().map(|(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_bytes(value.as_bytes()).unwrap(),
            )
        });
        let mut map = HeaderMap::new();
        lines.for_each(|(name, value)| {
            map.append(name, value);
        });
        map
    }

    fn client(lines: &[(&'static str, &str)]) -> String {
        let trusted = proxies(&["127.0.0.1", "10.0.0.0/8", "2001:db8:1::/48"]);
        trusted
            .client("127.0.0.1".parse().unwrap(), &headers(lines))
            .to_string()
    }

    #[test]
    fn the_rightmost_who_is_no_proxy_of_ours_is_the_client() {
        let for_ = "x-forwarded-for";
        for (value, is) in [
            ("203.0.113.7", "203.0.113.7"),
            ("198.51.100.1, 203.0.113.7", "203.0.113.7"),
            ("198.51.100.1, 203.0.113.7, 10.1.2.3", "203.0.113.7"),
            ("203.0.113.7:4711", "203.0.113.7"),
            ("2001:db8::7", "2001:db8::7"),
            ("[2001:db8::7]", "2001:db8::7"),
            ("[2001:DB8::7]:4711", "2001:db8::7"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("2001:db8:1::1", "2001:db8:1::1"),
            (" 203.0.113.7 ,10.0.0.1,\t2001:db8:1::1 ", "203.0.113.7"),
            // Nobody whom we trust has written what is left of something else.
            ("203.0.113.7, unknown", "127.0.0.1"),
            ("203.0.113.7, unknown, 10.1.2.3", "10.1.2.3"),
            ("203.0.113.7, ", "127.0.0.1"),
            ("203.0.113.7, 1.2.3", "127.0.0.1"),
            ("203.0.113.7 10.0.0.1", "127.0.0.1"),
            ("\"203.0.113.7\"", "127.0.0.1"),
            ("", "127.0.0.1"),
            (",,,,", "127.0.0.1"),
            ("10.1.2.3", "10.1.2.3"),
        ] {
            assert_eq!(client(&[(for_, value)]), is, "{value:?}");
        }
        assert_eq!(
            client(&[(for_, "198.51.100.1"), (for_, "203.0.113.7")]),
            "203.0.113.7"
        );
        assert_eq!(
            client(&[(for_, "203.0.113.7"), (for_, "10.0.0.1")]),
            "203.0.113.7"
        );
        assert_eq!(client(&[]), "127.0.0.1");
    }

    #[test]
    fn forwarded_is_read_as_its_rfc_writes_it() {
        for (value, is) in [
            ("for=203.0.113.7", "203.0.113.7"),
            ("For=\"203.0.113.7:4711\"", "203.0.113.7"),
            ("for=\"[2001:db8::7]:4711\"; proto=https", "2001:db8::7"),
            ("For=\"[2001:db8:cafe::17]\"", "2001:db8:cafe::17"),
            (
                "proto=http;by=203.0.113.43 ; for=203.0.113.7",
                "203.0.113.7",
            ),
            ("for=192.0.2.43, for=\"203.0.113.7:_port\"", "203.0.113.7"),
            ("for=203.0.113.7, for=10.0.0.1", "203.0.113.7"),
            ("for=203.0.113.7, for=unknown", "127.0.0.1"),
            ("for=203.0.113.7, for=_hidden", "127.0.0.1"),
            ("for=203.0.113.7, for=\"_SEVKISEK\"", "127.0.0.1"),
            ("for=203.0.113.7, by=10.0.0.1", "127.0.0.1"),
            ("for=203.0.113.7;for=203.0.113.8", "127.0.0.1"),
            // What a client writes to swallow the proxy's own entry.
            ("for=\"1.2.3.4, for=203.0.113.7", "203.0.113.7"),
            ("for=\"1.2.3.4\\\", for=203.0.113.7", "203.0.113.7"),
        ] {
            assert_eq!(client(&[("forwarded", value)]), is, "{value:?}");
        }
    }

    #[test]
    fn a_header_that_the_proxy_passes_on_as_it_came_means_nothing() {
        let lines = [
            ("forwarded", "for=198.51.100.1"),
            ("x-forwarded-for", "203.0.113.7"),
        ];
        assert_eq!(client(&lines), "203.0.113.7");
    }

    #[test]
    fn who_is_no_proxy_of_ours_speaks_for_nobody() {
        let lines = headers(&[
            ("x-forwarded-for", "127.0.0.1"),
            ("forwarded", "for=127.0.0.1"),
        ]);
        let stranger: IpAddr = "203.0.113.9".parse().unwrap();
        assert_eq!(proxies(&["127.0.0.1"]).client(stranger, &lines), stranger);
        assert_eq!(proxies(&[]).client(stranger, &lines), stranger);
    }

    #[test]
    fn ranges_are_addresses_with_or_without_a_length() {
        for (text, is) in [
            ("127.0.0.1", "127.0.0.1/32"),
            ("10.1.2.3/8", "10.0.0.0/8"),
            ("2001:db8::1/32", "2001:db8::/32"),
            ("::1", "::1/128"),
            ("::ffff:10.0.0.1", "10.0.0.1/32"),
        ] {
            assert_eq!(text.parse::<AddressRange>().unwrap().to_string(), is);
        }
        for text in [
            "",
            "localhost",
            "10.0.0.0/33",
            "10.0.0",
            "10.0.0.0/8,10.0.0.1",
        ] {
            assert!(text.parse::<AddressRange>().is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_a_client_writes_changes_nothing(garbage in "[ -~]{0,200}", is_list in any::<bool>()) {
            let proxy = "203.0.113.7";
            for (name, entry) in [("x-forwarded-for", proxy.to_owned()), ("forwarded", format!("for={proxy}"))] {
                let one = format!("{garbage}, {entry}");
                let lines = [(name, garbage.as_str()), (name, entry.as_str())];
                let found = if is_list { client(&[(name, &one)]) } else { client(&lines) };
                prop_assert_eq!(found, proxy);
            }
        }

        #[test]
        fn any_bytes_are_read_in_little_time(bytes in prop::collection::vec(any::<u8>(), 0..2_000), repeat in 1..8usize) {
            let bytes: Vec<u8> = bytes.into_iter().filter(|byte| *byte >= 32 && *byte != 127).collect();
            let mut map = HeaderMap::new();
            for _ in 0..repeat {
                for name in ["x-forwarded-for", "forwarded"] {
                    map.append(name, HeaderValue::from_bytes(&bytes).unwrap());
                }
            }
            prop_assert!(entries(&map).count() <= 2 * (HOPS + 1));
            let _ = proxies(&["0.0.0.0/0", "::/0"]).client("127.0.0.1".parse().unwrap(), &map);
        }
    }
}
