//! Two participants of one room on this page: their signals go through the server, and what one sends the other
//! receives, as in any call.

use std::rc::Rc;

use futures::{StreamExt, channel::mpsc};
use wasm_bindgen::JsCast;
use web_sys::{HtmlMediaElement, MediaStream};

use super::{found::Found, server_check::empty_room};
use crate::{
    call::{
        Intent, Notice, PeerLink,
        diagnostics::{Detail, Fact, Fault, Finding, ReceivedCounts, Value},
        stats::{Direction, RtpStream, StatsSnapshot},
    },
    platform::{
        clock::now,
        dom::document,
        driver::{Driver, DriverEvent},
        js::attach_stream,
        media::Media,
        peer::put_track,
        promise,
        rtc_stats::{StatsScope, stats_snapshot},
        task::sleep,
        task::within,
    },
    protocol::{MediaKind, ParticipantId, Presence},
};

/// Milliseconds in which the two have to find each other.
const CONNECT_TIMEOUT: u32 = 15_000;
/// How often what arrives is looked at, and the milliseconds between.
const POLLS: (u32, u32) = (24, 500);

/// The two.
pub struct Pair {
    /// Sends.
    sender: Option<Driver>,
    /// Receives.
    receiver: Option<Driver>,
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
        let sender = Driver::new(media, |_| {});
        let sink = sink();
        let receiver = Driver::new(Rc::new(nothing), move |shown| match (shown, &sink) {
            (DriverEvent::Track(_, _, track), Some((element, stream))) => {
                put_track(stream, &track);
                attach_stream(element, Some(stream));
            }
            (shown, _) => {
                let _ = tell.unbounded_send(shown);
            }
        });
        for driver in [&sender, &receiver] {
            driver.send_intent(Intent::Join {
                room: room.clone(),
                presence: Presence::unnamed(),
            });
        }
        let connected = async {
            loop {
                if let DriverEvent::Notice {
                    notice: Notice::Link(id, PeerLink::Connected),
                    ..
                } = told.next().await?
                {
                    return Some(id);
                }
            }
        };
        pair.id = within(CONNECT_TIMEOUT, connected).await.flatten();
        pair.milliseconds = (now() - begun).as_millis() as u32;
        (pair.sender, pair.receiver) = (Some(sender), Some(receiver));
        pair
    }

    /// Whether they have, straight.
    pub fn found(&self) -> Found {
        match self.id {
            Some(_) if self.via_sfu().is_none() => (
                Finding::Passed,
                vec![Fact::new(
                    Detail::Connected,
                    Value::Milliseconds(self.milliseconds),
                )],
            ),
            _ => (Finding::Failed(Fault::Unconnected), Vec::new()),
        }
    }

    /// By which way.
    pub async fn route(&self) -> Found {
        let route = self.snapshot().await.and_then(route);
        route.map_or((Finding::Failed(Fault::Pathless), Vec::new()), |facts| {
            (Finding::Passed, facts)
        })
    }

    /// Whether pictures and sound come through.
    pub async fn arrives(&self) -> Found {
        let (finding, arrived) = self.watch().await;
        let frames = Fact::new(Detail::Frames, Value::Number(arrived.frames as u32));
        (finding, vec![frames])
    }

    /// Whether they come through by the server's SFU, if it has one.
    pub async fn forwarded(&self, has_one: bool) -> Found {
        if !has_one {
            return (Finding::NotSetUp, Vec::new());
        }
        let begun = now();
        if let (Some(receiver), Some(with)) = (&self.receiver, self.id) {
            receiver.send_intent(Intent::UseSfu { with });
        }
        let flows = async {
            while self.via_sfu().is_none() {
                sleep(POLLS.1).await;
            }
        };
        if within(CONNECT_TIMEOUT, flows).await.is_none() {
            return (Finding::Failed(Fault::Unforwarded), Vec::new());
        }
        let took = Value::Milliseconds((now() - begun).as_millis() as u32);
        let mut facts = vec![Fact::new(Detail::Connected, took)];
        facts.extend(self.snapshot().await.and_then(route).into_iter().flatten());
        let (finding, seen) = self.arrives().await;
        facts.extend(seen);
        (finding, facts)
    }

    fn via_sfu(&self) -> Option<(ParticipantId, Vec<String>)> {
        self.receiver.as_ref()?.via_sfu(self.id?)
    }

    async fn watch(&self) -> (Finding, ReceivedCounts) {
        let (mut first, mut last) = (None, ReceivedCounts::default());
        for _ in 0..POLLS.0 {
            let Some(tally) = self.snapshot().await else {
                break;
            };
            let received = |kind| {
                let fits =
                    move |flow: &&RtpStream| flow.way == Direction::Received && flow.kind == kind;
                tally.flows.iter().filter(fits)
            };
            last = ReceivedCounts {
                frames: received(MediaKind::Video).map(|flow| flow.frames).sum(),
                packets: received(MediaKind::Audio).map(|flow| flow.packets).sum(),
            };
            if last.judge(*first.get_or_insert(last)) == Finding::Passed {
                break;
            }
            sleep(POLLS.1).await;
        }
        (last.judge(first.unwrap_or_default()), last)
    }

    /// What arrives, by the way that it takes now.
    async fn snapshot(&self) -> Option<StatsSnapshot> {
        let receiver = self.receiver.as_ref()?;
        let via_sfu = self.via_sfu();
        let (by, part) = match &via_sfu {
            Some((unit, mids)) => (*unit, StatsScope::Sections(mids)),
            None => (self.id?, StatsScope::Whole),
        };
        let counting = receiver.statistics(by)?;
        Some(stats_snapshot(&promise::wait(counting).await.ok()?, part))
    }
}

fn route(tally: StatsSnapshot) -> Option<Vec<Fact>> {
    let route = tally.route?;
    let ends = [&*route.local, " \u{2013} ", &*route.remote].concat();
    let mut facts = vec![
        Fact::new(Detail::Ends, Value::Text(ends)),
        Fact::new(Detail::Transport, Value::Text(route.transport)),
    ];
    if let Some(seconds) = tally.round_trip {
        let there_and_back = Value::Milliseconds((seconds * 1_000.0).ceil() as u32);
        facts.push(Fact::new(Detail::RoundTrip, there_and_back));
    }
    Some(facts)
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
        for driver in [&self.sender, &self.receiver].into_iter().flatten() {
            driver.send_intent(Intent::Leave);
        }
    }
}
