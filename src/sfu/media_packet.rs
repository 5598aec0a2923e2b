//! A packet of a track, as it is passed on: read once, and sent to many.

use std::{sync::Arc, time::Instant};

use str0m::rtp::{ExtensionValues, RtpPacket, Vp8Descriptor};

use super::rtp_rewriter::Packet;
use crate::protocol::MediaKind;

/// A packet of a track.
#[derive(Debug, Clone)]
pub(super) struct MediaPacket {
    /// What it is among those of its track.
    pub about: Packet,
    /// What it holds.
    pub payload: Arc<[u8]>,
    /// Whether it is the last one of a picture, or of a sound the first one after a pause.
    pub marker: bool,
    /// When it has come.
    pub at: Instant,
    /// How loud it is, in decibels, 0 at most (RFC 6464).
    pub level: Option<i8>,
    extensions: ExtensionValues,
}

impl MediaPacket {
    /// What is to be known of a packet to pass it on.
    pub fn new(kind: MediaKind, packet: &RtpPacket) -> Self {
        let vp8 = match kind {
            MediaKind::Audio => None,
            MediaKind::Video => Vp8Descriptor::parse(&packet.payload).ok(),
        };
        let values = &packet.header.ext_vals;
        Self {
            about: Packet {
                seq: *packet.seq_no,
                time: packet.header.timestamp,
                vp8,
                key_frame: vp8.is_some_and(|vp8| vp8.starts_keyframe(&packet.payload)),
            },
            payload: packet.payload.clone(),
            marker: packet.header.marker,
            at: packet.timestamp,
            level: values.audio_level,
            extensions: ExtensionValues {
                audio_level: values.audio_level,
                voice_activity: values.voice_activity,
                video_orientation: values.video_orientation,
                ..ExtensionValues::default()
            },
        }
    }

    /// What of its header goes on.
    pub fn extensions(&self) -> ExtensionValues {
        self.extensions.clone()
    }
}
