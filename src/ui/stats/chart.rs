//! A chart of the last two minutes, with a sentence for each of its lines: that is what is read out, and the lines
//! differ by more than their colour.

use leptos::prelude::*;

use super::{
    chart_line::{ceiling, path_data},
    metrics::{StatsSource, Unit, Value, kbit, millis},
};
use crate::{
    call::stats::History,
    ui::view::{ErasedView, IntoErasedView, Text, text},
    words::{Phrase, Word, say, t},
};

/// A line of a chart.
type Line = (Word, Value);

/// The charts of a connection, or of the whole call.
pub fn charts(source: StatsSource) -> ErasedView {
    let both = |received: Value, sent: Value| {
        vec![(Word::QualityReceived, received), (Word::QualitySent, sent)]
    };
    let bitrate = both(|sample| kbit(sample.received), |sample| kbit(sample.sent));
    let loss = both(|sample| sample.received.loss, |sample| sample.sent.loss);
    let frames = both(|sample| sample.received.frames, |sample| sample.sent.frames);
    let trip: Vec<Line> = vec![(Word::QualityRoundTripTime, millis)];
    view! {
        <div class="charts">
            {chart(source, Word::QualityBitrate, Unit::Kbit, bitrate)}
            {chart(source, Word::QualityLoss, Unit::Percent, loss)}
            {chart(source, Word::QualityRoundTrip, Unit::Millis, trip)}
            {chart(source, Word::QualityFrames, Unit::PerSecond, frames)}
        </div>
    }
    .erase()
}

fn chart(source: StatsSource, title: Word, unit: Unit, lines: Vec<Line>) -> ErasedView {
    let values: Vec<Value> = lines.iter().map(|(_, value)| *value).collect();
    let top = move |history: &History| {
        let most = values.iter().filter_map(|value| maximum(history, *value));
        ceiling(most.fold(0.0, f64::max), unit.min_scale())
    };
    let top = StoredValue::new(Box::new(top) as Box<dyn Fn(&History) -> f64 + Send + Sync>);
    let top = move |history: &History| top.with_value(|top| top(history));
    let drawn = lines.iter().map(|(_, value)| {
        let value = *value;
        let path = text(move || path_of(&source.history(), value, top));
        view! { <path d=path></path> }.erase()
    });
    let told = lines
        .iter()
        .map(|(name, value)| view! { <li>{summary(source, unit, *name, *value)}</li> }.erase());
    view! {
        <figure class="chart">
            <figcaption>
                <span>{t(title)}</span>
                <span class="secondary-text" aria-hidden="true">{text(move || unit.format(top(&source.history())))}</span>
            </figcaption>
            <svg viewBox="0 0 300 80" preserveAspectRatio="none" aria-hidden="true" focusable="false">
                {drawn.collect::<Vec<_>>()}
            </svg>
            <p class="secondary-text chart-time" aria-hidden="true">
                <span>{t(Word::QualityTwoMinutesAgo)}</span>
                <span>{t(Word::QualityNow)}</span>
            </p>
            <ul class="chart-lines">{told.collect::<Vec<_>>()}</ul>
        </figure>
    }
    .erase()
}

fn path_of(history: &History, value: Value, top: impl Fn(&History) -> f64) -> String {
    let end = history.last().map(|sample| sample.at).unwrap_or_default();
    let values = history.iter();
    let values = values.map(|sample| (end.saturating_sub(sample.at), value(sample)));
    path_data(values, top(history))
}

fn maximum(history: &History, value: Value) -> Option<f64> {
    history.iter().filter_map(value).reduce(f64::max)
}

/// What a line shows, in words.
fn summary(source: StatsSource, unit: Unit, name: Word, value: Value) -> Text {
    text(move || {
        let history = source.history();
        let or_nothing = |number: Option<f64>| {
            number.map_or_else(
                || t(Word::QualityNothing).to_owned(),
                |number| unit.format(number),
            )
        };
        let now = &or_nothing(history.last().and_then(value));
        let most = &or_nothing(maximum(&history, value));
        let name = t(name);
        say(Phrase::QualityLine { name, now, most })
    })
}
