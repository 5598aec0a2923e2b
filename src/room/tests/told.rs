//! What a participant, or one in front of a room, makes of what it is sent.

use super::*;
use crate::protocol::Empty;

impl World {
    /// A client takes what it is sent; whoever has no connection can't be sent anything.
    pub fn take(&mut self, output: Output) {
        match output {
            Output::Admit(connection, admitted) => {
                let claim = admitted.claim;
                let you = claim.participant;
                let room = claim.room.clone();
                self.outsiders.remove(&connection);
                let client = self
                    .clients
                    .entry(claim.participant)
                    .or_insert_with(|| Client {
                        room: room.clone(),
                        connection: None,
                        claim: claim.clone(),
                        kind: self.entering,
                        gone: false,
                        waiting: Vec::new(),
                        peers: Vec::new(),
                        seen: BTreeMap::new(),
                        state: RoomState::default(),
                        knocking: Vec::new(),
                    });
                client.connection = Some(connection);
                client.claim = claim;
                client.state = admitted.state;
                client.knocking.clear();
                let here: Vec<_> = admitted
                    .participants
                    .iter()
                    .map(|member| member.id)
                    .collect();
                client.peers.retain(|peer| here.contains(&peer.id));
                client
                    .waiting
                    .retain(|waiting| here.contains(&waiting.just_joined_user_socket_id));
                client.seen.clear();
                for member in admitted.participants {
                    let client = self.clients.get_mut(&you).unwrap();
                    client.seen.insert(member.id, member.clone());
                    assert_eq!(
                        self.clients[&member.id].room, room,
                        "nobody of another room"
                    );
                    assert!(!self.clients[&member.id].gone, "nobody who has left");
                }
                for ready in admitted.prepared {
                    assert!(here.contains(&ready.conn_user_socket_id));
                    self.deliver(connection, ServerEvent::ConnInit(ready));
                }
            }
            Output::Send(connection, event) => self.deliver(connection, event),
            Output::Lobby(connection, lobby) => {
                let outsider = self.outsiders.get_mut(&connection).unwrap();
                outsider.watches.as_mut().unwrap().1 = lobby;
            }
            Output::Stamped(connection, _) => {
                let on = |client: &Client| client.connection == Some(connection);
                assert!(self.clients.values().any(on));
            }
            Output::Token(connection, claim) => {
                let client = self.clients.get_mut(&claim.participant).unwrap();
                assert_eq!(client.connection, Some(connection));
                assert_eq!(claim.token_number, client.claim.token_number);
                client.claim = claim;
            }
            Output::Sfu(task) => panic!("there is no SFU for {task:?}"),
            Output::Close(connection) if self.moving.take() == Some(connection) => {}
            Output::Close(connection) => {
                let on = |client: &&mut Client| client.connection == Some(connection);
                let client = self.clients.values_mut().find(on).unwrap();
                assert_eq!(client.kind, Kind::Seed, "others are told why");
                (client.connection, client.gone) = (None, true);
            }
        }
    }

    pub fn deliver(&mut self, connection: ConnectionId, event: ServerEvent) {
        if self.outsiders.contains_key(&connection) {
            return self.deliver_outside(connection, event);
        }
        if self.moving == Some(connection) {
            assert_eq!(event, ServerEvent::SessionReplaced(Empty {}));
            return;
        }
        let (&you, client) = self
            .clients
            .iter_mut()
            .find(|(_, client)| client.connection == Some(connection))
            .unwrap_or_else(|| panic!("nobody is on {connection:?} for {event:?}"));
        assert!(!client.gone, "nothing is sent to who has left");
        let room = client.room.clone();
        let about = match event {
            ServerEvent::ConnPrepare(prepare) => {
                let other = prepare.just_joined_user_socket_id;
                client.peers.retain(|peer| peer.id != other);
                client.peers.push(HeldPeer {
                    id: other,
                    initiator: false,
                    generation: prepare.generation,
                });
                client
                    .waiting
                    .retain(|waiting| waiting.just_joined_user_socket_id != other);
                client.waiting.push(prepare);
                other
            }
            ServerEvent::ConnInit(ready) => {
                let other = ready.conn_user_socket_id;
                *self.initiated.entry((you, other)).or_default() += 1;
                let generation = ready.generation.unwrap();
                client.peers.retain(|peer| peer.id != other);
                client.peers.push(HeldPeer {
                    id: other,
                    initiator: true,
                    generation,
                });
                other
            }
            ServerEvent::ConnSignal(signal) => {
                self.signalled += 1;
                let other = signal.conn_user_socket_id;
                let held = client.peers.iter().find(|peer| peer.id == other);
                let held = held.unwrap_or_else(|| panic!("a signal from a stranger"));
                assert_eq!(
                    Some(held.generation),
                    signal.generation,
                    "a signal for a peer that is gone"
                );
                other
            }
            ServerEvent::ParticipantState(member) => {
                let other = member.id;
                client.seen.insert(other, member);
                other
            }
            ServerEvent::ParticipantLeft(left) => {
                client.peers.retain(|peer| peer.id != left.id);
                client.seen.remove(&left.id);
                client
                    .waiting
                    .retain(|waiting| waiting.just_joined_user_socket_id != left.id);
                self.clients.get_mut(&left.id).unwrap().gone = true;
                left.id
            }
            event => return self.deliver_news(you, event),
        };
        assert_eq!(self.clients[&about].room, room, "nothing crosses rooms");
    }

    /// What clients of the seed do not know.
    fn deliver_news(&mut self, you: ParticipantId, event: ServerEvent) {
        let client = self.clients.get_mut(&you).unwrap();
        assert_ne!(client.kind, Kind::Seed, "{event:?}");
        match event {
            ServerEvent::RoomState(state) => {
                client.state = state;
                if state.host != Some(you) {
                    // Only the host hears who knocks, and of nobody else's knocking that it ends.
                    client.knocking.clear();
                }
            }
            ServerEvent::HostRequest(_) => {}
            ServerEvent::Knocking(knocking) => {
                assert_eq!(
                    client.state.host,
                    Some(you),
                    "only the host hears who knocks"
                );
                client.knocking = knocking.waiting.iter().map(|knocker| knocker.id).collect();
            }
            ServerEvent::Message(said) => {
                let room = client.room.clone();
                assert_eq!(self.clients[&said.from].room, room, "talk crosses no rooms");
                self.heard.push(you);
            }
            ServerEvent::Kicked(_) | ServerEvent::MeetingEnded(_) => {
                (client.connection, client.gone) = (None, true);
            }
            event => panic!("not from a room: {event:?}"),
        }
    }

    fn deliver_outside(&mut self, connection: ConnectionId, event: ServerEvent) {
        let outsider = self.outsiders.get_mut(&connection).unwrap();
        match event {
            ServerEvent::LobbyState(lobby) => {
                let watched = outsider.watches.as_mut().unwrap();
                assert_ne!(watched.1, lobby, "only what is new");
                watched.1 = lobby;
            }
            ServerEvent::KnockResult(answer) => {
                let (room, _) = outsider.waits.take().expect("answered once");
                let by_host = self.answering && answer.admitted;
                outsider.pass = by_host.then_some(room);
            }
            event => panic!("not for one outside: {event:?}"),
        }
    }
}
