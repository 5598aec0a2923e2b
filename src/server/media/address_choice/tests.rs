use proptest::prelude::*;

use super::*;

/// A machine's addresses, a line each: interface, address, and what is unusual about it.
fn machine(lines: &str) -> Vec<Own> {
    let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let mut words = line.split_whitespace();
            let interface = words.next().unwrap().replace('_', " ");
            let ip = words.next().unwrap().parse().unwrap();
            let rest: Vec<_> = words.collect();
            let lasting = match () {
                () if rest.contains(&"deprecated") || rest.contains(&"tentative") => {
                    AddressLifetime::Unusable
                }
                () if rest.contains(&"temporary") => AddressLifetime::Temporary,
                () => AddressLifetime::Stable,
            };
            Own {
                ip,
                interface,
                up: !rest.contains(&"down"),
                lasting,
            }
        })
        .collect()
}

fn told(lines: &str, preferred: &[&str]) -> Vec<String> {
    let preferred: Vec<_> = preferred.iter().map(|ip| ip.parse().unwrap()).collect();
    let choice = choose(&machine(lines), &preferred);
    choice.told.iter().map(ToString::to_string).collect()
}

fn why(lines: &str, preferred: &[&str], ip: &str) -> WithheldReason {
    let preferred: Vec<_> = preferred.iter().map(|ip| ip.parse().unwrap()).collect();
    let ip: IpAddr = ip.parse().unwrap();
    let kept = choose(&machine(lines), &preferred).kept;
    kept.iter().find(|kept| kept.ip == ip).unwrap().why
}

const LAPTOP: &str = "
    lo 127.0.0.1
    lo ::1
    wlp3s0 192.168.178.21
    wlp3s0 2003:e5:2f12:8800:5c7:1aa:ee21:1f0 temporary
    wlp3s0 2003:e5:2f12:8800:99:88:77:66 temporary deprecated
    wlp3s0 2003:e5:2f12:8800:a6c3:f0ff:fe4b:cc12
    wlp3s0 fd00::a6c3:f0ff:fe4b:cc12
    wlp3s0 fe80::a6c3:f0ff:fe4b:cc12
    virbr0 192.168.122.1 down
    docker0 172.17.0.1 down";

#[test]
fn of_a_laptop_what_others_at_home_and_elsewhere_reach() {
    let preferred = ["192.168.178.21", "2003:e5:2f12:8800:5c7:1aa:ee21:1f0"];
    let expected = [
        "192.168.178.21",
        "2003:e5:2f12:8800:a6c3:f0ff:fe4b:cc12",
        "fd00::a6c3:f0ff:fe4b:cc12",
    ];
    assert_eq!(told(LAPTOP, &preferred), expected);
    let temporary = "2003:e5:2f12:8800:5c7:1aa:ee21:1f0";
    assert_eq!(
        why(LAPTOP, &preferred, temporary),
        WithheldReason::Temporary
    );
    assert_eq!(why(LAPTOP, &preferred, "::1"), WithheldReason::Loopback);
}

#[test]
fn of_a_container_host_its_own_address_and_no_bridge() {
    let mut lines =
        "lo 127.0.0.1\nlo ::1\neno1 203.0.113.20\neno1 2001:db8:1::20\neno1 fe80::1\n".to_owned();
    for number in 0..25 {
        lines += &format!("br-{number:012x} 172.{}.0.1\n", 18 + number);
        lines += &format!("veth{number:07x} fe80::{number:x}\n");
    }
    for more in [
        "docker0 172.17.0.1",
        "cni0 10.42.0.1",
        "flannel.1 10.42.0.0",
        "virbr0 192.168.122.1",
    ] {
        lines += more;
        lines.push('\n');
    }
    let preferred = ["203.0.113.20", "2001:db8:1::20"];
    assert_eq!(told(&lines, &preferred), preferred);
    assert_eq!(
        why(&lines, &preferred, "172.30.0.1"),
        WithheldReason::Bridge
    );
}

#[test]
fn an_interface_by_which_all_is_sent_is_told_whatever_its_name() {
    // In a container, on OpenWrt, and on a host of virtual machines whose bridge has the cable.
    for (name, ip) in [
        ("veth0", "10.0.3.7"),
        ("br-lan", "192.168.1.1"),
        ("br-aabbccddeeff", "10.1.1.1"),
    ] {
        assert_eq!(told(&format!("lo 127.0.0.1\n{name} {ip}"), &[ip]), [ip]);
    }
    assert_eq!(
        told("lo 127.0.0.1\nbr-lan 192.168.1.1\nwan 203.0.113.1", &[]).len(),
        2
    );
}

#[test]
fn windows_and_macos_have_bridges_too() {
    let windows = "
        Ethernet 192.168.0.10
        vEthernet_(WSL_(Hyper-V_firewall)) 172.28.96.1
        vEthernet_(Default_Switch) 172.20.0.1
        Loopback_Pseudo-Interface_1 127.0.0.1";
    assert_eq!(told(windows, &["192.168.0.10"]), ["192.168.0.10"]);
    let external = "vEthernet_(External) 192.168.0.10\nvEthernet_(WSL) 172.28.96.1";
    assert_eq!(told(external, &["192.168.0.10"]), ["192.168.0.10"]);
    let macos = "
        lo0 127.0.0.1
        en0 192.168.64.99
        en0 2001:db8:2::5
        utun3 10.8.0.6
        bridge100 192.168.65.1
        vmnet8 192.168.66.1";
    let expected = ["192.168.64.99", "2001:db8:2::5", "10.8.0.6"];
    assert_eq!(told(macos, &["192.168.64.99", "2001:db8:2::5"]), expected);
}

#[test]
fn a_machine_with_ipv6_only_tells_that() {
    let lines = "lo 127.0.0.1\nlo ::1\neth0 2001:db8::5\neth0 fe80::5";
    assert_eq!(told(lines, &["2001:db8::5"]), ["2001:db8::5"]);
}

#[test]
fn with_nothing_better_the_least_bad_is_told() {
    assert_eq!(told("lo 127.0.0.1\nlo ::1", &[]), ["127.0.0.1", "::1"]);
    // Two laptops and a cable.
    let cable = "lo 127.0.0.1\nenp1s0 169.254.7.9\nenp1s0 fe80::5";
    assert_eq!(told(cable, &[]), ["169.254.7.9"]);
    let bridges = "lo 127.0.0.1\nvirbr0 192.168.122.1\ndocker0 172.17.0.1 down";
    assert_eq!(told(bridges, &[]), ["192.168.122.1"]);
    // Temporary addresses alone do.
    let phone = "rmnet0 2001:db8::7 temporary\nrmnet0 fe80::7";
    assert_eq!(told(phone, &[]), ["2001:db8::7"]);
    assert!(told("eth0 fe80::5\neth0 2001:db8::1 tentative", &[]).is_empty());
    assert!(told("", &[]).is_empty());
}

#[test]
fn an_address_that_is_announced_from_the_loopback_interface_is_told() {
    let router = "lo 127.0.0.1\nlo 203.0.113.53\neth0 198.51.100.2";
    assert_eq!(
        told(router, &["198.51.100.2"]),
        ["198.51.100.2", "203.0.113.53"]
    );
}

#[test]
fn only_so_many_are_told_and_the_default_ones_first() {
    let mut lines = String::new();
    for number in 1..=40 {
        lines += &format!("eth{} 192.0.2.{number}\n", number / 20);
    }
    lines += "eth1 2001:db8::9";
    let preferred = ["192.0.2.33", "2001:db8::9"];
    let told = told(&lines, &preferred);
    assert_eq!(told.len(), TOLD);
    assert_eq!(told[..3], ["192.0.2.33", "2001:db8::9", "192.0.2.20"]);
    assert_eq!(
        why(&lines, &preferred, "192.0.2.1"),
        WithheldReason::TooMany
    );
}

proptest! {
    #[test]
    fn each_address_is_told_or_has_a_reason(
        lines in proptest::collection::vec(
            (any::<[u8; 4]>(), any::<bool>(), any::<u128>(), 0..6_usize, any::<bool>(), 0..3_u8), 0..40,
        ),
        preferred in 0..40_usize,
    ) {
        let names = ["eth0", "docker0", "lo", "br-0123456789ab", "wlan0", "veth1"];
        let all: Vec<_> = lines
            .into_iter()
            .map(|(v4, is_v4, v6, name, up, lasting)| Own {
                ip: if is_v4 { IpAddr::from(v4) } else { IpAddr::from(v6.to_be_bytes()) },
                interface: names[name].to_owned(),
                up,
                lasting: [AddressLifetime::Stable, AddressLifetime::Temporary, AddressLifetime::Unusable][usize::from(lasting)],
            })
            .collect();
        let preferred: Vec<_> = all.get(preferred).map(|own| own.ip).into_iter().collect();
        let choice = choose(&all, &preferred);
        prop_assert!(choice.told.len() <= TOLD);
        prop_assert_eq!(choice.told.len() + choice.kept.len(), all.len());
        for own in &all {
            let told = choice.told.contains(&own.ip);
            let kept = choice.kept.iter().any(|kept| kept.ip == own.ip);
            prop_assert!(told || kept);
        }
        let usable = |own: &&Own| own.up && own.ip.is_ipv4() && own.lasting == AddressLifetime::Stable
            && !own.ip.is_unspecified() && !own.ip.is_multicast();
        prop_assert!(!choice.told.is_empty() || !all.iter().any(|own| usable(&own)));
    }
}
