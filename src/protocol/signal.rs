//! What two peers tell each other on the way to a connection, in the form of simple-peer 9.

use serde::{Deserialize, Deserializer, Serialize, de};

use super::limits::{CANDIDATE_BYTES, SDP_BYTES, SDP_SECTIONS};

/// One signal from peer to peer. The initiator makes every offer; the other side asks for one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawSignal", tag = "type", rename_all = "camelCase")]
pub enum Signal {
    /// The initiator's description (RFC 3264 section 5).
    Offer {
        /// The description.
        sdp: Sdp,
    },
    /// The other side's description (RFC 3264 section 6).
    Answer {
        /// The description.
        sdp: Sdp,
    },
    /// A way to reach the sender (RFC 8840).
    Candidate {
        /// The candidate.
        candidate: Candidate,
    },
    /// The other side asks the initiator for an offer.
    Renegotiate {
        /// Always true.
        renegotiate: bool,
    },
    /// The other side asks the initiator for a place to send a track in.
    TransceiverRequest {
        /// What is asked for.
        #[serde(rename = "transceiverRequest")]
        request: TransceiverRequest,
    },
}

impl Signal {
    /// How many bytes of text it holds.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Offer { sdp } | Self::Answer { sdp } => sdp.as_str().len(),
            Self::Candidate { candidate } => {
                let mid = candidate.sdp_mid.as_ref();
                candidate.candidate.len() + mid.map_or(0, |mid| mid.len())
            }
            Self::Renegotiate { .. } | Self::TransceiverRequest { .. } => 0,
        }
    }

    /// Asks the initiator for a fresh offer.
    pub fn renegotiate() -> Self {
        Self::Renegotiate { renegotiate: true }
    }

    /// Asks the initiator for a transceiver of `kind`.
    pub fn transceiver_request(kind: MediaKind) -> Self {
        Self::TransceiverRequest {
            request: TransceiverRequest { kind, init: None },
        }
    }
}

/// A session description (RFC 8866) of bounded size; the browsers judge what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sdp(Box<str>);

impl Sdp {
    /// Takes a description of at most 64 KiB and 64 media sections.
    ///
    /// # Errors
    /// A sentence when it is larger, or does not begin as a description does.
    pub fn parse(text: impl Into<Box<str>>) -> Result<Self, &'static str> {
        let text = text.into();
        if text.len() > SDP_BYTES {
            return Err("a session description has at most 64 KiB");
        }
        if !text.starts_with("v=0") {
            return Err("a session description begins with v=0");
        }
        if text.matches("\nm=").take(SDP_SECTIONS + 1).count() > SDP_SECTIONS {
            return Err("a session description has at most 64 media sections");
        }
        Ok(Self(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How many sections for this kind of media are described. Those that are rejected do not count: their
    /// port is 0, and they are not left to a bundle (RFC 8829 section 5.2.1).
    pub fn sections(&self, kind: MediaKind) -> usize {
        let described = |section: &&str| {
            let Some(rest) = section.strip_prefix(kind.as_str()) else {
                return false;
            };
            !rest.starts_with(" 0 ") || rest.contains("\na=bundle-only")
        };
        self.0.split("\nm=").skip(1).filter(described).count()
    }
}

impl<'de> Deserialize<'de> for Sdp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(Box::<str>::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// An ICE candidate as browsers print it (W3C WebRTC section 4.8.1, `RTCIceCandidateInit`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Candidate {
    /// The candidate line, at most 1 KiB; empty for the end of candidates.
    #[serde(deserialize_with = "short_text")]
    pub candidate: Box<str>,
    /// The media section by its `mid`.
    #[serde(default, deserialize_with = "short_optional_text")]
    pub sdp_mid: Option<Box<str>>,
    /// The media section by its place, from 0.
    #[serde(default)]
    pub sdp_m_line_index: Option<u16>,
}

/// What a [`Signal::TransceiverRequest`] asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransceiverRequest {
    /// The kind of media to be sent.
    pub kind: MediaKind,
    /// How the transceiver is to be made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub init: Option<TransceiverInit>,
}

/// The part of `RTCRtpTransceiverInit` that means something to the other side.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TransceiverInit {
    /// `sendrecv`, `sendonly`, `recvonly` or `inactive`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<TransceiverDirection>,
}

/// The direction of a transceiver (W3C WebRTC section 5.4, `RTCRtpTransceiverDirection`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TransceiverDirection {
    /// Both ways.
    Sendrecv,
    /// From here only.
    Sendonly,
    /// To here only.
    Recvonly,
    /// Neither way.
    Inactive,
}

/// A kind of media.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MediaKind {
    /// Sound.
    Audio,
    /// Pictures.
    Video,
}

impl MediaKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Audio, Self::Video];

    /// The name in descriptions and on tracks.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Audio => "audio",
            Self::Video => "video",
        }
    }
}

/// All fields of all signals: parsed in one pass without the buffer that serde's tagged enums need.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawSignal {
    r#type: RawType,
    #[serde(default)]
    sdp: Option<Sdp>,
    #[serde(default)]
    candidate: Option<Candidate>,
    #[serde(default)]
    transceiver_request: Option<TransceiverRequest>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum RawType {
    Offer,
    Answer,
    Candidate,
    Renegotiate,
    TransceiverRequest,
}

impl TryFrom<RawSignal> for Signal {
    type Error = &'static str;

    fn try_from(loose: RawSignal) -> Result<Self, Self::Error> {
        let description = loose.sdp.ok_or("an offer or answer has an sdp");
        Ok(match loose.r#type {
            RawType::Offer => Self::Offer { sdp: description? },
            RawType::Answer => Self::Answer { sdp: description? },
            RawType::Candidate => Self::Candidate {
                candidate: loose.candidate.ok_or("a candidate has a candidate")?,
            },
            RawType::Renegotiate => Self::renegotiate(),
            RawType::TransceiverRequest => Self::TransceiverRequest {
                request: loose
                    .transceiver_request
                    .ok_or("a transceiverRequest has a transceiverRequest")?,
            },
        })
    }
}

fn short_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Box<str>, D::Error> {
    bounded(Box::<str>::deserialize(deserializer)?)
}

fn short_optional_text<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Box<str>>, D::Error> {
    Option::<Box<str>>::deserialize(deserializer)?
        .map(bounded)
        .transpose()
}

fn bounded<E: de::Error>(text: Box<str>) -> Result<Box<str>, E> {
    if text.len() > CANDIDATE_BYTES {
        return Err(E::custom("a candidate has at most 1 KiB"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(json: &str) -> Result<Signal, serde_json::Error> {
        serde_json::from_str(json)
    }

    #[test]
    fn the_signals_of_simple_peer_come_back_as_they_were() {
        for json in [
            r#"{"type":"offer","sdp":"v=0\r\nm=audio 9 X\r\n"}"#,
            r#"{"type":"answer","sdp":"v=0\r\n"}"#,
            r#"{"type":"candidate","candidate":{"candidate":"candidate:1 1 udp 1 10.0.0.1 9 typ host","sdpMid":"0","sdpMLineIndex":0}}"#,
            r#"{"type":"renegotiate","renegotiate":true}"#,
            r#"{"type":"transceiverRequest","transceiverRequest":{"kind":"video","init":{}}}"#,
        ] {
            let signal = parse(json).unwrap();
            let ours: serde_json::Value = serde_json::to_value(&signal).unwrap();
            assert_eq!(
                ours,
                serde_json::from_str::<serde_json::Value>(json).unwrap()
            );
        }
    }

    #[test]
    fn what_is_no_signal_is_refused() {
        let sections = format!(
            r#"{{"type":"offer","sdp":"v=0{}"}}"#,
            r"\nm=audio".repeat(65)
        );
        let long = format!(r#"{{"type":"offer","sdp":"v=0{}"}}"#, "x".repeat(SDP_BYTES));
        let candidate = format!(
            r#"{{"type":"candidate","candidate":{{"candidate":"{}"}}}}"#,
            "x".repeat(1025)
        );
        for json in [
            "{}",
            "7",
            "null",
            r#"{"type":"offer"}"#,
            r#"{"type":"offer","sdp":7}"#,
            r#"{"type":"offer","sdp":"hello"}"#,
            r#"{"type":"bogus"}"#,
            r#"{"type":"candidate"}"#,
            r#"{"type":"candidate","candidate":{}}"#,
            r#"{"type":"transceiverRequest","transceiverRequest":{"kind":"smell"}}"#,
            &sections,
            &long,
            &candidate,
        ] {
            assert!(parse(json).is_err(), "{}", json.get(..80).unwrap_or(json));
        }
    }

    #[test]
    fn a_description_names_its_media() {
        let count = |sections: &str| {
            let sdp = Sdp::parse(format!("v=0\r\n{sections}")).unwrap();
            MediaKind::ALL.map(|kind| sdp.sections(kind))
        };
        assert_eq!(count("s=audio\r\n"), [0, 0]);
        assert_eq!(count("m=audio 9 X\r\nm=application 9 Y\r\n"), [1, 0]);
        assert_eq!(
            count("m=video 9 X\r\nm=audio 9 X\r\nm=video 9 X\r\n"),
            [1, 2]
        );
        let bundled = "m=video 0 X\r\na=mid:1\r\na=bundle-only\r\n";
        let rejected = "m=video 0 X\r\na=mid:2\r\na=inactive\r\n";
        assert_eq!(count(&format!("{rejected}{bundled}")), [0, 1]);
    }
}
