//! What a browser has counted of one connection since it began (W3C Identifiers for WebRTC's Statistics API).

use crate::protocol::MediaKind;

/// Everything that counts, at one moment. It has no addresses.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StatsSnapshot {
    /// When it was counted: milliseconds since any fixed moment.
    pub at: f64,
    /// Bytes of all kinds that have arrived.
    pub arrived: f64,
    /// What is received and sent.
    pub flows: Vec<RtpStream>,
    /// Seconds to the other side and back.
    pub round_trip: Option<f64>,
    /// How the packets go; `None` before a way is found.
    pub route: Option<Route>,
}

/// One stream of packets.
#[derive(Debug, Clone, PartialEq)]
pub struct RtpStream {
    /// Its number on the wire (RFC 3550 section 3, SSRC).
    pub ssrc: f64,
    /// Where to.
    pub way: Direction,
    /// What it carries.
    pub kind: MediaKind,
    /// Bytes so far.
    pub bytes: f64,
    /// Packets so far.
    pub packets: f64,
    /// Those that did not arrive.
    pub lost: Lost,
    /// Pictures so far.
    pub frames: f64,
    /// Width and height of the pictures now.
    pub size: Option<(u32, u32)>,
    /// Such as `VP8`.
    pub codec: String,
}

/// Where packets go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To here.
    Received,
    /// To the other side.
    Sent,
}

/// Packets that did not arrive.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Lost {
    /// As many so far, counted here.
    SoFar(f64),
    /// This part, from 0 to 1, of those that the other side lately waited for (RFC 3550 section 6.4.1).
    Lately(f64),
}

/// How packets go from one side to the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// By what.
    pub path: Path,
    /// The transport protocol, such as `UDP`.
    pub transport: String,
    /// What this end is (RFC 8445 section 5.1.1): `host`, `srflx`, `prflx` or `relay`.
    pub local: String,
    /// What the other end is.
    pub remote: String,
}

/// By what packets go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Path {
    /// From one side straight to the other.
    Direct,
    /// By way of a relay.
    Relayed,
    /// By way of the server's SFU.
    Forwarded,
}

impl Route {
    /// The route between two ends.
    pub fn new(transport: String, local: String, remote: String) -> Self {
        let path = match [&*local, &*remote].contains(&"relay") {
            true => Path::Relayed,
            false => Path::Direct,
        };
        Self {
            path,
            transport,
            local,
            remote,
        }
    }
}

/// What of pictures and sound goes one way at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MediaRates {
    /// Width and height of the largest picture.
    pub size: Option<(u32, u32)>,
    /// What is in use, each once.
    pub codecs: Vec<String>,
}

impl StatsSnapshot {
    /// With what arrives by the SFU, whose route it is then.
    pub fn joined(mut self, forwarded: Self) -> Self {
        self.at = self.at.max(forwarded.at);
        self.arrived += forwarded.arrived;
        self.flows.extend(forwarded.flows);
        self.round_trip = forwarded.round_trip;
        self.route = forwarded.route.map(|route| Route {
            path: Path::Forwarded,
            ..route
        });
        self
    }

    /// What goes one way. Of what has stood still since `before`, nothing is told.
    pub fn picture(&self, way: Direction, before: Option<&Self>) -> MediaRates {
        let mut picture = MediaRates::default();
        let area = |size: Option<(u32, u32)>| size.map_or(0, |(w, h)| u64::from(w) * u64::from(h));
        for flow in self.flows.iter().filter(|flow| flow.way == way) {
            let last = before.and_then(|before| before.same(flow));
            if last.is_some_and(|last| last.bytes >= flow.bytes) {
                continue;
            }
            if area(flow.size) > area(picture.size) {
                picture.size = flow.size;
            }
            if !flow.codec.is_empty() && !picture.codecs.contains(&flow.codec) {
                picture.codecs.push(flow.codec.clone());
            }
        }
        picture
    }

    /// The flow here that another tally's is.
    pub fn same(&self, flow: &RtpStream) -> Option<&RtpStream> {
        self.flows
            .iter()
            .find(|other| other.ssrc == flow.ssrc && other.way == flow.way)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow(ssrc: f64, bytes: f64, size: (u32, u32), codec: &str) -> RtpStream {
        RtpStream {
            ssrc,
            way: Direction::Received,
            kind: MediaKind::Video,
            bytes,
            packets: bytes / 1_000.0,
            lost: Lost::SoFar(0.0),
            frames: 0.0,
            size: Some(size),
            codec: codec.to_owned(),
        }
    }

    #[test]
    fn what_is_forwarded_goes_that_way_and_adds_to_the_rest() {
        let route = |local: &str| Route::new("UDP".to_owned(), local.to_owned(), "host".to_owned());
        let straight = StatsSnapshot {
            at: 5.0,
            arrived: 100.0,
            flows: vec![flow(1.0, 100.0, (1280, 720), "VP9")],
            round_trip: Some(1.0),
            route: None,
        };
        let forwarded = StatsSnapshot {
            at: 6.0,
            arrived: 50.0,
            flows: vec![flow(2.0, 50.0, (320, 240), "VP8")],
            round_trip: Some(0.5),
            route: Some(route("relay")),
        };
        let both = straight.joined(forwarded);
        assert_eq!((both.at, both.arrived, both.flows.len()), (6.0, 150.0, 2));
        assert_eq!(both.round_trip, Some(0.5));
        let path = both.route.map(|route| (route.path, route.local));
        assert_eq!(path, Some((Path::Forwarded, "relay".to_owned())));
    }

    #[test]
    fn a_relay_at_either_end_relays() {
        for (local, remote, path) in [
            ("host", "srflx", Path::Direct),
            ("relay", "host", Path::Relayed),
            ("prflx", "relay", Path::Relayed),
        ] {
            let route = Route::new("UDP".to_owned(), local.to_owned(), remote.to_owned());
            assert_eq!(route.path, path, "{local} {remote}");
        }
    }

    #[test]
    fn the_largest_picture_that_moves_is_told_of() {
        let tally = |large: f64| StatsSnapshot {
            flows: vec![
                flow(1.0, large, (1280, 720), "VP9"),
                flow(2.0, large + 1.0, (320, 240), "VP8"),
                flow(3.0, large + 1.0, (160, 120), "VP8"),
            ],
            ..StatsSnapshot::default()
        };
        let first = tally(1_000.0);
        let picture = first.picture(Direction::Received, None);
        assert_eq!(picture.size, Some((1280, 720)));
        assert_eq!(picture.codecs, ["VP9", "VP8"]);
        assert_eq!(first.picture(Direction::Sent, None), MediaRates::default());
        let mut second = tally(2_000.0);
        second.flows[0].bytes = 1_000.0;
        let picture = second.picture(Direction::Received, Some(&first));
        assert_eq!(picture.size, Some((320, 240)));
        assert_eq!(picture.codecs, ["VP8"]);
    }
}
