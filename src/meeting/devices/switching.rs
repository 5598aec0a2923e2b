//! Cameras and microphones are exchanged as [`DeviceSwitch`] decides.

use leptos::prelude::*;

use super::{Devices, id_of, remembered::is_high_definition};
use crate::{
    call::{
        CurrentDevice, DeviceConstraint, DeviceRequest, DeviceSwitch, SwitchAction, SwitchReason,
    },
    meeting::capture_error_text::capture_error_text,
    platform::{capture, capture_error::CaptureError, task::spawn_local},
    protocol::TrackSource,
};

impl Devices {
    /// Has a device opened as soon as nothing else goes on there.
    pub(in crate::meeting) fn request(
        &self,
        source: TrackSource,
        device: DeviceConstraint,
        reason: SwitchReason,
    ) {
        let request = DeviceRequest { device, reason };
        if self.with_switch(source, |switch| switch.request(request)) == Some(true) {
            let devices = *self;
            spawn_local(async move {
                while let Some(action) = devices.next_action(source) {
                    if !devices.perform(source, action).await {
                        return;
                    }
                    devices.publish_tracks();
                }
            });
        }
    }

    fn next_action(&self, source: TrackSource) -> Option<SwitchAction> {
        let (live, ended) = self
            .call
            .media(|media| (media.track(source), media.ended(source)))?;
        let is_wanted = source != TrackSource::Camera || self.camera.try_get_untracked()?;
        let current = CurrentDevice {
            is_wanted,
            id: live.as_ref().and_then(id_of),
            is_live: live.is_some(),
            label: live.or(ended).map(|track| track.label()),
        };
        self.with_switch(source, |switch| switch.poll_action(current))
            .flatten()
    }

    /// Does it; `false` if the meeting is over meanwhile.
    async fn perform(&self, source: TrackSource, action: SwitchAction) -> bool {
        let stop = || {
            self.call.media(|media| media.stop(source));
        };
        let request = match action {
            SwitchAction::Stop => {
                stop();
                return true;
            }
            SwitchAction::Open(request) => request,
        };
        // A phone has one camera at a time.
        if source == TrackSource::Camera && self.list.read_untracked().has_front_and_back() {
            stop();
        }
        let opened = capture::open_one(source.kind(), request.device, is_high_definition()).await;
        if self.call.is_late(&opened) {
            self.with_switch(source, DeviceSwitch::stop);
            return false;
        }
        match opened {
            Ok(track) => {
                self.take_track(&track);
                self.set_missing(source, None);
                let label = track.label();
                let told = self.with_switch(source, |switch| switch.handle_opened(&label));
                if let Some(reason) = told.flatten() {
                    self.announce_device(reason, &label);
                }
                if request.reason == SwitchReason::Chosen {
                    self.list_devices();
                }
            }
            Err(error) => self.handle_failure(source, error),
        }
        true
    }

    fn handle_failure(&self, source: TrackSource, error: CaptureError) {
        self.announcer
            .announce(capture_error_text(&error, source.kind()));
        let is_live = self.call.track(source).is_some();
        if self.with_switch(source, |switch| switch.handle_failure(is_live)) == Some(true) {
            self.set_missing(source, Some(error));
            if source == TrackSource::Camera {
                self.camera.set(false);
            }
        }
    }

    fn with_switch<T>(
        &self,
        source: TrackSource,
        action: impl FnOnce(&mut DeviceSwitch) -> T,
    ) -> Option<T> {
        self.runtime
            .with(|runtime| action(&mut runtime.switching(source).switch.borrow_mut()))
    }
}
