//! Whether media goes straight or by the SFU, and who is introduced to whom because of that.

use super::{
    server_with_sfu::{ServerWithSfu, sfu},
    *,
};
use crate::{
    protocol::{PeerRef, RENEWALS_OF_PAIR, Topology},
    sfu::SfuCommand,
};

fn about(other: ParticipantId, generation: Option<u32>) -> PeerRef {
    PeerRef {
        conn_user_socket_id: other,
        generation,
    }
}

impl ServerWithSfu {
    /// Who is introduced to whom by what came of the last input, straight: the one who prepares first.
    fn introduced(&self) -> Vec<(ConnectionId, ParticipantId)> {
        let prepares = self.sent.iter().filter_map(|output| match output {
            Output::Send(to, ServerEvent::ConnPrepare(prepare)) if !prepare.sfu => {
                Some((*to, prepare.just_joined_user_socket_id))
            }
            _ => None,
        });
        prepares.collect()
    }

    /// Who is told that a connection is over, and with whom.
    fn closed(&self) -> Vec<(ConnectionId, ParticipantId, Option<u32>)> {
        let closed = self.sent.iter().filter_map(|output| match output {
            Output::Send(to, ServerEvent::PeerClosed(about)) => {
                Some((*to, about.conn_user_socket_id, about.generation))
            }
            _ => None,
        });
        closed.collect()
    }

    /// What those are told of the topology.
    fn topologies(&self) -> Vec<(ConnectionId, Topology)> {
        let told = self.sent.iter().filter_map(|output| match output {
            Output::Send(to, ServerEvent::RoomState(state)) => Some((*to, state.topology)),
            _ => None,
        });
        told.collect()
    }

    fn release(&mut self, number: u64, other: ParticipantId, generation: u32) {
        let about = about(other, Some(generation));
        self.give(Input::PeerRelease(ConnectionId(number), about))
            .unwrap();
    }

    /// Which introduction of the two is the newest.
    fn generation(&mut self, one: ParticipantId, other: ParticipantId) -> u32 {
        let room = self.rooms.rooms.get_mut(&room(1)).unwrap();
        room.pairs.find(one, other).unwrap().generation
    }

    fn request(&mut self, number: u64, other: ParticipantId) -> Result<(), Refusal> {
        self.give(Input::PeerRequest(ConnectionId(number), about(other, None)))
    }
}

#[test]
fn in_an_sfu_room_a_newcomer_is_introduced_to_the_sfu_only() {
    let mut desk = ServerWithSfu::new(2);
    let ada = desk.enter(1, true);
    let ben = desk.enter(2, true);
    assert_eq!(desk.introduced(), [], "it becomes one with the second");
    assert_eq!(desk.begun().0, [ada, ben]);
    let told = [1, 2].map(|number| (ConnectionId(number), Topology::Sfu));
    assert_eq!(desk.topologies(), told);
    let cleo = desk.enter(3, true);
    assert_eq!(desk.introduced(), []);
    assert_eq!(desk.begun().0, [cleo]);
    assert_eq!(desk.admitted().state.topology, Topology::Sfu);
    // Who knows no SFU is connected with each.
    let seed = desk.enter(4, false);
    let to_seed = [1, 2, 3].map(|number| (ConnectionId(number), seed));
    assert_eq!(desk.introduced(), to_seed);
}

#[test]
fn who_was_connected_before_stays_so_until_both_need_it_no_more() {
    let mut desk = ServerWithSfu::new(3);
    let [ada, ben] = [1, 2].map(|number| desk.enter(number, true));
    assert_eq!(desk.introduced(), [(ConnectionId(1), ben)]);
    desk.release(1, ben, 1);
    desk.release(2, ada, 1);
    assert_eq!(desk.closed(), [], "in a mesh it is needed");
    desk.enter(3, true);
    assert_eq!((desk.closed(), desk.introduced()), (vec![], vec![]));

    desk.release(1, ben, 1);
    desk.release(1, ben, 1);
    desk.release(2, ada, 7);
    assert_eq!(
        desk.closed(),
        [],
        "one of them, and an introduction that was not"
    );
    desk.request(1, ben).unwrap();
    desk.release(2, ada, 1);
    assert_eq!(desk.closed(), [], "taken back");
    desk.release(1, ben, 1);
    let (one, two) = (ConnectionId(1), ConnectionId(2));
    assert_eq!(desk.closed(), [(one, ben, Some(1)), (two, ada, Some(1))]);
    desk.release(1, ben, 1);
    assert_eq!(desk.sent, [], "once");

    // Files need one, and it is another introduction.
    desk.request(2, ada).unwrap();
    assert_eq!(desk.introduced(), [(one, ben)]);
    desk.request(1, ben).unwrap();
    assert_eq!(desk.sent, [], "one serves both");
    desk.release(1, ben, 1);
    desk.release(2, ada, 2);
    assert_eq!(desk.closed(), []);
    desk.release(1, ben, 2);
    assert_eq!(desk.closed().len(), 2);
}

#[test]
fn connections_are_asked_for_as_often_as_others_can_bear() {
    let mut desk = ServerWithSfu::new(2);
    let [ada, ben] = [1, 2].map(|number| desk.enter(number, true));
    let mut asked = 0;
    let refused = (0..100).find_map(|_| {
        let generation = asked + 2;
        let done = desk.request(1, ben);
        desk.release(1, ben, generation);
        desk.release(2, ada, generation);
        asked += 1;
        done.err()
    });
    assert_eq!(refused, Some(Refusal::RateLimited));
    assert_eq!(desk.request(1, ada), Err(Refusal::SelfTarget));
    assert_eq!(desk.request(1, id(77)), Err(Refusal::NotHere(id(77))));
    assert_eq!(desk.request(1, sfu()), Err(Refusal::NotHere(sfu())));
    assert_eq!(desk.request(9, ada), Err(Refusal::NotInRoom));
    let unknown = Input::PeerRelease(ConnectionId(1), about(id(77), None));
    assert_eq!(desk.give(unknown), Err(Refusal::NotHere(id(77))));
}

#[test]
fn who_finds_no_way_to_the_sfu_is_connected_with_everybody_straight() {
    let mut desk = ServerWithSfu::new(2);
    let [ada, ben] = [1, 2].map(|number| desk.enter(number, true));
    let unreachable = || Input::SfuUnreachable(ConnectionId(2));
    desk.give(unreachable()).unwrap();
    assert_eq!(desk.introduced(), [(ConnectionId(1), ben)]);
    desk.give(unreachable()).unwrap();
    assert_eq!(desk.sent, [], "once");
    let cleo = desk.enter(3, true);
    assert_eq!(
        desk.introduced(),
        [(ConnectionId(2), cleo)],
        "who comes later, too"
    );
    let notes = std::iter::from_fn(|| desk.rooms.poll_membership());
    let told = notes.filter(|note| note.change == MembershipChange::SfuUnreachable);
    assert_eq!(told.map(|note| note.participant).collect::<Vec<_>>(), [ben]);
    // It has found it, since it needs a connection no more.
    desk.release(2, ada, 2);
    desk.give(Input::Leave(ConnectionId(3))).unwrap();
    desk.enter(4, true);
    assert_eq!(desk.introduced(), []);
}

#[test]
fn a_room_that_has_become_small_goes_straight_and_then_leaves_the_sfu() {
    let mut desk = ServerWithSfu::until(3, 2);
    let [ada, ben, _] = [1, 2, 3].map(|number| desk.enter(number, true));
    desk.release(1, ben, 1);
    desk.release(2, ada, 1);
    assert_eq!(desk.closed().len(), 2);
    desk.release(1, sfu(), 1);
    desk.give(Input::Leave(ConnectionId(3))).unwrap();
    let (one, two) = (ConnectionId(1), ConnectionId(2));
    let told = [one, two].map(|connection| (connection, Topology::Mesh));
    assert_eq!(desk.topologies(), told);
    assert_eq!(desk.introduced(), [(one, ben)]);
    assert_eq!(desk.tasks(), [&SfuCommand::End(id(3))]);
    desk.release(1, sfu(), 1);
    assert_eq!(
        desk.tasks(),
        [] as [&SfuCommand; 0],
        "the other one needs it"
    );
    desk.release(2, sfu(), 1);
    assert_eq!(desk.tasks(), [&SfuCommand::End(ada), &SfuCommand::End(ben)]);
    let left = [one, two].map(|connection| {
        let left = ParticipantLeft { id: sfu() };
        Output::Send(connection, ServerEvent::ParticipantLeft(left))
    });
    assert!(left.iter().all(|left| desk.sent.contains(left)));
    // The one who comes next begins it anew.
    desk.enter(4, true);
    assert_eq!(desk.begun().0, [ada, ben, id(4)]);
}

#[test]
fn who_needs_the_sfu_again_keeps_it_when_others_leave() {
    let mut desk = ServerWithSfu::until(3, 2);
    let [ada, ben, _] = [1, 2, 3].map(|number| desk.enter(number, true));
    desk.give(Input::Leave(ConnectionId(3))).unwrap();
    desk.release(1, sfu(), 1);
    desk.release(2, sfu(), 1);
    assert_eq!(desk.tasks().len(), 2, "both sessions end");
    let seed = desk.enter(4, false);
    // They find no way to each other any more.
    desk.ask(1, ben).unwrap();
    assert_eq!(desk.begun().0, [ada, ben]);
    desk.give(Input::Leave(ConnectionId(4))).unwrap();
    assert_eq!(desk.tasks(), [] as [&SfuCommand; 0], "{seed} had none");
}

#[test]
fn who_says_again_and_again_that_the_sfu_is_unreachable_makes_others_connect_no_more_often() {
    let mut desk = ServerWithSfu::new(2);
    let [ada, ben] = [1, 2].map(|number| desk.enter(number, true));
    let mut introductions = 0;
    for _ in 0..100 {
        desk.give(Input::SfuUnreachable(ConnectionId(2))).unwrap();
        introductions += desk.introduced().len();
        let generation = desk.generation(ada, ben);
        desk.release(1, ben, generation);
        desk.release(2, ada, generation);
    }
    assert_eq!(introductions, RENEWALS_OF_PAIR.burst as usize);
}

#[test]
fn a_room_whose_sfu_is_gone_goes_straight() {
    let mut desk = ServerWithSfu::new(2);
    let [_, ben] = [1, 2].map(|number| desk.enter(number, true));
    desk.give(Input::SfuGone).unwrap();
    let one = ConnectionId(1);
    assert_eq!(desk.introduced(), [(one, ben)]);
    assert!(desk.topologies().contains(&(one, Topology::Mesh)));
    desk.give(Input::SfuRestarted).unwrap();
    assert_eq!(desk.introduced(), []);
    assert!(desk.topologies().contains(&(one, Topology::Sfu)));
    assert_eq!(desk.begun().0.len(), 2);
}

#[test]
fn who_comes_back_with_a_connection_that_is_over_is_told() {
    let mut desk = ServerWithSfu::new(2);
    let ada = desk.enter(1, true);
    desk.enter(2, true);
    let claim = desk.claim();
    desk.give(Input::Lost(ConnectionId(2))).unwrap();
    let held = HeldPeer {
        id: ada,
        initiator: true,
        generation: 1,
    };
    desk.come_back(3, vec![held], claim);
    assert_eq!(desk.closed(), [(ConnectionId(3), ada, Some(1))]);
    assert_eq!(desk.introduced(), []);
}

#[test]
fn an_sfu_room_is_one_again_after_a_restart() {
    let mut desk = ServerWithSfu::until(3, 2);
    let mut claims = Vec::new();
    for number in 1..=3 {
        desk.enter(number, true);
        claims.push(desk.claim());
    }
    let records = desk.rooms.take_changes().into_iter();
    let records = records.filter_map(|change| match change {
        RecordChange::Kept(record) => Some(record),
        RecordChange::Over(_) => None,
    });
    let records: Vec<_> = records.collect();
    let mut desk = ServerWithSfu::until(3, 2);
    desk.rooms.recall(records);
    for (number, claim) in (1..).zip(claims) {
        desk.come_back(number, vec![], claim);
        assert_eq!(desk.begun().0, [id(number)], "with the first who is back");
        assert_eq!(desk.introduced(), []);
    }
}
