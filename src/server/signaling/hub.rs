//! The rooms with their sockets and their clock.

use std::{
    collections::HashMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use tokio::sync::{Notify, mpsc::UnboundedSender};

use super::{
    client::{Ack, Client},
    packet::Text,
};
use crate::{
    protocol::{
        Admission, ClientEvent, CreateSession, IceServer, LobbyReply, NewToken, Nothing,
        ParticipantId, Refusal, RoomName, ServerEvent, SessionReply, WireEvent,
    },
    room::{
        Admitted, ConnectionId, Forwarding, Input, Limits, Network, Output, Rooms, UnitSays,
        UnitTask,
    },
    server::{config::Settings, token::Tokens},
};

/// All rooms of this server and the sockets of those who are in them.
pub struct Hub {
    started: Instant,
    tokens: Tokens,
    ice_servers: Vec<IceServer>,
    max_participants: usize,
    unit: Option<UnboundedSender<UnitTask>>,
    connections: AtomicU64,
    state: Mutex<State>,
    /// Wakes the clock when there may be an earlier deadline.
    sooner: Notify,
}

struct State {
    rooms: Rooms,
    clients: HashMap<ConnectionId, Client>,
}

impl Hub {
    /// Makes a hub without rooms. `unit` takes what the forwarding unit is to do, if there is one.
    pub fn new(
        settings: &Settings,
        tokens: Tokens,
        unit: Option<UnboundedSender<UnitTask>>,
    ) -> Self {
        let boot = rand::random();
        let limits = Limits {
            participants: settings.max_participants,
            rooms: settings.max_rooms,
        };
        let mut rooms = Rooms::new(limits, tokens.seal(), boot);
        if unit.is_some() {
            rooms = rooms.with_unit(Forwarding {
                unit: ParticipantId::from_random(rand::random()),
                from: settings.forward_from,
            });
        }
        Self {
            started: Instant::now(),
            tokens,
            ice_servers: settings
                .ice_server
                .iter()
                .map(|server| server.to_wire())
                .collect(),
            max_participants: settings.max_participants,
            unit,
            connections: AtomicU64::new(0),
            state: Mutex::new(State {
                rooms,
                clients: HashMap::new(),
            }),
            sooner: Notify::new(),
        }
    }

    /// Takes a new connection from a network, and names it.
    pub fn connect(&self, network: Network) -> ConnectionId {
        let connection = ConnectionId(self.connections.fetch_add(1, Ordering::Relaxed));
        self.give(Input::Connect {
            connection,
            network,
        });
        connection
    }

    /// Handles what a connection says. The replies to `create-session` and `look-in` go out through `ack`.
    ///
    /// # Errors
    /// What the room refuses, and tokens that do not hold.
    pub fn handle(
        &self,
        connection: ConnectionId,
        client: &Client,
        event: ClientEvent,
        ack: &mut Option<Ack>,
    ) -> Result<(), Refusal> {
        let input = match event {
            ClientEvent::CreateSession(entry) => self.entry(connection, entry)?,
            ClientEvent::ConnInit(about) => Input::Ready(connection, about),
            ClientEvent::ConnRenew(about) => Input::Renew(connection, about),
            ClientEvent::ConnForward(about) => Input::Forward(connection, about),
            ClientEvent::ConnSignal(signal) => Input::Signal(connection, signal),
            ClientEvent::ParticipantState(presence) => Input::Present(connection, presence),
            ClientEvent::LeaveSession(Nothing {}) => Input::Leave(connection),
            ClientEvent::Say(say) => Input::Say(connection, say),
            ClientEvent::Host(action) => Input::Host(connection, action),
            // That it is done is the answer.
            ClientEvent::Echo(Nothing {}) => return Ok(()),
            ClientEvent::LookIn(look) => Input::Look(connection, look.room),
            ClientEvent::Knock(knock) => Input::Knock {
                connection,
                knock,
                fresh: ParticipantId::from_random(rand::random()),
            },
        };
        let comes = matches!(
            input,
            Input::Enter { .. } | Input::Look(..) | Input::Knock { .. }
        );
        let mut state = self.lock();
        state.rooms.handle_input(self.started.elapsed(), input)?;
        if comes {
            state.clients.insert(connection, client.clone());
        }
        let replaced = self.drain(&mut state, ack);
        drop(state);
        self.disconnect(replaced);
        Ok(())
    }

    /// The forwarding unit has something to say to a participant.
    pub fn unit_says(&self, room: RoomName, participant: ParticipantId, says: UnitSays) {
        self.give(Input::Unit {
            room,
            participant,
            says,
        });
    }

    /// The client has left the namespace.
    pub fn leave(&self, connection: ConnectionId) {
        // Who was in no room is refused the leaving, and nothing has to be done.
        self.give(Input::Leave(connection));
        self.lose(connection);
    }

    /// The connection is over.
    pub fn lose(&self, connection: ConnectionId) {
        let mut state = self.lock();
        // In one step: nothing of the connection comes between, and keeps its client here.
        state.clients.remove(&connection);
        self.take(state, Input::Lost(connection));
        self.sooner.notify_one();
    }

    /// Tells everyone that the server ends.
    pub fn announce_closing(&self) {
        let event = ServerEvent::ServerClosing(Nothing {});
        let Some(text) = Text::event(event.name(), &event) else {
            return;
        };
        for client in self.lock().clients.values() {
            client.send(text.clone());
        }
    }

    /// How many connections have a seat, wait at a door or look in, and how many rooms there are.
    pub fn counts(&self) -> (usize, usize) {
        let state = self.lock();
        (state.clients.len(), state.rooms.room_count())
    }

    /// Gives the rooms their time, for as long as it is polled.
    pub async fn run_clock(&self) {
        loop {
            let next = self.lock().rooms.poll_timeout();
            let due = async {
                match next {
                    Some(at) => tokio::time::sleep_until((self.started + at).into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = due => self.tick(),
                () = self.sooner.notified() => {}
            }
        }
    }

    fn entry(&self, connection: ConnectionId, entry: CreateSession) -> Result<Input, Refusal> {
        let claim = match &entry.resume {
            Some(token) => Some(self.tokens.verify(token).ok_or(Refusal::ResumeRefused)?),
            None => None,
        };
        let fresh = ParticipantId::from_random(rand::random());
        Ok(Input::Enter {
            connection,
            entry,
            fresh,
            claim,
        })
    }

    fn tick(&self) {
        self.give(Input::Timeout);
    }

    /// Gives the rooms an input that nobody has to be answered.
    fn give(&self, input: Input) {
        self.take(self.lock(), input);
    }

    fn take(&self, mut state: MutexGuard<'_, State>, input: Input) {
        let _ = state.rooms.handle_input(self.started.elapsed(), input);
        let replaced = self.drain(&mut state, &mut None);
        drop(state);
        self.disconnect(replaced);
    }

    /// Does what there is to do. The sockets that it gives back are to be disconnected without the lock.
    fn drain(&self, state: &mut State, ack: &mut Option<Ack>) -> Vec<Client> {
        let mut replaced = Vec::new();
        // What goes to many comes in a row, and is written once.
        let mut written: Option<(ServerEvent, Text)> = None;
        while let Some(output) = state.rooms.poll_output() {
            match output {
                Output::Admit(_, admitted) => {
                    if let Some(ack) = ack.take() {
                        ack.send(&SessionReply::Admitted(Box::new(self.admission(admitted))));
                    }
                }
                Output::Seen(_, lobby) => {
                    if let Some(ack) = ack.take() {
                        ack.send(&LobbyReply::Seen(lobby));
                    }
                }
                Output::Token(connection, claim) => {
                    let resume = self.tokens.sign(&claim).into();
                    let event = ServerEvent::ResumeToken(NewToken { resume });
                    self.send(state, connection, Text::event(event.name(), &event));
                }
                Output::Send(connection, event) => {
                    let text = match &written {
                        Some((before, text)) if *before == event => Some(text.clone()),
                        _ => Text::event(event.name(), &event),
                    };
                    self.send(state, connection, text.clone());
                    written = text.map(|text| (event, text));
                }
                Output::Unit(task) => {
                    if let Some(unit) = &self.unit {
                        let _ = unit.send(task);
                    }
                }
                Output::Close(connection) => replaced.extend(state.clients.remove(&connection)),
            }
        }
        replaced
    }

    /// A client that does not read has been cut, and its seat waits for it.
    fn send(&self, state: &mut State, connection: ConnectionId, text: Option<Text>) {
        let (Some(client), Some(text)) = (state.clients.get(&connection), text) else {
            return;
        };
        if client.send(text) {
            return;
        }
        state.clients.remove(&connection);
        let _ = state
            .rooms
            .handle_input(self.started.elapsed(), Input::Lost(connection));
        self.sooner.notify_one();
    }

    fn admission(&self, admitted: Admitted) -> Admission {
        Admission {
            you: admitted.claim.participant,
            resume: self.tokens.sign(&admitted.claim).into(),
            room: admitted.claim.room,
            resumed: admitted.resumed,
            reforming: admitted.reforming,
            state: admitted.state,
            participants: admitted.participants,
            ready: admitted.ready,
            forwards: self.unit.is_some(),
            ice_servers: self.ice_servers.clone(),
            max_participants: self.max_participants,
        }
    }

    /// Puts clients out; without the lock, since it is taken for each.
    fn disconnect(&self, clients: Vec<Client>) {
        for connection in clients.iter().filter_map(Client::disconnect) {
            self.lose(connection);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
