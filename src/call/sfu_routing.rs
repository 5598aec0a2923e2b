//! What goes by the SFU instead of straight between two.
//!
//! Make before break: a connection straight to another one stays for all that the SFU does not carry. As soon as
//! something of the other one arrives by the SFU, it is shown from there, and the other one is told; what it is
//! told about, it does not send straight. Both is taken back as soon as the own connection with the SFU is not well. When
//! everything arrives by the SFU, the straight connection is [released](super::direct_need).
//!
//! Where the room is a mesh (again), it is the other way around: the other one is to send straight as soon as there is a
//! connection, what arrives straight is shown from there, and when all does, the SFU is released.

use std::time::Duration;

use super::{
    direct_need::MediaNeed,
    io::{Output, Outputs, peer_ref},
    roster::{Roster, SfuPeer},
};
use crate::protocol::{
    ClientEvent, MediaKind, MissingTrack, ParticipantId, Side, TrackMapping, TrackSource,
    TrackSources, Tracks, VideoSubscription,
};

/// What goes by the SFU.
#[derive(Debug, Default)]
pub(super) struct SfuRouting {
    sfu: Option<SfuPeer>,
    /// What the SFU says that it carries to here.
    places: Vec<TrackMapping>,
    /// What the SFU says that it cannot carry to here.
    missing: Vec<MissingTrack>,
    /// The sections in which something has arrived.
    flowing: Vec<Box<str>>,
    /// What is shown as it arrives from there.
    shown: Vec<TrackMapping>,
    /// The serial of the SFU's peer that is needed no more.
    released: Option<u32>,
}

/// What the ways depend on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Circumstances {
    pub now: Duration,
    /// Whether the room is a mesh.
    pub is_mesh: bool,
    /// Whether the SFU's way is taken where there are both.
    pub prefers_sfu: bool,
    /// Whether the server can be told.
    pub open: bool,
}

impl SfuRouting {
    /// The SFU carries this now, and nothing else.
    pub fn handle_tracks(&mut self, carried: Tracks) {
        self.places = carried.tracks;
        self.missing = carried.missing;
    }

    /// Something has arrived in a section of this peer.
    pub fn handle_flow(&mut self, serial: u32, mid: Box<str>) {
        if self.sfu.is_some_and(|sfu| sfu.serial == serial) {
            self.flowing.push(mid);
        }
    }

    /// Draws the conclusions. `subscription` tells how much of a camera is wanted: the SFU has it as it is, and no smaller.
    pub fn settle(
        &mut self,
        roster: &mut Roster,
        circumstances: Circumstances,
        subscription: impl Fn(ParticipantId) -> VideoSubscription,
        out: &mut Outputs,
    ) {
        let Circumstances {
            now,
            is_mesh,
            prefers_sfu,
            open,
        } = circumstances;
        let sfu = roster.sfu();
        let serial = |sfu: Option<SfuPeer>| sfu.map(|sfu| sfu.serial);
        if serial(self.sfu) != serial(sfu) {
            self.places.clear();
            self.missing.clear();
            self.flowing.clear();
        }
        self.sfu = sfu;
        let well = sfu.filter(|sfu| sfu.connected);
        self.shown
            .retain(|place| roster.contains(place.participant));
        let mut needs_sfu = false;
        for (id, participant) in roster.people() {
            participant.via_sfu = TrackSources::NONE;
            let video = subscription(id);
            for source in TrackSource::ALL {
                let is_unwanted = source == TrackSource::Camera && video != VideoSubscription::Full;
                let is_straight = !prefers_sfu && participant.arrives_straight(source);
                let wanted = !is_unwanted && !is_straight;
                let place = well.filter(|_| wanted).and_then(|sfu| {
                    let mid = self.arrival_mid(id, source)?;
                    Some((sfu.id, mid))
                });
                if place.is_some() {
                    participant.via_sfu = participant.via_sfu.with(source);
                }
                self.show(id, source, place, out);
            }
            participant.report_unfit(self.unsupported_side(id), out);
            participant.sfu_link = sfu.filter(|_| !is_mesh).map(|sfu| sfu.link);
            participant.tell_link(out);
            let wants_camera = video != VideoSubscription::None;
            let is_straight = participant.is_connected_straight();
            needs_sfu |= !is_straight
                || participant.misses(|source| participant.arrives_straight(source), wants_camera);
            if open {
                let pause = match is_straight && !prefers_sfu {
                    true => TrackSources::NONE,
                    false => participant.via_sfu,
                };
                participant.tell_direct_pause(pause, out);
                let via_sfu = participant.via_sfu;
                let misses = participant.misses(|source| via_sfu.contain(source), wants_camera);
                let need = match (is_mesh, well, misses) {
                    (true, ..) => MediaNeed::Mesh,
                    (false, None, _) => MediaNeed::NoSfu,
                    (false, Some(_), true) => MediaNeed::Missing,
                    (false, Some(_), false) => MediaNeed::Nothing,
                };
                let generation = participant.peer.as_ref().map(|peer| peer.generation);
                let about = (id, generation);
                participant.direct_need.settle(now, about, need, out);
            }
            let paused = match well {
                Some(_) => participant.gets_via_sfu,
                None => TrackSources::NONE,
            };
            if participant.paused != paused {
                participant.paused = paused;
                out.push(Output::PauseSending {
                    id,
                    sources: paused,
                });
            }
        }
        let unneeded = sfu.filter(|_| open && !prefers_sfu && !needs_sfu);
        self.release_sfu(unneeded, !is_mesh, out);
    }

    /// The server may have forgotten that the SFU is needed no more.
    pub fn forget_released(&mut self) {
        self.released = None;
    }

    /// Tells the server, once, that the connection with the SFU is needed no more.
    fn release_sfu(&mut self, sfu: Option<SfuPeer>, is_sfu_room: bool, out: &mut Outputs) {
        let released = sfu.map(|sfu| sfu.serial);
        if let Some(sfu) = sfu.filter(|_| self.released != released) {
            out.emit(ClientEvent::PeerRelease(peer_ref(sfu.id, sfu.generation)));
        }
        if sfu.is_some() || is_sfu_room {
            self.released = released;
        }
    }

    /// Whose browser is the reason why pictures of a participant cannot come by the SFU, if they cannot.
    fn unsupported_side(&self, from: ParticipantId) -> Option<Side> {
        let is = |missing: &&MissingTrack| {
            missing.participant == from && missing.source.kind() == MediaKind::Video
        };
        self.missing.iter().find(is).map(|missing| missing.side)
    }

    /// Where something of a participant has arrived.
    fn arrival_mid(&self, from: ParticipantId, source: TrackSource) -> Option<Box<str>> {
        let is = |place: &&TrackMapping| {
            place.participant == from && place.source == source && self.flowing.contains(&place.mid)
        };
        self.places.iter().find(is).map(|place| place.mid.clone())
    }

    fn show(
        &mut self,
        id: ParticipantId,
        source: TrackSource,
        place: Option<(ParticipantId, Box<str>)>,
        out: &mut Outputs,
    ) {
        let is = |place: &TrackMapping| place.participant == id && place.source == source;
        let shown = self.shown.iter().find(|place| is(place));
        let mid = place.as_ref().map(|(_, mid)| mid);
        if shown.map(|place| &place.mid) == mid {
            return;
        }
        let mid = mid.cloned();
        self.shown.retain(|place| !is(place));
        let from = id;
        self.shown.extend(mid.map(|mid| TrackMapping {
            mid,
            participant: from,
            source,
        }));
        out.push(Output::RouteTrack {
            id,
            source,
            track: place,
        });
    }
}
