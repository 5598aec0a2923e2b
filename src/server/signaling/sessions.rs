//! All sessions of Engine.IO, and Socket.IO on them: who is let into the namespace, whose session
//! has to end, and who has to go when too much waits to be sent.
//!
//! Socket.IO 5 of one namespace is small, and spoken here rather than by a crate: so every byte that a
//! client makes the server queue is known and charged (see [`account`](super::account)), and what a
//! client sends is handled on the task that read it.

use std::{
    collections::{BTreeMap, HashMap},
    convert::Infallible,
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use axum::body::Bytes;
use engineioxide::{DisconnectReason, Socket, Str, handler::EngineIoHandler, socket::Sid};

use super::{
    account::Budget,
    client::{Client, Session, SessionState},
    event_handler::EventHandler,
    hub::Hub,
    log::ConnectionLog,
    packet::{Kind, Packet, Text},
};
use crate::{
    protocol::{Refusal, WAITING_SESSIONS},
    server::{client_deadlines::ClientDeadlines, config::Heartbeat},
};

/// How often it is looked whose time is over.
const SWEEP: Duration = Duration::from_secs(1);
/// Between two rounds of making room: time for what was thrown away to be gone.
const ROOM_PAUSE: Duration = Duration::from_millis(50);
/// After a session has ended by silence: engineioxide goes on writing what waits, and tells nobody of the end until then.
const LAST_PONG: Duration = Duration::from_secs(5);
/// How long a client that was told to go may take to read it.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// All sessions.
pub struct Sessions {
    hub: Arc<Hub>,
    events: EventHandler,
    log: Arc<ConnectionLog>,
    budget: Arc<Budget>,
    deadlines: ClientDeadlines,
    /// How long nothing may come over a WebSocket.
    silence: Duration,
    opened: AtomicU64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    clients: HashMap<Sid, Client>,
    /// Those that have not asked to be let in, by their number: the oldest first.
    waiting: BTreeMap<u64, Client>,
    /// What each had been sent when it was last seen to read, and when that was; of those for whom
    /// something waits.
    stalled: HashMap<Sid, (u64, Instant)>,
}

impl Sessions {
    /// No session yet. Together they may leave as many bytes unsent as `unsent`.
    pub fn new(
        hub: Arc<Hub>,
        deadlines: ClientDeadlines,
        heartbeat: Heartbeat,
        unsent: usize,
    ) -> Self {
        let log = Arc::<ConnectionLog>::default();
        Self {
            events: EventHandler::new(hub.clone(), log.clone()),
            log,
            hub,
            budget: Budget::new(unsent),
            deadlines,
            silence: heartbeat.interval + heartbeat.timeout + LAST_PONG,
            opened: AtomicU64::new(0),
            state: Mutex::default(),
        }
    }

    /// Ends sessions whose time is over, and those that take most of what there is for all, for as
    /// long as it is polled.
    pub async fn run(&self) -> Infallible {
        let mut sweep = tokio::time::interval(SWEEP);
        sweep.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = sweep.tick() => self.sweep(Instant::now()),
                () = self.budget.exceeded.notified() => {
                    self.make_room();
                    tokio::time::sleep(ROOM_PAUSE).await;
                }
            }
            // More may have come while there was no room: nobody is notified of that twice.
            if self.budget.excess() > 0 {
                self.budget.exceeded.notify_one();
            }
        }
    }

    /// Whose session this is.
    pub fn client(&self, sid: Sid) -> Option<Client> {
        self.lock().clients.get(&sid).cloned()
    }

    /// How many there are, and how many bytes wait for them.
    pub fn counts(&self) -> (usize, usize) {
        (self.lock().clients.len(), self.budget.used())
    }

    /// Ends all of them.
    pub async fn close(&self) {
        let clients: Vec<_> = self.lock().clients.values().cloned().collect();
        for client in &clients {
            client.close(DisconnectReason::ClosingServer);
        }
        for client in clients {
            client.closed().await;
        }
    }

    fn sweep(&self, now: Instant) {
        let overdue = self.lock().overdue(now, self.deadlines, self.silence);
        for (client, reason) in overdue {
            match reason {
                Overdue::Silent | Overdue::Gone => {
                    tracing::debug!(session = client.serial(), %reason, "closed");
                    client.close(DisconnectReason::TransportClose);
                }
                Overdue::Deaf | Overdue::Mute => client.cut(&reason.to_string()),
            }
        }
    }

    /// Cuts those for whom most waits, until there is enough room for the others.
    fn make_room(&self) {
        let mut excess = self.budget.excess();
        let mut by_size: Vec<_> = self
            .lock()
            .clients
            .values()
            .filter_map(|client| Some((client.account()?.unsent(), client.clone())))
            .filter(|(unsent, _)| *unsent > 0)
            .collect();
        by_size.sort_unstable_by_key(|(unsent, _)| std::cmp::Reverse(*unsent));
        for (unsent, client) in by_size {
            if excess == 0 {
                break;
            }
            excess = excess.saturating_sub(unsent);
            client.cut("of all that waits to be sent, too much is for this client");
        }
    }

    fn connect(&self, client: &Client) {
        // Who is inside, or was, has nothing to ask for.
        if client.admit(|| self.hub.connect(client.network())) {
            self.lock().waiting.remove(&client.serial());
            // An id of its own: that of the session is a key to it.
            client.send(Text::connected(Sid::new().as_str()));
        }
    }

    fn handle(&self, client: &Client, stage: SessionState, packet: Packet<'_>) {
        match (packet.kind, stage) {
            (_, SessionState::Over(_)) => {}
            (Kind::Connect, _) if packet.namespace == "/" => self.connect(client),
            (Kind::Connect, _) => match Text::no_namespace(packet.namespace) {
                Some(refusal) => {
                    client.send(refusal);
                }
                None => client.close(DisconnectReason::PacketParsingError),
            },
            // Of a namespace that there is not. What is attached to it is not an offence either.
            (Kind::Binary { attachments }, SessionState::Inside(_)) if packet.namespace != "/" => {
                client.announce(attachments);
            }
            _ if packet.namespace != "/" => {}
            (_, SessionState::Waiting) => client.close(DisconnectReason::TransportClose),
            (Kind::Event, SessionState::Inside(connection)) => {
                self.events.event(client, connection, packet);
            }
            (Kind::Binary { attachments }, SessionState::Inside(connection)) => {
                client.announce(attachments);
                self.events
                    .refuse((client, connection), packet, "", &Refusal::Binary);
            }
            (Kind::Disconnect, SessionState::Inside(_)) => {
                if let Some(connection) = client.end() {
                    self.hub.leave(connection);
                }
            }
            // Nothing is asked of clients.
            (Kind::Ack, SessionState::Inside(_)) => {}
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl EngineIoHandler for Sessions {
    type Data = Session;

    fn on_connect(self: Arc<Self>, socket: Arc<Socket<Session>>) {
        let number = self.opened.fetch_add(1, Ordering::Relaxed);
        let client = Client::open(socket, number, self.budget.clone());
        let mut state = self.lock();
        state.clients.insert(client.sid(), client.clone());
        state.waiting.insert(number, client);
        // Who means to come in says so at once: the oldest is the one that does not.
        let oldest = (state.waiting.len() > WAITING_SESSIONS).then(|| state.waiting.pop_first());
        drop(state);
        if let Some((_, oldest)) = oldest.flatten() {
            tracing::debug!(
                session = oldest.serial(),
                "closed: too many wait to come in"
            );
            oldest.close(DisconnectReason::TransportClose);
        }
    }

    fn on_disconnect(&self, socket: Arc<Socket<Session>>, reason: DisconnectReason) {
        let client = Client::of(socket);
        let mut state = self.lock();
        state.clients.remove(&client.sid());
        state.waiting.remove(&client.serial());
        state.stalled.remove(&client.sid());
        drop(state);
        let connection = client.end();
        // When the server ends, every place is kept.
        if let Some(connection) = connection
            && reason != DisconnectReason::ClosingServer
        {
            self.log.over(connection, &reason);
            self.hub.remove_connection(connection);
        }
    }

    fn on_message(self: &Arc<Self>, message: Str, socket: Arc<Socket<Session>>) {
        let client = Client::of(socket);
        let stage = client.stage();
        if matches!(stage, SessionState::Over(_)) {
            return;
        }
        if client.is_too_fast(message.len()) {
            self.events.too_fast(&client);
            return;
        }
        match Packet::parse(&message) {
            Some(packet) => self.handle(&client, stage, packet),
            None => client.close(DisconnectReason::PacketParsingError),
        }
    }

    fn on_binary(self: &Arc<Self>, data: Bytes, socket: Arc<Socket<Session>>) {
        let client = Client::of(socket);
        let is_over = matches!(client.stage(), SessionState::Over(_));
        if is_over || (client.was_announced() && !client.is_too_fast(data.len())) {
            return;
        }
        client.close(DisconnectReason::PacketParsingError);
    }
}

/// Why a session ends.
#[derive(Debug, Clone, Copy)]
enum Overdue {
    /// It did not ask to be let in.
    Silent,
    /// It had time to read that it is over.
    Gone,
    /// Something waits for it, and it reads nothing; or it does not read that it is closed.
    Deaf,
    /// Nothing came from it for longer than its session lasts without, and what waits for it is still being written.
    Mute,
}

impl fmt::Display for Overdue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Silent => "it did not ask to be let in",
            Self::Gone => "it had time to read that it is over",
            Self::Deaf => "it has not read for too long",
            Self::Mute => "it has not answered for too long",
        })
    }
}

impl State {
    fn overdue(
        &mut self,
        now: Instant,
        deadlines: ClientDeadlines,
        silence: Duration,
    ) -> Vec<(Client, Overdue)> {
        let mut overdue = Vec::new();
        for (sid, client) in &self.clients {
            let (Some(account), Some(since)) = (client.account(), client.since()) else {
                continue;
            };
            let passed = |since: Instant, time| now.saturating_duration_since(since) >= time;
            let due = match client.stage() {
                SessionState::Waiting if passed(since, deadlines.connect + LAST_WORDS) => {
                    Some(Overdue::Deaf)
                }
                SessionState::Waiting => {
                    passed(since, deadlines.connect).then_some(Overdue::Silent)
                }
                SessionState::Over(since) if passed(since, 2 * LAST_WORDS) => Some(Overdue::Deaf),
                SessionState::Over(since) => passed(since, LAST_WORDS).then_some(Overdue::Gone),
                SessionState::Inside(_) => client
                    .heard()
                    .filter(|heard| passed(*heard, silence))
                    .map(|_| Overdue::Mute),
            };
            overdue.extend(due.map(|reason| (client.clone(), reason)));
            if account.unsent() == 0 {
                self.stalled.remove(sid);
                continue;
            }
            let (sent, since) = self.stalled.entry(*sid).or_insert((account.sent(), now));
            if *sent != account.sent() {
                (*sent, *since) = (account.sent(), now);
            } else if passed(*since, deadlines.write) {
                overdue.push((client.clone(), Overdue::Deaf));
            }
        }
        overdue
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").finish_non_exhaustive()
    }
}
