//! An `RTCPeerConnection` and what it sends, before and while it belongs to a peer.

use std::cell::{Cell, RefCell};

use js_sys::{Array, Object, Promise};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    RtcBundlePolicy, RtcConfiguration, RtcDataChannel, RtcIceServer, RtcPeerConnection,
    RtcRtpReceiver, RtcRtpTransceiver, RtcRtpTransceiverDirection, RtcRtpTransceiverInit,
    RtcSessionDescriptionInit,
};

use super::{js, media::Media, promise, sender_parameters};
use crate::{
    call::VideoQuality,
    protocol::{IceServer, MediaKind, Sdp, TrackSource, TrackSources},
};

/// Where something arrives.
#[derive(Debug, Clone, Copy)]
pub enum Arrival<'a> {
    /// In the transceiver of a source.
    Source(TrackSource),
    /// In the media section of this name, which is for no source: as the SFU has them.
    Section(&'a str),
}

/// A connection. Dropping it closes it.
pub struct Connection {
    /// What the browser calls it.
    pub rtc: RtcPeerConnection,
    /// What the transceivers are for; each source has one at most.
    transceivers: RefCell<Vec<(TrackSource, RtcRtpTransceiver)>>,
    /// What is not sent by this connection, because it takes another way.
    paused: Cell<TrackSources>,
    /// How much of the camera is sent.
    level: Cell<VideoQuality>,
    channel: RefCell<Option<RtcDataChannel>>,
    /// The description that is being made ahead.
    prepared: RefCell<Option<Promise>>,
}

impl Connection {
    /// One that takes offers.
    ///
    /// # Errors
    /// The browser makes none.
    pub fn answering() -> Result<Self, String> {
        let rtc = RtcPeerConnection::new_with_configuration(&configuration(&[]))
            .map_err(|error| promise::message(&error))?;
        Ok(Self {
            rtc,
            transceivers: RefCell::default(),
            paused: Cell::default(),
            level: Cell::new(VideoQuality::Full),
            channel: RefCell::default(),
            prepared: RefCell::default(),
        })
    }

    /// One that makes offers: it has a transceiver for audio and one for video, and the channel by which a
    /// simple-peer counts itself connected.
    ///
    /// # Errors
    /// The browser makes none.
    pub fn offering(media: &Media) -> Result<Self, String> {
        let connection = Self::answering()?;
        for source in TrackSource::FIRST {
            connection.add_transceiver(source.kind(), media);
        }
        connection.keep_channel(connection.rtc.create_data_channel("roundtable"));
        Ok(connection)
    }

    /// Uses these STUN and TURN servers, and sends what there is to send where there is a place for it.
    ///
    /// # Errors
    /// The browser does not take the servers.
    pub fn start(&self, ice_servers: &[IceServer], media: &Media) -> Result<(), String> {
        if !ice_servers.is_empty() {
            js::set_configuration(&self.rtc, &configuration(ice_servers))
                .map_err(|error| promise::message(&error))?;
            if self.prepared.take().is_some() {
                js::restart_ice(&self.rtc);
            }
        }
        for source in TrackSource::ALL {
            self.send(source, media);
        }
        Ok(())
    }

    /// Adds the next transceiver for this kind of track, both ways, to be described next; after the last one, none.
    pub fn add_transceiver(&self, kind: MediaKind, media: &Media) {
        let Some(source) = self.next_source(kind) else {
            return;
        };
        let init = RtcRtpTransceiverInit::new();
        init.set_direction(RtcRtpTransceiverDirection::Sendrecv);
        init.set_streams(&Array::of1(&media.stream(source)));
        let transceiver = self
            .rtc
            .add_transceiver_with_str_and_init(kind.as_str(), &init);
        self.transceivers.borrow_mut().push((source, transceiver));
        self.send(source, media);
        // What was described ahead lacks it.
        if let Some(ahead) = self.prepared.take() {
            promise::ignore(ahead);
        }
    }

    /// Adopts the transceivers that the other side has offered, and sends there, be there a track now or later.
    pub fn adopt_transceivers(&self, media: &Media) {
        let transceivers = self.rtc.get_transceivers();
        // One that was stopped is not among them any more.
        let there = |transceiver: &RtcRtpTransceiver| transceivers.includes(transceiver, 0);
        self.transceivers
            .borrow_mut()
            .retain(|(_, transceiver)| there(transceiver));
        for transceiver in transceivers.iter() {
            let transceiver: RtcRtpTransceiver = transceiver.unchecked_into();
            let kind = match transceiver.receiver().track().kind().as_str() {
                "audio" => MediaKind::Audio,
                _ => MediaKind::Video,
            };
            if self.source_of(&transceiver).is_some() {
                continue;
            }
            let Some(source) = self.next_source(kind) else {
                continue;
            };
            // A section that was rejected has stopped its own: it keeps its place among those of its kind, and sends nothing.
            let is_stopped = is_stopped(&transceiver);
            if !is_stopped {
                transceiver.set_direction(RtcRtpTransceiverDirection::Sendrecv);
                js::set_streams(&transceiver.sender(), &media.stream(source));
            }
            self.transceivers.borrow_mut().push((source, transceiver));
            if !is_stopped {
                self.send(source, media);
            }
        }
    }

    /// What a transceiver is for; `None` of one that is beyond what there are sources for.
    pub fn source_of(&self, transceiver: &RtcRtpTransceiver) -> Option<TrackSource> {
        let places = self.transceivers.borrow();
        let mut of = places.iter().filter(|(_, place)| place == transceiver);
        of.next().map(|(source, _)| *source)
    }

    /// Makes the first description before it is asked for, and finds the ways to this side meanwhile.
    pub fn prepare_description(&self) {
        self.prepared.replace(Some(self.set_local_description()));
    }

    /// Makes and sets the description that is due, or gives the one that was made ahead.
    ///
    /// # Errors
    /// The browser makes none, or one that is not fit to be sent.
    pub async fn describe(&self) -> Result<Sdp, String> {
        let ahead = self.prepared.take();
        promise::wait(ahead.unwrap_or_else(|| self.set_local_description())).await?;
        let made = self.rtc.local_description();
        Sdp::parse(made.map(|made| made.sdp()).unwrap_or_default()).map_err(str::to_owned)
    }

    /// Without a description, the browser makes the one that is due: an answer to an offer, else an offer
    /// (W3C WebRTC section 4.4.2, `setLocalDescription`).
    fn set_local_description(&self) -> Promise {
        let due = Object::new().unchecked_into::<RtcSessionDescriptionInit>();
        self.rtc.set_local_description(&due)
    }

    /// Sends the track of a source, or nothing, if it has a transceiver; nobody has to negotiate for that.
    pub fn send(&self, source: TrackSource, media: &Media) {
        if let Some(transceiver) = self.transceiver(source) {
            let track = media
                .track(source)
                .filter(|_| !self.paused.get().contain(source));
            promise::ignore(transceiver.sender().replace_track(track.as_ref()));
            self.adjust(source, media);
        }
    }

    /// Sends nothing of these sources from now on, and of the others what there is.
    pub fn pause_sending(&self, sources: TrackSources, media: &Media) {
        self.paused.set(sources);
        TrackSource::ALL
            .into_iter()
            .for_each(|source| self.send(source, media));
    }

    /// The receiver of a source, or of a media section (RFC 5888 section 4).
    pub fn receiver(&self, of: Arrival<'_>) -> Option<RtcRtpReceiver> {
        let transceiver = match of {
            Arrival::Source(source) => self.transceiver(source)?,
            Arrival::Section(mid) => {
                let all = self.rtc.get_transceivers();
                let mut all = all.iter().map(JsCast::unchecked_into::<RtcRtpTransceiver>);
                all.find(|transceiver| transceiver.mid().as_deref() == Some(mid))?
            }
        };
        Some(transceiver.receiver())
    }

    /// How loud a sound arrives, linear from 0 to 1 (W3C WebRTC section 5.3, `getSynchronizationSources`).
    pub fn level(&self, of: Arrival<'_>) -> f64 {
        let level = || {
            let receiver = self.receiver(of)?;
            let sources = js::call(&receiver, "getSynchronizationSources", &JsValue::UNDEFINED)?;
            let first = sources.ok()?.unchecked_into::<Array>().get(0);
            js::property(&first, "audioLevel")?.as_f64()
        };
        level().unwrap_or(0.0)
    }

    /// Sends this much of the camera from now on.
    pub fn limit(&self, level: VideoQuality) {
        if self.level.replace(level) != level
            && let Some(transceiver) = self.transceiver(TrackSource::Camera)
        {
            sender_parameters::limit(&transceiver.sender(), level);
        }
    }

    /// Sets how pictures are sent, where it is not as the browser does by itself. A sender may take that only
    /// when it is negotiated.
    pub fn adjust_all(&self, media: &Media) {
        self.adjust(TrackSource::Camera, media);
        self.adjust(TrackSource::Screen, media);
    }

    fn adjust(&self, source: TrackSource, media: &Media) {
        let Some(transceiver) = self.transceiver(source) else {
            return;
        };
        let (sender, level) = (transceiver.sender(), self.level.get());
        match source {
            TrackSource::Camera if level != VideoQuality::Full => {
                sender_parameters::limit(&sender, level)
            }
            TrackSource::Screen if media.track(source).is_some() => {
                media.sharpness.get().apply(&sender)
            }
            _ => {}
        }
    }

    /// Keeps the first channel open: one that nobody holds is closed.
    pub fn keep_channel(&self, channel: RtcDataChannel) {
        self.channel.borrow_mut().get_or_insert(channel);
    }

    fn transceiver(&self, source: TrackSource) -> Option<RtcRtpTransceiver> {
        let places = self.transceivers.borrow();
        let mut of = places.iter().filter(|(taken, _)| *taken == source);
        of.next().map(|(_, transceiver)| transceiver.clone())
    }

    /// What the next section of a kind is for.
    fn next_source(&self, kind: MediaKind) -> Option<TrackSource> {
        TrackSource::next(kind, |source| self.transceiver(source).is_some())
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.rtc.close();
    }
}

/// What a connection is made with.
pub fn configuration(ice_servers: &[IceServer]) -> RtcConfiguration {
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
    // All media on one path: one set of candidates to find, to send and to check.
    configuration.set_bundle_policy(RtcBundlePolicy::MaxBundle);
    configuration
}

/// Whether a transceiver is over; web-sys has no name for that direction.
fn is_stopped(transceiver: &RtcRtpTransceiver) -> bool {
    use RtcRtpTransceiverDirection::{Inactive, Recvonly, Sendonly, Sendrecv};
    !matches!(
        transceiver.direction(),
        Sendrecv | Sendonly | Recvonly | Inactive
    )
}
