//! The way to one client: what is sent to it, and how it is got rid of.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use engineioxide::{DisconnectReason, Socket, Str, TransportType, socket::Sid};
use serde::Serialize;

use super::{
    account::{Account, Budget},
    log,
    packet::Text,
};
use crate::{
    protocol::{EVENTS, RateLimiter},
    room::{ConnectionId, Network},
    server::{connections, net::ConnectionHandle},
};

/// Most connections that one session may try to upgrade to a WebSocket; a client tries once.
const UPGRADES: usize = 4;
/// How often it is looked how far an upgrade is, of which engineioxide tells nobody.
const LOOK: Duration = Duration::from_millis(10);

/// A handle to a client's session.
#[derive(Debug, Clone)]
pub struct Client(Arc<Socket<Session>>);

/// What is known of a session of Engine.IO; its socket holds it.
#[derive(Debug, Default)]
pub struct Session(OnceLock<Opened>);

#[derive(Debug)]
struct Opened {
    number: u64,
    at: Instant,
    network: Network,
    account: Arc<Account>,
    limiter: Mutex<RateLimiter>,
    stage: Mutex<SessionState>,
    /// Binary messages that were announced, and are passed over.
    attachments: AtomicUsize,
    /// Attempts to make a WebSocket of it.
    upgrades: AtomicUsize,
    held: Mutex<HeldPackets>,
    /// The connections of its WebSocket: several while it is upgraded.
    carriers: Mutex<Vec<ConnectionHandle>>,
}

/// What is not queued while the session is upgraded.
#[derive(Debug, Default)]
struct HeldPackets {
    /// How many attempts hold it back.
    by: usize,
    packets: Vec<Str>,
}

/// Holds back what is sent to a client, for as long as it is kept.
#[derive(Debug)]
pub struct Upgrade(Client);

/// How far the session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionState {
    /// It has not asked to be let into the namespace.
    Waiting,
    /// It may say something.
    Inside(ConnectionId),
    /// It left, was put out, or is closed: nothing that it says means anything any more.
    Over(Instant),
}

/// Where the reply to an event goes.
#[derive(Debug)]
pub struct Ack {
    client: Client,
    number: u64,
}

impl Client {
    /// Takes a session that was just opened, the `number`th.
    pub fn open(socket: Arc<Socket<Session>>, number: u64, budget: Arc<Budget>) -> Self {
        let extensions = &socket.req_parts.extensions;
        // A connection that polls may be a proxy's, which carries the requests of others too: it is
        // never cut.
        let is_websocket = socket.transport_type() == TransportType::Websocket;
        let carrier = extensions
            .get::<ConnectionHandle>()
            .filter(|_| is_websocket)
            .cloned();
        let now = Instant::now();
        let opened = Opened {
            number,
            at: now,
            network: extensions
                .get::<Arc<connections::ConnectionPermit>>()
                .map_or(Network::V4([0; 4]), |held| held.network()),
            account: Account::new(budget),
            limiter: Mutex::default(),
            stage: Mutex::new(SessionState::Waiting),
            attachments: AtomicUsize::new(0),
            upgrades: AtomicUsize::new(0),
            held: Mutex::default(),
            carriers: Mutex::new(carrier.into_iter().collect()),
        };
        let _ = socket.data.0.set(opened);
        Self(socket)
    }

    /// The client of a socket that was opened.
    pub fn of(socket: Arc<Socket<Session>>) -> Self {
        Self(socket)
    }

    /// Names the session; a secret of its client.
    pub fn sid(&self) -> Sid {
        self.0.id
    }

    /// Which session of this server it is.
    pub fn serial(&self) -> u64 {
        self.opened().map_or(0, |opened| opened.number)
    }

    /// How it is connected now, as the log says it.
    pub fn transport(&self) -> &'static str {
        match self.0.transport_type() {
            TransportType::Websocket => "websocket",
            TransportType::Polling => "polling",
        }
    }

    /// When it was opened.
    pub fn since(&self) -> Option<Instant> {
        self.opened().map(|opened| opened.at)
    }

    /// From where it comes.
    pub fn network(&self) -> Network {
        self.opened()
            .map_or(Network::V4([0; 4]), |opened| opened.network)
    }

    /// What waits for it.
    pub fn account(&self) -> Option<&Arc<Account>> {
        self.opened().map(|opened| &opened.account)
    }

    /// How far it is.
    pub fn stage(&self) -> SessionState {
        self.opened()
            .map_or(SessionState::Waiting, |opened| *lock(&opened.stage))
    }

    /// Whether it may say something as this connection, and there is somebody to say it.
    pub fn is_inside(&self, connection: ConnectionId) -> bool {
        self.stage() == SessionState::Inside(connection) && !self.0.is_closed()
    }

    /// Lets it in, if it waits; `connect` names the connection. Whether it was.
    ///
    /// The stage is locked meanwhile, so that an end at the same time finds the connection that has to be
    /// lost.
    pub fn admit(&self, connect: impl FnOnce() -> ConnectionId) -> bool {
        let Some(opened) = self.opened() else {
            return false;
        };
        let mut stage = lock(&opened.stage);
        if *stage != SessionState::Waiting {
            return false;
        }
        *stage = SessionState::Inside(connect());
        true
    }

    /// Nothing that it says means anything from now on. Gives the connection that is over thereby.
    pub fn end(&self) -> Option<ConnectionId> {
        let mut stage = lock(&self.opened()?.stage);
        if let SessionState::Over(_) = *stage {
            return None;
        }
        match std::mem::replace(&mut *stage, SessionState::Over(Instant::now())) {
            SessionState::Inside(connection) => Some(connection),
            SessionState::Waiting | SessionState::Over(_) => None,
        }
    }

    /// It is about to send this many binary messages.
    pub fn announce(&self, attachments: usize) {
        if let Some(opened) = self.opened() {
            opened.attachments.store(attachments, Ordering::Relaxed);
        }
    }

    /// It has sent a binary message. Whether that was announced.
    pub fn was_announced(&self) -> bool {
        let take = |left: usize| left.checked_sub(1);
        self.opened().is_some_and(|opened| {
            opened
                .attachments
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
                .is_ok()
        })
    }

    /// Whether it says more than it may; a message of this many bytes counts.
    pub fn is_too_fast(&self, bytes: usize) -> bool {
        let cost = u32::try_from(1 + bytes / 1024).unwrap_or(u32::MAX);
        self.opened().is_none_or(|opened| {
            let now = opened.at.elapsed();
            !lock(&opened.limiter).take_many(now, &EVENTS, cost)
        })
    }

    /// Somebody tries to make a WebSocket of it. Whether it may still be tried.
    pub fn may_upgrade(&self) -> bool {
        self.opened().is_some_and(|opened| {
            // Above the bound it is counted on, but nobody sends that many requests.
            opened.upgrades.fetch_add(1, Ordering::Relaxed) < UPGRADES
        })
    }

    /// Has nothing more queued until it is known what becomes of an attempt to make a WebSocket of the session, and waits until
    /// what was queued before has been polled.
    ///
    /// A poll takes what fits into one response. Of what does not, engineioxide has taken one packet out of the queue
    /// already, to send it with the next poll; a WebSocket in between loses it. So there may be none: what is sent goes by
    /// the polls up to some packet, and by the WebSocket from there on.
    pub async fn hold_for_upgrade(&self) -> Upgrade {
        if let Some(opened) = self.opened() {
            lock(&opened.held).by += 1;
        }
        let upgrade = Upgrade(self.clone());
        let is_queued = || {
            let opened = self.opened();
            opened.is_some_and(|opened| {
                let held: usize = lock(&opened.held).packets.iter().map(Account::cost).sum();
                opened.account.unsent() > held
            })
        };
        while is_queued() && !self.0.is_closed() {
            tokio::time::sleep(LOOK).await;
        }
        upgrade
    }

    /// A connection has become its WebSocket.
    pub fn upgrades(&self, carrier: Option<ConnectionHandle>) {
        if let Some(opened) = self.opened() {
            lock(&opened.carriers).extend(carrier);
        }
    }

    /// Queues an event. Whether it was: otherwise the client is cut, and its place waits for it.
    #[must_use]
    pub fn emit<T: Serialize>(&self, name: &str, payload: &T) -> bool {
        Text::event(name, payload).is_none_or(|text| self.send(text))
    }

    /// Queues a packet. Whether it was: otherwise the client does not read, and is cut.
    pub fn send(&self, text: Text) -> bool {
        let Some(opened) = self.opened() else {
            return false;
        };
        let queued = match opened.account.charge(text) {
            Ok(packet) => self.queue(opened, packet),
            Err(error) => Err(error.to_string()),
        };
        if let Err(reason) = &queued {
            self.cut(reason);
        }
        queued.is_ok()
    }

    /// Queues a packet, or holds it back while the session is upgraded.
    fn queue(&self, opened: &Opened, packet: Str) -> Result<(), String> {
        // Kept for as long as this takes: packets keep their order.
        let mut held = lock(&opened.held);
        held.packets.push(packet);
        let waits = held.by > 0 && !self.is_websocket();
        let packets = if waits { 0..0 } else { 0..held.packets.len() };
        for packet in held.packets.drain(packets) {
            self.0.emit(packet).map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    fn is_websocket(&self) -> bool {
        self.0.transport_type() == TransportType::Websocket
    }

    /// Puts it out of the namespace, and leaves it a moment to read that. Gives the connection that is
    /// over thereby.
    pub fn disconnect(&self) -> Option<ConnectionId> {
        let connection = self.end()?;
        self.send(Text::disconnected());
        Some(connection)
    }

    /// When something has come over its WebSocket, if it has one.
    pub fn heard(&self) -> Option<Instant> {
        let opened = self.opened().filter(|_| self.is_websocket())?;
        lock(&opened.carriers)
            .iter()
            .map(ConnectionHandle::heard)
            .max()
    }

    /// Ends the session as the protocol has it.
    pub fn close(&self, reason: DisconnectReason) {
        self.0.close(reason);
    }

    /// Waits until it has ended.
    pub async fn closed(&self) {
        self.0.closed().await;
    }

    /// Ends the session at once, whatever is under way.
    pub fn cut(&self, reason: &str) {
        let connection = match self.stage() {
            SessionState::Inside(connection) => Some(connection),
            SessionState::Waiting | SessionState::Over(_) => None,
        };
        log::cut(connection, reason);
        if let Some(opened) = self.opened() {
            for carrier in lock(&opened.carriers).iter() {
                carrier.cancel();
            }
        }
        self.0.close(DisconnectReason::TransportError);
    }

    fn opened(&self) -> Option<&Opened> {
        self.0.data.0.get()
    }
}

impl Upgrade {
    /// Waits until the session is a WebSocket, or over.
    pub async fn done(&self) {
        let client = &self.0;
        while !client.is_websocket() && !client.0.is_closed() {
            tokio::time::sleep(LOOK).await;
        }
    }
}

impl Drop for Upgrade {
    fn drop(&mut self) {
        let Some(opened) = self.0.opened() else {
            return;
        };
        let mut held = lock(&opened.held);
        held.by = held.by.saturating_sub(1);
        if held.by > 0 && !self.0.is_websocket() {
            return;
        }
        let packets = std::mem::take(&mut held.packets);
        let all = packets
            .into_iter()
            .try_for_each(|packet| self.0.0.emit(packet));
        drop(held);
        if let Err(error) = all {
            self.0.cut(&error.to_string());
        }
    }
}

impl Ack {
    /// The way for the reply to a client's event of this number.
    pub fn new(client: &Client, number: u64) -> Self {
        Self {
            client: client.clone(),
            number,
        }
    }

    /// Replies.
    pub fn send<T: Serialize>(self, payload: &T) {
        if let Some(text) = Text::ack(self.number, payload) {
            self.client.send(text);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
