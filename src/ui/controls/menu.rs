//! The menu of the bar: what is needed now and then, and what the bar has no room for.

use leptos::{ev::fullscreenchange, prelude::*};

use super::{keyboard::perform, reactions::reaction_picker, shortcut::Shortcut};
use crate::{
    meeting::{Meeting, recording::can_record, settings::View},
    platform::{pip::can_open_pip, screen_capture::can_share_screen},
    ui::{
        components::{Glyph, icon},
        pip::toggle_pip,
        ui_state::{Dialog, Panel, UiState},
        view::{ErasedView, IntoErasedView, press, text, when},
    },
    words::{Word, t},
};

/// What the menu holds, which the button at the end of the bar opens.
pub fn menu(meeting: Meeting, ui_state: UiState) -> ErasedView {
    let by_key = move |shortcut| move || perform(shortcut, meeting, ui_state);
    let opens = move |dialog: Dialog| move || ui_state.open(dialog);
    let layout = move || match meeting.choices.view.get() {
        View::Gallery => Word::MenuSpeaker,
        View::Speaker => Word::MenuGallery,
    };
    let sharing = move || {
        if meeting.sharing.current.get().is_some() {
            Word::BarStopSharing
        } else {
            Word::BarShare
        }
    };
    let hand = move || {
        if meeting.people.hand.get().is_some() {
            Word::BarLowerHand
        } else {
            Word::BarRaiseHand
        }
    };
    let self_view = move || {
        if meeting.choices.self_view.get() {
            Word::MenuHideSelf
        } else {
            Word::MenuShowSelf
        }
    };
    let toggle_self = move || {
        let shown = !meeting.choices.self_view.get_untracked();
        meeting.choices.self_view.set(shown);
        meeting.announcer.announce(t(match shown {
            true => Word::SelfShown,
            false => Word::SelfHidden,
        }));
    };
    let recording = move || match meeting.recording.seconds.read().is_some() {
        true => Word::MenuStopRecording,
        false => Word::MenuRecord,
    };
    let record = move || match meeting.recording.seconds.get_untracked().is_some() {
        true => meeting.recording.seconds.set(None),
        false => ui_state.open(Dialog::Record),
    };
    let filled = RwSignal::new(false);
    let fills = window_event_listener(fullscreenchange, move |_| {
        filled.set(document().fullscreen_element().is_some());
    });
    on_cleanup(move || fills.remove());
    let full_screen = move || match filled.get() {
        true => Word::MenuExitFullScreen,
        false => Word::MenuFullScreen,
    };
    let people = move || match ui_state.panel.get() == Some(Panel::People) {
        true => Word::BarClosePeople,
        false => Word::MenuPeople,
    };
    let items = view! {
        // Those of the bar, where it has no room for them.
        <div class="item-react" role="group" aria-label=t(Word::ReactionsLabel)>{reaction_picker(meeting)}</div>
        {when(can_share_screen, move || item("item item-share", Glyph::Share, sharing, by_key(Shortcut::Share)))}
        {item("item item-hand", Glyph::Hand, hand, by_key(Shortcut::Hand))}
        {item("item item-people", Glyph::People, people, move || ui_state.toggle(Panel::People))}
        <hr class="menu-divider" />
        {item("item", Glyph::Link, || Word::MenuInvite, opens(Dialog::Invite))}
        {item("item", Glyph::Layout, layout, by_key(Shortcut::Layout))}
        {item("item", Glyph::Person, self_view, toggle_self)}
        {when(
            move || meeting.devices.list.read().has_front_and_back(),
            move || item("item", Glyph::Flip, || Word::CameraFlip, move || meeting.devices.flip_camera()),
        )}
        {item("item", Glyph::FullScreen, full_screen, by_key(Shortcut::FullScreen))}
        {item("item", Glyph::Bars, || Word::MenuQuality, opens(Dialog::Quality(None)))}
        {when(can_open_pip, move || item("item", Glyph::PictureInPicture, || Word::MenuPip, move || toggle_pip(meeting)))}
        {when(can_record, move || item("item", Glyph::Record, recording, record))}
        {item("item", Glyph::Settings, || Word::MenuSettings, opens(Dialog::Settings))}
        {item("item", Glyph::Keyboard, || Word::MenuKeys, opens(Dialog::Keys))}
    };
    items.erase()
}

fn item(
    class: &'static str,
    glyph: Glyph,
    label: impl Fn() -> Word + Send + 'static,
    action: impl Fn() + 'static,
) -> ErasedView {
    view! {
        <button class=class type="button" on:click=press(action)>
            {icon(glyph)}
            <span>{text(move || t(label()).to_owned())}</span>
        </button>
    }
    .erase()
}
