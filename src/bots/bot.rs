//! One bot: a [`Call`] as a page has one, with a WebSocket, connections and recorded media around it. Nothing that concerns
//! the meeting is decided here.

use std::{
    collections::{BTreeMap, VecDeque},
    io,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use str0m::{media::Mid, net::Transmit};
use tokio::{
    sync::{
        mpsc::{self, UnboundedReceiver},
        watch,
    },
    time,
};

use super::{
    link::{Link, Report},
    media::{camera::Camera, voice::Voice},
    peer::{Peer, PeerReport},
    stream_check::Findings,
    tally::{Arriving, Tally},
};
use crate::{
    call::{Call, Input, Intent, LinkEvent, Notice, Output, PeerAction, Phase},
    protocol::{MediaKind, ParticipantId, Presence, RoomName, TrackSource, TrackSources},
    sfu::driver::{Port, ReceiveBuffers},
};

/// When to look again although nothing is due.
const IDLE: Duration = Duration::from_secs(1);
/// How often what was found is added up.
const COUNT: Duration = Duration::from_millis(500);

/// What a bot is to do.
pub(super) struct Role {
    /// The address of the WebSocket.
    pub url: String,
    /// Where media comes in.
    pub address: SocketAddr,
    /// Which room to enter.
    pub room: RoomName,
    /// What the others see.
    pub presence: Presence,
    /// What is shown.
    pub camera: Option<Camera>,
    /// What is said.
    pub voice: Option<Voice>,
    /// Whether packets end with when they were sent.
    pub is_stamped: bool,
    /// Distinguishes the bots.
    pub seed: u64,
    /// When everything has begun: all bots have one clock.
    pub epoch: Instant,
}

/// A bot that runs.
pub(super) struct Bot {
    role: Role,
    call: Call,
    link: Option<Link>,
    /// Links that are to say farewell, when the bot ends.
    closing: Vec<Link>,
    /// Counts the links, so that what an old one still says is not taken for the new one's.
    links: u32,
    report: Report,
    peers: BTreeMap<ParticipantId, (u32, Peer)>,
    paused: BTreeMap<ParticipantId, TrackSources>,
    waiting: VecDeque<Input>,
    port: Arc<Port>,
    tally: Arc<Tally>,
    /// What was added up of each section already.
    counted: BTreeMap<(ParticipantId, u32, Mid), Findings>,
    /// How long packets were under way, in microseconds, since it was added up.
    delays: BTreeMap<MediaKind, Vec<u32>>,
    is_over: bool,
}

impl Bot {
    /// One that is about to join.
    ///
    /// # Errors
    /// There is no port.
    pub fn new(
        role: Role,
        tally: Arc<Tally>,
    ) -> io::Result<(Self, UnboundedReceiver<(u32, LinkEvent)>)> {
        let port = Port::open(role.address)?;
        let (report, reported) = mpsc::unbounded_channel();
        let bot = Self {
            call: Call::new(role.seed),
            link: None,
            closing: Vec::new(),
            links: 0,
            report,
            peers: BTreeMap::new(),
            paused: BTreeMap::new(),
            waiting: VecDeque::new(),
            port: Arc::new(port),
            tally,
            counted: BTreeMap::new(),
            delays: BTreeMap::new(),
            is_over: false,
            role,
        };
        Ok((bot, reported))
    }

    /// Is there until `end` says that it is over, or until the server will have none of it.
    pub async fn run(
        mut self,
        mut reported: UnboundedReceiver<(u32, LinkEvent)>,
        mut end: watch::Receiver<bool>,
    ) {
        let join = Intent::Join {
            room: self.role.room.clone(),
            presence: self.role.presence.clone(),
        };
        self.give(Input::Intent(join));
        let mut buffers = ReceiveBuffers::default();
        let port = self.port.clone();
        let mut count = time::interval(COUNT);
        while !self.is_over {
            let due = self.poll_timeout();
            tokio::select! {
                event = reported.recv() => match event {
                    Some((number, event)) if self.links == number && self.link.is_some() => {
                        self.give(event.into());
                    }
                    _ => {}
                },
                ready = port.readable() => match ready {
                    Ok(()) => port.receive(&mut buffers, |source, destination, bytes| {
                        self.receive((source, destination), bytes);
                    }),
                    Err(_) => break,
                },
                _ = count.tick() => self.count(),
                () = time::sleep_until(due.into()) => {}
                _ = end.wait_for(|end| *end) => self.give(Input::Intent(Intent::Leave)),
            }
            self.handle_timeout();
        }
        self.count();
        for link in self.closing.into_iter().chain(self.link) {
            link.close().await;
        }
    }

    fn now(&self) -> Duration {
        self.role.epoch.elapsed()
    }

    fn poll_timeout(&self) -> Instant {
        let epoch = self.role.epoch;
        let media = [
            self.call.poll_timeout(),
            self.role.camera.as_ref().map(Camera::poll_timeout),
            self.role.voice.as_ref().map(Voice::poll_timeout),
        ];
        let media = media.into_iter().flatten().map(|at| epoch + at);
        let peers = self
            .peers
            .values()
            .filter_map(|(_, peer)| peer.poll_timeout());
        let due = media.chain(peers).min();
        due.unwrap_or_else(|| Instant::now() + IDLE)
    }

    fn handle_timeout(&mut self) {
        let now = Instant::now();
        let since = now.saturating_duration_since(self.role.epoch);
        if self.call.poll_timeout().is_some_and(|due| due <= since) {
            self.give(Input::Timeout);
        }
        let mut send = sender(&self.port);
        for (_, peer) in self.peers.values_mut() {
            if peer.poll_timeout().is_some_and(|due| due <= now) {
                peer.handle_timeout(now, &mut send);
            }
        }
        if let Some(camera) = &mut self.role.camera {
            let samples = camera.take(since);
            for (_, peer) in self.peers.values_mut().filter(|_| !samples.is_empty()) {
                peer.send(now, TrackSource::Camera, &samples, &mut send);
            }
        }
        if let Some(voice) = &mut self.role.voice
            && let Some(sample) = voice.take(since)
        {
            for (_, peer) in self.peers.values_mut() {
                peer.send(
                    now,
                    TrackSource::Microphone,
                    std::slice::from_ref(&sample),
                    &mut send,
                );
            }
        }
        drop(send);
        self.take_reports();
    }

    fn receive(&mut self, path: (SocketAddr, SocketAddr), bytes: &[u8]) {
        let now = Instant::now();
        let is_only = self.peers.len() == 1;
        let mut send = sender(&self.port);
        for (_, peer) in self.peers.values_mut() {
            if peer.receive(now, path, bytes, is_only, &mut send) {
                break;
            }
        }
        drop(send);
        self.take_reports();
    }

    /// Gives the call an input; one that comes while another is handled waits its turn.
    fn give(&mut self, input: Input) {
        self.waiting.push_back(input);
        self.take_reports();
    }

    /// Gives the call what waits, and what the peers have brought.
    fn take_reports(&mut self) {
        loop {
            self.collect_reports();
            let Some(input) = self.waiting.pop_front() else {
                return;
            };
            self.call.handle_input(self.now(), input);
            while let Some(output) = self.call.poll_output() {
                self.perform(output);
            }
        }
    }

    fn collect_reports(&mut self) {
        for (id, (serial, peer)) in &mut self.peers {
            while let Some(report) = peer.poll_report() {
                match report {
                    PeerReport::Event(event) => self.waiting.push_back(Input::Peer {
                        id: *id,
                        serial: *serial,
                        event,
                    }),
                    PeerReport::KeyFrameWanted => {
                        if let Some(camera) = &mut self.role.camera {
                            camera.request_key_frame();
                        }
                    }
                    PeerReport::Delay(kind, delay) => {
                        let delay = u32::try_from(delay.as_micros()).unwrap_or(u32::MAX);
                        self.delays.entry(kind).or_default().push(delay);
                    }
                }
            }
        }
    }

    fn perform(&mut self, output: Output) {
        match output {
            Output::OpenLink(_) => {
                self.links = self.links.wrapping_add(1);
                let link = Link::open(self.role.url.clone(), self.links, self.report.clone());
                self.link = Some(link);
            }
            Output::CloseLink => {
                self.closing.extend(self.link.take());
            }
            Output::AbandonLink => {
                if let Some(link) = self.link.take() {
                    link.abandon();
                }
            }
            Output::Emit(event) => {
                if let Some(link) = &self.link {
                    link.emit(&event);
                }
            }
            Output::Peer { id, serial, action } => self.act(id, serial, action),
            Output::PauseSending { id, sources } => {
                if let Some((_, peer)) = self.peers.get_mut(&id) {
                    peer.pause_sending(sources);
                }
                self.paused.insert(id, sources);
            }
            Output::RouteTrack { track, .. } => {
                if let Some((by, mid)) = track
                    && let Some((_, peer)) = self.peers.get_mut(&by)
                {
                    peer.handle_switch(&mid);
                }
            }
            Output::Notice(notice) => self.handle_notice(notice),
        }
    }

    fn act(&mut self, id: ParticipantId, serial: u32, action: PeerAction) {
        let port = self.port.clone();
        let mut send = sender(&port);
        match action {
            PeerAction::Create { initiator, .. } => {
                let address = port.bound().next().unwrap_or(self.role.address);
                let mut peer = Peer::new(self.role.epoch, address, initiator, self.role.is_stamped);
                if let Some(paused) = self.paused.get(&id) {
                    peer.pause_sending(*paused);
                }
                self.close_peer(id);
                self.peers.insert(id, (serial, peer));
            }
            PeerAction::Close => {
                if self
                    .peers
                    .get(&id)
                    .is_some_and(|(current, _)| *current == serial)
                {
                    self.close_peer(id);
                }
            }
            action => {
                if let Some((current, peer)) = self.peers.get_mut(&id)
                    && *current == serial
                {
                    peer.act(action, &mut send);
                }
            }
        }
    }

    fn close_peer(&mut self, id: ParticipantId) {
        let Some((serial, peer)) = self.peers.remove(&id) else {
            return;
        };
        for (mid, kind, found) in peer.close(&mut sender(&self.port)) {
            let before = self.counted.remove(&(id, serial, mid));
            self.tally
                .add(kind, found.since(&before.unwrap_or_default()));
        }
    }

    fn handle_notice(&mut self, notice: Notice) {
        match notice {
            Notice::Phase(Phase::Ended(reason)) => {
                tracing::debug!(?reason, "a bot has left");
                self.tally.leave(self.role.seed, &reason);
                self.is_over = true;
            }
            Notice::Admitted { .. } => self.tally.enter(self.role.seed),
            Notice::Gone(id) => {
                self.paused.remove(&id);
            }
            Notice::HostRequest(request) => {
                // What is muted by the host stays so: there is nobody who would switch it on again.
                request.carry_out(&mut self.role.presence);
                if !self.role.presence.microphone {
                    self.role.voice = None;
                }
                if !self.role.presence.camera {
                    self.role.camera = None;
                }
            }
            _ => {}
        }
    }

    /// Adds up what was found since the last time.
    fn count(&mut self) {
        let mut arriving = Arriving::default();
        for (id, (serial, peer)) in &self.peers {
            let mut is_used = false;
            for (mid, kind, found) in peer.findings() {
                let before = self.counted.insert((*id, *serial, mid), found);
                let news = found.since(&before.unwrap_or_default());
                if news.packets > 0 {
                    arriving.add_stream(kind);
                    is_used = true;
                }
                self.tally.add(kind, news);
            }
            arriving.connections += usize::from(is_used);
        }
        if !self.is_over {
            self.tally.show(self.role.seed, arriving);
        }
        for (kind, delays) in &mut self.delays {
            self.tally.add_delays(*kind, delays);
        }
    }
}

fn sender(port: &Port) -> impl FnMut(Transmit) {
    |transmit: Transmit| port.send_one(transmit.source, transmit.destination, &transmit.contents)
}
