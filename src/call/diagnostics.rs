//! What a check of browser, devices, server and network has found, and how it is told to someone who can help.

/// One thing to check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckStep {
    /// What the browser can do.
    Browser,
    /// Camera and microphone.
    Devices,
    /// The way to the server.
    Server,
    /// Two connections that find each other by way of the server.
    Connection,
    /// The way by a relay.
    Relay,
    /// The way that was chosen.
    Route,
    /// Whether pictures and sound arrive.
    Media,
    /// Whether they arrive by the server's SFU.
    Forwarding,
}

/// What came of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// All is well.
    Passed,
    /// There is nothing to try, because the host has not set it up.
    NotSetUp,
    /// The person did not want it.
    LeftOut,
    /// It does not work.
    Failed(Fault),
}

/// Why something does not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The page did not come over https.
    Insecure,
    /// The browser has no WebRTC.
    Unsupported,
    /// The devices are not allowed.
    Denied,
    /// There are no devices.
    NotFound,
    /// Another program has the devices.
    InUse,
    /// The devices do not start.
    Devices,
    /// The server does not answer.
    Away,
    /// WebSockets do not get through.
    WebSocket,
    /// The server lets nobody in.
    Refused,
    /// The two do not find each other.
    Unconnected,
    /// The relay does not answer, or not to us.
    Relay,
    /// Nothing arrives by the SFU.
    Unforwarded,
    /// There is no way to look at.
    Pathless,
    /// No pictures arrive.
    Pictures,
    /// No sound arrives.
    Sound,
}

/// Something that was seen on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What.
    pub detail: Detail,
    /// How it is.
    pub value: Value,
}

/// What a fact is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// The browser's name and version.
    Name,
    /// Whether it has WebRTC.
    WebRtc,
    /// Whether it lets pages encrypt pictures and sound by themselves (W3C WebRTC Encoded Transform).
    Encryption,
    /// The camera's name.
    Camera,
    /// The microphone's name.
    Microphone,
    /// Width and height of the picture.
    Size,
    /// Milliseconds until the server answers.
    Answer,
    /// Milliseconds until a WebSocket is open.
    WebSocket,
    /// Whether long polling gets through.
    Polling,
    /// Milliseconds until the two are connected.
    Connected,
    /// How many STUN servers there are.
    Stun,
    /// How many TURN servers there are.
    Turn,
    /// What kinds of candidates the way is between (RFC 8445 section 5.1.1).
    Ends,
    /// The transport protocol.
    Transport,
    /// Milliseconds there and back.
    RoundTrip,
    /// Pictures that arrived.
    Frames,
}

/// How something is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Yes or no.
    Flag(bool),
    /// A number.
    Number(u32),
    /// Milliseconds.
    Milliseconds(u32),
    /// Words that are not ours.
    Text(String),
}

/// A step that is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Which.
    pub step: CheckStep,
    /// What came of it.
    pub finding: Finding,
    /// What was seen.
    pub facts: Vec<Fact>,
}

impl CheckStep {
    /// All steps, in order.
    pub const ALL: [Self; 8] = [
        Self::Browser,
        Self::Devices,
        Self::Server,
        Self::Connection,
        Self::Relay,
        Self::Route,
        Self::Media,
        Self::Forwarding,
    ];

    fn key(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Devices => "devices",
            Self::Server => "server",
            Self::Connection => "connection",
            Self::Relay => "relay",
            Self::Route => "route",
            Self::Media => "media",
            Self::Forwarding => "forwarding",
        }
    }
}

impl Finding {
    fn key(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::NotSetUp => "not-set-up",
            Self::LeftOut => "left-out",
            Self::Failed(_) => "failed",
        }
    }
}

impl Fault {
    fn key(self) -> &'static str {
        match self {
            Self::Insecure => "insecure",
            Self::Unsupported => "unsupported",
            Self::Denied => "denied",
            Self::NotFound => "not-found",
            Self::InUse => "in-use",
            Self::Devices => "devices",
            Self::Away => "away",
            Self::WebSocket => "websocket",
            Self::Refused => "refused",
            Self::Unconnected => "unconnected",
            Self::Relay => "relay",
            Self::Unforwarded => "unforwarded",
            Self::Pathless => "pathless",
            Self::Pictures => "pictures",
            Self::Sound => "sound",
        }
    }
}

impl Detail {
    /// What a report calls it; `None` of what may bear a person's name, as devices do.
    fn key(self) -> Option<&'static str> {
        Some(match self {
            Self::Camera | Self::Microphone => return None,
            Self::Name => "name",
            Self::WebRtc => "webrtc",
            Self::Encryption => "encoded-transform",
            Self::Size => "picture",
            Self::Answer => "answer-ms",
            Self::WebSocket => "websocket-ms",
            Self::Polling => "polling",
            Self::Connected => "connected-ms",
            Self::Stun => "stun-servers",
            Self::Turn => "turn-servers",
            Self::Ends => "candidates",
            Self::Transport => "transport",
            Self::RoundTrip => "round-trip-ms",
            Self::Frames => "frames",
        })
    }
}

impl Fact {
    /// Something that was seen.
    pub fn new(detail: Detail, value: Value) -> Self {
        Self { detail, value }
    }
}

/// What was sent through so far, as one looks at it twice.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ReceivedCounts {
    /// Pictures.
    pub frames: f64,
    /// Packets of sound.
    pub packets: f64,
}

impl ReceivedCounts {
    /// What this is at the end: a picture that stands still is none, nor is sound.
    pub fn judge(self, first: Self) -> Finding {
        if self.frames <= first.frames + 1.0 {
            Finding::Failed(Fault::Pictures)
        } else if self.packets <= first.packets {
            Finding::Failed(Fault::Sound)
        } else {
            Finding::Passed
        }
    }
}

/// The report as JSON: no addresses, no names of devices, no secrets. `at` is a time of ISO 8601.
pub fn report(version: &str, at: &str, language: &str, checked: &[Checked]) -> String {
    let mut json = String::from("{\n  \"program\": \"Roundtable\"");
    for (key, text) in [("version", version), ("at", at), ("language", language)] {
        json.extend([",\n  \"", key, "\": ", &quoted(text)]);
    }
    json.push_str(",\n  \"steps\": [");
    for (place, one) in checked.iter().enumerate() {
        json.push_str(if place == 0 { "\n" } else { ",\n" });
        step(&mut json, one);
    }
    json.push_str("\n  ]\n}\n");
    json
}

fn step(json: &mut String, checked: &Checked) {
    let (step, finding) = (quoted(checked.step.key()), quoted(checked.finding.key()));
    json.extend(["    { \"step\": ", &step, ", \"result\": ", &finding]);
    if let Finding::Failed(fault) = checked.finding {
        json.extend([", \"cause\": ", &quoted(fault.key())]);
    }
    for Fact { detail, value } in &checked.facts {
        let Some(key) = detail.key() else { continue };
        let value = match value {
            Value::Flag(flag) => flag.to_string(),
            Value::Number(number) | Value::Milliseconds(number) => number.to_string(),
            Value::Text(text) => quoted(text),
        };
        json.extend([", ", &quoted(key), ": ", &value]);
    }
    json.push_str(" }");
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(finding: Finding, facts: Vec<Fact>) -> Checked {
        let step = CheckStep::Devices;
        Checked {
            step,
            finding,
            facts,
        }
    }

    #[test]
    fn a_report_tells_what_was_found_and_no_name() {
        let facts = vec![
            Fact::new(Detail::Camera, Value::Text("Anna's camera".to_owned())),
            Fact::new(Detail::Size, Value::Text("640\u{d7}480 \"x\"".to_owned())),
            Fact::new(Detail::Polling, Value::Flag(false)),
            Fact::new(Detail::Answer, Value::Milliseconds(7)),
        ];
        let all = [
            checked(Finding::Failed(Fault::Denied), facts),
            checked(Finding::NotSetUp, Vec::new()),
        ];
        let json = report("1.0", "now", "en", &all);
        assert!(!json.contains("Anna"));
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        let [first, second] = [0, 1].map(|place| read["steps"][place].clone());
        assert_eq!(
            (&first["result"], &first["cause"]),
            (&"failed".into(), &"denied".into())
        );
        assert_eq!(first["picture"], "640\u{d7}480 \"x\"");
        assert_eq!(
            (&first["polling"], &first["answer-ms"]),
            (&false.into(), &7.into())
        );
        assert_eq!(second["result"], "not-set-up");
    }

    #[test]
    fn what_stands_still_is_a_fault() {
        let first = ReceivedCounts::default();
        let judge = |frames, packets| ReceivedCounts { frames, packets }.judge(first);
        assert_eq!(judge(30.0, 9.0), Finding::Passed);
        assert_eq!(judge(1.0, 9.0), Finding::Failed(Fault::Pictures));
        assert_eq!(judge(30.0, 0.0), Finding::Failed(Fault::Sound));
    }
}
