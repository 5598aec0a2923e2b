//! How loud a microphone is (W3C Web Audio section 1.8, `AnalyserNode`), muted or not.

use web_sys::{
    AnalyserNode, AudioContext, AudioContextState, MediaStream, MediaStreamAudioSourceNode,
    MediaStreamTrack,
};

use super::promise;

/// Samples that a level is taken of: 43 ms of them at 48 kHz.
const SAMPLES: usize = 2_048;

/// Listens to a microphone. It has a track of its own, which stays on when the other is muted and goes nowhere.
/// Dropping it lets go of the device.
pub struct LevelMeter {
    context: AudioContext,
    source: MediaStreamAudioSourceNode,
    analyser: AnalyserNode,
    track: MediaStreamTrack,
}

impl LevelMeter {
    /// Listens to what a track listens to; none where the browser can't.
    pub fn new(context: &AudioContext, track: &MediaStreamTrack) -> Option<Self> {
        // The clone of Media Capture section 4.3.1, not another name of the same track.
        let track = MediaStreamTrack::clone(track);
        track.set_enabled(true);
        let stream = MediaStream::new().ok()?;
        stream.add_track(&track);
        let source = context.create_media_stream_source(&stream).ok()?;
        let analyser = context.create_analyser().ok()?;
        analyser.set_fft_size(SAMPLES as u32);
        source.connect_with_audio_node(&analyser).ok()?;
        if let Ok(resuming) = context.resume() {
            promise::ignore(resuming);
        }
        Some(Self {
            context: context.clone(),
            source,
            analyser,
            track,
        })
    }

    /// The level now, linear from 0 to 1; none while the audio sleeps.
    pub fn level(&self) -> Option<f64> {
        if self.context.state() != AudioContextState::Running {
            return None;
        }
        let mut samples = [0.0; SAMPLES];
        self.analyser.get_float_time_domain_data(&mut samples);
        let squares: f32 = samples.iter().map(|sample| sample * sample).sum();
        Some(f64::from((squares / SAMPLES as f32).sqrt()))
    }
}

impl Drop for LevelMeter {
    fn drop(&mut self) {
        let _ = self.source.disconnect();
        self.track.stop();
    }
}
