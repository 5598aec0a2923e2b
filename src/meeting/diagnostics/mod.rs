//! Checks browser, devices, server and network, one step after the other, for real: nothing is asked of the devices
//! before the person begins.

use std::rc::Rc;

use leptos::prelude::*;

use super::announcer::Announcer;
use crate::{
    call::diagnostics::{CheckStep, Checked, Detail, Fact, Fault, Finding, Value},
    meeting::devices::remembered::constraints,
    platform::{
        capture,
        capture_error::CaptureError,
        diagnostics::{browser_check, found::Found, pair_check::Pair, relay_check, server_check},
        media::{Media, MediaStream},
        page_audio::PageAudio,
        synthetic_media::SyntheticMedia,
        task::{Interval, spawn_local},
    },
    protocol::TrackSource,
};

/// Milliseconds between two looks at the level of the microphone.
const METER: u32 = 100;

/// A check. A handle: copies are the same one.
#[derive(Debug, Clone, Copy)]
pub struct Checkup {
    /// What is done.
    pub checked: RwSignal<Vec<Checked>>,
    /// What is being done.
    pub at: RwSignal<Option<CheckStep>>,
    /// The own picture.
    pub own: RwSignal<Option<MediaStream>, LocalStorage>,
    /// Whether the own devices are on.
    pub on: RwSignal<bool>,
    /// How loud the own microphone is, from 0 to 1.
    pub level: RwSignal<f64>,
    /// What the live region says.
    pub announcer: Announcer,
    runtime: StoredValue<Option<Runtime>, LocalStorage>,
}

/// The devices in use, until they are given back.
struct Runtime {
    media: Rc<Media>,
    _meter: Option<Interval>,
    _made: SyntheticMedia,
}

impl Checkup {
    /// One that waits for [`begin`](Self::begin).
    pub fn new() -> Self {
        Self {
            checked: RwSignal::new(Vec::new()),
            at: RwSignal::new(None),
            own: RwSignal::new_local(None),
            on: RwSignal::new(false),
            level: RwSignal::new(0.0),
            announcer: Announcer::new(),
            runtime: StoredValue::new_local(None),
        }
    }

    /// Checks everything anew, with the person's devices or with a picture and a tone of ours in their place. `say` puts
    /// a result into words.
    pub fn begin(self, devices: bool, say: fn(CheckStep, Finding) -> String) {
        if self.at.get_untracked().is_some() {
            return;
        }
        self.release_devices();
        self.checked.set(Vec::new());
        self.at.set(Some(CheckStep::Browser));
        spawn_local(async move {
            let note = move |step, (finding, facts): Found| {
                let done = Checked {
                    step,
                    finding,
                    facts,
                };
                self.checked.update(|checked| checked.push(done));
                self.announcer.announce(say(step, finding));
                let next = CheckStep::ALL
                    .into_iter()
                    .skip_while(|other| *other != step)
                    .nth(1);
                self.at.set(next);
            };
            self.run(devices, note).await;
            self.at.set(None);
        });
    }

    /// Turns camera and microphone off.
    pub fn release_devices(self) {
        let _ = self
            .runtime
            .try_update_value(|runtime| drop(runtime.take()));
        self.own.try_set(None);
        self.on.try_set(false);
        self.level.try_set(0.0);
    }

    async fn run(self, devices: bool, note: impl Fn(CheckStep, Found)) {
        note(CheckStep::Browser, browser_check::check_browser());
        let Some(media) = Media::new().map(Rc::new) else {
            return;
        };
        note(CheckStep::Devices, self.open(devices, &media).await);
        let (found, means) = server_check::check_server().await;
        note(CheckStep::Server, found);
        let pair = Pair::connect(media).await;
        note(CheckStep::Connection, pair.found());
        note(
            CheckStep::Relay,
            relay_check::check_relay(&means.ice_servers).await,
        );
        note(CheckStep::Route, pair.route().await);
        note(CheckStep::Media, pair.arrives().await);
        note(CheckStep::Forwarding, pair.forwarded(means.forwards).await);
    }

    async fn open(self, devices: bool, media: &Rc<Media>) -> Found {
        let opened = match devices {
            true => capture::open_both(&constraints()).await.map_err(fault),
            false => Err(Fault::Devices),
        };
        let mut facts = Vec::new();
        for track in opened.iter().flat_map(|opened| &opened.tracks) {
            let camera = track.kind() == "video";
            let (source, detail) = match camera {
                true => (TrackSource::Camera, Detail::Camera),
                false => (TrackSource::Microphone, Detail::Microphone),
            };
            media.put(source, track);
            facts.push(Fact::new(detail, Value::Text(track.label())));
            if let Some(size) = browser_check::size(track).filter(|_| camera) {
                facts.push(Fact::new(Detail::Size, Value::Text(size)));
            }
        }
        let own = media
            .track(TrackSource::Camera)
            .map(|_| media.stream(TrackSource::Camera));
        self.own.set(own);
        self.on.set(opened.is_ok());
        // What is missing is made, so that the rest can be tried all the same.
        let runtime = Runtime {
            media: media.clone(),
            _meter: self.listen(media),
            _made: SyntheticMedia::fill(media),
        };
        self.runtime.set_value(Some(runtime));
        let finding = match (devices, opened) {
            (false, _) => Finding::LeftOut,
            (true, Ok(_)) => Finding::Passed,
            (true, Err(fault)) => Finding::Failed(fault),
        };
        (finding, facts)
    }

    /// Shows how loud the microphone is.
    fn listen(self, media: &Media) -> Option<Interval> {
        let track = media.track(TrackSource::Microphone)?;
        let audio = PageAudio::new()?;
        let meter = audio.meter(&track)?;
        Some(Interval::new(METER, move || {
            // It is closed with the meter.
            let _open = &audio;
            self.level.try_set(meter.level().unwrap_or_default());
        }))
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        self.media.stop_all();
    }
}

fn fault(trouble: CaptureError) -> Fault {
    match trouble {
        CaptureError::Denied | CaptureError::Dismissed | CaptureError::DeniedBySystem => {
            Fault::Denied
        }
        CaptureError::NotFound => Fault::NotFound,
        CaptureError::InUse => Fault::InUse,
        _ => Fault::Devices,
    }
}

impl Default for Checkup {
    fn default() -> Self {
        Self::new()
    }
}
