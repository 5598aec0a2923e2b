//! Places of a session, without one.

mod pending_mapping;

use proptest::prelude::*;

use super::*;

fn track(from: u8, slot: TrackSource) -> Track {
    Track {
        slot,
        from: ParticipantId::from_random([from; 20]),
    }
}

fn offer(places: &mut Downtracks) -> usize {
    let wanted = places.to_offer();
    for (place, _) in &wanted {
        places.handle_offered(*place, Mid::from(&*format!("{place}")));
    }
    wanted.len()
}

#[test]
fn a_free_place_is_used_again() {
    let mut places = Downtracks::default();
    let [ann, bob] = [1, 2].map(|from| track(from, TrackSource::Camera));
    assert_eq!(
        places.allocate(&[ann]),
        [Change {
            place: 0,
            was: None,
            is: Some(ann)
        }]
    );
    assert_eq!(offer(&mut places), 1);
    assert!(places.mappings().is_empty());
    places.handle_answered(|_| SectionState::Yes);
    assert_eq!(places.mappings().len(), 1);
    assert_eq!(
        places.allocate(&[bob]),
        [Change {
            place: 0,
            was: Some(ann),
            is: Some(bob)
        }]
    );
    assert_eq!(offer(&mut places), 0);
    assert_eq!(places.mappings().first().unwrap().participant, bob.from);
    assert!(places.allocate(&[bob]).is_empty());
}

#[test]
fn a_sound_does_not_go_where_a_picture_was() {
    let mut places = Downtracks::default();
    places.allocate(&[track(1, TrackSource::Camera)]);
    let changes = places.allocate(&[track(1, TrackSource::Microphone)]);
    assert_eq!(changes.len(), 2);
    assert_eq!(places.to_offer(), [(1, MediaKind::Audio)]);
}

#[test]
fn a_refused_place_carries_nothing() {
    let mut places = Downtracks::default();
    places.allocate(&[track(1, TrackSource::Camera)]);
    offer(&mut places);
    places.handle_answered(|_| SectionState::NotNow);
    assert!(places.mappings().is_empty());
    assert!(places.ready(0).is_none());
    places.allocate(&[]);
    let again = places.allocate(&[track(2, TrackSource::Screen)]);
    assert_eq!(again.first().unwrap().place, 1);
}

#[test]
fn of_a_kind_that_was_rejected_nothing_is_offered_again() {
    let mut places = Downtracks::default();
    let (seen, heard) = (
        track(1, TrackSource::Camera),
        track(1, TrackSource::Microphone),
    );
    places.allocate(&[seen, heard]);
    offer(&mut places);
    places.handle_answered(|mid| match &*mid {
        "0" => SectionState::Never,
        _ => SectionState::Yes,
    });
    assert!(!places.fits(seen) && places.fits(heard));
    let changes = places.allocate(&[seen, heard]);
    assert_eq!(changes.first().unwrap().was, Some(seen));
    places.allocate(&[track(2, TrackSource::Camera), heard]);
    assert_eq!(offer(&mut places), 0);
    assert_eq!(places.mappings().len(), 1);
}

#[test]
fn what_has_no_place_is_carried_when_there_is_one() {
    let mut places = Downtracks::default();
    let mut wanted: Vec<_> = (0..=PLACES as u8)
        .map(|from| track(from, TrackSource::Microphone))
        .collect();
    assert_eq!(places.allocate(&wanted).len(), PLACES);
    assert!(places.allocate(&wanted).is_empty());
    let last = *wanted.last().unwrap();
    wanted.remove(3);
    let changes = places.allocate(&wanted);
    assert_eq!(changes.first().unwrap().place, 3);
    assert_eq!(changes.first().unwrap().is, Some(last));
}

proptest! {
    #[test]
    fn what_is_wanted_is_carried_once_and_in_a_place_of_its_kind(
        steps in proptest::collection::vec(proptest::collection::btree_set((0..30_u8, 0..4_usize), 0..80), 1..12),
    ) {
        let mut places = Downtracks::default();
        let mut known: Vec<Option<Track>> = Vec::new();
        for step in steps {
            let wanted: Vec<_> = step.into_iter().map(|(from, slot)| track(from, TrackSource::ALL[slot])).collect();
            for change in places.allocate(&wanted) {
                known.resize(known.len().max(change.place + 1), None);
                prop_assert_eq!(known[change.place], change.was);
                known[change.place] = change.is;
            }
            prop_assert!(places.places.len() <= PLACES);
            let carried: Vec<_> = places.places.iter().filter_map(|place| place.track).collect();
            prop_assert_eq!(&carried, &known.iter().copied().flatten().collect::<Vec<_>>());
            for place in &places.places {
                prop_assert!(place.track.is_none_or(|track| wanted.contains(&track) && track.slot.kind() == place.kind));
            }
            let mut once = carried.clone();
            once.sort();
            once.dedup();
            prop_assert_eq!(once.len(), carried.len());
            if places.places.len() < PLACES {
                prop_assert_eq!(carried.len(), wanted.len());
            }
        }
    }
}
