//! The rooms with their sockets and their clock.

use std::{
    collections::{BTreeSet, HashMap},
    convert::Infallible,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use tokio::{sync::Notify, time::MissedTickBehavior};

use super::{
    client::{Ack, Client},
    log,
    packet::Text,
};
use crate::{
    protocol::{
        Admission, ClientEvent, CreateSession, Empty, IceServer, LobbyReply, ParticipantId,
        Refusal, ResumeToken, RoomName, ServerEvent, SessionReply, StampedReply, WireEvent,
    },
    room::{
        Admitted, ConnectionId, Input, Limits, MeetingRecord, Network, NetworkLimits, Output,
        RecordChange, Rooms, SfuConfig, Unicast,
    },
    server::{config::Settings, meetings::Meetings, token::Tokens},
    sfu::{SfuEvent, driver::Queue},
};

/// How often it is looked whether all clients are there still. One that is not for so long is over.
const SWEEP: Duration = Duration::from_secs(10);
/// How long to wait before it is looked again whether a meeting has changed.
const LOOK: Duration = Duration::from_millis(100);

/// All rooms of this server and the sockets of those who are in them.
pub struct Hub {
    started: Instant,
    tokens: Tokens,
    ice_servers: Vec<IceServer>,
    max_participants: usize,
    sfu: Option<Arc<Queue>>,
    connections: AtomicU64,
    state: Mutex<State>,
    /// Wakes the clock when there is an earlier deadline.
    sooner: Notify,
    /// Wakes who keeps the meetings.
    changed: Notify,
}

struct State {
    rooms: Rooms,
    clients: HashMap<ConnectionId, Client>,
    /// Whose client was not there when it was looked last.
    missed: BTreeSet<ConnectionId>,
    /// Until when the clock sleeps.
    clock: Option<Duration>,
}

impl State {
    /// Gives the rooms an input and the time, by the clock of the machine too.
    fn handle(&mut self, now: Duration, input: Input) -> Result<(), Refusal> {
        if let Some(wall) = wall_time() {
            self.rooms.set_wall_time(now, wall);
        }
        self.rooms.handle_input(now, input)
    }

    /// Sees to it that nobody is cut for what one other sends.
    fn make_way(&mut self, now: Duration, input: &Input) -> Result<(), Refusal> {
        let (from, what) = match input {
            Input::Signal(from, signal) => (from, Some(Unicast::signal(signal))),
            Input::Message(from, say) => (from, Unicast::said(say)),
            _ => return Ok(()),
        };
        let Some(what) = what else {
            return Ok(());
        };
        let clients = &self.clients;
        self.rooms.take_unicast(now, *from, what, |to| {
            let account = clients.get(&to).and_then(Client::account);
            account.map_or(0, |account| account.unsent())
        })
    }
}

impl Hub {
    /// Makes a hub that goes on with the meetings of before a restart. `queue` takes what the SFU is to do, if
    /// there is one.
    pub fn new(
        settings: &Settings,
        tokens: Tokens,
        sfu: Option<Arc<Queue>>,
        meetings: Vec<MeetingRecord>,
    ) -> Self {
        let limits = Limits {
            participants: settings.max_participants,
            rooms: settings.max_rooms,
        };
        let mut rooms = Rooms::new(limits, tokens.seal(), wall_time().unwrap_or_default());
        let unlimited = settings.unlimited_address.iter();
        rooms = rooms.with_network_limits(NetworkLimits::new(
            settings.max_people_per_address,
            settings.max_rooms,
            unlimited.map(|range| range.prefix()).collect(),
        ));
        if let Some((from, until)) = settings.sfu_thresholds().filter(|_| sfu.is_some()) {
            rooms = rooms.with_sfu(SfuConfig {
                sfu: ParticipantId::from_random(rand::random()),
                from,
                until,
                most: settings.max_forwarded,
                running: true,
            });
        }
        rooms.recall(meetings);
        Self {
            started: Instant::now(),
            tokens,
            ice_servers: settings
                .ice_server
                .iter()
                .map(|server| server.to_wire())
                .collect(),
            max_participants: settings.max_participants,
            sfu,
            connections: AtomicU64::new(0),
            state: Mutex::new(State {
                rooms,
                clients: HashMap::new(),
                missed: BTreeSet::new(),
                clock: None,
            }),
            sooner: Notify::new(),
            changed: Notify::new(),
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

    /// Whether somebody of a network is in a room.
    pub fn has_participant_from(&self, network: Network) -> bool {
        self.lock().rooms.has_participant(network)
    }

    /// Handles what a connection says. The replies to `create-session` and `lobby-watch` go out through `ack`.
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
            ClientEvent::ConnInit(about) => Input::Prepared(connection, about),
            ClientEvent::PeerRestart(about) => Input::PeerRestart(connection, about),
            ClientEvent::SfuRequest(about) => Input::SfuRequest(connection, about),
            ClientEvent::SfuUnreachable(Empty {}) => Input::SfuUnreachable(connection),
            ClientEvent::PeerRequest(about) => Input::PeerRequest(connection, about),
            ClientEvent::PeerRelease(about) => Input::PeerRelease(connection, about),
            ClientEvent::ConnSignal(signal) => Input::Signal(connection, signal),
            ClientEvent::ParticipantState(presence) => Input::Present(connection, presence),
            ClientEvent::LeaveSession(Empty {}) => Input::Leave(connection),
            ClientEvent::Message(say) => Input::Message(connection, say),
            ClientEvent::Host(action) => Input::Host(connection, action),
            // That it is done is the answer.
            ClientEvent::Echo(Empty {}) => return Ok(()),
            ClientEvent::LobbyWatch(look) => Input::LobbyWatch(connection, look.room),
            ClientEvent::Knock(knock) => Input::Knock {
                connection,
                knock,
                fresh: ParticipantId::from_random(rand::random()),
            },
        };
        let needs_socket = matches!(
            input,
            Input::Enter { .. } | Input::LobbyWatch(..) | Input::Knock { .. }
        );
        let mut state = self.lock();
        let now = self.started.elapsed();
        state.make_way(now, &input)?;
        state.handle(now, input)?;
        if needs_socket {
            state.clients.insert(connection, client.clone());
        }
        let replaced = self.drain(&mut state, ack);
        drop(state);
        self.disconnect(replaced);
        Ok(())
    }

    /// The SFU has something to say to a participant.
    pub fn handle_sfu_event(&self, room: RoomName, participant: ParticipantId, says: SfuEvent) {
        self.give(Input::Sfu {
            room,
            participant,
            says,
        });
    }

    /// There is another SFU, which knows nobody: the rooms form again around it.
    pub fn handle_sfu_restart(&self) {
        if let Some(sfu) = &self.sfu {
            sfu.handle_restart();
        }
        self.give(Input::SfuRestarted);
    }

    /// There is no SFU for now: the rooms do without.
    pub fn handle_sfu_gone(&self) {
        self.give(Input::SfuGone);
    }

    /// The client has left the namespace.
    pub fn leave(&self, connection: ConnectionId) {
        // Who was in no room is refused the leaving, and nothing has to be done.
        self.give(Input::Leave(connection));
        self.remove_connection(connection);
    }

    /// The connection is over.
    pub fn remove_connection(&self, connection: ConnectionId) {
        let mut state = self.lock();
        // In one step: nothing of the connection comes between, and keeps its client here.
        state.clients.remove(&connection);
        self.take(state, Input::Lost(connection));
    }

    /// What has to be kept of the meetings since this was asked last.
    pub fn changes(&self) -> Vec<RecordChange> {
        self.lock().rooms.take_changes()
    }

    /// Has what is to outlive a restart kept, for as long as it is polled.
    pub async fn keep_meetings(&self, meetings: &mut Meetings) {
        if !meetings.is_kept() {
            return std::future::pending().await;
        }
        loop {
            self.changed.notified().await;
            let changes = self.changes();
            let pause = if changes.is_empty() {
                LOOK
            } else {
                meetings.keep(changes).await
            };
            tokio::time::sleep(pause).await;
        }
    }

    /// Tells everyone that the server ends.
    pub fn announce_closing(&self) {
        let event = ServerEvent::ServerClosing(Empty {});
        let Some(text) = Text::event(event.name(), &event) else {
            return;
        };
        for client in self.lock().clients.values() {
            client.send(text.clone());
        }
    }

    /// How many connections have a place, wait at a door or look in, and how many rooms there are.
    pub fn counts(&self) -> (usize, usize) {
        let state = self.lock();
        (state.clients.len(), state.rooms.room_count())
    }

    /// Gives the rooms their time, for as long as it is polled.
    pub async fn run_clock(&self) -> Infallible {
        let mut sweep = tokio::time::interval(SWEEP);
        sweep.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let next = {
                let mut state = self.lock();
                state.clock = state.rooms.poll_timeout();
                state.clock
            };
            let due = async {
                match next {
                    Some(at) => tokio::time::sleep_until((self.started + at).into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = due => self.tick(),
                _ = sweep.tick() => self.sweep(),
                () = self.sooner.notified() => {}
            }
        }
    }

    fn entry(&self, connection: ConnectionId, entry: CreateSession) -> Result<Input, Refusal> {
        let claim = match &entry.resume {
            Some(token) => Some(self.tokens.verify(token).ok_or_else(|| {
                self.give(Input::InvalidToken(connection));
                Refusal::ResumeRefused
            })?),
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

    /// Ends what belongs to connections that are not there any more: whoever ends one has to say so, and this does not
    /// rely on it.
    pub(super) fn sweep(&self) {
        let mut state = self.lock();
        let clients = state.clients.iter();
        let missed = clients.filter(|(connection, client)| !client.is_inside(**connection));
        let missed: BTreeSet<_> = missed.map(|(connection, _)| *connection).collect();
        // One that ends just now is missed once.
        let over: Vec<_> = missed.intersection(&state.missed).copied().collect();
        state.missed = missed;
        drop(state);
        for connection in over {
            tracing::debug!(connection = connection.0, "its end was not told");
            self.remove_connection(connection);
        }
    }

    fn tick(&self) {
        self.give(Input::Timeout);
    }

    /// Gives the rooms an input that nobody has to be answered.
    fn give(&self, input: Input) {
        self.take(self.lock(), input);
    }

    fn take(&self, mut state: MutexGuard<'_, State>, input: Input) {
        let _ = state.handle(self.started.elapsed(), input);
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
                Output::Lobby(_, lobby) => {
                    if let Some(ack) = ack.take() {
                        ack.send(&LobbyReply::Seen(lobby));
                    }
                }
                Output::Stamped(_, stamped) => {
                    if let Some(ack) = ack.take() {
                        ack.send(&StampedReply(stamped));
                    }
                }
                Output::Token(connection, claim) => {
                    let resume = self.tokens.sign(&claim).into();
                    let event = ServerEvent::ResumeToken(ResumeToken { resume });
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
                Output::Sfu(task) => {
                    if let Some(sfu) = &self.sfu {
                        sfu.push(task);
                    }
                }
                Output::Close(connection) => replaced.extend(state.clients.remove(&connection)),
            }
        }
        while let Some(membership) = state.rooms.poll_membership() {
            let client = |connection| state.clients.get(&connection);
            let transport = membership
                .connection
                .and_then(client)
                .map(Client::transport);
            log::membership(&membership, transport);
        }
        self.changed.notify_one();
        let next = state.rooms.poll_timeout();
        if next.is_some_and(|next| state.clock.is_none_or(|clock| next < clock)) {
            self.sooner.notify_one();
        }
        replaced
    }

    /// A client that does not read has been cut, and its place waits for it.
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
    }

    fn admission(&self, admitted: Admitted) -> Admission {
        Admission {
            you: admitted.claim.participant,
            resume: self.tokens.sign(&admitted.claim).into(),
            room: admitted.claim.room,
            meeting: Some(admitted.meeting),
            resumed: admitted.resumed,
            recovering: admitted.recovering,
            state: admitted.state,
            participants: admitted.participants,
            prepared: admitted.prepared,
            sfu_available: self.sfu.is_some(),
            ice_servers: self.ice_servers.clone(),
            max_participants: self.max_participants,
        }
    }

    /// Puts clients out; without the lock, since it is taken for each.
    fn disconnect(&self, clients: Vec<Client>) {
        for connection in clients.iter().filter_map(Client::disconnect) {
            self.remove_connection(connection);
        }
    }

    /// Ends clients and tells nobody.
    #[cfg(test)]
    pub(super) fn forget_ends(&self) {
        for client in self.lock().clients.values() {
            let _ = client.end();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The time since 1970, if the machine has any idea of it.
fn wall_time() -> Option<Duration> {
    SystemTime::now().duration_since(UNIX_EPOCH).ok()
}
