//! Drives the [`Call`]: inputs from the link, the peers, the clock and the person; outputs to them and to
//! the pages. Nothing is decided here.

use std::{
    cell::RefCell,
    collections::VecDeque,
    rc::{Rc, Weak},
};

use gloo_timers::callback::Timeout;
use js_sys::Promise;
use web_sys::MediaStreamTrack;

use super::{
    clock,
    connection::{Arrival, Connection},
    data_channel::NewChannel,
    link::Link,
    media::Media,
    peer::{Peer, PeerReport},
};
use crate::sorted_map::SortedMap;
use crate::{
    call::{
        Call, Input, Intent, Notice, Output, PeerAction, PeerEvent, Phase, ResumePoint, Share,
        Transport, VideoQualities, VideoQuality,
    },
    protocol::{IceServer, ParticipantId, TrackSource, TrackSources},
};

/// What the driver reports to the pages.
pub enum DriverEvent {
    /// Something that the call says.
    Notice {
        /// What.
        notice: Notice,
        /// Whether it follows from an event of the room, rather than from entering it.
        is_news: bool,
    },
    /// A participant's track is here.
    Track(ParticipantId, TrackSource, MediaStreamTrack),
    /// A participant has opened a channel for a file.
    Channel(ParticipantId, NewChannel),
}

/// A call in motion. Dropping it ends all of it.
pub struct Driver(Rc<Inner>);

struct Inner {
    media: Rc<Media>,
    show: Box<dyn Fn(DriverEvent)>,
    waiting: RefCell<VecDeque<Input>>,
    /// Events that the pages have not got yet. Drawing may take a while, so it has tasks of its own, and a description
    /// that somebody waits for goes first.
    pending_events: RefCell<VecDeque<DriverEvent>>,
    /// The timer of their delivery, and its delay in milliseconds.
    delivery: RefCell<Option<(u32, Timeout)>>,
    state: RefCell<DriverState>,
}

struct DriverState {
    call: Call,
    link: Option<Link>,
    /// Counts the links, so that what an old one still says is not taken for the new one's.
    links: u32,
    peers: SortedMap<ParticipantId, (u32, Peer)>,
    qualities: VideoQualities,
    /// What is not sent straight to others.
    paused: SortedMap<ParticipantId, TrackSources>,
    /// What arrives in another one's connection: whose, in which and where in it.
    via_sfu: Vec<ViaSfu>,
    /// For the first offer: the browser takes a while over its first connection, and before the person has
    /// joined there is time.
    prewarmed: Option<Connection>,
    timer: Option<Timeout>,
}

/// Something of a participant that arrives in another one's connection, as by the SFU.
struct ViaSfu {
    id: ParticipantId,
    source: TrackSource,
    by: ParticipantId,
    mid: Box<str>,
}

impl Driver {
    /// Makes a call that waits for [`Intent::Join`].
    pub fn new(media: Rc<Media>, show: impl Fn(DriverEvent) + 'static) -> Self {
        let seed = (js_sys::Math::random() * 9e15) as u64;
        let state = DriverState {
            call: Call::new(seed),
            link: None,
            links: 0,
            peers: SortedMap::new(),
            qualities: VideoQualities::default(),
            paused: SortedMap::new(),
            via_sfu: Vec::new(),
            prewarmed: Connection::offering(&media)
                .inspect(Connection::prepare_description)
                .ok(),
            timer: None,
        };
        Self(Rc::new(Inner {
            media,
            show: Box::new(show),
            waiting: RefCell::default(),
            pending_events: RefCell::default(),
            delivery: RefCell::default(),
            state: RefCell::new(state),
        }))
    }

    /// Tells the call what the person wants.
    pub fn send_intent(&self, intent: Intent) {
        self.0.input(Input::Intent(intent));
    }

    /// What another page needs to come back as the same participant; `None` outside.
    pub fn resume_point(&self) -> Option<ResumePoint> {
        self.0.state.borrow().call.resume_point()
    }

    /// How loud a participant arrives, linear from 0 to 1.
    pub fn level(&self, id: ParticipantId) -> f64 {
        let state = self.0.state.borrow();
        let arrives = state.arrival(id, TrackSource::Microphone);
        arrives.map_or(0.0, |(peer, of)| peer.level(of))
    }

    /// What the browser counts of the connection with a participant (W3C WebRTC section 8.2, `getStats`).
    pub fn statistics(&self, id: ParticipantId) -> Option<Promise> {
        let state = self.0.state.borrow();
        state.peers.get(&id).map(|(_, peer)| peer.statistics())
    }

    /// The peer in whose connection something of a participant arrives, and the media sections there; the
    /// SFU's.
    pub fn via_sfu(&self, id: ParticipantId) -> Option<(ParticipantId, Vec<String>)> {
        let state = self.0.state.borrow();
        let mut of = state.via_sfu.iter().filter(|other| other.id == id);
        let first = of.next()?;
        let mids = std::iter::once(first).chain(of);
        Some((first.by, mids.map(|other| other.mid.to_string()).collect()))
    }

    /// The SFU, while something arrives by it.
    pub fn sfu(&self) -> Option<ParticipantId> {
        let state = self.0.state.borrow();
        state.via_sfu.first().map(|other| other.by)
    }

    /// Opens a channel to a participant with whom there is a connection, or will be.
    pub fn open_channel(&self, to: ParticipantId, label: &str) -> Option<NewChannel> {
        let state = self.0.state.borrow();
        let (_, peer) = state.peers.get(&to)?;
        Some(NewChannel::new(peer.open_channel(label)))
    }

    /// Sends the track of a source as it is now.
    pub fn send_track(&self, source: TrackSource) {
        for (_, (_, peer)) in self.0.state.borrow().peers.iter() {
            peer.send(source);
        }
    }

    /// Shares the screen that there is now, or none; the others get places for it as far as it takes.
    pub fn share(&self) {
        let [sound, picture] =
            TrackSource::SHARED.map(|source| self.0.media.track(source).is_some());
        self.send_intent(Intent::Share(picture.then_some(Share { sound })));
        TrackSource::SHARED
            .into_iter()
            .for_each(|source| self.send_track(source));
    }

    /// Sends at most this much of the camera, to one participant or to all. The lower of the two holds.
    pub fn limit(&self, only: Option<ParticipantId>, level: VideoQuality) {
        let mut state = self.0.state.borrow_mut();
        state.qualities.set(only, level);
        for (id, (_, peer)) in state.peers.iter() {
            peer.limit(state.qualities.of(*id));
        }
    }
}

impl Inner {
    /// Gives the call an input; one that comes while another is handled waits its turn.
    fn input(self: &Rc<Self>, input: Input) {
        self.waiting.borrow_mut().push_back(input);
        if let Ok(mut state) = self.state.try_borrow_mut() {
            while let Some(input) = take_first(&self.waiting) {
                let is_news = matches!(input, Input::Event(_));
                state.call.handle_input(clock::now(), input);
                while let Some(output) = state.call.poll_output() {
                    self.perform(&mut state, output, is_news);
                }
            }
            state.timer = state.call.poll_timeout().map(|at| self.wake_at(at));
            self.schedule_delivery(&state);
        }
    }

    /// Schedules the delivery of pending events to the pages.
    fn schedule_delivery(self: &Rc<Self>, state: &DriverState) {
        if self.pending_events.borrow().is_empty() {
            return;
        }
        let wait = state.call.render_delay(clock::now());
        let wait = u32::try_from(wait.as_millis()).unwrap_or_default();
        let mut showing = self.delivery.borrow_mut();
        if showing.as_ref().is_none_or(|(already, _)| *already > wait) {
            let inner = Rc::downgrade(self);
            let timer = Timeout::new(wait, move || {
                if let Some(inner) = inner.upgrade() {
                    inner.deliver_events();
                }
            });
            *showing = Some((wait, timer));
        }
    }

    fn deliver_events(&self) {
        self.delivery.take();
        while let Some(shown) = take_first(&self.pending_events) {
            (self.show)(shown);
        }
    }

    fn wake_at(self: &Rc<Self>, at: std::time::Duration) -> Timeout {
        let wait = at
            .saturating_sub(clock::now())
            .as_millis()
            .saturating_add(1);
        let inner = Rc::downgrade(self);
        Timeout::new(u32::try_from(wait).unwrap_or(u32::MAX), move || {
            send_input(&inner, Input::Timeout)
        })
    }

    fn perform(self: &Rc<Self>, state: &mut DriverState, output: Output, is_news: bool) {
        match output {
            Output::OpenLink(transport) => {
                state.links = state.links.wrapping_add(1);
                state.link = Some(self.open_link(state.links, transport));
            }
            Output::CloseLink => state.link = None,
            Output::AbandonLink => {
                if let Some(link) = state.link.take() {
                    link.abandon();
                }
            }
            Output::Emit(event) => {
                if let Some(link) = &state.link {
                    link.emit(&event);
                }
            }
            Output::Peer {
                id,
                serial,
                action:
                    PeerAction::Create {
                        initiator,
                        ice_servers,
                    },
            } => {
                let prewarmed = state.prewarmed.take_if(|_| initiator);
                match self.connect(prewarmed, initiator, &ice_servers) {
                    Ok(connection) => {
                        let report = self.reporter(id, serial);
                        let peer = Peer::new(connection, self.media.clone(), report);
                        peer.limit(state.qualities.of(id));
                        if let Some(held) = state.paused.get(&id) {
                            peer.pause_sending(*held);
                        }
                        state.peers.insert(id, (serial, peer));
                    }
                    Err(reason) => {
                        let event = PeerEvent::Failed(reason);
                        self.waiting
                            .borrow_mut()
                            .push_back(Input::Peer { id, serial, event });
                    }
                }
            }
            Output::Peer { id, serial, action } => {
                let Some((_, peer)) = state
                    .peers
                    .get(&id)
                    .filter(|(current, _)| *current == serial)
                else {
                    return;
                };
                match action {
                    PeerAction::Close => drop(state.peers.remove(&id)),
                    action => peer.act(action),
                }
            }
            Output::PauseSending { id, sources } => {
                if let Some((_, peer)) = state.peers.get(&id) {
                    peer.pause_sending(sources);
                }
                state.paused.insert(id, sources);
            }
            Output::RouteTrack {
                id,
                source,
                track: place,
            } => {
                let is = |other: &ViaSfu| other.id == id && other.source == source;
                state.via_sfu.retain(|other| !is(other));
                let there = place.map(|(by, mid)| ViaSfu {
                    id,
                    source,
                    by,
                    mid,
                });
                state.via_sfu.extend(there);
                let arrives = state.arrival(id, source);
                if let Some(track) = arrives.and_then(|(peer, of)| peer.track(of)) {
                    let shown = DriverEvent::Track(id, source, track);
                    self.pending_events.borrow_mut().push_back(shown);
                }
            }
            Output::Notice(notice) => {
                match &notice {
                    Notice::Phase(Phase::InRoom | Phase::Ended(_)) => state.prewarmed = None,
                    Notice::Gone(id) => {
                        state.qualities.forget(*id);
                        state.paused.remove(id);
                        state.via_sfu.retain(|other| other.id != *id);
                    }
                    _ => {}
                }
                let shown = DriverEvent::Notice { notice, is_news };
                self.pending_events.borrow_mut().push_back(shown);
            }
        }
    }

    fn connect(
        &self,
        prewarmed: Option<Connection>,
        initiator: bool,
        ice_servers: &[IceServer],
    ) -> Result<Connection, String> {
        let connection = match (prewarmed, initiator) {
            (Some(prewarmed), _) => prewarmed,
            (None, true) => Connection::offering(&self.media)?,
            (None, false) => Connection::answering()?,
        };
        connection.start(ice_servers, &self.media)?;
        Ok(connection)
    }

    fn open_link(self: &Rc<Self>, number: u32, transport: Transport) -> Link {
        let inner = Rc::downgrade(self);
        Link::open(transport, move |event| {
            let current = inner.upgrade().is_some_and(|inner| {
                inner
                    .state
                    .try_borrow()
                    .is_ok_and(|state| state.links == number && state.link.is_some())
            });
            if current {
                send_input(&inner, Input::from(event));
            }
        })
    }

    fn reporter(self: &Rc<Self>, id: ParticipantId, serial: u32) -> impl Fn(PeerReport) + 'static {
        let inner = Rc::downgrade(self);
        move |report| match report {
            PeerReport::Event(event) => send_input(&inner, Input::Peer { id, serial, event }),
            // At once: what comes over it is lost until somebody listens.
            PeerReport::Channel(channel) => {
                if let Some(inner) = inner.upgrade() {
                    (inner.show)(DriverEvent::Channel(id, NewChannel::new(channel)));
                }
            }
            PeerReport::Track(source, track) => {
                if let Some(inner) = inner.upgrade() {
                    let state = inner.state.try_borrow().ok();
                    // What is shown by the SFU stays; this is there when that ends.
                    if state
                        .as_ref()
                        .is_some_and(|state| state.is_via_sfu(id, source))
                    {
                        return;
                    }
                    let shown = DriverEvent::Track(id, source, track);
                    inner.pending_events.borrow_mut().push_back(shown);
                    if let Some(state) = state {
                        inner.schedule_delivery(&state);
                    }
                }
            }
        }
    }
}

impl DriverState {
    /// Whether something of a participant arrives in another one's connection.
    fn is_via_sfu(&self, id: ParticipantId, source: TrackSource) -> bool {
        let mut via_sfu = self.via_sfu.iter();
        via_sfu.any(|other| other.id == id && other.source == source)
    }

    /// Where something of a participant arrives.
    fn arrival(&self, id: ParticipantId, source: TrackSource) -> Option<(&Peer, Arrival<'_>)> {
        let mut via_sfu = self.via_sfu.iter();
        let (by, of) = match via_sfu.find(|other| other.id == id && other.source == source) {
            Some(other) => (other.by, Arrival::Section(&other.mid)),
            None => (id, Arrival::Source(source)),
        };
        self.peers.get(&by).map(|(_, peer)| (peer, of))
    }
}

fn take_first<T>(queue: &RefCell<VecDeque<T>>) -> Option<T> {
    queue.borrow_mut().pop_front()
}

fn send_input(inner: &Weak<Inner>, input: Input) {
    if let Some(inner) = inner.upgrade() {
        inner.input(input);
    }
}
