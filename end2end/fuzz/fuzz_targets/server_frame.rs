//! What a server sends, as the browser reads it: Engine.IO and Socket.IO framing, and our own reader of JSON. What is
//! understood means the same when it is written and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use roundtable::protocol::{
    LobbyReply, ServerEvent, SessionReply, WireEvent,
    frame::{HeardEvent, ServerFrame},
    parse_done,
};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    match ServerFrame::parse(text) {
        Ok(ServerFrame::Event(HeardEvent { name, payload })) => {
            let Ok(read) = ServerEvent::parse(&name, payload) else {
                return;
            };
            let written = serde_json::to_string(&read).expect("an event can be written");
            let again = ServerEvent::parse(read.name(), &written);
            assert_eq!(again.as_ref(), Ok(&read), "{written}");
        }
        Ok(ServerFrame::Ack(_, payload)) => {
            let _ = SessionReply::parse(payload);
            let _ = LobbyReply::parse(payload);
            let _ = parse_done(payload);
        }
        _ => {}
    }
});
