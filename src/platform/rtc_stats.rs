//! What a browser has counted of a connection, out of its statistics (W3C Identifiers for WebRTC's Statistics API):
//! a map of many things, each with an id by which others name it.

use js_sys::Map;
use wasm_bindgen::{JsCast, JsValue};

use super::js;
use crate::{
    call::stats::{Direction, Lost, Route, RtpStream, StatsSnapshot},
    protocol::MediaKind,
};

/// What of a connection is counted.
#[derive(Debug, Clone, Copy)]
pub enum StatsScope<'a> {
    /// All of it.
    Whole,
    /// What arrives in these media sections (RFC 5888 section 4).
    Sections(&'a [String]),
    /// What is sent.
    Sent,
}

/// Reads the statistics of a connection, or of a part of it.
pub fn stats_snapshot(statistics: &JsValue, part: StatsScope<'_>) -> StatsSnapshot {
    let is_received = |entry: &JsValue| match part {
        StatsScope::Whole => true,
        StatsScope::Sections(mids) => mids.contains(&text(entry, "mid")),
        StatsScope::Sent => false,
    };
    let is_sent = !matches!(part, StatsScope::Sections(_));
    let mut tally = StatsSnapshot::default();
    let mut pair = None;
    let map: &Map = statistics.unchecked_ref();
    map.for_each(&mut |entry, _| match text(&entry, "type").as_str() {
        "inbound-rtp" if is_received(&entry) => {
            tally.flows.extend(received(statistics, &entry));
        }
        "outbound-rtp" if is_sent => {
            let remote = named(statistics, &entry, "remoteId");
            let round_trip = remote.as_ref().and_then(|it| number(it, "roundTripTime"));
            tally.round_trip = tally.round_trip.or(round_trip);
            tally
                .flows
                .extend(sent(statistics, &entry, remote.as_ref()));
        }
        "transport" => {
            tally.at = number(&entry, "timestamp").unwrap_or_default();
            let selected = named(statistics, &entry, "selectedCandidatePairId");
            pair = selected.or(pair.take());
        }
        // Of a browser that does not tell which one is in use.
        "candidate-pair" if pair.is_none() && is_in_use(&entry) => {
            tally.at = number(&entry, "timestamp").unwrap_or_default();
            pair = Some(entry);
        }
        _ => {}
    });
    if let Some(pair) = pair {
        let round_trip = number(&pair, "currentRoundTripTime");
        tally.round_trip = tally.round_trip.or(round_trip);
        tally.arrived = number(&pair, "bytesReceived").unwrap_or_default();
        tally.route = route(statistics, &pair);
    }
    tally
}

fn received(statistics: &JsValue, entry: &JsValue) -> Option<RtpStream> {
    let lost = Lost::SoFar(number(entry, "packetsLost").unwrap_or_default());
    let counts = ["bytesReceived", "packetsReceived", "framesDecoded"];
    rtp_stream(statistics, entry, Direction::Received, counts, lost)
}

fn sent(statistics: &JsValue, entry: &JsValue, remote: Option<&JsValue>) -> Option<RtpStream> {
    let lost = remote.and_then(|remote| number(remote, "fractionLost"));
    let lost = Lost::Lately(lost.unwrap_or_default());
    let counts = ["bytesSent", "packetsSent", "framesEncoded"];
    rtp_stream(statistics, entry, Direction::Sent, counts, lost)
}

fn rtp_stream(
    statistics: &JsValue,
    entry: &JsValue,
    way: Direction,
    counts: [&str; 3],
    lost: Lost,
) -> Option<RtpStream> {
    let kind = match text(entry, "kind").as_str() {
        "audio" => MediaKind::Audio,
        "video" => MediaKind::Video,
        _ => return None,
    };
    let [bytes, packets, frames] = counts.map(|name| number(entry, name).unwrap_or_default());
    let size = || {
        let [width, height] = ["frameWidth", "frameHeight"].map(|name| number(entry, name));
        Some((width? as u32, height? as u32))
    };
    let codec = named(statistics, entry, "codecId").map(|codec| text(&codec, "mimeType"));
    let codec = codec.unwrap_or_default();
    Some(RtpStream {
        ssrc: number(entry, "ssrc")?,
        way,
        kind,
        bytes,
        packets,
        lost,
        frames,
        size: size(),
        // The first part is the kind.
        codec: codec.rsplit('/').next().unwrap_or_default().to_owned(),
    })
}

fn is_in_use(pair: &JsValue) -> bool {
    let nominated = js::property(pair, "nominated").is_some_and(|it| it.is_truthy());
    nominated && text(pair, "state") == "succeeded"
}

fn route(statistics: &JsValue, pair: &JsValue) -> Option<Route> {
    let local = named(statistics, pair, "localCandidateId")?;
    let remote = named(statistics, pair, "remoteCandidateId");
    let kind = |candidate: &JsValue| text(candidate, "candidateType");
    let mut transport = text(&local, "protocol");
    // How the relay is reached, which hides what goes on beyond it.
    if let Some(relay) = js::property(&local, "relayProtocol").and_then(|it| it.as_string()) {
        transport = relay;
    }
    Some(Route::new(
        transport.to_uppercase(),
        kind(&local),
        remote.as_ref().map(kind).unwrap_or_default(),
    ))
}

/// The entry that another one names.
fn named(statistics: &JsValue, entry: &JsValue, field: &str) -> Option<JsValue> {
    let id = js::property(entry, field)?;
    let found = js::call(statistics, "get", &id)?.ok()?;
    found.is_object().then_some(found)
}

fn number(entry: &JsValue, field: &str) -> Option<f64> {
    let number = js::property(entry, field)?.as_f64()?;
    number.is_finite().then_some(number)
}

fn text(entry: &JsValue, field: &str) -> String {
    let text = js::property(entry, field).and_then(|text| text.as_string());
    text.unwrap_or_default()
}
