//! Devices and choices, in a dialog during the call.

use leptos::prelude::*;

use super::language_picker::language_picker;
use crate::{
    meeting::{Meeting, settings::Theme},
    platform::sender_parameters::VideoQuality,
    ui::{
        components::{check, check_and, pick},
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
            {group(Word::SettingsPictures, view! {
                {pick("receive", Word::SettingsReceive, choices.receive, amount)}
                {pick("send", Word::SettingsSend, choices.send, amount)}
                {check_and(Word::SettingsFine, choices.fine, move |fine| meeting.choose_definition(fine))}
                {check(Word::SettingsMirror, choices.mirror)}
                {check(Word::SettingsSelfView, choices.self_view)}
            }.erase())}
            {group(Word::SettingsPage, view! {
                {pick("theme", Word::SettingsTheme, choices.theme, theme)}
                {language_picker(meeting, RwSignal::new(true))}
                {check(Word::SettingsSounds, choices.sounds)}
                {check(Word::KeysSingle, choices.single_keys)}
                {check(Word::SettingsKeyCaptions, choices.key_captions)}
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
        VideoQuality::Full => Word::SettingsEverything,
        VideoQuality::Low => Word::SettingsLow,
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
