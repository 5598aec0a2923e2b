//! The media port on machines whose networks are not plain: each test makes its own, of network namespaces.
//!
//! A *server* machine and a *guest* machine are joined by a cable. Signaling runs on the server's machine, as a proxy would
//! bring it; media goes over the cable.

mod guest;
mod machines;

use self::{
    guest::{Guest, connect},
    machines::{Machines, RoundtableAt},
};

/// Behind a proxy on the same machine.
const BEHIND_PROXY: [&str; 4] = [
    "--listen",
    "127.0.0.1:3000",
    "--public-url",
    "https://meet.example.org",
];

#[test]
fn a_server_that_starts_before_its_network_tells_what_came_later() {
    let Some(machines) = Machines::joined() else {
        return;
    };
    machines.guest("addr add 10.9.0.9/24 dev eth0");
    let mut server = RoundtableAt::start(&machines, &BEHIND_PROXY);
    assert!(server.log_line("browsers are told").contains("127.0.0.1"));
    machines.server("addr add 10.9.0.1/24 dev eth0");
    server.log_line("10.9.0.1");
    assert_eq!(connect(&machines, &server).offered, ["10.9.0.1"]);
    machines.server("addr del 10.9.0.1/24 dev eth0");
    machines.server("addr add 10.9.0.7/24 dev eth0");
    server.log_line("10.9.0.7");
    assert_eq!(connect(&machines, &server).offered, ["10.9.0.7"]);
}

#[test]
fn who_waits_for_a_server_without_a_network_is_told_its_address() {
    let Some(machines) = Machines::joined() else {
        return;
    };
    machines.guest("addr add 10.9.0.9/24 dev eth0");
    let server = RoundtableAt::start(&machines, &BEHIND_PROXY);
    let mut guest = Guest::enter(&machines, &server);
    assert_eq!(guest.offered(), ["127.0.0.1", "::1"]);
    machines.server("addr add 10.9.0.1/24 dev eth0");
    guest.connect();
    assert_eq!(guest.told(), ["10.9.0.1"]);
}

#[test]
fn an_answer_leaves_from_the_address_that_was_asked() {
    let Some(machines) = Machines::joined() else {
        return;
    };
    machines.guest("addr add 10.9.0.9/24 dev eth0");
    machines.guest("addr add 2001:db8::9/64 dev eth0 nodad");
    let addresses = ["10.9.0.1", "10.9.0.2", "2001:db8::1", "2001:db8::2"];
    for (address, length) in addresses.iter().zip([24, 24, 64, 64]) {
        machines.server(&format!("addr add {address}/{length} dev eth0"));
    }
    machines.settled();
    let server = RoundtableAt::start(&machines, &BEHIND_PROXY);
    for address in addresses {
        let mut guest = Guest::enter(&machines, &server);
        let mut offered = guest.offered();
        offered.sort();
        assert_eq!(offered, addresses);
        guest.use_only(address);
        guest.connect();
        assert_eq!(guest.heard_from(), [address]);
    }
}

#[test]
fn a_machine_with_ipv6_only_is_reached() {
    let Some(machines) = Machines::joined() else {
        return;
    };
    machines.guest("addr add 2001:db8::9/64 dev eth0 nodad");
    machines.server("addr add 2001:db8::1/64 dev eth0 nodad");
    let server = RoundtableAt::start(&machines, &BEHIND_PROXY);
    assert_eq!(connect(&machines, &server).offered, ["2001:db8::1"]);
    // A server whose pages are at IPv6, too.
    let pages = [
        "--listen",
        "[::1]:3001",
        "--public-url",
        "https://meet.example.org",
    ];
    let server = RoundtableAt::start(&machines, &pages);
    assert_eq!(connect(&machines, &server).offered, ["2001:db8::1"]);
}

#[test]
fn a_machine_without_ipv6_is_reached() {
    let Some(machines) = Machines::joined() else {
        return;
    };
    machines.without_ipv6();
    machines.guest("addr add 10.9.0.9/24 dev eth0");
    machines.server("addr add 10.9.0.1/24 dev eth0");
    let server = RoundtableAt::start(&machines, &BEHIND_PROXY);
    assert_eq!(connect(&machines, &server).offered, ["10.9.0.1"]);
}

#[test]
fn bridges_of_containers_are_not_told() {
    let Some(machines) = Machines::joined() else {
        return;
    };
    machines.guest("addr add 10.9.0.9/24 dev eth0");
    machines.server("addr add 10.9.0.1/24 dev eth0");
    machines.server("route add default via 10.9.0.9");
    for number in 0..25 {
        let bridge = format!("br-{number:012x}");
        machines.server(&format!("link add {bridge} type bridge"));
        machines.server(&format!("addr add 172.{}.0.1/16 dev {bridge}", 20 + number));
        machines.server(&format!("link set {bridge} up"));
    }
    machines.server("link add docker0 type bridge");
    machines.server("addr add 172.17.0.1/16 dev docker0");
    let mut server = RoundtableAt::start(&machines, &BEHIND_PROXY);
    let logged = server.log_line("browsers are told");
    assert!(
        logged.contains("10.9.0.1") && logged.contains("--media-address"),
        "{logged}"
    );
    assert!(logged.contains("172.20.0.1 of br-000000000000"), "{logged}");
    assert_eq!(connect(&machines, &server).offered, ["10.9.0.1"]);
    // What is named is told as it is, of whatever interface.
    let mut named = BEHIND_PROXY.to_vec();
    named[1] = "127.0.0.1:3001";
    named.extend(["--media-address", "172.17.0.1,10.9.0.1"]);
    let server = RoundtableAt::start(&machines, &named);
    assert_eq!(
        connect(&machines, &server).offered,
        ["172.17.0.1", "10.9.0.1"]
    );
}
