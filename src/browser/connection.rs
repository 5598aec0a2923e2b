//! An `RTCPeerConnection` and what it sends, before and while it belongs to a peer.

use std::{cell::RefCell, collections::BTreeMap};

use js_sys::{Array, Object, Promise};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    MediaStreamTrack, RtcBundlePolicy, RtcConfiguration, RtcDataChannel, RtcIceServer,
    RtcPeerConnection, RtcRtpSender, RtcRtpTransceiver, RtcRtpTransceiverDirection,
    RtcRtpTransceiverInit, RtcSessionDescriptionInit,
};

use super::{js, media::Media, outcome};
use crate::protocol::{IceServer, Kind, Sdp};

/// A connection. Dropping it closes it.
pub struct Connection {
    /// What the browser calls it.
    pub rtc: RtcPeerConnection,
    senders: RefCell<BTreeMap<Kind, RtcRtpSender>>,
    channel: RefCell<Option<RtcDataChannel>>,
    /// The description that is being made ahead.
    ahead: RefCell<Option<Promise>>,
}

impl Connection {
    /// One that takes offers.
    ///
    /// # Errors
    /// The browser makes none.
    pub fn answering() -> Result<Self, String> {
        let rtc = RtcPeerConnection::new_with_configuration(&configuration(&[]))
            .map_err(|error| outcome::message(&error))?;
        Ok(Self {
            rtc,
            senders: RefCell::default(),
            channel: RefCell::default(),
            ahead: RefCell::default(),
        })
    }

    /// One that makes offers: it has a place for sound and one for pictures, and the channel by which a
    /// simple-peer counts itself connected.
    ///
    /// # Errors
    /// The browser makes none.
    pub fn offering(media: &Media) -> Result<Self, String> {
        let connection = Self::answering()?;
        for kind in Kind::ALL {
            let init = RtcRtpTransceiverInit::new();
            init.set_direction(RtcRtpTransceiverDirection::Sendrecv);
            init.set_streams(&Array::of1(&media.stream()));
            let transceiver = connection
                .rtc
                .add_transceiver_with_str_and_init(kind.as_str(), &init);
            connection.keep_sender(kind, transceiver.sender());
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
                .map_err(|error| outcome::message(&error))?;
            if self.ahead.take().is_some() {
                js::restart_ice(&self.rtc);
            }
        }
        for kind in Kind::ALL {
            self.send_track(kind, media.track(kind).as_ref());
        }
        Ok(())
    }

    /// Makes the first description before it is asked for, and finds the ways to this side meanwhile.
    pub fn describe_ahead(&self) {
        self.ahead.replace(Some(self.set_local_description()));
    }

    /// Makes and sets the description that is due, or gives the one that was made ahead.
    ///
    /// # Errors
    /// The browser makes none, or one that is not fit to be sent.
    pub async fn describe(&self) -> Result<Sdp, String> {
        let ahead = self.ahead.take();
        outcome::wait(ahead.unwrap_or_else(|| self.set_local_description())).await?;
        let made = self.rtc.local_description();
        Sdp::parse(made.map(|made| made.sdp()).unwrap_or_default()).map_err(str::to_owned)
    }

    /// Without a description, the browser makes the one that is due: an answer to an offer, else an offer
    /// (W3C WebRTC section 4.4.2, `setLocalDescription`).
    fn set_local_description(&self) -> Promise {
        let due = Object::new().unchecked_into::<RtcSessionDescriptionInit>();
        self.rtc.set_local_description(&due)
    }

    /// Sends this track from now on, or nothing of its kind; nobody has to negotiate for that.
    pub fn send_track(&self, kind: Kind, track: Option<&MediaStreamTrack>) {
        if let Some(sender) = self.senders.borrow().get(&kind) {
            outcome::ignore(sender.replace_track(track));
        }
    }

    /// Sends in the first offered place of each kind, be there a track now or later.
    pub fn send_where_asked(&self, media: &Media) {
        for transceiver in self.rtc.get_transceivers().iter() {
            let transceiver: RtcRtpTransceiver = transceiver.unchecked_into();
            let kind = match transceiver.receiver().track().kind().as_str() {
                "audio" => Kind::Audio,
                _ => Kind::Video,
            };
            if self.senders.borrow().contains_key(&kind) {
                continue;
            }
            transceiver.set_direction(RtcRtpTransceiverDirection::Sendrecv);
            js::set_streams(&transceiver.sender(), &media.stream());
            self.keep_sender(kind, transceiver.sender());
            self.send_track(kind, media.track(kind).as_ref());
        }
    }

    /// Keeps the channel open: one that nobody holds is closed.
    pub fn keep_channel(&self, channel: RtcDataChannel) {
        self.channel.replace(Some(channel));
    }

    fn keep_sender(&self, kind: Kind, sender: RtcRtpSender) {
        self.senders.borrow_mut().insert(kind, sender);
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.rtc.close();
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
    // All media on one path: one set of candidates to find, to send and to check.
    configuration.set_bundle_policy(RtcBundlePolicy::MaxBundle);
    configuration
}
