//! Two participants of one room on this page: their signals go through the server, and what one sends the other
//! receives, as in any call.

use std::rc::Rc;

use futures::{StreamExt, channel::mpsc};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{HtmlMediaElement, MediaStream};

use super::{Found, server::empty_room, within};
use crate::{
    browser::{
        clock::now,
        engine::{Engine, Shown},
        js::attach_stream,
        later::counting::tally,
        media::Media,
        outcome,
        peer::put_track,
    },
    call::{
        Intent, Notice, PeerLink,
        check::{Arrived, Detail, Fact, Fault, Finding, Value},
        quality::{Flow, Way},
    },
    protocol::{Kind, ParticipantId, Presence},
};

/// Milliseconds in which the two have to find each other.
const CONNECTING: u32 = 15_000;
/// How often what arrives is looked at, and the milliseconds between.
const LOOKS: (u32, u32) = (24, 500);

/// The two.
pub struct Pair {
    /// Sends.
    sender: Option<Engine>,
    /// Receives.
    receiver: Option<Engine>,
    /// The one that sends, as the other one knows it.
    id: Option<ParticipantId>,
    milliseconds: u32,
}

impl Pair {
    /// Has the two find each other; `media` is sent.
    pub async fn connect(media: Rc<Media>) -> Self {
        let mut pair = Self {
            sender: None,
            receiver: None,
            id: None,
            milliseconds: 0,
        };
        let (Some(room), Some(nothing)) = (empty_room(), Media::new()) else {
            return pair;
        };
        let begun = now();
        let (tell, mut told) = mpsc::unbounded();
        let sender = Engine::new(media, |_| {});
        let sink = sink();
        let receiver = Engine::new(Rc::new(nothing), move |shown| match (shown, &sink) {
            (Shown::Track(_, _, track), Some((element, stream))) => {
                put_track(stream, &track);
                attach_stream(element, Some(stream));
            }
            (shown, _) => {
                let _ = tell.unbounded_send(shown);
            }
        });
        for engine in [&sender, &receiver] {
            engine.want(Intent::Join {
                room: room.clone(),
                presence: Presence::unnamed(),
            });
        }
        let connected = async {
            loop {
                if let Shown::Notice {
                    notice: Notice::Link(id, PeerLink::Connected),
                    ..
                } = told.next().await?
                {
                    return Some(id);
                }
            }
        };
        pair.id = within(CONNECTING, connected).await.flatten();
        pair.milliseconds = (now() - begun).as_millis() as u32;
        (pair.sender, pair.receiver) = (Some(sender), Some(receiver));
        pair
    }

    /// Whether they have.
    pub fn found(&self) -> Found {
        match self.id {
            Some(_) => {
                let took = Value::Milliseconds(self.milliseconds);
                (Finding::Passed, vec![Fact::new(Detail::Connected, took)])
            }
            None => (Finding::Failed(Fault::Unconnected), Vec::new()),
        }
    }

    /// By which way.
    pub async fn route(&self) -> Found {
        let failed = (Finding::Failed(Fault::Pathless), Vec::new());
        let Some(statistics) = self.statistics().await else {
            return failed;
        };
        let tally = tally(&statistics);
        let Some(route) = tally.route else {
            return failed;
        };
        let ends = [&*route.local, " \u{2013} ", &*route.remote].concat();
        let mut facts = vec![
            Fact::new(Detail::Ends, Value::Text(ends)),
            Fact::new(Detail::Transport, Value::Text(route.transport)),
        ];
        if let Some(seconds) = tally.round_trip {
            let there_and_back = Value::Milliseconds((seconds * 1_000.0).ceil() as u32);
            facts.push(Fact::new(Detail::RoundTrip, there_and_back));
        }
        (Finding::Passed, facts)
    }

    /// Whether pictures and sound come through.
    pub async fn arrives(&self) -> Found {
        let (mut first, mut last) = (None, Arrived::default());
        for _ in 0..LOOKS.0 {
            let Some(statistics) = self.statistics().await else {
                break;
            };
            let flows = tally(&statistics).flows;
            let received = |kind| {
                let fits = move |flow: &&Flow| flow.way == Way::Received && flow.kind == kind;
                flows.iter().filter(fits)
            };
            last = Arrived {
                frames: received(Kind::Video).map(|flow| flow.frames).sum(),
                packets: received(Kind::Audio).map(|flow| flow.packets).sum(),
            };
            if last.judge(*first.get_or_insert(last)) == Finding::Passed {
                break;
            }
            TimeoutFuture::new(LOOKS.1).await;
        }
        let frames = Fact::new(Detail::Frames, Value::Number(last.frames as u32));
        (last.judge(first.unwrap_or_default()), vec![frames])
    }

    async fn statistics(&self) -> Option<wasm_bindgen::JsValue> {
        let counting = self.receiver.as_ref()?.statistics(self.id?)?;
        outcome::wait(counting).await.ok()
    }
}

/// Where what arrives is played, neither seen nor heard: browsers decode only what is played.
fn sink() -> Option<(HtmlMediaElement, MediaStream)> {
    let element = document().create_element("video").ok()?;
    let element: HtmlMediaElement = element.unchecked_into();
    element.set_muted(true);
    Some((element, MediaStream::new().ok()?))
}

impl Drop for Pair {
    fn drop(&mut self) {
        for engine in [&self.sender, &self.receiver].into_iter().flatten() {
            engine.want(Intent::Leave);
        }
    }
}
