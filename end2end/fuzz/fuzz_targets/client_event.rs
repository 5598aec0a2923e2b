//! What a client sends, as the server reads it: an event's array, its name, its payload. What is understood means the
//! same when it is written and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use roundtable::protocol::{ClientEvent, WireEvent, frame::NamedPayload};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(event) = serde_json::from_str::<NamedPayload<'_>>(text) else {
        return;
    };
    let Ok(mut read) = ClientEvent::parse(&event.name, event.payload) else {
        return;
    };
    // It is written as an object, which says of its client that it can come back.
    if let ClientEvent::CreateSession(entry) = &mut read {
        entry.resumable = true;
    }
    let written = serde_json::value::to_raw_value(&read).expect("an event can be written");
    let again = ClientEvent::parse(read.name(), &written);
    assert_eq!(again.as_ref(), Ok(&read), "{written}");
});
