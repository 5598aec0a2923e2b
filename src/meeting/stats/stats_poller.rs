//! Measures one connection after the other, each every two seconds, so that no moment has much to do.

use leptos::prelude::*;

use super::Stats;
use crate::{
    call::stats::{Records, StatsSnapshot},
    meeting::{people::person::Person, settings::language::load_later_texts},
    platform::{
        clock, promise,
        rtc_stats::{StatsScope, stats_snapshot},
        task::{sleep, spawn_local},
    },
    protocol::ParticipantId,
    words::{Word, t},
};

/// Milliseconds from one measurement of a connection to the next.
const POLL_PERIOD: u32 = 2_000;

impl Stats {
    /// Reads what was measured, which is followed.
    pub fn measured<T>(&self, read: impl FnOnce(&Records) -> T) -> Option<T> {
        self.measurements.track();
        self.records(|records| read(records))
    }

    /// Measures from now on, until the call is over; once for each meeting.
    pub fn start_polling(&self) {
        if self.runtime.with(|runtime| runtime.polling.replace(true)) != Some(false) {
            return;
        }
        let stats = *self;
        spawn_local(async move {
            // To say what there is to say.
            load_later_texts().await;
            while stats.call.is_inside() {
                stats.poll_all().await;
            }
        });
    }

    async fn poll_all(&self) {
        let people = self.people.get_untracked();
        let pause = POLL_PERIOD / u32::try_from(people.len().max(1)).unwrap_or(POLL_PERIOD);
        for person in &people {
            self.measure(*person).await;
            sleep(pause).await;
            if !self.call.is_inside() {
                return;
            }
        }
        if people.is_empty() {
            sleep(POLL_PERIOD).await;
        }
        let sfu = self.measure_sfu().await;
        if self.call.is_inside() {
            self.conclude(&people, sfu);
        }
    }

    async fn measure(&self, person: Person) {
        let direct = self.snapshot(person.id, StatsScope::Whole).await;
        let via_sfu = self.call.driver(|driver| driver.via_sfu(person.id));
        let forwarded = match via_sfu.flatten() {
            Some((sfu, mids)) => self.snapshot(sfu, StatsScope::Sections(&mids)).await,
            None => None,
        };
        let snapshot = match (direct, forwarded) {
            (direct, Some(forwarded)) => Some(direct.unwrap_or_default().joined(forwarded)),
            (direct, None) => direct,
        };
        self.note(person.id, snapshot);
    }

    /// What is sent to the SFU is sent to all whom it serves.
    async fn measure_sfu(&self) -> Option<ParticipantId> {
        let sfu = self.call.driver(|driver| driver.sfu())??;
        let sent = self.snapshot(sfu, StatsScope::Sent).await?;
        self.note(sfu, Some(StatsSnapshot::default().joined(sent)));
        Some(sfu)
    }

    async fn snapshot(&self, id: ParticipantId, scope: StatsScope<'_>) -> Option<StatsSnapshot> {
        let counting = self.call.driver(|driver| driver.statistics(id))??;
        // A connection that was closed meanwhile counts nothing.
        let statistics = promise::wait(counting).await.ok()?;
        Some(stats_snapshot(&statistics, scope))
    }

    fn note(&self, id: ParticipantId, snapshot: Option<StatsSnapshot>) {
        let Some(snapshot) = snapshot else { return };
        self.change(|records| {
            let before = records.bars(Some(id));
            records.take(clock::now(), id, snapshot) != before
        });
    }

    fn conclude(&self, people: &[Person], sfu: Option<ParticipantId>) {
        let people = people.iter().map(|person| person.id);
        let here: Vec<ParticipantId> = people.chain(sfu).collect();
        let mut is_news = false;
        self.change(|records| {
            let before = records.bars(None);
            is_news = records.end_round(clock::now(), &here);
            records.bars(None) != before
        });
        if is_news {
            self.announcer.announce(t(Word::QualityOwnIsPoor));
        }
    }

    /// Changes what is known, and tells the pages; `take` says whether a connection is better or worse than before.
    fn change(&self, take: impl FnOnce(&mut Records) -> bool) {
        if self.records(take) == Some(true) {
            self.changes
                .try_update(|changes| *changes = changes.wrapping_add(1));
        }
        self.measurements
            .try_update(|count| *count = count.wrapping_add(1));
    }
}
