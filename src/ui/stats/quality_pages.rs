//! The pages of the dialog: one of the whole call, and one of each connection.

use leptos::prelude::*;

use super::{
    chart::charts,
    metrics::{StatsSource, Unit, grade, kbit},
    quality_bars::bars_icon,
};
use crate::{
    call::{
        Grade,
        stats::{MediaRates, Path, Record, Sample},
    },
    meeting::{Meeting, people::Person},
    protocol::ParticipantId,
    ui::{
        components::{Glyph, icon},
        view::{ErasedView, IntoErasedView, dynamic, press, text, when},
    },
    words::{Phrase, Word, say, t},
};

/// The figures, first those of someone or of the whole call.
pub fn quality(meeting: Meeting, first: Option<ParticipantId>) -> ErasedView {
    meeting.stats.start_polling();
    let shown = RwSignal::new(first);
    // The dialog has the focus when it opens; from page to page it goes along.
    let turned = StoredValue::new(false);
    let turn = move |who| {
        turned.set_value(true);
        shown.set(who);
    };
    let person = Memo::new(move |_| {
        let who = shown.get();
        let people = meeting.people.list.read();
        people.iter().find(|person| Some(person.id) == who).copied()
    });
    let page = move || {
        let page = match person.get() {
            Some(person) => connection_page(meeting, person, move || turn(None)),
            None => overview_page(meeting, move |id| turn(Some(id))),
        };
        request_animation_frame(move || {
            if turned.try_get_value() == Some(true) {
                focus_title();
            }
        });
        Some(page)
    };
    view! {
        <div class="quality">
            {dynamic(page)}
            <p class="quality-save">
                <button class="button button-small" type="button" on:click=press(move || meeting.stats.save_report())>
                    {t(Word::QualitySave)}
                </button>
                <span class="secondary-text">{t(Word::QualitySaveNote)}</span>
            </p>
        </div>
    }
    .erase()
}

fn focus_title() {
    use wasm_bindgen::JsCast;
    let title = document().query_selector(".quality h3").ok().flatten();
    if let Some(title) = title {
        let _ = title.unchecked_ref::<web_sys::HtmlElement>().focus();
    }
}

fn overview_page(
    meeting: Meeting,
    turn: impl Fn(ParticipantId) + Copy + Send + 'static,
) -> ErasedView {
    let own = move || meeting.stats.bars(None);
    let title = move || {
        let grade = grade(own());
        say(Phrase::QualityOwn { grade })
    };
    let nobody = move || meeting.people.list.read().is_empty();
    let source = StatsSource { meeting, who: None };
    view! {
        {heading(own, title)}
        <p>{text(move || rates(source))}</p>
        {when(move || own() != Grade::Three, || view! { <p>{t(Word::QualityHint)}</p> }.erase())}
        {charts(source)}
        {when(
            move || !nobody(),
            move || {
                view! {
                    <h4>{t(Word::QualityEach)}</h4>
                    <ul class="quality-links">
                        <For each=move || meeting.people.list.get() key=|person| person.id let:person>
                            {connection_row(meeting, person, turn)}
                        </For>
                    </ul>
                }
                .erase()
            },
        )}
    }
    .erase()
}

/// The bars, and what they mean.
fn heading(
    bars: impl Fn() -> Grade + Send + 'static,
    title: impl Fn() -> String + Send + 'static,
) -> ErasedView {
    view! {
        <h3 tabindex="-1" class="quality-title">
            {bars_icon(bars)}
            <span>{text(title)}</span>
        </h3>
    }
    .erase()
}

fn rates(source: StatsSource) -> String {
    if source.meeting.people.list.read().is_empty() {
        return t(Word::QualityAlone).to_owned();
    }
    let Some(sample) = source.history().last().copied() else {
        return t(Word::QualityMeasuring).to_owned();
    };
    let rate = |carried| Unit::Kbit.format(kbit(carried).unwrap_or_default());
    say(Phrase::QualityRates {
        sent: &rate(sample.sent),
        received: &rate(sample.received),
    })
}

fn connection_row(
    meeting: Meeting,
    person: Person,
    turn: impl Fn(ParticipantId) + Send + 'static,
) -> ErasedView {
    let bars = move || meeting.stats.bars(Some(person.id));
    let label = move || {
        say(Phrase::QualityOpen {
            name: &person.shown_name(),
            grade: grade(bars()),
        })
    };
    view! {
        <li>
            <button class="item" type="button" aria-label=text(label) on:click=press(move || turn(person.id))>
                {bars_icon(bars)}
                <bdi class="people-name">{text(move || person.shown_name())}</bdi>
                <span class="secondary-text">{text(move || grade(bars()).to_owned())}</span>
                {icon(Glyph::Next)}
            </button>
        </li>
    }
    .erase()
}

fn connection_page(meeting: Meeting, person: Person, back: impl Fn() + 'static) -> ErasedView {
    let source = StatsSource {
        meeting,
        who: Some(person.id),
    };
    let bars = move || meeting.stats.bars(Some(person.id));
    let title = move || {
        say(Phrase::QualityWith {
            name: &person.shown_name(),
            grade: grade(bars()),
        })
    };
    view! {
        <button class="button button-small quality-back" type="button" on:click=press(back)>
            {icon(Glyph::Next)}
            {t(Word::QualityBack)}
        </button>
        {heading(bars, title)}
        {facts(source)}
        {charts(source)}
    }
    .erase()
}

fn facts(source: StatsSource) -> ErasedView {
    let last = move |value: fn(&Sample) -> Option<f64>, unit: Unit| {
        let number = source.history().last().and_then(value);
        number.map(|number| unit.format(number))
    };
    let picture = move |read: fn(&Record) -> Option<String>, frames: fn(&Sample) -> Option<f64>| {
        let (size, rate) = (source.read(read)?, last(frames, Unit::PerSecond)?);
        Some(say(Phrase::QualityPicture {
            size: &size,
            rate: &rate,
        }))
    };
    view! {
        <dl class="facts">
            {fact(Word::QualityPictureReceived, move || picture(|it| resolution(&it.received), |it| it.received.frames))}
            {fact(Word::QualityPictureSent, move || picture(|it| resolution(&it.sent), |it| it.sent.frames))}
            {fact(Word::QualityCodecsReceived, move || source.read(|it| codecs(&it.received)))}
            {fact(Word::QualityCodecsSent, move || source.read(|it| codecs(&it.sent)))}
            {fact(Word::QualityTransport, move || source.read(|it| Some(it.route()?.transport.clone())))}
            {fact(Word::QualityRoute, move || source.read(route_text))}
        </dl>
    }
    .erase()
}

fn resolution(picture: &MediaRates) -> Option<String> {
    let (width, height) = picture.size?;
    Some([&*width.to_string(), " × ", &height.to_string()].concat())
}

fn codecs(picture: &MediaRates) -> Option<String> {
    (!picture.codecs.is_empty()).then(|| picture.codecs.join(", "))
}

fn route_text(record: &Record) -> Option<String> {
    let route = record.route()?;
    let word = match route.path {
        Path::Direct => Word::QualityDirect,
        Path::Relayed => Word::QualityRelayed,
        Path::Forwarded => Word::QualityForwarded,
    };
    let ends = [&*route.local, &*route.remote].join(" – ");
    Some([t(word), " (", &ends, ")"].concat())
}

fn fact(name: Word, value: impl Fn() -> Option<String> + Send + 'static) -> ErasedView {
    let value = move || value().unwrap_or_else(|| t(Word::QualityNothing).to_owned());
    view! {
        <div>
            <dt>{t(name)}</dt>
            <dd>{text(value)}</dd>
        </div>
    }
    .erase()
}
