use proptest::prelude::*;

use super::*;

const MEDIA: &[u8] = &[0x80, 111, 0, 1];

fn who(number: u8) -> ParticipantId {
    ParticipantId::from_random([number; 20])
}

fn at(port: u16) -> SocketAddr {
    SocketAddr::from(([10, 0, 0, 1], port))
}

fn request(username: &str) -> Vec<u8> {
    let mut bytes = vec![0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42];
    bytes.extend([7; 12]);
    bytes.extend([0x80, 0x22, 0, 3, b'a', b'b', b'c', 0]);
    bytes.extend([0, 6, 0, username.len() as u8]);
    bytes.extend(username.as_bytes());
    bytes
}

fn path(port: u16) -> Path {
    Path {
        local: SocketAddr::from(([10, 0, 0, 9], 4000)),
        remote: at(port),
    }
}

/// Two sessions.
fn two() -> (UdpDemux, Instant) {
    let mut addresses = UdpDemux::new([7; 32]);
    addresses.add_ufrag(who(1), "one");
    addresses.add_ufrag(who(2), "two");
    (addresses, Instant::now())
}

#[test]
fn a_request_is_known_by_its_ufrag_and_media_by_an_answered_address() {
    let mut addresses = UdpDemux::new([7; 32]);
    let now = Instant::now();
    addresses.add_ufrag(who(1), "one");
    assert_eq!(addresses.owner(now, at(1), &request("one:x")), Some(who(1)));
    assert_eq!(addresses.owner(now, at(1), &request("two:x")), None);
    assert_eq!(addresses.owner(now, at(1), MEDIA), None);
    addresses.answered(now, who(1), path(1));
    assert_eq!(addresses.owner(now, at(1), MEDIA), Some(who(1)));
    addresses.forget(who(1));
    assert_eq!(addresses.owner(now, at(1), MEDIA), None);
    assert_eq!(addresses.owner(now, at(1), &request("one:x")), None);
    addresses.answered(now, who(1), path(1));
    assert_eq!(addresses.owner(now, at(1), MEDIA), None);
}

#[test]
fn an_address_is_moved_when_its_owner_is_silent_and_another_one_has_proven_to_be_there() {
    let (mut addresses, now) = two();
    addresses.answered(now, who(1), path(1));
    addresses.bind_remote(now, who(1), at(1));
    addresses.answered(now, who(2), path(1));
    addresses.bind_remote(now, who(2), at(1));
    assert_eq!(addresses.owner(now, at(1), MEDIA), Some(who(1)));
    assert_eq!(addresses.route(now, who(2), path(1)), None);
    let later = now + QUIET;
    assert_eq!(addresses.owner(later, at(1), MEDIA), Some(who(2)));
    // The owner is back before anything of the other one's has come.
    addresses.answered(later, who(1), path(1));
    assert_eq!(addresses.owner(later, at(1), MEDIA), Some(who(1)));
    let later = later + QUIET;
    addresses.authenticated(later, who(2), path(1));
    addresses.answered(later, who(1), path(1));
    assert_eq!(addresses.owner(later, at(1), MEDIA), Some(who(2)));
    assert_eq!(addresses.route(later, who(1), path(1)), None);
}

#[test]
fn who_holds_an_address_without_being_there_holds_up_nobody() {
    let (mut addresses, now) = two();
    addresses.answered(now, who(1), path(1));
    let transaction = addresses.answered(now, who(2), path(1)).unwrap();
    assert_eq!(addresses.challenged(at(2), transaction), None);
    assert_eq!(addresses.challenged(at(1), transaction), Some(who(2)));
    assert_eq!(addresses.route(now, who(2), path(1)), None);
    addresses.bind_remote(now, who(2), at(1));
    assert_eq!(addresses.owner(now, at(1), MEDIA), Some(who(2)));
    assert_eq!(addresses.route(now, who(2), path(1)), Some(path(1)));
    assert_eq!(addresses.route(now, who(1), path(1)), None);
}

#[test]
fn what_is_authenticated_proves_no_address() {
    let (mut addresses, now) = two();
    addresses.answered(now, who(1), path(1));
    addresses.bind_remote(now, who(1), at(1));
    addresses.answered(now, who(1), path(2));
    addresses.authenticated(now, who(1), path(2));
    assert_eq!(addresses.route(now, who(1), path(2)), Some(path(1)));
    addresses.bind_remote(now, who(1), at(2));
    assert_eq!(addresses.route(now, who(1), path(2)), Some(path(2)));
}

#[test]
fn media_follows_to_the_address_that_is_used_once_the_nominated_one_is_silent() {
    let (mut addresses, mut now) = two();
    for port in 1..4 {
        addresses.answered(now, who(1), path(port));
        addresses.bind_remote(now, who(1), at(port));
    }
    now += SILENCE;
    // What is checked only is no move.
    addresses.answered(now, who(1), path(3));
    assert_eq!(addresses.route(now, who(1), path(1)), Some(path(1)));
    addresses.answered(now, who(1), path(2));
    addresses.nominated(now, who(1), at(2));
    assert_eq!(addresses.route(now, who(1), path(1)), Some(path(2)));
    addresses.answered(now, who(1), path(1));
    assert_eq!(addresses.route(now, who(1), path(1)), Some(path(1)));
}

#[test]
fn a_handshake_goes_to_who_is_not_proven_in_small_measure() {
    let (mut addresses, now) = two();
    addresses.answered(now, who(1), path(1));
    let greets = |addresses: &mut UdpDemux| {
        let sent = || addresses.allow_handshake(now, who(1), at(1), 10);
        10 * std::iter::repeat_with(sent)
            .take_while(|sent| *sent)
            .count()
    };
    assert_eq!(greets(&mut addresses), AMPLIFICATION * CHECK_BYTES);
    addresses.received(who(1), at(1), 100);
    assert_eq!(greets(&mut addresses), AMPLIFICATION * 100);
    assert!(!addresses.allow_handshake(now, who(1), at(2), 1));
}

#[test]
fn an_address_that_is_given_up_goes_to_who_claims_it() {
    let (mut addresses, now) = two();
    addresses.answered(now, who(1), path(1));
    addresses.answered(now, who(2), path(1));
    addresses.forget(who(1));
    assert_eq!(addresses.owner(now, at(1), MEDIA), Some(who(2)));
    addresses.forget(who(2));
    assert_eq!(addresses.owner(now, at(1), MEDIA), None);
    assert!(addresses.by_address.is_empty() && addresses.known.is_empty());
}

#[test]
fn a_session_has_only_so_many_addresses() {
    let mut addresses = UdpDemux::new([7; 32]);
    let mut now = Instant::now();
    addresses.add_ufrag(who(1), "one");
    for port in 0..ADDRESSES as u16 {
        now += Duration::from_millis(1);
        addresses.answered(now, who(1), path(port));
    }
    assert_eq!(addresses.owner(now, at(99), &request("one:x")), None);
    assert_eq!(addresses.owner(now, at(3), &request("one:x")), Some(who(1)));
    // It goes on at one that it has had for long.
    addresses.answered(now + Duration::from_millis(1), who(1), path(2));
    addresses.restart(who(1));
    assert_eq!(
        addresses.owner(now, at(99), &request("one:x")),
        Some(who(1))
    );
    assert_eq!(addresses.owner(now, at(15), MEDIA), Some(who(1)));
    assert_eq!(addresses.owner(now, at(2), MEDIA), Some(who(1)));
    assert_eq!(addresses.owner(now, at(3), MEDIA), None);
}

#[test]
fn old_ufrags_are_forgotten() {
    let mut addresses = UdpDemux::new([7; 32]);
    let now = Instant::now();
    for ufrag in ["a", "b", "c", "d"] {
        addresses.add_ufrag(who(1), ufrag);
    }
    assert_eq!(addresses.owner(now, at(1), &request("a:x")), None);
    assert_eq!(addresses.owner(now, at(1), &request("b:x")), Some(who(1)));
}

proptest! {
    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..80), stun: bool) {
        let mut bytes = bytes;
        if stun {
            bytes.splice(..0, [0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42]);
        }
        let _ = ufrag(&bytes);
    }

    /// Whatever others who have sessions of their own do in the name of an address, who is there goes on.
    #[test]
    fn no_request_takes_an_address_from_who_is_there(
        steps in proptest::collection::vec((0..6_u8, 2..6_u8, 0..3_u16, 0..6_000_u64), 0..200),
    ) {
        let mut addresses = UdpDemux::new([7; 32]);
        let mut now = Instant::now();
        (1..6).for_each(|number| addresses.add_ufrag(who(number), &number.to_string()));
        addresses.answered(now, who(1), path(0));
        addresses.bind_remote(now, who(1), at(0));
        for (kind, other, port, pause) in steps {
            let request = request(&format!("{other}:x"));
            match kind {
                0 | 1 if addresses.owner(now, at(port), &request) == Some(who(other)) => {
                    addresses.answered(now, who(other), path(port));
                }
                // Its keys are its own, wherever it seems to be; what is sent to the first address it does not get.
                2 if addresses.owner(now, at(port), MEDIA) == Some(who(other)) => {
                    addresses.authenticated(now, who(other), path(port));
                }
                2 if port > 0 => addresses.bind_remote(now, who(other), at(port)),
                3 => addresses.restart(who(other)),
                4 => {
                    addresses.forget(who(other));
                    addresses.add_ufrag(who(other), &other.to_string());
                }
                5 => {
                    now += Duration::from_millis(pause);
                    addresses.answered(now, who(1), path(0));
                }
                _ => {}
            }
            prop_assert_eq!(addresses.owner(now, at(0), MEDIA), Some(who(1)));
            prop_assert_eq!(addresses.route(now, who(1), path(0)), Some(path(0)));
            prop_assert!((2..6).all(|other| addresses.route(now, who(other), path(0)).is_none_or(|way| way != path(0))));
            prop_assert!(addresses.by_address.len() <= 3);
            for (owner, known) in &addresses.known {
                prop_assert!(known.addresses.iter().all(|address| addresses.by_address[address].party(*owner).is_some()));
                let mut once: Vec<_> = known.addresses.iter().collect();
                once.sort();
                once.dedup();
                prop_assert_eq!(once.len(), known.addresses.len());
            }
        }
    }
}
