//! Short sounds, made rather than loaded (W3C Web Audio): someone came, someone left.

use web_sys::{AudioContext, AudioNode, OscillatorType};

/// Seconds of a note.
const NOTE_SPACING: f64 = 0.11;

/// What is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chime {
    /// Someone came.
    Joined,
    /// Someone left.
    Left,
    /// Someone writes, or raises a hand.
    Notice,
    /// To hear whether one hears.
    Test,
}

impl Chime {
    /// Notes in Hz, one after the other.
    fn notes(self) -> &'static [f32] {
        match self {
            Self::Joined => &[523.25, 783.99],
            Self::Left => &[659.25, 440.0],
            Self::Notice => &[880.0],
            Self::Test => &[523.25, 659.25, 783.99, 1_046.5, 783.99, 659.25, 523.25],
        }
    }

    /// Plays it into a node.
    pub fn play(self, context: &AudioContext, into: &AudioNode) {
        for (place, note) in self.notes().iter().enumerate() {
            let start = context.current_time() + place as f64 * NOTE_SPACING;
            // A browser without one of the nodes stays silent.
            let _ = play(context, into, *note, start, NOTE_SPACING);
        }
    }
}

/// A soft note: it swells and fades, since a sudden edge would click.
fn play(
    context: &AudioContext,
    into: &AudioNode,
    note: f32,
    start: f64,
    lasts: f64,
) -> Result<(), wasm_bindgen::JsValue> {
    let (voice, volume) = (context.create_oscillator()?, context.create_gain()?);
    voice.set_type(OscillatorType::Sine);
    voice.frequency().set_value(note);
    let gain = volume.gain();
    gain.set_value_at_time(0.0, start)?;
    gain.linear_ramp_to_value_at_time(0.12, start + 0.02)?;
    gain.linear_ramp_to_value_at_time(0.0, start + lasts * 1.6)?;
    voice.connect_with_audio_node(&volume)?;
    volume.connect_with_audio_node(into)?;
    voice.start_with_when(start)?;
    voice.stop_with_when(start + lasts * 1.6)
}
