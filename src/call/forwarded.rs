//! What goes by the forwarding unit instead of straight between two.
//!
//! Make before break: the connections straight to the others stay, for all that the unit does not carry. As soon as
//! something of another one arrives by the unit, it is shown from there, and the other one is told; what everybody is
//! told about, nobody sends straight. Both is taken back as soon as the own connection with the unit is not well.

use super::{
    attendee::Attendee,
    chat::say,
    io::{Output, Outputs},
    roster::{Roster, Unit},
};
use crate::protocol::{Body, Carried, Kind, Missing, ParticipantId, Place, Side, Slot, Slots};

/// What goes by the unit.
#[derive(Debug, Default)]
pub(super) struct Forwarded {
    unit: Option<Unit>,
    /// What the unit says that it carries to here.
    places: Vec<Place>,
    /// What the unit says that it cannot carry to here.
    missing: Vec<Missing>,
    /// The sections in which something has arrived.
    flowing: Vec<Box<str>>,
    /// What is shown as it arrives from there.
    shown: Vec<Place>,
}

impl Forwarded {
    /// The unit carries this now, and nothing else.
    pub fn handle_carried(&mut self, carried: Carried) {
        self.places = carried.places;
        self.missing = carried.missing;
    }

    /// Something has arrived in a section of this peer.
    pub fn handle_flow(&mut self, serial: u32, mid: Box<str>) {
        if self.unit.is_some_and(|unit| unit.serial == serial) {
            self.flowing.push(mid);
        }
    }

    /// Draws the conclusions. `wants` tells whose camera is wanted as it is: the unit has no smaller ones.
    pub fn settle(
        &mut self,
        roster: &mut Roster,
        wants: impl Fn(ParticipantId) -> bool,
        open: bool,
        out: &mut Outputs,
    ) {
        let unit = roster.unit();
        let serial = |unit: Option<Unit>| unit.map(|unit| unit.serial);
        if serial(self.unit) != serial(unit) {
            self.places.clear();
            self.missing.clear();
            self.flowing.clear();
        }
        self.unit = unit;
        let well = unit.filter(|unit| unit.connected);
        self.shown.retain(|place| roster.contains(place.from));
        for (id, attendee) in roster.people() {
            attendee.forwarded = Slots::NONE;
            for slot in Slot::ALL {
                let wanted = slot != Slot::Camera || wants(id);
                let place = well.filter(|_| wanted).and_then(|unit| {
                    let mid = self.arrival(id, slot)?;
                    Some((unit.id, mid))
                });
                if place.is_some() {
                    attendee.forwarded = attendee.forwarded.with(slot);
                }
                self.show(id, slot, place, out);
            }
            attendee.tell_unfit(self.unfit(id), out);
            attendee.tell_link(out);
            let told = attendee.told_forwarded.unwrap_or_default();
            if open && attendee.is_here() && told != attendee.forwarded {
                attendee.told_forwarded = Some(attendee.forwarded);
                tell(id, attendee, out);
            }
            let held = match well {
                Some(_) => attendee.gets_forwarded,
                None => Slots::NONE,
            };
            if attendee.held != held {
                attendee.held = held;
                out.push(Output::Hold { id, slots: held });
            }
        }
    }

    /// Whose browser is the reason why pictures of a participant cannot come by the unit, if they cannot.
    fn unfit(&self, from: ParticipantId) -> Option<Side> {
        let is = |missing: &&Missing| missing.from == from && missing.slot.kind() == Kind::Video;
        self.missing.iter().find(is).map(|missing| missing.side)
    }

    /// Where something of a participant has arrived.
    fn arrival(&self, from: ParticipantId, slot: Slot) -> Option<Box<str>> {
        let is = |place: &&Place| {
            place.from == from && place.slot == slot && self.flowing.contains(&place.mid)
        };
        self.places.iter().find(is).map(|place| place.mid.clone())
    }

    fn show(
        &mut self,
        id: ParticipantId,
        slot: Slot,
        place: Option<(ParticipantId, Box<str>)>,
        out: &mut Outputs,
    ) {
        let is = |place: &Place| place.from == id && place.slot == slot;
        let shown = self.shown.iter().find(|place| is(place));
        let mid = place.as_ref().map(|(_, mid)| mid);
        if shown.map(|place| &place.mid) == mid {
            return;
        }
        let mid = mid.cloned();
        self.shown.retain(|place| !is(place));
        let from = id;
        self.shown.extend(mid.map(|mid| Place { mid, from, slot }));
        out.push(Output::Source { id, slot, place });
    }
}

/// Tells someone, perhaps again, what of theirs arrives by the unit.
pub(super) fn tell(id: ParticipantId, attendee: &Attendee, out: &mut Outputs) {
    if let Some(slots) = attendee.told_forwarded {
        say(Some(id), Body::Carried { slots }, out);
    }
}
