//! The icons: strokes on a field of 24 by 24, drawn for this program, one path each. They never carry a
//! name of their own; the control or text beside them does.

use leptos::prelude::*;

use crate::ui::view::{ErasedView, IntoErasedView};

/// What an icon shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glyph {
    /// A microphone.
    Microphone,
    /// A microphone, struck through.
    MicrophoneOff,
    /// A camera.
    Camera,
    /// A camera, struck through.
    CameraOff,
    /// Two links of a chain.
    Link,
    /// A receiver, hung up.
    HangUp,
    /// Two people.
    People,
    /// A triangle with an exclamation mark.
    Warning,
    /// A padlock.
    Lock,
    /// A magnifying glass.
    Search,
    /// Waves, struck through.
    Offline,
    /// An open door with an arrow out of it.
    Door,
    /// A screen.
    Screen,
    /// A tick.
    Check,
    /// A cross.
    Close,
    /// A screen with an arrow into it.
    Share,
    /// A raised hand.
    Hand,
    /// Three dots.
    More,
    /// A large field and small ones.
    Layout,
    /// One person.
    Person,
    /// Four corners.
    FullScreen,
    /// Two sliders.
    Settings,
    /// A keyboard.
    Keyboard,
    /// A pin.
    Pin,
    /// An arrow on.
    Next,
    /// A face that smiles.
    Smile,
    /// A bubble of speech.
    Chat,
    /// Three bars, each higher than the one before.
    Bars,
    /// A loudspeaker with a cross.
    SpeakerOff,
    /// Two arrows in a ring.
    Flip,
    /// A disc in a ring.
    Record,
    /// A small screen in a large one.
    PictureInPicture,
    /// Three quarters of a ring, which turns.
    Busy,
}

impl Glyph {
    fn path(self) -> &'static str {
        match self {
            Self::Microphone => {
                "M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3ZM5.5 10.5v.5a6.5 6.5 0 0 0 13 0v-.5M12 17.5V21"
            }
            Self::MicrophoneOff => {
                "M4 4l16 16M9 9v2a3 3 0 0 0 4.6 2.54M15 10.8V6a3 3 0 0 0-5.8-1.07M5.5 10.5v.5a6.5 6.5 0 0 0 10.6 5.03M18.5 10.5v.5a6.5 6.5 0 0 1-.5 2.5M12 17.5V21"
            }
            Self::Camera => {
                "M4.5 6.5h9a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2h-9a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2ZM15.5 11l6-3.5v9l-6-3.5"
            }
            Self::CameraOff => {
                "M4 4l16 16M6.5 6.5h-2a2 2 0 0 0-2 2v7a2 2 0 0 0 2 2h9a2 2 0 0 0 1.6-.8M11 6.5h2.5a2 2 0 0 1 2 2V11l6-3.5v9l-2.6-1.5"
            }
            Self::Link => {
                "M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1.2 1.2M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1.2-1.2"
            }
            Self::HangUp => {
                "M3.2 12.6c4.9-4.8 12.7-4.8 17.6 0 .6.6.6 1.5 0 2.1l-1.6 1.6c-.5.5-1.3.6-1.9.1l-2-1.5c-.4-.3-.6-.8-.6-1.3v-1.8a11 11 0 0 0-5.4 0V14c0 .5-.2 1-.6 1.3l-2 1.5c-.6.5-1.4.4-1.9-.1l-1.6-1.6a1.5 1.5 0 0 1 0-2.1Z"
            }
            Self::People => {
                "M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 19.5a6.5 6.5 0 0 1 13 0M15.5 4.8a3.5 3.5 0 0 1 0 6.4M18 14.2a6.5 6.5 0 0 1 3.5 5.3"
            }
            Self::Warning => "M12 4 2.8 19.5h18.4L12 4ZM12 10v4M12 16.9v.1",
            Self::Lock => {
                "M6 11h12a1.5 1.5 0 0 1 1.5 1.5v6A1.5 1.5 0 0 1 18 20H6a1.5 1.5 0 0 1-1.5-1.5v-6A1.5 1.5 0 0 1 6 11ZM8 11V8a4 4 0 0 1 8 0v3"
            }
            Self::Search => "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM15.2 15.2 20 20",
            Self::Offline => {
                "M4 4l16 16M12 18.9v.1M8.8 15.8a4.5 4.5 0 0 1 6.4 0M5.5 12.3A9.3 9.3 0 0 1 10 9.8M2.5 8.8a14 14 0 0 1 4.2-2.7M15 10.2a9.3 9.3 0 0 1 3.5 2.1M11 5a14 14 0 0 1 10.5 3.8"
            }
            Self::Door => "M10 4H6a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h4M15 8l4 4-4 4M19 12H9.5",
            Self::Screen => {
                "M4.5 4.5h15a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-15a2 2 0 0 1-2-2v-8a2 2 0 0 1 2-2ZM9 20h6M12 16.5V20"
            }
            Self::Check => "M5 12.5l4.5 4.5L19 7.5",
            Self::Close => "M6 6l12 12M18 6 6 18",
            Self::Share => {
                "M4.5 4.5h15a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-15a2 2 0 0 1-2-2v-8a2 2 0 0 1 2-2ZM9 20h6M12 13.5v-6M9.2 10l2.8-2.8 2.8 2.8"
            }
            Self::Hand => {
                "M7.5 12.5V6.2a1.5 1.5 0 0 1 3 0V11M10.5 10.5V4.5a1.5 1.5 0 0 1 3 0v6M13.5 10.5V5.7a1.5 1.5 0 0 1 3 0V12M16.5 9.2a1.5 1.5 0 0 1 3 0V14a7 7 0 0 1-7 7c-2.6 0-4.4-1-5.7-3.2l-2.6-4.4a1.5 1.5 0 0 1 2.6-1.5l1.7 2.6"
            }
            Self::More => {
                "M4.5 12a.5.5 0 1 0 1 0 .5.5 0 1 0-1 0M11.5 12a.5.5 0 1 0 1 0 .5.5 0 1 0-1 0M18.5 12a.5.5 0 1 0 1 0 .5.5 0 1 0-1 0"
            }
            Self::Layout => {
                "M4.5 4.500h15a1 1 0 0 1 1 1v13a1 1 0 0 1-1 1h-15a1 1 0 0 1-1-1v-13a1 1 0 0 1 1-1ZM15 4.500v15M15 12h5.5"
            }
            Self::Person => {
                "M12 11.500a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM5 19.500a7 7 0 0 1 14 0"
            }
            Self::FullScreen => {
                "M4 9V4.500h4.500M20 9V4.500h-4.500M4 15v4.500h4.500M20 15v4.500h-4.5"
            }
            Self::Settings => {
                "M4 8h9M17 8h3M4 16h3M11 16h9M15 10.200a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.400ZM9 18.200a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.400Z"
            }
            Self::Keyboard => {
                "M4.5 6.500h15a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2h-15a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2ZM6.5 10h.01M10 10h.01M14 10h.01M17.5 10h.01M8 14h8"
            }
            Self::Pin => "M9 4h6l-.7 5.5 3.2 3v2h-11v-2l3.2-3L9 4ZM12 14.500V20",
            Self::Next => "M9.5 6l6 6-6 6",
            Self::Smile => {
                "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM8.2 14a4.4 4.4 0 0 0 7.6 0M9 9.4v.1M15 9.4v.1"
            }
            Self::Chat => {
                "M5.5 4.5h13a2 2 0 0 1 2 2V15a2 2 0 0 1-2 2H11l-4.5 3.5V17h-1a2 2 0 0 1-2-2V6.5a2 2 0 0 1 2-2Z"
            }
            Self::Bars => "M5 15v5M12 10v10M19 5v15",
            Self::SpeakerOff => {
                "M4 9.500v5h3.500l4.500 4v-13l-4.500 4H4ZM15.500 9l6 6M21.500 9l-6 6"
            }
            Self::Flip => "M5 12a7 7 0 0 1 12-5l2 2M19 5v4h-4M19 12a7 7 0 0 1-12 5l-2-2M5 19v-4h4",
            Self::Record => {
                "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM11.500 12h1"
            }
            Self::PictureInPicture => {
                "M4.5 5h15a1.5 1.5 0 0 1 1.5 1.5v11a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 17.5v-11A1.5 1.5 0 0 1 4.500 5ZM12 12h6v4h-6v-4Z"
            }
            Self::Busy => "M12 4a8 8 0 1 1-8 8",
        }
    }
}

/// Draws an icon of the size of the text around it.
pub fn icon(glyph: Glyph) -> ErasedView {
    let class = match glyph {
        Glyph::Busy => "icon icon-spinner",
        Glyph::Door => "icon icon-forward",
        _ => "icon",
    };
    draw(class, glyph.path())
}

/// Draws a path as an icon.
pub fn draw(class: &'static str, path: &'static str) -> ErasedView {
    view! {
        <svg class=class viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d=path></path>
        </svg>
    }
    .erase()
}
