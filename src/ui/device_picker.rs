//! The choice between several cameras or microphones, once the browser tells which there are.

use leptos::prelude::*;

use super::{
    dynamic::{dynamic, flag, on, when},
    piece::{IntoPiece, Piece},
};
use crate::{
    browser::{Device, Devices, Meeting},
    words::{Word, t},
};

/// The picker of cameras; it shows when there is a device to pick.
pub fn camera_picker(meeting: Meeting) -> Piece {
    let of = |devices: &Devices| Offer {
        devices: devices.cameras.clone(),
        chosen: devices.camera.clone(),
    };
    picker(
        "camera",
        Word::CameraLabel,
        meeting.devices,
        of,
        move |id| meeting.choose_camera(id),
    )
}

/// The picker of microphones; it shows when there is a device to pick.
pub fn microphone_picker(meeting: Meeting) -> Piece {
    let of = |devices: &Devices| Offer {
        devices: devices.microphones.clone(),
        chosen: devices.microphone.clone(),
    };
    picker(
        "microphone",
        Word::MicrophoneLabel,
        meeting.devices,
        of,
        move |id| meeting.choose_microphone(id),
    )
}

/// The devices of one kind, and the one in use by its id.
struct Offer {
    devices: Vec<Device>,
    chosen: Option<String>,
}

fn picker(
    id: &'static str,
    label: Word,
    devices: RwSignal<Devices>,
    of: fn(&Devices) -> Offer,
    choose: impl Fn(String) + Copy + Send + 'static,
) -> Piece {
    let label = t(label);
    let offer = move || of(&devices.read());
    let select = move || {
        view! {
            <div class="field">
                <label for=id>{label}</label>
                <select class="input" id=id on:change=on(move |event| choose(event_target_value(&event)))>
                    {dynamic(move || Some(options(label, &offer())))}
                </select>
            </div>
        }
        .piece()
    };
    when(move || !offer().devices.is_empty(), select)
}

fn options(label: &'static str, offer: &Offer) -> Piece {
    let option = |(place, device): (usize, &Device)| {
        let chosen = offer.chosen.as_ref() == Some(&device.id);
        // Browsers keep labels to themselves until a device was allowed.
        let name = if device.label.is_empty() {
            format!("{label} {}", place + 1)
        } else {
            device.label.clone()
        };
        view! {
            <option value=device.id.clone() selected=flag(move || chosen)>
                {name}
            </option>
        }
        .piece()
    };
    offer
        .devices
        .iter()
        .enumerate()
        .map(option)
        .collect::<Vec<_>>()
        .piece()
}
