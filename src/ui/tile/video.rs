//! Elements that play streams. A picture is never moved in the document, and sound has elements of its
//! own, so that the pictures may start muted everywhere.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlMediaElement, HtmlVideoElement, MediaStream, MediaStreamTrack};

use crate::{
    meeting::{Meeting, people::Person},
    platform::{
        audio_output::set_audio_output,
        js::{attach_stream, play_stream},
    },
    ui::view::{ElementRef, ErasedView, IntoErasedView, Text, classes, effect, press, text},
};

/// A stream that may or may not be there.
pub type StreamSignal = RwSignal<Option<MediaStream>, LocalStorage>;

/// Plays the picture of a stream. It is mirrored where that is wanted and the camera does not face away; `arrived`
/// is set when there are pictures to see. Where it is not `shown`, it plays on unseen. Of a picture of some aspect,
/// width over height, all is seen where that is to be `contained`.
pub fn video(
    stream: StreamSignal,
    mirror: impl Fn() -> bool + Send + 'static,
    arrived: RwSignal<bool>,
    id: Option<Text>,
    shown: impl Fn() -> bool + Send + 'static,
    contained: impl Fn(f64) -> bool + Send + 'static,
) -> ErasedView {
    let node = ElementRef::new();
    let aspect = RwSignal::new(4.0 / 3.0);
    effect(move || {
        let Some(element) = node.get() else { return };
        let video = element.unchecked_ref::<HtmlVideoElement>();
        stream.with(|stream| attach_stream(video, stream.as_ref()));
        arrived.set(video.video_width() > 0);
    });
    on_cleanup(move || detach_stream(node));
    let measure = move || {
        let Some(element) = node.get_untracked() else {
            return;
        };
        let video = element.unchecked_ref::<HtmlVideoElement>();
        if video.video_height() > 0 {
            aspect.set(f64::from(video.video_width()) / f64::from(video.video_height()));
        }
        arrived.set(video.video_width() > 0);
    };
    let mirrored =
        move || mirror() && !stream.with(|stream| stream.as_ref().is_some_and(faces_away));
    let style = move || {
        let states = [
            (mirrored(), "mirrored"),
            (contained(aspect.get()), "contained"),
            (!shown() || !arrived.get(), "video-hidden"),
        ];
        classes("tile-video", &states)
    };
    view! {
        <video
            class=text(style)
            id=id
            playsinline
            autoplay
            muted
            prop:muted=true
            aria-hidden="true"
            node_ref=node
            on:loadeddata=press(measure)
            on:resize=press(measure)
        ></video>
    }
    .erase()
}

/// Plays the sound of a stream of someone, as loud as they are wanted, and where everything is heard.
pub fn audio(meeting: Meeting, stream: StreamSignal, person: Person) -> ErasedView {
    let (blocked, speaker) = (meeting.sounds.blocked, meeting.sounds.output);
    let node = ElementRef::new();
    effect(move || {
        if let Some(element) = node.get() {
            speaker.with(|speaker| set_audio_output(&element, speaker));
        }
    });
    effect(move || {
        if let Some(element) = node.get() {
            let audio = element.unchecked_ref();
            stream.with(|stream| {
                play_stream(audio, stream.as_ref(), move || {
                    blocked.try_set(true);
                })
            });
        }
    });
    effect(move || {
        if let Some(element) = node.get() {
            let audio = element.unchecked_ref::<HtmlMediaElement>();
            audio.set_volume(person.volume.get());
            audio.set_muted(person.silenced.get());
        }
    });
    on_cleanup(move || detach_stream(node));
    view! { <audio autoplay node_ref=node></audio> }.erase()
}

/// Takes the stream from an element that goes. A browser keeps one that still waits for its first picture,
/// and with it the whole page that it stood in.
fn detach_stream(node: ElementRef) {
    if let Some(element) = node.get_untracked() {
        attach_stream(element.unchecked_ref(), None);
    }
}

/// Whether a camera looks at what the person looks at (`facingMode` of W3C Media Capture section 4.3.4).
fn faces_away(stream: &MediaStream) -> bool {
    let track = stream
        .get_video_tracks()
        .iter()
        .next()
        .and_then(|track| track.dyn_into::<MediaStreamTrack>().ok());
    track.is_some_and(|track| {
        track.get_settings().get_facing_mode().as_deref() == Some("environment")
    })
}
