//! Records the meeting on this machine: what is drawn and all that is heard, chunk by chunk into the
//! [`RecordingDb`]. Who sees it ends with the call; leaving the page at once loses what was not yet given out, a second at most.

mod stored_recordings;
mod webm;

use std::cell::{Cell, RefCell};

use futures::{
    StreamExt,
    channel::mpsc::{self, UnboundedReceiver},
};
use gloo_timers::future::TimeoutFuture;
use js_sys::Promise;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{MediaStream, MediaStreamTrack};

use super::{
    handle::Meeting,
    state::{LinkState, MeetingStage},
};
use crate::{
    platform::{
        audio_mixer::AudioMixer,
        canvas::Pen,
        clock,
        js::{self, Listener},
        media_recorder::{self, Recorder},
        promise,
        recording_db::{Chunk, RecordingDb, StoredRecording},
        storage::{self, Key},
        ticker::Ticker,
    },
    protocol::TrackSource,
    words::{Phrase, Word, say, t},
};

pub use stored_recordings::{Saved, delete, list_stored, save};

/// Ticks of the clock from one look at who is here to the next: a quarter of a second.
const TICKS_PER_UPDATE: u32 = 6;

/// Milliseconds after which it is looked again whether the one before has ended.
const RETRY_DELAY: u32 = 50;

thread_local! {
    /// The one that runs. There is no second in a page.
    static RUNNING: RefCell<Option<Recording>> = const { RefCell::new(None) };
    /// When the one began that the person has just ended, until it is shown.
    static ENDED: Cell<Option<f64>> = const { Cell::new(None) };
}

/// When the recording began that the person has just ended; told once.
pub fn just_ended() -> Option<f64> {
    ENDED.take()
}

/// Whether the browser can record, and keep it.
pub fn can_record() -> bool {
    media_recorder::is_possible() && js::property(&js_sys::global(), "indexedDB").is_some()
}

/// What draws: first all that is there is looked at, then it is drawn, more often than that.
pub trait DrawScene: 'static {
    /// Takes who is here now.
    fn update(&mut self);
    /// Draws what was seen last.
    fn draw(&mut self, pen: &Pen);
}

/// A recording that runs.
pub struct Recording {
    recorder: Recorder,
    _ticker: Ticker,
    _flush: Listener,
}

impl Recording {
    /// Begins to record what `drawing` draws in a picture of this size, from a click; the person is told what becomes
    /// of it, and the others that it is so: not while they can't be told.
    pub fn begin(meeting: Meeting, size: (f64, f64), drawing: impl DrawScene) {
        if meeting.link.get_untracked() != LinkState::Connected {
            return meeting.announce(t(Word::RoomReconnecting));
        }
        // Sound may start now, in the click.
        let mix = AudioMixer::new();
        spawn_local(async move {
            let store = match RecordingDb::open().await {
                Ok(store) => store,
                Err(_) => return meeting.announce(t(Word::RecordNoStorage)),
            };
            request_persistence();
            // The one before has its last to write.
            while RUNNING.with_borrow(Option::is_some) {
                TimeoutFuture::new(RETRY_DELAY).await;
            }
            let begun = match mix {
                Ok(mix) => start(meeting, size, drawing, mix, store).await,
                Err(error) => Err(error),
            };
            match begun {
                Ok(()) => meeting.announce(t(Word::RecordStarted)),
                Err(error) => {
                    let reason = &promise::message(&error);
                    meeting.announce(&say(Phrase::RecordFailed { reason }));
                }
            }
        });
    }
}

async fn start(
    meeting: Meeting,
    (width, height): (f64, f64),
    mut drawing: impl DrawScene,
    mut mix: AudioMixer,
    store: RecordingDb,
) -> Result<(), JsValue> {
    let pen = Pen::new(width, height).ok_or(JsValue::UNDEFINED)?;
    let stream = pen.stream().ok_or(JsValue::UNDEFINED)?;
    if let Some(sound) = mix.track() {
        stream.add_track(&sound);
    }
    drawing.update();
    drawing.draw(&pen);
    mix.set_tracks(&audio_tracks(meeting));
    let since = clock::now();
    let (give, chunks) = mpsc::unbounded();
    let recorder = Recorder::start(&stream, move |data| match data {
        Some(data) => {
            let until = (clock::now() - since).as_secs_f64() * 1e3;
            let _ = give.unbounded_send(Chunk { data, until });
        }
        None => give.close_channel(),
    })?;
    let kept = StoredRecording {
        began: js_sys::Date::now(),
        room: room(meeting),
        format: recorder.format(),
        finished: false,
        downloaded: false,
    };
    let mut ticks = 0_u32;
    let ticker = Ticker::new(move || {
        if ticks.is_multiple_of(TICKS_PER_UPDATE) {
            if !is_recording(meeting) {
                return end();
            }
            drawing.update();
            mix.set_tracks(&audio_tracks(meeting));
            show_time(meeting, (clock::now() - since).as_secs() as u32);
        }
        ticks = ticks.wrapping_add(1);
        drawing.draw(&pen);
    });
    // Hiding is the last that a page is told for sure (W3C Page Visibility).
    let flush = Listener::new(&document(), "visibilitychange", |_| flush());
    meeting.recording.set(Some(0));
    RUNNING.set(Some(Recording {
        recorder,
        _ticker: ticker,
        _flush: flush,
    }));
    meeting.send_presence();
    spawn_local(store_chunks(meeting, store, kept, chunks, stream));
    Ok(())
}

/// Not after the call, nor when the person wants no more of it.
fn is_recording(meeting: Meeting) -> bool {
    meeting.stage.try_get_untracked() == Some(MeetingStage::InRoom)
        && meeting.recording.try_get_untracked().flatten().is_some()
}

/// Ends the one that runs; what was recorded is offered then.
fn end() {
    RUNNING.with_borrow(|running| {
        if let Some(running) = running {
            running.recorder.stop();
        }
    });
}

fn flush() {
    RUNNING.with_borrow(|running| {
        if let Some(running) = running {
            running.recorder.flush();
        }
    });
}

fn show_time(meeting: Meeting, seconds: u32) {
    if meeting.recording.try_get_untracked().flatten() != Some(seconds) {
        meeting.recording.try_set(Some(seconds));
    }
}

/// Writes what is recorded until there is no more, and offers it.
async fn store_chunks(
    meeting: Meeting,
    store: RecordingDb,
    mut kept: StoredRecording,
    mut chunks: UnboundedReceiver<Chunk>,
    stream: MediaStream,
) {
    let held = acquire_lock(&lock_name(kept.began));
    storage::write(Key::Recordings, "1");
    let mut trouble = store.put(&kept).await.err();
    let mut place = 0;
    while let Some(chunk) = chunks.next().await {
        if trouble.is_none() {
            trouble = store.append(kept.began, place, chunk).await.err();
            place += 1;
        }
        if trouble.is_some() {
            end();
        }
    }
    for track in stream.get_tracks() {
        track.unchecked_into::<MediaStreamTrack>().stop();
    }
    drop(RUNNING.take());
    kept.finished = true;
    let _ = store.put(&kept).await;
    if meeting.recording.try_set(None).is_none() {
        meeting.send_presence();
    }
    match trouble.as_deref() {
        None => {
            ENDED.set(Some(kept.began));
            meeting.announce(t(Word::RecordEnded));
        }
        Some("QuotaExceededError") => meeting.announce(t(Word::RecordStorageFull)),
        Some(reason) => meeting.announce(&say(Phrase::RecordFailed { reason })),
    }
    drop(held);
    meeting.saved_recordings.try_update(|times| *times += 1);
}

/// A browser may throw away what a page keeps, unless it agrees not to (WHATWG Storage section 5).
fn request_persistence() {
    let storage = js::property(&window().navigator(), "storage");
    if let Some(Ok(asking)) = storage.map(|storage| js::invoke(&storage, "persist", &[])) {
        promise::ignore(asking.unchecked_into());
    }
}

/// What is heard: the own microphone, whose track is silent while it is off, and everybody else.
fn audio_tracks(meeting: Meeting) -> Vec<MediaStreamTrack> {
    let own = meeting.with_runtime(|runtime| {
        let slots = [TrackSource::Microphone, TrackSource::ScreenSound];
        slots.map(|slot| runtime.media.track(slot))
    });
    let mut sounds: Vec<_> = own.into_iter().flatten().flatten().collect();
    let people = meeting.people.try_get_untracked().unwrap_or_default();
    for person in people {
        for stream in [person.stream, person.screen] {
            if let Some(stream) = stream.try_get_untracked().flatten() {
                let tracks = stream.get_audio_tracks();
                sounds.extend(
                    tracks
                        .iter()
                        .map(JsCast::unchecked_into::<MediaStreamTrack>),
                );
            }
        }
    }
    sounds
}

fn room(meeting: Meeting) -> String {
    let room = meeting.room.try_get_value();
    room.map(|room| room.as_str().to_owned())
        .unwrap_or_default()
}

/// The name of the lock that a recording holds while it runs.
pub fn lock_name(began: f64) -> String {
    ["roundtable.recording.", &(began as u64).to_string()].concat()
}

/// Holds a lock (W3C Web Locks) until it is dropped: by that, other tabs see that it runs; it goes with the page.
struct LockGuard(Cell<Option<js_sys::Function>>);

fn acquire_lock(name: &str) -> Option<LockGuard> {
    let locks = js::property(&window().navigator(), "locks")?;
    let release = Cell::new(None);
    let held: JsValue = Promise::new(&mut |done, _| release.set(Some(done))).into();
    // Bound to it, `then` is a function that gives a promise which goes with it; what holds a closure that gives one
    // could not be split off.
    let then = js::property(&held, "then")?;
    let holding = js::invoke(&then, "bind", &[held]).ok()?;
    let locked = js::invoke(&locks, "request", &[name.into(), holding]).ok()?;
    promise::ignore(locked.unchecked_into());
    Some(LockGuard(release))
}

impl Drop for LockGuard {
    fn drop(&mut self) {
        if let Some(release) = self.0.take() {
            let _ = release.call0(&JsValue::UNDEFINED);
        }
    }
}
