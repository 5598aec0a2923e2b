//! What goes by the forwarding unit instead of straight between two.
//!
//! Make before break: the connections straight to the others stay, for all that the unit does not carry. As soon as
//! something of another one arrives by the unit, it is shown from there, and the other one is told; what everybody is
//! told about, nobody sends straight. Both is taken back as soon as the own connection with the unit is not well.

use super::{
    chat::say,
    io::{Output, Outputs},
    roster::{Roster, Unit},
    sorted::Sorted,
};
use crate::protocol::{Body, ParticipantId, Place, Slot};

/// What goes by the unit.
#[derive(Debug, Default)]
pub(super) struct Forwarded {
    unit: Option<Unit>,
    /// What the unit says that it carries to here.
    places: Vec<Place>,
    /// The sections in which something has arrived.
    flowing: Vec<Box<str>>,
    /// What is shown as it arrives from there.
    shown: Vec<Place>,
    /// What others were told that it need not come straight.
    told: Sorted<ParticipantId, Vec<Slot>>,
    /// What others say that it need not go straight to them.
    heard: Sorted<ParticipantId, Vec<Slot>>,
    /// What does not go straight to others.
    held: Sorted<ParticipantId, Vec<Slot>>,
}

impl Forwarded {
    /// The unit carries this now, and nothing else.
    pub fn handle_carried(&mut self, places: Vec<Place>) {
        self.places = places;
    }

    /// Something has arrived in a section of this peer.
    pub fn handle_flow(&mut self, serial: u32, mid: Box<str>) {
        let current = self.unit.is_some_and(|unit| unit.serial == serial);
        if current && !self.flowing.contains(&mid) {
            self.flowing.push(mid);
        }
    }

    /// Another one gets these slots by the unit.
    pub fn hear(&mut self, from: ParticipantId, slots: Vec<Slot>) {
        self.heard.insert(from, slots);
    }

    /// All, or one, may have missed what they were told.
    pub fn say_again(&self, only: Option<ParticipantId>, out: &mut Outputs) {
        let told = self.told.iter();
        for (id, slots) in told.filter(|(id, _)| only.is_none_or(|only| only == *id)) {
            let slots = slots.clone();
            say(Some(*id), Body::Carried { slots }, out);
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
            self.flowing.clear();
        }
        self.unit = unit;
        for slots in [&mut self.told, &mut self.heard, &mut self.held] {
            slots.retain(|id, _| roster.contains(*id));
        }
        let well = unit.is_some_and(|unit| unit.connected);
        let fits = |place: &&Place| {
            well && self.flowing.contains(&place.mid)
                && roster.contains(place.from)
                && (place.slot != Slot::Camera || wants(place.from))
        };
        let shown: Vec<_> = self.places.iter().filter(fits).cloned().collect();
        self.show(shown, out);
        roster.set_forwarded(|id| self.shown.iter().any(|place| place.from == id), out);
        if open {
            self.tell(roster, out);
        }
        self.hold(well, out);
    }

    fn show(&mut self, shown: Vec<Place>, out: &mut Outputs) {
        let was = std::mem::replace(&mut self.shown, shown);
        let same = |one: &Place, other: &Place| one.from == other.from && one.slot == other.slot;
        let ended = was
            .iter()
            .filter(|old| !self.shown.iter().any(|new| same(old, new)));
        for Place { from, slot, .. } in ended {
            out.push(Output::Source {
                id: *from,
                slot: *slot,
                place: None,
            });
        }
        let Some(unit) = self.unit else { return };
        for new in self.shown.iter().filter(|new| !was.contains(new)) {
            out.push(Output::Source {
                id: new.from,
                slot: new.slot,
                place: Some((unit.id, new.mid.clone())),
            });
        }
    }

    fn tell(&mut self, roster: &Roster, out: &mut Outputs) {
        for id in roster.here() {
            let of = self.shown.iter().filter(|place| place.from == id);
            let mut slots: Vec<_> = of.map(|place| place.slot).collect();
            slots.sort_unstable();
            let told = self.told.get(&id).map_or(&[][..], Vec::as_slice);
            if told != slots {
                self.told.insert(id, slots.clone());
                say(Some(id), Body::Carried { slots }, out);
            }
        }
    }

    fn hold(&mut self, well: bool, out: &mut Outputs) {
        for (id, slots) in self.heard.iter() {
            let slots = if well { slots.clone() } else { Vec::new() };
            let held = self.held.get(id).map_or(&[][..], Vec::as_slice);
            if held != slots {
                self.held.insert(*id, slots.clone());
                out.push(Output::Hold { id: *id, slots });
            }
        }
    }
}
