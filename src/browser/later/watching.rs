//! Measures one connection after the other, each every two seconds, so that no moment has much to do.

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::{
    super::{
        clock,
        language::bring_later_words,
        meeting::{Meeting, Stage},
        outcome,
        person::Person,
    },
    counting::tally,
};
use crate::{
    call::Bars,
    protocol::ParticipantId,
    words::{Word, t},
};

/// Milliseconds from one measurement of a connection to the next.
const ROUND: u32 = 2_000;

/// Measures from now on, until the call is over; once for each meeting.
pub fn begin(meeting: Meeting) {
    if meeting
        .quality
        .watched
        .try_update_value(|watched| std::mem::replace(watched, true))
        != Some(false)
    {
        return;
    }
    spawn_local(async move {
        // To say what there is to say.
        bring_later_words().await;
        while goes_on(meeting) {
            go_round(meeting).await;
        }
    });
}

async fn go_round(meeting: Meeting) {
    let people = meeting.people.get_untracked();
    let pause = ROUND / u32::try_from(people.len().max(1)).unwrap_or(ROUND);
    for person in &people {
        measure(meeting, *person).await;
        TimeoutFuture::new(pause).await;
        if !goes_on(meeting) {
            return;
        }
    }
    if people.is_empty() {
        TimeoutFuture::new(ROUND).await;
    }
    if goes_on(meeting) {
        conclude(meeting, &people);
    }
}

fn goes_on(meeting: Meeting) -> bool {
    meeting.stage.try_get_untracked() == Some(Stage::InRoom)
}

async fn measure(meeting: Meeting, person: Person) {
    let counting = meeting.work(|works| works.engine.statistics(person.id));
    let Some(counting) = counting.flatten() else {
        return;
    };
    // A connection that was closed meanwhile counts nothing.
    let Ok(statistics) = outcome::wait(counting).await else {
        return;
    };
    let tally = tally(&statistics);
    let records = meeting.quality.records;
    let bars = records.try_update(|records| records.take(clock::now(), person.id, tally));
    if let Some(bars) = bars {
        show(person.bars, bars);
    }
}

fn conclude(meeting: Meeting, people: &[Person]) {
    let here: Vec<ParticipantId> = people.iter().map(|person| person.id).collect();
    let records = meeting.quality.records;
    let Some(verdict) = records.try_update(|records| records.end_round(clock::now(), &here)) else {
        return;
    };
    show(meeting.quality.own, verdict.own);
    if verdict.is_news {
        meeting.announce(t(Word::QualityYoursIsPoor));
    }
}

/// Sets what has changed; the person may be gone.
fn show(shown: RwSignal<Bars>, bars: Bars) {
    if shown
        .try_get_untracked()
        .is_some_and(|before| before != bars)
    {
        shown.set(bars);
    }
}
