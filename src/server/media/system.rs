//! What the system says about the machine's addresses.

use std::{
    collections::HashMap,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket},
};

use super::address_choice::{AddressLifetime, Own};

/// All addresses, in the order of the system.
///
/// # Errors
/// The system does not tell.
pub fn addresses() -> io::Result<Vec<Own>> {
    let lasting = address_lifetimes();
    let all = if_addrs::get_if_addrs()?;
    let own = |interface: if_addrs::Interface| {
        let ip = interface.ip();
        let lasting = lasting.get(&ip).copied().unwrap_or(AddressLifetime::Stable);
        Own {
            ip,
            up: interface.is_oper_up(),
            interface: interface.name,
            lasting,
        }
    };
    Ok(all.into_iter().map(own).collect())
}

/// The addresses that this machine sends from by default, one of each family that has a way out.
///
/// The system is asked for its route to an address that is set aside for documents (RFC 5737, RFC 3849): to connect a
/// socket of UDP sends nothing.
pub fn preferred() -> Vec<IpAddr> {
    const FAR_V4: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 1);
    const FAR_V6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0xffff, 0, 0, 0, 0, 1);
    let from = |any: IpAddr, far: IpAddr| {
        let socket = UdpSocket::bind(SocketAddr::new(any, 0)).ok()?;
        socket.connect(SocketAddr::new(far, 9)).ok()?;
        socket.local_addr().ok().map(|address| address.ip())
    };
    let v4 = from(Ipv4Addr::UNSPECIFIED.into(), FAR_V4.into());
    let v6 = from(Ipv6Addr::UNSPECIFIED.into(), FAR_V6.into());
    v4.into_iter().chain(v6).collect()
}

/// How long the addresses of IPv6 hold. Other systems than Linux do not say in a file.
fn address_lifetimes() -> HashMap<IpAddr, AddressLifetime> {
    let table = std::fs::read_to_string("/proc/net/if_inet6").unwrap_or_default();
    table.lines().filter_map(entry).collect()
}

/// A line of that file: address, index of the interface, length of the prefix, scope, flags (all hexadecimal), and the
/// name of the interface. The flags are those of `linux/if_addr.h`.
fn entry(line: &str) -> Option<(IpAddr, AddressLifetime)> {
    const TEMPORARY: u8 = 0x01;
    const DUPLICATE: u8 = 0x08;
    const DEPRECATED: u8 = 0x20;
    const TENTATIVE: u8 = 0x40;
    let mut words = line.split_whitespace();
    let ip = u128::from_str_radix(words.next()?, 16).ok()?;
    let flags = u8::from_str_radix(words.nth(3)?, 16).ok()?;
    let lasting = match () {
        () if flags & (DUPLICATE | DEPRECATED | TENTATIVE) != 0 => AddressLifetime::Unusable,
        () if flags & TEMPORARY != 0 => AddressLifetime::Temporary,
        () => AddressLifetime::Stable,
    };
    Some((Ipv6Addr::from(ip).into(), lasting))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_of_linux_are_read() {
        let line =
            |flags: &str| format!("20010db8000000000000000000000005 02 40 00 {flags}     eth0");
        let ip: IpAddr = "2001:db8::5".parse().unwrap();
        for (flags, lasting) in [
            ("80", AddressLifetime::Stable),
            ("00", AddressLifetime::Stable),
            ("01", AddressLifetime::Temporary),
            ("21", AddressLifetime::Unusable),
            ("40", AddressLifetime::Unusable),
            ("08", AddressLifetime::Unusable),
        ] {
            assert_eq!(entry(&line(flags)), Some((ip, lasting)));
        }
        for odd in ["", "x", "2001 02 40", "20010db8 02 40 00 zz eth0"] {
            assert_eq!(entry(odd), None);
        }
    }

    #[test]
    fn this_machine_has_a_loopback_address() {
        let all = addresses().unwrap();
        assert!(all.iter().any(|own| own.ip.is_loopback()));
    }
}
