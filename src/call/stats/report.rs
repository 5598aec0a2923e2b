//! The measurements as a file to send to someone who can help: JSON without names and addresses.

use super::{
    history::History,
    records::{Record, Records},
    sample::{Sample, Throughput},
};

/// The measurements of a call in a room, which ended `at` a time of ISO 8601. Participants are numbers.
pub fn report(room: &str, at: &str, records: &Records) -> String {
    let mut json = Json::default();
    json.open('{');
    json.text("room", room);
    json.text("at", at);
    json.key("call");
    samples(&mut json, &records.whole);
    json.key("connections");
    json.open('[');
    for record in records.links() {
        connection(&mut json, record);
    }
    json.close(']');
    json.close('}');
    json.0
}

fn connection(json: &mut Json, record: &Record) {
    json.open('{');
    if let Some(route) = record.route() {
        json.text("transport", &route.transport);
        json.text("local_candidate", &route.local);
        json.text("remote_candidate", &route.remote);
    }
    for (key, picture) in [("received", &record.received), ("sent", &record.sent)] {
        json.key(key);
        json.open('{');
        json.text("codecs", &picture.codecs.join(" "));
        if let Some((width, height)) = picture.size {
            json.number("width", width.to_string());
            json.number("height", height.to_string());
        }
        json.close('}');
    }
    json.key("samples");
    samples(json, &record.history);
    json.close('}');
}

fn samples(json: &mut Json, history: &History) {
    json.open('[');
    let end = history.last().map(|sample| sample.at).unwrap_or_default();
    for sample in history.iter() {
        json.open('{');
        // Whole milliseconds before the last one.
        let ago = end.saturating_sub(sample.at).as_millis();
        json.number("milliseconds_ago", ago.to_string());
        one(json, sample);
        json.close('}');
    }
    json.close(']');
}

fn one(json: &mut Json, sample: &Sample) {
    for (key, carried) in [("received", &sample.received), ("sent", &sample.sent)] {
        json.key(key);
        json.open('{');
        way(json, carried);
        json.close('}');
    }
    if let Some(trip) = sample.round_trip {
        json.number("round_trip_milliseconds", trip.as_millis().to_string());
    }
}

fn way(json: &mut Json, carried: &Throughput) {
    json.number("bits_per_second", (carried.bitrate as u64).to_string());
    if let Some(loss) = carried.loss {
        json.number("loss_percent", tenths(loss));
    }
    if let Some(frames) = carried.frames {
        json.number("frames_per_second", tenths(frames));
    }
}

/// A number that is not negative, with one digit behind the point.
pub fn tenths(number: f64) -> String {
    let tenths = (number * 10.0).round() as u64;
    [&(tenths / 10).to_string(), ".", &(tenths % 10).to_string()].concat()
}

/// A text of JSON (RFC 8259) in the making.
#[derive(Default)]
struct Json(String);

impl Json {
    fn open(&mut self, bracket: char) {
        self.separate();
        self.0.push(bracket);
    }

    fn close(&mut self, bracket: char) {
        self.0.push(bracket);
    }

    fn key(&mut self, key: &str) {
        self.separate();
        self.quote(key);
        self.0.push(':');
    }

    fn text(&mut self, key: &str, text: &str) {
        self.key(key);
        self.quote(text);
    }

    fn number(&mut self, key: &str, number: String) {
        self.key(key);
        self.0.push_str(&number);
    }

    fn separate(&mut self) {
        if self
            .0
            .ends_with(|last: char| !matches!(last, '{' | '[' | ':'))
            && !self.0.is_empty()
        {
            self.0.push(',');
        }
    }

    fn quote(&mut self, text: &str) {
        self.0.push('"');
        for letter in text.chars() {
            match letter {
                '"' | '\\' => self.0.extend(['\\', letter]),
                // Names of rooms have none, and codecs neither.
                letter if letter.is_control() => {}
                letter => self.0.push(letter),
            }
        }
        self.0.push('"');
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        call::stats::{Direction, Lost, Route, RtpStream, StatsSnapshot},
        protocol::{MediaKind, ParticipantId},
    };

    fn tally(second: u32) -> StatsSnapshot {
        let counted = f64::from(second);
        StatsSnapshot {
            at: counted * 1_000.0,
            arrived: counted,
            flows: vec![RtpStream {
                ssrc: 7.0,
                way: Direction::Received,
                kind: MediaKind::Video,
                bytes: counted * 100_000.0,
                packets: counted * 97.5,
                lost: Lost::SoFar(counted * 2.5),
                frames: counted * 25.0,
                size: Some((640, 480)),
                codec: "VP8".to_owned(),
            }],
            round_trip: Some(0.042),
            route: Some(Route::new(
                "UDP".to_owned(),
                "host".to_owned(),
                "srflx".to_owned(),
            )),
        }
    }

    #[test]
    fn it_tells_the_figures_and_nobodys_name() {
        let mut records = Records::default();
        let ada = ParticipantId::from_random([1; 20]);
        for second in [2, 4, 6] {
            let now = Duration::from_secs(second.into());
            records.take(now, ada, tally(second));
            records.end_round(now, &[ada]);
        }
        let text = report("a \"room\"", "2026-01-02T03:04:05Z", &records);
        let told: Value = serde_json::from_str(&text).unwrap();
        assert!(!text.contains(&ada.to_string()));
        assert_eq!(told["room"], "a \"room\"");
        let sample = |ago: u32| {
            json!({
                "milliseconds_ago": ago,
                "received": {"bits_per_second": 800_000, "loss_percent": 2.5, "frames_per_second": 25.0},
                "sent": {"bits_per_second": 0},
                "round_trip_milliseconds": 42,
            })
        };
        let samples = json!([sample(2_000), sample(0)]);
        assert_eq!(told["call"], samples);
        let connection = json!({
            "transport": "UDP",
            "local_candidate": "host",
            "remote_candidate": "srflx",
            "received": {"codecs": "VP8", "width": 640, "height": 480},
            "sent": {"codecs": ""},
            "samples": samples,
        });
        assert_eq!(told["connections"], json!([connection]));
    }

    proptest! {
        #[test]
        fn any_text_is_quoted(text in ".*") {
            let told: Value = serde_json::from_str(&report(&text, "", &Records::default())).unwrap();
            let kept: String = text.chars().filter(|letter| !letter.is_control()).collect();
            prop_assert_eq!(told["room"].as_str(), Some(&*kept));
        }

        #[test]
        fn tenths_are_near(number in 0.0..1e6f64) {
            let told: f64 = tenths(number).parse().unwrap();
            prop_assert!((told - number).abs() <= 0.051);
        }
    }
}
