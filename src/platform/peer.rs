//! One `RTCPeerConnection`: does what the call says, one thing after the other, and reports.

use std::{cell::RefCell, rc::Rc};

use futures::{
    FutureExt, StreamExt,
    channel::mpsc::{self, UnboundedReceiver, UnboundedSender},
};
use js_sys::Promise;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{
    MediaStream, MediaStreamTrack, RtcDataChannel, RtcDataChannelEvent, RtcIceCandidateInit,
    RtcPeerConnection, RtcPeerConnectionIceEvent, RtcPeerConnectionState, RtcSdpType,
    RtcSessionDescriptionInit, RtcTrackEvent,
};

use super::{
    connection::{Arrival, Connection},
    js::{self, Listener},
    media::Media,
    promise,
};
use crate::{
    call::{ConnectionState, PeerAction, PeerEvent, VideoQuality, files::FILE_CHANNEL},
    protocol::{Candidate, Sdp, TrackSource, TrackSources},
};

/// What a peer brings.
pub enum PeerReport {
    /// For the call.
    Event(PeerEvent),
    /// A track of the other side, and what it is.
    Track(TrackSource, MediaStreamTrack),
    /// A channel that the other side has opened for a file.
    Channel(RtcDataChannel),
}

/// A peer. Dropping it closes the connection.
pub struct Peer {
    inner: Rc<Inner>,
    actions: UnboundedSender<PeerAction>,
    _listeners: [Listener; 4],
}

struct Inner {
    connection: Connection,
    media: Rc<Media>,
    report: Box<dyn Fn(PeerReport)>,
    /// They wait for the first media in each section.
    unmute_listeners: RefCell<Vec<Listener>>,
}

impl Peer {
    /// Makes a peer of a connection. `report` is told what it brings, until it is dropped.
    pub fn new(
        connection: Connection,
        media: Rc<Media>,
        report: impl Fn(PeerReport) + 'static,
    ) -> Self {
        let inner = Rc::new(Inner {
            connection,
            media,
            report: Box::new(report),
            unmute_listeners: RefCell::default(),
        });
        let (actions, queue) = mpsc::unbounded();
        spawn_local(run_actions(Rc::downgrade(&inner), queue));
        Self {
            _listeners: inner.listen(),
            inner,
            actions,
        }
    }

    /// Does something, after everything that was said before.
    pub fn act(&self, action: PeerAction) {
        let _ = self.actions.unbounded_send(action);
    }

    /// Sends the track of a source, or nothing; nobody has to negotiate for that.
    pub fn send(&self, source: TrackSource) {
        self.inner.connection.send(source, &self.inner.media);
    }

    /// How loud a sound arrives, linear from 0 to 1.
    pub fn level(&self, of: Arrival<'_>) -> f64 {
        self.inner.connection.level(of)
    }

    /// What arrives there.
    pub fn track(&self, of: Arrival<'_>) -> Option<MediaStreamTrack> {
        let receiver = self.inner.connection.receiver(of)?;
        Some(receiver.track())
    }

    /// Sends nothing of these sources from now on, and of the others what there is.
    pub fn pause_sending(&self, sources: TrackSources) {
        self.inner
            .connection
            .pause_sending(sources, &self.inner.media);
    }

    /// What the browser counts of it.
    pub fn statistics(&self) -> Promise {
        self.inner.rtc().get_stats()
    }

    /// Opens a channel beside the first one; for that nobody has to negotiate.
    pub fn open_channel(&self, label: &str) -> RtcDataChannel {
        self.inner.connection.rtc.create_data_channel(label)
    }

    /// Sends this much of the camera from now on.
    pub fn limit(&self, level: VideoQuality) {
        self.inner.connection.limit(level);
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.actions.close_channel();
        self.inner.connection.rtc.close();
    }
}

async fn run_actions(inner: std::rc::Weak<Inner>, mut queue: UnboundedReceiver<PeerAction>) {
    while let Some(action) = queue.next().await {
        let Some(inner) = inner.upgrade() else { return };
        let done = inner.perform(action).boxed_local().await;
        match done {
            Ok(event) => event
                .into_iter()
                .for_each(|event| inner.report_event(event)),
            Err(_) if inner.rtc().connection_state() == RtcPeerConnectionState::Closed => {}
            Err(reason) => inner.report_event(PeerEvent::Failed(reason)),
        }
    }
}

impl Inner {
    fn rtc(&self) -> &RtcPeerConnection {
        &self.connection.rtc
    }

    fn report_event(&self, event: PeerEvent) {
        (self.report)(PeerReport::Event(event));
    }

    /// Does something, and returns what there is to tell when it is done.
    async fn perform(&self, action: PeerAction) -> Result<Option<PeerEvent>, String> {
        match action {
            PeerAction::Create { .. } | PeerAction::Close => {}
            PeerAction::Offer { restart_ice } => {
                if restart_ice {
                    js::restart_ice(self.rtc());
                }
                return self
                    .connection
                    .describe()
                    .await
                    .map(PeerEvent::Offered)
                    .map(Some);
            }
            PeerAction::Accept(sdp) => {
                self.set_remote_description(RtcSdpType::Answer, &sdp)
                    .await?;
                self.connection.adjust_all(&self.media);
            }
            PeerAction::Answer(sdp) => {
                self.set_remote_description(RtcSdpType::Offer, &sdp).await?;
                self.connection.adopt_transceivers(&self.media);
                let sdp = self.connection.describe().await?;
                self.connection.adjust_all(&self.media);
                return Ok(Some(PeerEvent::Answered(sdp)));
            }
            PeerAction::AddCandidate(candidate) => {
                let init = RtcIceCandidateInit::new(&candidate.candidate);
                init.set_sdp_mid(candidate.sdp_mid.as_deref());
                init.set_sdp_m_line_index(candidate.sdp_m_line_index);
                let added = self
                    .rtc()
                    .add_ice_candidate_with_opt_rtc_ice_candidate_init(Some(&init));
                // One that does not fit any more is no failure: there are others.
                let _ = promise::wait(added).await;
            }
            PeerAction::AddTransceiver(kind) => self.connection.add_transceiver(kind, &self.media),
        }
        Ok(None)
    }

    async fn set_remote_description(&self, kind: RtcSdpType, sdp: &Sdp) -> Result<(), String> {
        let init = RtcSessionDescriptionInit::new(kind);
        init.set_sdp(sdp.as_str());
        promise::wait(self.rtc().set_remote_description(&init)).await?;
        self.report_event(PeerEvent::RemoteSet);
        Ok(())
    }

    fn listen(self: &Rc<Self>) -> [Listener; 4] {
        let on = |kind, handle: fn(&Rc<Self>, web_sys::Event)| {
            let inner = Rc::downgrade(self);
            Listener::new(self.rtc(), kind, move |event| {
                if let Some(inner) = inner.upgrade() {
                    handle(&inner, event);
                }
            })
        };
        [
            on("icecandidate", |inner, event| inner.on_candidate(event)),
            on("connectionstatechange", |inner, _| {
                inner.on_connection_state()
            }),
            on("track", Self::on_track),
            on("datachannel", |inner, event| {
                let channel = event.unchecked_into::<RtcDataChannelEvent>().channel();
                match channel.label().starts_with(FILE_CHANNEL) {
                    true => (inner.report)(PeerReport::Channel(channel)),
                    false => inner.connection.keep_channel(channel),
                }
            }),
        ]
    }

    fn on_candidate(&self, event: web_sys::Event) {
        let Some(candidate) = event
            .unchecked_into::<RtcPeerConnectionIceEvent>()
            .candidate()
        else {
            return;
        };
        self.report_event(PeerEvent::Candidate(Candidate {
            candidate: candidate.candidate().into(),
            sdp_mid: candidate.sdp_mid().map(Into::into),
            sdp_m_line_index: candidate.sdp_m_line_index(),
        }));
    }

    fn on_connection_state(&self) {
        self.report_event(PeerEvent::Connection(match self.rtc().connection_state() {
            RtcPeerConnectionState::Connecting => ConnectionState::Connecting,
            RtcPeerConnectionState::Connected => ConnectionState::Connected,
            RtcPeerConnectionState::Disconnected => ConnectionState::Disconnected,
            RtcPeerConnectionState::Failed => ConnectionState::Failed,
            RtcPeerConnectionState::Closed => ConnectionState::Closed,
            _ => ConnectionState::New,
        }));
    }

    fn on_track(self: &Rc<Self>, event: web_sys::Event) {
        let event: RtcTrackEvent = event.unchecked_into();
        // Of an offer, it comes before the answer is begun.
        self.connection.adopt_transceivers(&self.media);
        let (transceiver, track) = (event.transceiver(), event.track());
        match (self.connection.source_of(&transceiver), transceiver.mid()) {
            (Some(source), _) => {
                self.watch_first_media(&track, PeerEvent::Arrives(source));
                (self.report)(PeerReport::Track(source, track));
            }
            (None, Some(mid)) => self.watch_first_media(&track, PeerEvent::Flows(mid.into())),
            (None, None) => {}
        }
    }

    /// Tells when the first media arrives (W3C WebRTC section 9.3: a track is muted until then).
    fn watch_first_media(self: &Rc<Self>, track: &MediaStreamTrack, arrival: PeerEvent) {
        if !track.muted() {
            return self.report_event(arrival);
        }
        let inner = Rc::downgrade(self);
        let listener = Listener::new(track, "unmute", move |_| {
            if let Some(inner) = inner.upgrade() {
                inner.report_event(arrival.clone());
            }
        });
        self.unmute_listeners.borrow_mut().push(listener);
    }
}

/// Puts a remote track into a stream in the place of the one of its kind.
pub fn put_track(stream: &MediaStream, track: &MediaStreamTrack) {
    for old in stream.get_tracks().iter() {
        let old: MediaStreamTrack = old.unchecked_into();
        if old.kind() == track.kind() {
            stream.remove_track(&old);
        }
    }
    stream.add_track(track);
}
