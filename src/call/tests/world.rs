//! Clients, a server and the network between them, in virtual time.

use std::collections::BTreeMap;

use super::{
    client::Client,
    dice::Dice,
    fake_peer::FakePeer,
    fake_sfu::FakeSfu,
    server::{Sent, Server},
    *,
};
use crate::{
    protocol::{ChatText, DisplayName, MessageBody, TrackSource},
    room::{ConnectionId, MeetingRecord, RecordChange},
    sfu::SfuEvent,
};

/// One way of a message, but for signals that are overtaken.
const WAY: Duration = Duration::from_millis(20);
/// How often peer connections are looked at.
const TICK: Duration = Duration::from_millis(250);
/// Milliseconds until one side notices that a socket is cut, at most.
const NOTICED: [u64; 2] = [50, 4_000];

/// What the network does to signals.
#[derive(Debug, Clone, Copy, Default)]
pub struct NetworkConditions {
    /// Signals that are lost, of a hundred.
    pub loss: u64,
    /// Most milliseconds by which a signal is late, and overtaken.
    pub late: u64,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy)]
pub enum Fault {
    /// A client's socket is cut, and it can't open another one for so many milliseconds.
    Cut { who: usize, millis: u64 },
    /// The server is gone for so many milliseconds, and remembers nothing.
    Restart { millis: u64 },
    /// All paths of a client's media are cut.
    Path { who: usize },
    /// The browser closes all of a client's peer connections.
    Close { who: usize },
}

/// Something that is on its way.
enum ScheduledEvent {
    Opened(usize),
    Unreachable(usize),
    /// A client notices that its socket is cut.
    Lost(usize, ConnectionId),
    /// And the server does.
    Vanished(ConnectionId),
    ToServer(ConnectionId, ClientEvent),
    ToClient(ConnectionId, Input),
    Peer(usize, Input),
    /// The SFU of a run of the server says something.
    UnitSays {
        boot: u64,
        to: ParticipantId,
        says: SfuEvent,
    },
    /// The server starts, if it has not been stopped again since.
    Start {
        boot: u64,
    },
    Tick,
}

/// All of it.
pub struct World {
    pub now: Duration,
    pub clients: Vec<Client>,
    pub weather: NetworkConditions,
    /// Signals that were sent.
    pub signals: u64,
    /// Messages of the chat that were told by another than their author.
    pub history: usize,
    server: Option<Server>,
    /// What the server has kept.
    records: BTreeMap<RoomName, MeetingRecord>,
    /// From how many on media is forwarded, and until how few, where it is.
    thresholds: Option<(usize, usize)>,
    /// Whether all sources of two who have met are to arrive by some way at every moment.
    pub watched: bool,
    /// Whose sources have arrived where when that was looked at last.
    met: Vec<(Option<ParticipantId>, Option<ParticipantId>, TrackSource)>,
    sfu: FakeSfu,
    boot: u64,
    /// Who is at the other end of those that are not cut.
    connections: BTreeMap<ConnectionId, usize>,
    opened: u64,
    happenings: BTreeMap<(Duration, u64), ScheduledEvent>,
    happened: u64,
    dice: Dice,
}

impl World {
    pub fn new(seed: u64, clients: usize, weather: NetworkConditions) -> Self {
        let mut world = Self {
            now: Duration::ZERO,
            clients: (0..clients)
                .map(|number| Client::new(number, seed ^ number as u64))
                .collect(),
            weather,
            signals: 0,
            history: 0,
            server: Some(Server::start(1, Duration::ZERO, None, Vec::new())),
            records: BTreeMap::new(),
            thresholds: None,
            watched: false,
            met: Vec::new(),
            sfu: FakeSfu::default(),
            boot: 1,
            connections: BTreeMap::new(),
            opened: 0,
            happenings: BTreeMap::new(),
            happened: 0,
            dice: Dice(seed),
        };
        world.after(TICK, ScheduledEvent::Tick);
        world
    }

    /// With an SFU, for rooms of so many, until so few are left.
    pub fn forwarding(mut self, from: usize, until: usize) -> Self {
        self.thresholds = Some((from, until));
        self.server = Some(Server::start(
            1,
            Duration::ZERO,
            self.thresholds,
            Vec::new(),
        ));
        self
    }

    pub fn approach(&mut self, who: usize) {
        let room = RoomName::parse("standup").unwrap();
        self.want(who, Intent::Approach { room });
    }

    pub fn join(&mut self, who: usize) {
        let room = RoomName::parse("standup").unwrap();
        let name = DisplayName::parse(&format!("Person {who}")).ok();
        let presence = Presence {
            name,
            ..Presence::unnamed()
        };
        self.want(who, Intent::Join { room, presence });
    }

    pub fn leave(&mut self, who: usize) {
        self.want(who, Intent::Leave);
    }

    /// Says something in the chat.
    pub fn say(&mut self, who: usize, text: &str) {
        let text = ChatText::parse(text).unwrap();
        let at = self.now.as_millis() as u64;
        let chat = OutgoingMessage::Chat {
            text,
            file: None,
            at,
        };
        self.want(who, Intent::Send(chat));
    }

    pub fn want(&mut self, who: usize, intent: Intent) {
        self.give(who, Input::Intent(intent));
    }

    /// Shares something, or nothing.
    pub fn share(&mut self, who: usize, share: Option<Share>) {
        self.clients[who].share = share;
        self.give(who, Input::Intent(Intent::Share(share)));
    }

    /// A client's socket is dead, and nobody notices.
    pub fn freeze(&mut self, who: usize) {
        let connection = self.clients[who].connection;
        self.connections
            .retain(|other, _| Some(*other) != connection);
    }

    pub fn strike(&mut self, fault: Fault) {
        match fault {
            Fault::Cut { who, millis } => {
                self.clients[who].offline_until = self.now + Duration::from_millis(millis);
                if let Some(connection) = self.clients[who].connection {
                    self.cut(connection);
                }
            }
            Fault::Restart { millis } => {
                self.server = None;
                self.sfu = FakeSfu::default();
                self.boot += 1;
                let all: Vec<_> = self.connections.keys().copied().collect();
                all.into_iter().for_each(|connection| self.cut(connection));
                self.after(
                    Duration::from_millis(millis),
                    ScheduledEvent::Start { boot: self.boot },
                );
            }
            Fault::Path { who } => self.clients[who].peers.values_mut().for_each(FakePeer::cut),
            Fault::Close { who } => {
                self.clients[who]
                    .peers
                    .values_mut()
                    .for_each(|peer| peer.closed = true);
            }
        }
    }

    /// Lets everything happen until `end`.
    pub fn run_until(&mut self, end: Duration) {
        loop {
            let due = |(who, client): (usize, &Client)| Some((client.call.poll_timeout()?, who));
            let timeout = self.clients.iter().enumerate().filter_map(due).min();
            let next = self.happenings.keys().next().map(|(at, _)| *at).unwrap();
            let served = self.server.as_ref().and_then(Server::poll_timeout);
            if let Some(at) = served.filter(|at| *at <= next && *at <= end)
                && timeout.is_none_or(|(timeout, _)| at <= timeout)
            {
                self.now = self.now.max(at);
                self.serve(Server::pass_time);
                continue;
            }
            match timeout {
                Some((at, who)) if at <= next && at <= end => {
                    self.now = self.now.max(at);
                    self.give(who, Input::Timeout);
                    let again = self.clients[who].call.poll_timeout();
                    assert!(again.is_none_or(|at| at > self.now), "what is due is done");
                }
                _ if next <= end => {
                    let ((at, _), happening) = self.happenings.pop_first().unwrap();
                    self.now = self.now.max(at);
                    self.happen(happening);
                }
                _ => break,
            }
        }
        self.now = end;
    }

    /// Whether what every two send each other arrives by one way: the SFU's, with one connection for each, or straight, with
    /// one connection for each of the others.
    pub fn hear_each_other(&self, forwarded: bool) -> bool {
        let here = self.here();
        let connections = match forwarded {
            true => 1,
            false => here.len() - 1,
        };
        here.iter().all(|one| {
            let mut others = here.iter().filter(|two| two.you != one.you);
            one.phase == Phase::InRoom
                && one.peers.len() == connections
                && others.all(|two| one.hears(two, forwarded))
        })
    }

    fn here(&self) -> Vec<&Client> {
        let is_here = |client: &&Client| {
            let is_out = matches!(client.phase, Phase::Idle | Phase::Ended(EndReason::Left));
            !is_out
        };
        self.clients.iter().filter(is_here).collect()
    }

    /// By how many ways something of one arrives at another one.
    fn ways(&self, to: &Client, from: &Client, source: TrackSource) -> usize {
        let (Some(you), Some(id)) = (to.you, from.you) else {
            return 0;
        };
        let joins_sfu = |client: &Client| {
            let mut peers = client.peers.values();
            peers.any(|peer| self.sfu.joins(client, peer))
        };
        let is_shown_by_sfu = to.forwarded.contains_key(&(id, source));
        let by_sfu = is_shown_by_sfu && joins_sfu(to) && joins_sfu(from);
        let peers = (to.peers.get(&id), from.peers.get(&you));
        let is_joined = matches!(peers, (Some(one), Some(other)) if one.joins(other));
        let is_held = from.held.get(&you).copied().unwrap_or_default();
        let straight = is_joined && !is_held.contain(source);
        usize::from(by_sfu) + usize::from(straight)
    }

    /// Whoever has met gets everything by some way, and never more than two.
    fn check_ways(&mut self) {
        let here = self.here();
        let mut met = Vec::new();
        for one in &here {
            for two in here.iter().filter(|two| two.you != one.you) {
                for source in TrackSource::FIRST {
                    let ways = self.ways(one, two, source);
                    let key = (one.you, two.you, source);
                    assert!(ways <= 2, "{key:?}");
                    assert!(
                        ways > 0 || !self.met.contains(&key),
                        "{key:?} at {:?}",
                        self.now
                    );
                    met.extend((ways > 0).then_some(key));
                }
            }
        }
        self.met = met;
    }

    /// Whether all who have not left are inside, media flows between every two of them straight, and what is shared has
    /// its places.
    pub fn is_connected(&self) -> bool {
        let here = self.here();
        let pairs = |one: &Client| {
            here.iter()
                .filter(|two| two.you != one.you)
                .all(|two| one.is_connected_with(two) && one.can_share_with(two))
        };
        here.len() > 1
            && here
                .iter()
                .all(|client| client.phase == Phase::InRoom && pairs(client))
    }

    fn happen(&mut self, happening: ScheduledEvent) {
        match happening {
            ScheduledEvent::Opened(who) => self.handle_opened(who),
            ScheduledEvent::Unreachable(who) => self.give(who, Input::LinkLost),
            ScheduledEvent::Lost(who, connection) => {
                if self.clients[who].connection == Some(connection) {
                    self.clients[who].disconnect();
                    self.give(who, Input::LinkLost);
                }
            }
            ScheduledEvent::Vanished(connection) => {
                self.connections.remove(&connection);
                self.serve(|server, now| server.lose(now, connection));
            }
            ScheduledEvent::ToServer(connection, event) => {
                if self.connections.contains_key(&connection) {
                    self.serve(|server, now| server.handle_event(now, connection, event));
                }
            }
            ScheduledEvent::ToClient(connection, input) => {
                let who = self.connections.get(&connection).copied();
                if let Some(who) =
                    who.filter(|who| self.clients[*who].connection == Some(connection))
                {
                    self.give(who, input);
                }
            }
            ScheduledEvent::Peer(who, input) => self.give(who, input),
            ScheduledEvent::UnitSays { boot, to, says } => {
                if boot == self.boot {
                    self.serve(|server, now| server.sfu_says(now, to, says));
                }
            }
            ScheduledEvent::Start { boot } => {
                if boot == self.boot {
                    let records = self.records.values().cloned().collect();
                    let server = Server::start(boot, self.now, self.thresholds, records);
                    self.server = Some(server);
                }
            }
            ScheduledEvent::Tick => {
                self.serve(Server::pass_time);
                (0..self.clients.len()).for_each(|who| self.observe(who));
                self.forward();
                if self.watched {
                    self.check_ways();
                }
                self.after(TICK, ScheduledEvent::Tick);
            }
        }
    }

    fn handle_opened(&mut self, who: usize) {
        if self.server.is_none() || self.now < self.clients[who].offline_until {
            return self.after(WAY, ScheduledEvent::Unreachable(who));
        }
        self.opened += 1;
        let connection = ConnectionId(self.opened);
        self.connections.insert(connection, who);
        self.serve(|server, now| server.connect(now, connection));
        self.clients[who].connection = Some(connection);
        self.give(who, Input::LinkOpened);
    }

    /// Nothing comes through any more; both sides notice later.
    fn cut(&mut self, connection: ConnectionId) {
        if let Some(who) = self.connections.remove(&connection) {
            let [mine, theirs] = [(); 2].map(|()| {
                let soon = self.dice.below(2) as usize;
                self.dice.millis(1, NOTICED[soon])
            });
            self.after(mine, ScheduledEvent::Lost(who, connection));
            self.after(theirs, ScheduledEvent::Vanished(connection));
        }
    }

    fn serve(&mut self, ask: impl FnOnce(&mut Server, Duration) -> Vec<Sent>) {
        let now = self.now;
        for sent in self
            .server
            .as_mut()
            .map(|server| ask(server, now))
            .unwrap_or_default()
        {
            match sent {
                Sent::Keep(RecordChange::Kept(record)) => {
                    self.records.insert(record.room.clone(), record);
                }
                Sent::Keep(RecordChange::Over(room)) => {
                    self.records.remove(&room);
                }
                Sent::To(connection, input) => {
                    self.after(WAY, ScheduledEvent::ToClient(connection, input))
                }
                Sent::Close(connection) => self.cut(connection),
                Sent::Unit(task) => {
                    let says = self.sfu.handle_task(self.now, task, &mut self.dice);
                    self.sfu_says(says);
                }
            }
        }
    }

    fn sfu_says(&mut self, says: Vec<(Duration, ParticipantId, SfuEvent)>) {
        let boot = self.boot;
        for (at, to, says) in says {
            let happening = ScheduledEvent::UnitSays { boot, to, says };
            self.after(at - self.now, happening);
        }
    }

    /// Media flows to and from the SFU.
    fn forward(&mut self) {
        let mut joined = Vec::new();
        for who in 0..self.clients.len() {
            let client = &self.clients[who];
            let mut peers = client.peers.iter();
            let sfu = peers.find(|(_, peer)| self.sfu.joins(client, peer));
            let (Some(you), Some((id, peer))) = (client.you, sfu) else {
                continue;
            };
            joined.push(you);
            let (id, serial) = (*id, peer.serial);
            for mid in self.sfu.flows(you).collect::<Vec<_>>() {
                if self.clients[who].flow(serial, &mid) {
                    let event = PeerEvent::Flows(mid);
                    self.give(who, Input::Peer { id, serial, event });
                }
            }
        }
        let says = self.sfu.pass_time(self.now, &joined);
        self.sfu_says(says);
    }

    /// Looks at the peer connections of a client.
    fn observe(&mut self, who: usize) {
        for id in self.clients[who].peers.keys().copied().collect::<Vec<_>>() {
            let you = self.clients[who].you;
            let other = self.clients.iter().find(|client| client.you == Some(id));
            let back = other.and_then(|other| other.peers.get(&you?));
            let peer = &self.clients[who].peers[&id];
            let joined = back.is_some_and(|back| peer.joins(back))
                || self.sfu.joins(&self.clients[who], peer);
            // What is sent straight arrives as soon as the two are joined.
            let arrives = other.filter(|_| back.is_some_and(|back| peer.joins(back)));
            let arrives = arrives.map_or_else(Vec::new, |other| {
                let held = you.and_then(|you| other.held.get(&you)).copied();
                let sent = TrackSource::FIRST.into_iter();
                sent.filter(|source| !held.unwrap_or_default().contain(*source))
                    .collect()
            });
            let serial = peer.serial;
            for source in arrives {
                if self.clients[who].arrives(serial, id, source) {
                    let event = PeerEvent::Arrives(source);
                    self.give(who, Input::Peer { id, serial, event });
                }
            }
            let now = self.now;
            let Some(peer) = self.clients[who].peers.get_mut(&id) else {
                continue;
            };
            if let Some(connection) = peer.observe(now, joined) {
                let (serial, event) = (peer.serial, PeerEvent::Connection(connection));
                self.give(who, Input::Peer { id, serial, event });
            }
        }
    }

    fn give(&mut self, who: usize, input: Input) {
        for output in self.clients[who].give(self.now, input) {
            match output {
                Output::OpenLink(_) => self.after(2 * WAY, ScheduledEvent::Opened(who)),
                Output::CloseLink | Output::AbandonLink => {
                    // What was said before comes through.
                    let connection = self.clients[who].disconnect();
                    connection
                        .into_iter()
                        .for_each(|it| self.after(2 * WAY, ScheduledEvent::Vanished(it)));
                }
                Output::Emit(event) => self.emit(who, event),
                Output::Peer { id, serial, action } => {
                    let reports =
                        self.clients[who].act(self.now, (id, serial), action, &mut self.dice);
                    for (at, event) in reports {
                        self.after(
                            at - self.now,
                            ScheduledEvent::Peer(who, Input::Peer { id, serial, event }),
                        );
                    }
                }
                Output::RouteTrack {
                    id,
                    source,
                    track: place,
                } => self.clients[who].show((id, source), place),
                Output::PauseSending { id, sources } => {
                    self.clients[who].held.insert(id, sources);
                }
                Output::Notice(notice) => self.clients[who].notice(notice),
            }
        }
    }

    fn emit(&mut self, who: usize, event: ClientEvent) {
        let connection = self.clients[who].say(&event);
        if let ClientEvent::Message(say) = &event {
            self.clients[who].talk(self.now, say);
        }
        if let ClientEvent::Message(say) = &event
            && let MessageBody::History { messages, .. } = &say.body
        {
            self.history += messages.len();
        }
        let mut way = WAY;
        if matches!(event, ClientEvent::ConnSignal(_)) {
            self.signals += 1;
            if self.dice.below(100) < self.weather.loss {
                return;
            }
            way += Duration::from_millis(self.dice.below(self.weather.late + 1));
        }
        self.after(way, ScheduledEvent::ToServer(connection, event));
    }

    /// A client says what its machine would not.
    pub fn lie(&mut self, who: usize, event: ClientEvent) {
        if let Some(connection) = self.clients[who].connection {
            self.after(WAY, ScheduledEvent::ToServer(connection, event));
        }
    }

    fn after(&mut self, wait: Duration, happening: ScheduledEvent) {
        self.happened += 1;
        self.happenings
            .insert((self.now + wait, self.happened), happening);
    }
}
