//! Measures one connection after the other, each every two seconds, so that no moment has much to do.

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::deferred_start::Stats;
use crate::{
    call::stats::{Records, StatsSnapshot},
    meeting::{
        handle::Meeting, people::person::Person, settings::language::load_later_texts,
        state::MeetingStage,
    },
    platform::{
        clock, promise,
        rtc_stats::{StatsScope, stats_snapshot},
    },
    protocol::ParticipantId,
    words::{Word, t},
};

/// Milliseconds from one measurement of a connection to the next.
const POLL_PERIOD: u32 = 2_000;

/// Measures from now on, until the call is over; once for each meeting.
pub fn start_polling(meeting: Meeting) {
    if meeting.with_runtime(|runtime| runtime.polling_stats.replace(true)) != Some(false) {
        return;
    }
    spawn_local(async move {
        // To say what there is to say.
        load_later_texts().await;
        while is_polling(meeting) {
            poll_all(meeting).await;
        }
    });
}

async fn poll_all(meeting: Meeting) {
    let people = meeting.people.get_untracked();
    let pause = POLL_PERIOD / u32::try_from(people.len().max(1)).unwrap_or(POLL_PERIOD);
    for person in &people {
        measure(meeting, *person).await;
        TimeoutFuture::new(pause).await;
        if !is_polling(meeting) {
            return;
        }
    }
    if people.is_empty() {
        TimeoutFuture::new(POLL_PERIOD).await;
    }
    let unit = measure_sfu(meeting).await;
    if is_polling(meeting) {
        conclude(meeting, &people, unit);
    }
}

fn is_polling(meeting: Meeting) -> bool {
    meeting.stage.try_get_untracked() == Some(MeetingStage::InRoom)
}

async fn measure(meeting: Meeting, person: Person) {
    let straight = snapshot(meeting, person.id, StatsScope::Whole).await;
    let elsewhere = meeting.with_runtime(|runtime| runtime.driver.via_sfu(person.id));
    let forwarded = match elsewhere.flatten() {
        Some((unit, mids)) => snapshot(meeting, unit, StatsScope::Sections(&mids)).await,
        None => None,
    };
    note(
        meeting,
        person.id,
        match (straight, forwarded) {
            (Some(straight), Some(forwarded)) => Some(straight.joined(forwarded)),
            (straight, forwarded) => straight.or(forwarded),
        },
    );
}

/// What is sent to the SFU is sent to all whom it serves.
async fn measure_sfu(meeting: Meeting) -> Option<ParticipantId> {
    let unit = meeting.with_runtime(|runtime| runtime.driver.sfu())??;
    let sent = snapshot(meeting, unit, StatsScope::Sent).await?;
    note(meeting, unit, Some(StatsSnapshot::default().joined(sent)));
    Some(unit)
}

async fn snapshot(
    meeting: Meeting,
    id: ParticipantId,
    part: StatsScope<'_>,
) -> Option<StatsSnapshot> {
    let counting = meeting.with_runtime(|runtime| runtime.driver.statistics(id))??;
    // A connection that was closed meanwhile counts nothing.
    let statistics = promise::wait(counting).await.ok()?;
    Some(stats_snapshot(&statistics, part))
}

fn note(meeting: Meeting, id: ParticipantId, tally: Option<StatsSnapshot>) {
    let Some(tally) = tally else { return };
    change(meeting, |records| {
        let before = records.bars(Some(id));
        records.take(clock::now(), id, tally) != before
    });
}

fn conclude(meeting: Meeting, people: &[Person], sfu: Option<ParticipantId>) {
    let people = people.iter().map(|person| person.id);
    let here: Vec<ParticipantId> = people.chain(sfu).collect();
    let mut is_news = false;
    change(meeting, |records| {
        let before = records.bars(None);
        is_news = records.end_round(clock::now(), &here);
        records.bars(None) != before
    });
    if is_news {
        meeting.announce(t(Word::QualityOwnIsPoor));
    }
}

/// Changes what is known, and tells the pages; `take` says whether a connection is better or worse than before.
fn change(meeting: Meeting, take: impl FnOnce(&mut Records) -> bool) {
    let Stats {
        changes,
        measurements,
    } = meeting.stats;
    let differs = meeting.with_runtime(|runtime| take(&mut runtime.records.borrow_mut()));
    if differs == Some(true) {
        changes.try_update(|changes| *changes = changes.wrapping_add(1));
    }
    measurements.try_update(|count| *count = count.wrapping_add(1));
}

impl Meeting {
    /// Reads what was measured, which is followed.
    pub fn measured<T>(&self, read: impl FnOnce(&Records) -> T) -> Option<T> {
        self.stats.measurements.track();
        self.with_runtime(|runtime| read(&runtime.records.borrow()))
    }
}
