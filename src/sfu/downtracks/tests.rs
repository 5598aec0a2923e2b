//! Places of a session, without one.

mod pending_mapping;

use proptest::prelude::*;

use super::*;

fn track(from: u8, source: TrackSource) -> Track {
    Track {
        source,
        from: ParticipantId::from_random([from; 20]),
    }
}

fn offer(downtracks: &mut Downtracks) -> usize {
    let wanted = downtracks.to_offer();
    for (downtrack, _) in &wanted {
        downtracks.handle_offered(*downtrack, Mid::from(&*format!("{downtrack}")));
    }
    wanted.len()
}

#[test]
fn a_free_downtrack_is_used_again() {
    let mut downtracks = Downtracks::default();
    let [ann, bob] = [1, 2].map(|from| track(from, TrackSource::Camera));
    assert_eq!(
        downtracks.allocate(&[ann]),
        [Change {
            downtrack: 0,
            was: None,
            is: Some(ann)
        }]
    );
    assert_eq!(offer(&mut downtracks), 1);
    assert!(downtracks.mappings().is_empty());
    downtracks.handle_answered(|_| SectionState::Yes);
    assert_eq!(downtracks.mappings().len(), 1);
    assert_eq!(
        downtracks.allocate(&[bob]),
        [Change {
            downtrack: 0,
            was: Some(ann),
            is: Some(bob)
        }]
    );
    assert_eq!(offer(&mut downtracks), 0);
    assert_eq!(downtracks.mappings().first().unwrap().participant, bob.from);
    assert!(downtracks.allocate(&[bob]).is_empty());
}

#[test]
fn a_sound_does_not_go_where_a_picture_was() {
    let mut downtracks = Downtracks::default();
    downtracks.allocate(&[track(1, TrackSource::Camera)]);
    let changes = downtracks.allocate(&[track(1, TrackSource::Microphone)]);
    assert_eq!(changes.len(), 2);
    assert_eq!(downtracks.to_offer(), [(1, MediaKind::Audio)]);
}

#[test]
fn a_refused_downtrack_carries_nothing() {
    let mut downtracks = Downtracks::default();
    downtracks.allocate(&[track(1, TrackSource::Camera)]);
    offer(&mut downtracks);
    downtracks.handle_answered(|_| SectionState::NotNow);
    assert!(downtracks.mappings().is_empty());
    assert!(downtracks.ready(0).is_none());
    downtracks.allocate(&[]);
    let again = downtracks.allocate(&[track(2, TrackSource::Screen)]);
    assert_eq!(again.first().unwrap().downtrack, 1);
}

#[test]
fn of_a_kind_that_was_rejected_nothing_is_offered_again() {
    let mut downtracks = Downtracks::default();
    let (seen, heard) = (
        track(1, TrackSource::Camera),
        track(1, TrackSource::Microphone),
    );
    downtracks.allocate(&[seen, heard]);
    offer(&mut downtracks);
    downtracks.handle_answered(|mid| match &*mid {
        "0" => SectionState::Never,
        _ => SectionState::Yes,
    });
    assert!(!downtracks.fits(seen) && downtracks.fits(heard));
    let changes = downtracks.allocate(&[seen, heard]);
    assert_eq!(changes.first().unwrap().was, Some(seen));
    downtracks.allocate(&[track(2, TrackSource::Camera), heard]);
    assert_eq!(offer(&mut downtracks), 0);
    assert_eq!(downtracks.mappings().len(), 1);
}

#[test]
fn what_has_no_downtrack_is_carried_when_there_is_one() {
    let mut downtracks = Downtracks::default();
    let mut wanted: Vec<_> = (0..=PLACES as u8)
        .map(|from| track(from, TrackSource::Microphone))
        .collect();
    assert_eq!(downtracks.allocate(&wanted).len(), PLACES);
    assert!(downtracks.allocate(&wanted).is_empty());
    let last = *wanted.last().unwrap();
    wanted.remove(3);
    let changes = downtracks.allocate(&wanted);
    assert_eq!(changes.first().unwrap().downtrack, 3);
    assert_eq!(changes.first().unwrap().is, Some(last));
}

proptest! {
    #[test]
    fn what_is_wanted_is_carried_once_and_in_a_downtrack_of_its_kind(
        steps in proptest::collection::vec(proptest::collection::btree_set((0..30_u8, 0..4_usize), 0..80), 1..12),
    ) {
        let mut downtracks = Downtracks::default();
        let mut known: Vec<Option<Track>> = Vec::new();
        for step in steps {
            let wanted: Vec<_> = step.into_iter().map(|(from, source)| track(from, TrackSource::ALL[source])).collect();
            for change in downtracks.allocate(&wanted) {
                known.resize(known.len().max(change.downtrack + 1), None);
                prop_assert_eq!(known[change.downtrack], change.was);
                known[change.downtrack] = change.is;
            }
            prop_assert!(downtracks.downtracks.len() <= PLACES);
            let carried: Vec<_> = downtracks.downtracks.iter().filter_map(|downtrack| downtrack.track).collect();
            prop_assert_eq!(&carried, &known.iter().copied().flatten().collect::<Vec<_>>());
            for downtrack in &downtracks.downtracks {
                prop_assert!(downtrack.track.is_none_or(|track| wanted.contains(&track) && track.source.kind() == downtrack.kind));
            }
            let mut once = carried.clone();
            once.sort();
            once.dedup();
            prop_assert_eq!(once.len(), carried.len());
            if downtracks.downtracks.len() < PLACES {
                prop_assert_eq!(carried.len(), wanted.len());
            }
        }
    }
}
