//! The choice between several cameras, microphones or audio outputs, once the browser tells which there are.

use leptos::prelude::*;

use crate::{
    meeting::Meeting,
    platform::capture::Device,
    ui::view::{ErasedView, IntoErasedView, dynamic, flag, on, when},
    words::{Word, t},
};

/// The picker of cameras; it shows when there is a device to pick.
pub fn camera_picker(meeting: Meeting) -> ErasedView {
    let offer = move || {
        let devices = meeting.devices.list.read();
        DeviceChoices {
            devices: devices.cameras.clone(),
            chosen: devices.camera.clone(),
        }
    };
    let choose = move |id| meeting.devices.choose_camera(id);
    picker("camera", Word::CameraLabel, offer, choose)
}

/// The picker of microphones; it shows when there is a device to pick.
pub fn microphone_picker(meeting: Meeting) -> ErasedView {
    let offer = move || {
        let devices = meeting.devices.list.read();
        DeviceChoices {
            devices: devices.microphones.clone(),
            chosen: devices.microphone.clone(),
        }
    };
    let choose = move |id| meeting.devices.choose_microphone(id);
    picker("microphone", Word::MicrophoneLabel, offer, choose)
}

/// The picker of audio outputs, the system's default among them.
pub fn audio_output_picker(meeting: Meeting) -> ErasedView {
    let offer = move || {
        let mut devices = meeting.devices.list.read().audio_outputs.clone();
        let named = devices.iter().any(|device| device.id == DEFAULT);
        if !named {
            let default = Device {
                id: String::new(),
                label: t(Word::AudioOutputDefault).to_owned(),
                away: None,
            };
            devices.insert(0, default);
        }
        let chosen = match meeting.sounds.output.get() {
            none if none.is_empty() && named => DEFAULT.to_owned(),
            chosen => chosen,
        };
        DeviceChoices {
            devices,
            chosen: Some(chosen),
        }
    };
    let choose = move |id| meeting.devices.choose_audio_output(id);
    picker("speaker", Word::AudioOutputLabel, offer, choose)
}

/// Chromium's name of whichever audio output is the system's default.
const DEFAULT: &str = "default";

/// The devices of one kind, and the one in use by its id.
#[derive(Default, PartialEq)]
struct DeviceChoices {
    devices: Vec<Device>,
    chosen: Option<String>,
}

fn picker(
    id: &'static str,
    label: Word,
    offer: impl Fn() -> DeviceChoices + Copy + Send + Sync + 'static,
    choose: impl Fn(String) + Copy + Send + 'static,
) -> ErasedView {
    let offer: Box<dyn Fn() -> DeviceChoices + Send + Sync> = Box::new(offer);
    // A list that is open stays as it is while nothing in it changes.
    let offer = Memo::new(move |_| offer());
    let select = move || {
        view! {
            <div class="field">
                <label for=id>{t(label)}</label>
                <select class="input" id=id on:change=on(move |event| choose(event_target_value(&event)))>
                    {dynamic(move || Some(options(&offer.read())))}
                </select>
            </div>
        }
        .erase()
    };
    when(move || !offer.read().devices.is_empty(), select)
}

fn options(offer: &DeviceChoices) -> ErasedView {
    let option = |device: &Device| {
        let chosen = offer.chosen.as_ref() == Some(&device.id);
        view! {
            <option value=device.id.clone() selected=flag(move || chosen)>
                {device.label.clone()}
            </option>
        }
        .erase()
    };
    let options: Vec<ErasedView> = offer.devices.iter().map(option).collect();
    options.erase()
}
