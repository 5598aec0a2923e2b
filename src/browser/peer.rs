//! One `RTCPeerConnection`: does what the call says, one thing after the other, and reports.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use futures::{
    FutureExt, StreamExt,
    channel::mpsc::{self, UnboundedReceiver, UnboundedSender},
};
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{
    MediaStream, MediaStreamTrack, RtcConfiguration, RtcDataChannel, RtcIceCandidateInit,
    RtcIceServer, RtcOfferOptions, RtcPeerConnection, RtcPeerConnectionIceEvent,
    RtcPeerConnectionState, RtcRtpSender, RtcRtpTransceiver, RtcRtpTransceiverDirection,
    RtcRtpTransceiverInit, RtcSdpType, RtcSessionDescriptionInit, RtcTrackEvent,
};

use super::{
    js::{Listener, set_streams},
    media::Media,
    outcome,
};
use crate::{
    call::{ConnectionState, PeerAction, PeerEvent},
    protocol::{Candidate, IceServer, Kind, Sdp},
};

/// What a peer brings.
pub enum PeerReport {
    /// For the call.
    Event(PeerEvent),
    /// A track of the other side.
    Track(MediaStreamTrack),
}

/// A peer. Dropping it closes the connection.
pub struct Peer {
    inner: Rc<Inner>,
    actions: UnboundedSender<PeerAction>,
    _listeners: [Listener; 4],
}

struct Inner {
    connection: RtcPeerConnection,
    media: Rc<Media>,
    senders: RefCell<BTreeMap<Kind, RtcRtpSender>>,
    channel: RefCell<Option<RtcDataChannel>>,
    report: Box<dyn Fn(PeerReport)>,
}

impl Peer {
    /// Makes a peer. `report` is told what it brings, until it is dropped.
    ///
    /// # Errors
    /// The browser makes no connection, with these servers or at all.
    pub fn new(
        initiator: bool,
        ice_servers: &[IceServer],
        media: Rc<Media>,
        report: impl Fn(PeerReport) + 'static,
    ) -> Result<Self, String> {
        let failed = |error: JsValue| outcome::message(&error);
        let connection = RtcPeerConnection::new_with_configuration(&configuration(ice_servers))
            .map_err(failed)?;
        let inner = Rc::new(Inner {
            connection,
            media,
            senders: RefCell::default(),
            channel: RefCell::default(),
            report: Box::new(report),
        });
        if initiator {
            inner.prepare_to_send();
        }
        let (actions, queue) = mpsc::unbounded();
        spawn_local(work(Rc::downgrade(&inner), queue));
        Ok(Self {
            _listeners: inner.listen(),
            inner,
            actions,
        })
    }

    /// Does something, after everything that was said before.
    pub fn act(&self, action: PeerAction) {
        let _ = self.actions.unbounded_send(action);
    }

    /// Sends this track from now on, or nothing of its kind; nobody has to negotiate for that.
    pub fn send_track(&self, kind: Kind, track: Option<&MediaStreamTrack>) {
        if let Some(sender) = self.inner.senders.borrow().get(&kind) {
            outcome::ignore(sender.replace_track(track));
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.actions.close_channel();
        self.inner.connection.close();
    }
}

async fn work(inner: std::rc::Weak<Inner>, mut queue: UnboundedReceiver<PeerAction>) {
    while let Some(action) = queue.next().await {
        let Some(inner) = inner.upgrade() else { return };
        if let Err(reason) = inner.perform(action).boxed_local().await
            && inner.connection.connection_state() != RtcPeerConnectionState::Closed
        {
            inner.tell(PeerEvent::Failed(reason));
        }
    }
}

impl Inner {
    fn tell(&self, event: PeerEvent) {
        (self.report)(PeerReport::Event(event));
    }

    /// A place for sound and one for pictures, and the channel by which a simple-peer counts itself
    /// connected.
    fn prepare_to_send(&self) {
        for kind in Kind::ALL {
            let init = RtcRtpTransceiverInit::new();
            init.set_direction(RtcRtpTransceiverDirection::Sendrecv);
            init.set_streams(&Array::of1(self.media.stream()));
            let transceiver = match self.media.track(kind) {
                Some(track) => self
                    .connection
                    .add_transceiver_with_media_stream_track_and_init(&track, &init),
                None => self
                    .connection
                    .add_transceiver_with_str_and_init(kind.as_str(), &init),
            };
            self.senders.borrow_mut().insert(kind, transceiver.sender());
        }
        self.channel
            .replace(Some(self.connection.create_data_channel("roundtable")));
    }

    async fn perform(&self, action: PeerAction) -> Result<(), String> {
        match action {
            PeerAction::Create { .. } | PeerAction::Close => {}
            PeerAction::Offer { restart_ice } => {
                let options = RtcOfferOptions::new();
                options.set_ice_restart(restart_ice);
                let offer = outcome::wait(
                    self.connection
                        .create_offer_with_rtc_offer_options(&options),
                )
                .await?;
                let sdp = self.describe_here(RtcSdpType::Offer, &offer).await?;
                self.tell(PeerEvent::Offered(sdp));
            }
            PeerAction::Accept(sdp) => self.describe_there(RtcSdpType::Answer, &sdp).await?,
            PeerAction::Answer(sdp) => {
                self.describe_there(RtcSdpType::Offer, &sdp).await?;
                self.send_where_asked();
                let answer = outcome::wait(self.connection.create_answer()).await?;
                let sdp = self.describe_here(RtcSdpType::Answer, &answer).await?;
                self.tell(PeerEvent::Answered(sdp));
            }
            PeerAction::AddCandidate(candidate) => {
                let init = RtcIceCandidateInit::new(&candidate.candidate);
                init.set_sdp_mid(candidate.sdp_mid.as_deref());
                init.set_sdp_m_line_index(candidate.sdp_m_line_index);
                let added = self
                    .connection
                    .add_ice_candidate_with_opt_rtc_ice_candidate_init(Some(&init));
                // One that does not fit any more is no failure: there are others.
                let _ = outcome::wait(added).await;
            }
            PeerAction::AddTransceiver(kind) => {
                let init = RtcRtpTransceiverInit::new();
                init.set_direction(RtcRtpTransceiverDirection::Recvonly);
                self.connection
                    .add_transceiver_with_str_and_init(kind.as_str(), &init);
            }
        }
        Ok(())
    }

    async fn describe_here(&self, kind: RtcSdpType, made: &JsValue) -> Result<Sdp, String> {
        let sdp = super::js::property(made, "sdp")
            .and_then(|sdp| sdp.as_string())
            .unwrap_or_default();
        let init = RtcSessionDescriptionInit::new(kind);
        init.set_sdp(&sdp);
        outcome::wait(self.connection.set_local_description(&init)).await?;
        Sdp::parse(sdp).map_err(str::to_owned)
    }

    async fn describe_there(&self, kind: RtcSdpType, sdp: &Sdp) -> Result<(), String> {
        let init = RtcSessionDescriptionInit::new(kind);
        init.set_sdp(sdp.as_str());
        outcome::wait(self.connection.set_remote_description(&init)).await?;
        self.tell(PeerEvent::RemoteSet);
        Ok(())
    }

    /// Sends in the first offered place of each kind, be there a track now or later.
    fn send_where_asked(&self) {
        for transceiver in self.connection.get_transceivers().iter() {
            let transceiver: RtcRtpTransceiver = transceiver.unchecked_into();
            let kind = match transceiver.receiver().track().kind().as_str() {
                "audio" => Kind::Audio,
                _ => Kind::Video,
            };
            if self.senders.borrow().contains_key(&kind) {
                continue;
            }
            let sender = transceiver.sender();
            transceiver.set_direction(RtcRtpTransceiverDirection::Sendrecv);
            set_streams(&sender, self.media.stream());
            outcome::ignore(sender.replace_track(self.media.track(kind).as_ref()));
            self.senders.borrow_mut().insert(kind, sender);
        }
    }

    fn listen(self: &Rc<Self>) -> [Listener; 4] {
        let on = |kind, handle: fn(&Self, web_sys::Event)| {
            let inner = Rc::downgrade(self);
            Listener::new(&self.connection, kind, move |event| {
                if let Some(inner) = inner.upgrade() {
                    handle(&inner, event);
                }
            })
        };
        [
            on("icecandidate", Self::on_candidate),
            on("connectionstatechange", Self::on_connection_state),
            on("track", Self::on_track),
            on("datachannel", |inner, event| {
                let channel = event
                    .unchecked_into::<web_sys::RtcDataChannelEvent>()
                    .channel();
                inner.channel.replace(Some(channel));
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
        self.tell(PeerEvent::Candidate(Candidate {
            candidate: candidate.candidate().into(),
            sdp_mid: candidate.sdp_mid().map(Into::into),
            sdp_m_line_index: candidate.sdp_m_line_index(),
        }));
    }

    fn on_connection_state(&self, _: web_sys::Event) {
        self.tell(PeerEvent::Connection(
            match self.connection.connection_state() {
                RtcPeerConnectionState::Connecting => ConnectionState::Connecting,
                RtcPeerConnectionState::Connected => ConnectionState::Connected,
                RtcPeerConnectionState::Disconnected => ConnectionState::Disconnected,
                RtcPeerConnectionState::Failed => ConnectionState::Failed,
                RtcPeerConnectionState::Closed => ConnectionState::Closed,
                _ => ConnectionState::New,
            },
        ));
    }

    fn on_track(&self, event: web_sys::Event) {
        (self.report)(PeerReport::Track(
            event.unchecked_into::<RtcTrackEvent>().track(),
        ));
    }
}

fn configuration(ice_servers: &[IceServer]) -> RtcConfiguration {
    let servers: Array = ice_servers
        .iter()
        .map(|server| {
            let init = RtcIceServer::new();
            init.set_urls(&JsValue::from_str(&server.urls));
            if let Some(username) = &server.username {
                init.set_username(username);
            }
            if let Some(credential) = &server.credential {
                init.set_credential(credential);
            }
            init
        })
        .collect();
    let configuration = RtcConfiguration::new();
    configuration.set_ice_servers(&servers);
    configuration
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
