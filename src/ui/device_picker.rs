//! The choice between several cameras or microphones, once the browser tells which there are.

use leptos::prelude::*;

use crate::browser::{Device, Meeting};

/// Both pickers; each shows when there is a device to pick.
#[component]
pub fn DevicePickers(
    /// Whose devices.
    meeting: Meeting,
) -> impl IntoView {
    let cameras = Signal::derive(move || meeting.devices.read().cameras.clone());
    let microphones = Signal::derive(move || meeting.devices.read().microphones.clone());
    let camera = Signal::derive(move || meeting.devices.read().camera.clone());
    let microphone = Signal::derive(move || meeting.devices.read().microphone.clone());
    view! {
        <DevicePicker
            id="camera"
            label="Camera"
            devices=cameras
            chosen=camera
            choose=move |id| meeting.choose_camera(id)
        />
        <DevicePicker
            id="microphone"
            label="Microphone"
            devices=microphones
            chosen=microphone
            choose=move |id| meeting.choose_microphone(id)
        />
    }
    .into_any()
}

#[component]
fn DevicePicker(
    id: &'static str,
    label: &'static str,
    devices: Signal<Vec<Device>>,
    chosen: Signal<Option<String>>,
    choose: impl Fn(String) + Copy + Send + 'static,
) -> impl IntoView {
    let known = Memo::new(move |_| devices.with(|devices| !devices.is_empty()));
    let option = move |(place, device): (usize, Device)| {
        let id = device.id.clone();
        // Browsers keep labels to themselves until a device was allowed.
        let name = if device.label.is_empty() { format!("{label} {}", place + 1) } else { device.label };
        view! {
            <option value=device.id selected=move || chosen.with(|chosen| chosen.as_ref() == Some(&id))>
                {name}
            </option>
        }
    };
    move || {
        known.get().then(|| {
            view! {
                <div class="field">
                    <label for=id>{label}</label>
                    <select class="input" id=id on:change=move |event| choose(event_target_value(&event))>
                        {move || devices.get().into_iter().enumerate().map(option).collect_view()}
                    </select>
                </div>
            }
        })
    }
}
