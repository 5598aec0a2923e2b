//! Elements that play streams. A picture is never moved in the document, and sound has elements of its
//! own, so that the pictures may start muted everywhere.

use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{HtmlMediaElement, MediaStream, MediaStreamTrack};

use crate::browser::attach_stream;

/// A stream that may or may not be there.
pub type StreamSignal = RwSignal<Option<MediaStream>, LocalStorage>;

/// Plays the picture of a stream.
#[component]
pub fn Video(
    /// What to play.
    stream: StreamSignal,
    /// Whether to show it; it plays on unseen.
    #[prop(into)]
    shown: Signal<bool>,
    /// Whether it is the person's own, which is mirrored unless the camera faces away.
    #[prop(optional)]
    own: bool,
    /// The element's id.
    #[prop(optional, into)]
    id: Signal<Option<String>>,
    /// Whether the place it has stands upright.
    #[prop(optional, into)]
    upright_place: Signal<bool>,
    /// Set when there are pictures to see.
    #[prop(optional)]
    arrived: RwSignal<bool>,
) -> impl IntoView {
    let node = NodeRef::<html::Video>::new();
    let upright = RwSignal::new(false);
    Effect::new(move |_| {
        let Some(element) = node.get() else { return };
        stream.with(|stream| attach_stream(&element, stream.as_ref()));
        arrived.set(element.video_width() > 0);
    });
    on_cleanup(move || let_go(node.try_get_untracked().flatten().as_deref()));
    let measured = move || {
        let Some(element) = node.get_untracked() else { return };
        upright.set(element.video_height() > element.video_width());
        arrived.set(element.video_width() > 0);
    };
    let mirrored = move || own && !stream.with(|stream| stream.as_ref().is_some_and(faces_away));
    view! {
        <video
            class="picture"
            class:mirrored=mirrored
            class:contained=move || upright.get() != upright_place.get()
            class:unseen=move || !shown.get() || !arrived.get()
            id=move || id.get()
            playsinline
            autoplay
            muted
            prop:muted=true
            aria-hidden="true"
            node_ref=node
            on:loadeddata=move |_| measured()
            on:resize=move |_| measured()
        ></video>
    }
    .into_any()
}

/// Plays the sound of a stream.
#[component]
pub fn Sound(
    /// What to play.
    stream: StreamSignal,
) -> impl IntoView {
    let node = NodeRef::<html::Audio>::new();
    Effect::new(move |_| {
        let Some(element) = node.get() else { return };
        stream.with(|stream| attach_stream(&element, stream.as_ref()));
    });
    on_cleanup(move || let_go(node.try_get_untracked().flatten().as_deref()));
    view! { <audio autoplay node_ref=node></audio> }
}

/// Takes the stream from an element that goes. A browser keeps one that still waits for its first picture,
/// and with it the whole page that it stood in.
fn let_go(element: Option<&HtmlMediaElement>) {
    if let Some(element) = element {
        attach_stream(element, None);
    }
}

/// Whether a camera looks at what the person looks at (`facingMode` of W3C Media Capture section 4.3.4).
fn faces_away(stream: &MediaStream) -> bool {
    let track =
        stream.get_video_tracks().iter().next().and_then(|track| track.dyn_into::<MediaStreamTrack>().ok());
    track.is_some_and(|track| track.get_settings().get_facing_mode().as_deref() == Some("environment"))
}
