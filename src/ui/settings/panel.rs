//! Devices and choices, in a dialog during the call.

use leptos::prelude::*;

use super::language_picker::language_picker;
use crate::{
    call::VideoQuality,
    meeting::{Meeting, settings::Theme},
    ui::{
        components::{checkbox_field, checkbox_field_with, select_field},
        devices::device_panel,
        view::{ErasedView, IntoErasedView},
    },
    words::{Word, t},
};

/// All settings, grouped.
pub fn settings(meeting: Meeting) -> ErasedView {
    let choices = meeting.choices;
    view! {
        <div class="settings">
            {group(Word::SettingsDevices, device_panel(meeting))}
            {group(Word::SettingsVideo, view! {
                {select_field("receive", Word::SettingsReceive, choices.receive, amount)}
                {select_field("send", Word::SettingsSend, choices.send, amount)}
                {checkbox_field_with(Word::SettingsHighDefinition, choices.fine, move |fine| meeting.devices.choose_high_definition(fine))}
                {checkbox_field(Word::SettingsMirror, choices.mirror)}
                {checkbox_field(Word::SettingsSelfView, choices.self_view)}
            }.erase())}
            {group(Word::SettingsPage, view! {
                {select_field("theme", Word::SettingsTheme, choices.theme, theme)}
                {language_picker(meeting, RwSignal::new(true))}
                {checkbox_field(Word::SettingsSounds, choices.sounds)}
                {checkbox_field(Word::KeysSingle, choices.single_keys)}
                {checkbox_field(Word::SettingsKeyHints, choices.key_captions)}
            }.erase())}
        </div>
    }
    .erase()
}

fn group(title: Word, fields: ErasedView) -> ErasedView {
    view! {
        <fieldset class="settings-group">
            <legend>{t(title)}</legend>
            {fields}
        </fieldset>
    }
    .erase()
}

fn amount(level: VideoQuality) -> Word {
    match level {
        VideoQuality::Full => Word::SettingsFullVideo,
        VideoQuality::Low => Word::SettingsLowVideo,
        VideoQuality::Nothing => Word::SettingsSoundOnly,
    }
}

fn theme(theme: Theme) -> Word {
    match theme {
        Theme::System => Word::SettingsThemeSystem,
        Theme::Light => Word::SettingsThemeLight,
        Theme::Dark => Word::SettingsThemeDark,
    }
}
