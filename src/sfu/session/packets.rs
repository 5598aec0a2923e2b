//! The packets of tracks, and the key frames that they need.

use std::time::{Duration, Instant};

use str0m::{
    format::Codec,
    media::{KeyframeRequestKind, Mid},
    rtp::{RtpPacket, RtpWrite},
};

use super::Session;
use crate::{
    protocol::{MediaKind, Rate, TrackSource},
    sfu::{
        budget::Budget, downtracks::Track, media_packet::MediaPacket, rtp_rewriter::Verdict,
        uptracks::SourceChange,
    },
};

/// How often somebody may ask for a key frame of one downtrack: each is a burden for all others in the room, too. What the SFU
/// asks for itself is not counted.
const REQUESTS: Rate = Rate {
    each: Duration::from_secs(5),
    burst: 5,
};

impl Session {
    /// Tracks of others that cannot be shown before a key frame.
    pub fn awaiting_key_frames(&self) -> Vec<Track> {
        match self.was_connected() {
            true => self.downtracks.awaiting_key_frames().collect(),
            false => Vec::new(),
        }
    }

    /// What a packet is for.
    pub fn handle_packet(
        &mut self,
        now: Instant,
        packet: &RtpPacket,
    ) -> Option<(TrackSource, SourceChange)> {
        let ssrc = packet.header.ssrc;
        let mid = self.guard(|rtc| rtc.direct_api().stream_rx(&ssrc).map(|stream| stream.mid()));
        self.uptracks.handle_packet(now, mid.flatten()?, ssrc)
    }

    /// What follows in a downtrack is another stream.
    pub fn switch(&mut self, downtrack: usize) {
        if let Some((_, stream)) = self.downtracks.ready(downtrack) {
            stream.switch();
        }
    }

    /// What follows in a downtrack comes after something of the same stream that was not sent.
    pub fn resume(&mut self, downtrack: usize) {
        if let Some((_, stream)) = self.downtracks.ready(downtrack) {
            stream.resume();
        }
    }

    /// The other side asks for a key frame of one of its downtracks; what that carries, if it may.
    pub fn handle_request(&mut self, now: Instant, mid: Mid) -> Option<Track> {
        let track = self.downtracks.track(mid)?;
        let budget = self.requests.entry(mid);
        let budget = budget.or_insert_with(|| Budget::new(REQUESTS));
        (track.source.kind() == MediaKind::Video && budget.take(now, 1)).then_some(track)
    }

    /// Somebody needs a key frame of this source; whether it was asked for now.
    pub fn ask_key_frame(&mut self, now: Instant, source: TrackSource) -> bool {
        let Some(uptrack) = self.uptracks.of(source) else {
            return false;
        };
        let asked = uptrack.requests.ask(now);
        if asked && let Some(mid) = uptrack.mid {
            self.request_key_frame(mid);
        }
        asked
    }

    /// Sends a packet of another session in a downtrack. None when it cannot be sent yet.
    pub fn pass(
        &mut self,
        now: Instant,
        downtrack: usize,
        packet: &MediaPacket,
    ) -> Option<Verdict> {
        if !self.was_connected() {
            return None;
        }
        let (mid, stream) = self.downtracks.ready(downtrack)?;
        let passed = stream.pass(now, &packet.about);
        let Verdict::Send {
            seq,
            time,
            resumes,
            patch,
        } = passed
        else {
            return Some(passed);
        };
        let codec = match stream.kind() {
            MediaKind::Audio => Codec::Opus,
            MediaKind::Video => Codec::Vp8,
        };
        self.guard(|rtc| {
            let params = rtc.codec_config();
            let pt = params.find(|params| params.spec().codec == codec)?.pt();
            let payload = packet.payload.clone();
            let mut write = RtpWrite::new(pt, seq.into(), time, packet.at, payload)
                .marker(packet.marker || resumes)
                .nackable(codec == Codec::Vp8)
                .ext_vals(packet.extensions());
            if let Some(patch) = patch {
                write = write.vp8_patch(patch);
            }
            let mut direct = rtc.direct_api();
            direct.stream_tx_by_mid(mid, None)?.write_rtp(write);
            Some(())
        });
        Some(passed)
    }

    pub(super) fn request_key_frame(&mut self, mid: Mid) {
        self.guard(|rtc| {
            let mut direct = rtc.direct_api();
            if let Some(stream) = direct.stream_rx_by_mid(mid, None) {
                stream.request_keyframe(KeyframeRequestKind::Pli);
            }
        });
    }
}
