//! What goes by the SFU instead of straight between two.
//!
//! Make before break: the connections straight to the others stay, for all that the SFU does not carry. As soon as
//! something of another one arrives by the SFU, it is shown from there, and the other one is told; what everybody is
//! told about, nobody sends straight. Both is taken back as soon as the own connection with the SFU is not well.

use super::{
    io::{Output, Outputs},
    roster::{Roster, SfuPeer},
};
use crate::protocol::{
    MediaKind, MissingTrack, ParticipantId, Side, TrackMapping, TrackSource, TrackSources, Tracks,
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

    /// Draws the conclusions. `wants` tells whose camera is wanted as it is: the SFU has no smaller ones.
    pub fn settle(
        &mut self,
        roster: &mut Roster,
        wants: impl Fn(ParticipantId) -> bool,
        open: bool,
        out: &mut Outputs,
    ) {
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
        for (id, participant) in roster.people() {
            participant.via_sfu = TrackSources::NONE;
            for source in TrackSource::ALL {
                let wanted = source != TrackSource::Camera || wants(id);
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
            participant.tell_link(out);
            let told = participant.told_via_sfu.unwrap_or_default();
            if open && participant.is_here() && told != participant.via_sfu {
                participant.told_via_sfu = Some(participant.via_sfu);
                participant.send_direct_pause(out);
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
