//! Records the meeting on this machine: what is drawn and all that is heard, chunk by chunk into the
//! [`RecordingDb`]. Who sees it ends with the call; leaving the page at once loses what was not yet given out, a second at most.

use std::cell::{Cell, RefCell};

use futures::{
    StreamExt,
    channel::mpsc::{self, UnboundedReceiver},
};
use leptos::prelude::*;

use super::{
    announcer::Announcer, call_handle::CallHandle, people::person::Person, state::LinkState,
};
use crate::{
    platform::{
        audio_mixer::AudioMixer,
        canvas::Pen,
        clock,
        js::{Failure, Listener},
        media::{MediaStream, MediaStreamTrack},
        media::{audio_tracks, stop_tracks},
        media_recorder::{self, Recorder},
        promise,
        recording_db::{Chunk, RecordingDb, StoredRecording},
        storage::{self, Key},
        stored_recordings,
        task::{sleep, spawn_local},
        ticker::Ticker,
        web_lock,
    },
    protocol::TrackSource,
    words::{Phrase, Word, say, t},
};

/// Ticks of the clock from one look at who is here to the next: a quarter of a second.
const TICKS_PER_UPDATE: u32 = 6;

/// Milliseconds after which it is looked again whether the one before has ended.
const RETRY_DELAY: u32 = 50;

thread_local! {
    /// The one that runs. There is no second in a page.
    static RUNNING: RefCell<Option<RunningRecording>> = const { RefCell::new(None) };
    /// When the one began that the person has just ended, until it is shown.
    static ENDED: Cell<Option<f64>> = const { Cell::new(None) };
}

/// When the recording began that the person has just ended; told once.
pub fn just_ended() -> Option<f64> {
    ENDED.take()
}

/// Whether the browser can record, and keep it.
pub fn can_record() -> bool {
    media_recorder::is_possible() && RecordingDb::is_possible()
}

/// What draws: first all that is there is looked at, then it is drawn, more often than that.
pub trait DrawScene: 'static {
    /// Takes who is here now.
    fn update(&mut self);
    /// Draws what was seen last.
    fn draw(&mut self, pen: &Pen);
}

/// What the pages know of recording here. A handle.
#[derive(Debug, Clone, Copy)]
pub struct Recording {
    /// Seconds that the person has recorded, while it does; without them, a recording that runs comes to its end.
    pub seconds: RwSignal<Option<u32>>,
    /// While it is not 0, recordings may be kept that are not saved; it counts what is new.
    pub saved: RwSignal<usize>,
    call: CallHandle,
    announcer: Announcer,
    /// Who is here.
    people: RwSignal<Vec<Person>>,
}

/// A recording that runs.
struct RunningRecording {
    recorder: Recorder,
    _ticker: Ticker,
    _flush: Listener,
}

impl Recording {
    /// None runs.
    #[inline(never)]
    pub(in crate::meeting) fn new(
        call: CallHandle,
        announcer: Announcer,
        people: RwSignal<Vec<Person>>,
    ) -> Self {
        Self {
            seconds: RwSignal::new(None),
            saved: RwSignal::new(0),
            call,
            announcer,
            people,
        }
    }

    /// Takes note of recordings that were kept before.
    pub(in crate::meeting) fn remember(&self) {
        self.saved
            .set(storage::read(Key::Recordings).is_some().into());
    }

    /// Begins to record what `drawing` draws in a picture of this size, from a click; the person is told what becomes
    /// of it, and the others that it is so: not while they can't be told.
    pub fn begin(self, size: (f64, f64), drawing: impl DrawScene) {
        if self.call.link.get_untracked() != LinkState::Connected {
            return self.announcer.announce(t(Word::RoomReconnecting));
        }
        // Sound may start now, in the click.
        let mix = AudioMixer::new();
        spawn_local(async move {
            let store = match RecordingDb::open().await {
                Ok(store) => store,
                Err(_) => return self.announcer.announce(t(Word::RecordNoStorage)),
            };
            storage::request_persistence();
            // The one before has its last to write.
            while RUNNING.with_borrow(Option::is_some) {
                sleep(RETRY_DELAY).await;
            }
            let begun = match mix {
                Ok(mix) => start(self, size, drawing, mix, store).await,
                Err(error) => Err(error),
            };
            match begun {
                Ok(()) => self.announcer.announce(t(Word::RecordStarted)),
                Err(error) => {
                    let reason = &promise::message(&error);
                    self.announcer
                        .announce(say(Phrase::RecordFailed { reason }));
                }
            }
        });
    }
}

async fn start(
    recording: Recording,
    (width, height): (f64, f64),
    mut drawing: impl DrawScene,
    mut mix: AudioMixer,
    store: RecordingDb,
) -> Result<(), Failure> {
    let pen = Pen::new(width, height).ok_or(Failure::UNDEFINED)?;
    let stream = pen.stream().ok_or(Failure::UNDEFINED)?;
    if let Some(sound) = mix.track() {
        stream.add_track(&sound);
    }
    drawing.update();
    drawing.draw(&pen);
    mix.set_tracks(&heard_tracks(recording));
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
        began: clock::unix_millis() as f64,
        room: room(recording),
        format: recorder.format(),
        finished: false,
        downloaded: false,
    };
    let mut ticks = 0_u32;
    let ticker = Ticker::new(move || {
        if ticks.is_multiple_of(TICKS_PER_UPDATE) {
            if !is_recording(recording) {
                return end();
            }
            drawing.update();
            mix.set_tracks(&heard_tracks(recording));
            show_time(recording, (clock::now() - since).as_secs() as u32);
        }
        ticks = ticks.wrapping_add(1);
        drawing.draw(&pen);
    });
    // Hiding is the last that a page is told for sure (W3C Page Visibility).
    let flush = Listener::new(&document(), "visibilitychange", |_| flush());
    recording.seconds.set(Some(0));
    RUNNING.set(Some(RunningRecording {
        recorder,
        _ticker: ticker,
        _flush: flush,
    }));
    spawn_local(store_chunks(recording, store, kept, chunks, stream));
    Ok(())
}

/// Not after the call, nor when the person wants no more of it.
fn is_recording(recording: Recording) -> bool {
    recording.call.is_inside() && recording.seconds.try_get_untracked().flatten().is_some()
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

fn show_time(recording: Recording, seconds: u32) {
    if recording.seconds.try_get_untracked().flatten() != Some(seconds) {
        recording.seconds.try_set(Some(seconds));
    }
}

/// Writes what is recorded until there is no more, and offers it.
async fn store_chunks(
    recording: Recording,
    store: RecordingDb,
    mut kept: StoredRecording,
    mut chunks: UnboundedReceiver<Chunk>,
    stream: MediaStream,
) {
    let held = web_lock::acquire(&stored_recordings::lock_name(kept.began));
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
    stop_tracks(&stream);
    drop(RUNNING.take());
    kept.finished = true;
    let _ = store.put(&kept).await;
    recording.seconds.try_set(None);
    match trouble.as_deref() {
        // A browser that is busy has nothing recorded yet in its first moments.
        None if place == 0 => recording.announcer.announce(t(Word::RecordEmpty)),
        None => {
            ENDED.set(Some(kept.began));
            recording.announcer.announce(t(Word::RecordEnded));
        }
        Some("QuotaExceededError") => recording.announcer.announce(t(Word::RecordStorageFull)),
        Some(reason) => recording
            .announcer
            .announce(say(Phrase::RecordFailed { reason })),
    }
    drop(held);
    recording.saved.try_update(|times| *times += 1);
}

/// What is heard: the own microphone, whose track is silent while it is off, and everybody else.
fn heard_tracks(recording: Recording) -> Vec<MediaStreamTrack> {
    let own = [TrackSource::Microphone, TrackSource::ScreenSound];
    let own = own.map(|source| recording.call.track(source));
    let mut sounds: Vec<_> = own.into_iter().flatten().collect();
    let people = recording.people.try_get_untracked().unwrap_or_default();
    for person in people {
        for stream in [person.stream, person.screen] {
            if let Some(stream) = stream.try_get_untracked().flatten() {
                sounds.extend(audio_tracks(&stream));
            }
        }
    }
    sounds
}

fn room(recording: Recording) -> String {
    let room = recording.call.room();
    room.map(|room| room.as_str().to_owned())
        .unwrap_or_default()
}
