use serde_json::{Value, json};

use super::*;
use crate::protocol::{Member, RoomState, ServerEvent, WireEvent};

const ID: &str = "abcdefghijklmnopqrst";

fn say(payload: Value) -> Result<MessageTo, Refusal> {
    MessageTo::parse(&RawValue::from_string(payload.to_string()).unwrap())
}

fn chat(text: &str) -> Value {
    json!({ "kind": "chat", "n": 1, "clock": 7, "at": 1_700_000_000_000_u64, "text": text })
}

fn with(mut object: Value, field: &str, value: Value) -> Value {
    object[field] = value;
    object
}

fn file() -> Value {
    json!({ "name": "plan.pdf", "size": 100 << 20, "type": "application/pdf" })
}

fn message() -> Value {
    let mut message = chat("hello");
    message.as_object_mut().unwrap().remove("kind");
    with(message, "author", json!(ID))
}

#[test]
fn every_kind_comes_back_as_it_was_and_is_heard_alike() {
    let with_file = with(chat(""), "file", file());
    for body in [
        chat("hello\n\tthere"),
        chat(&"é".repeat(2_000)),
        with_file,
        json!({ "kind": "react", "reaction": "thumbs-up" }),
        json!({ "kind": "chat-sync", "have": [{ "author": ID, "n": 3 }] }),
        json!({ "kind": "history", "messages": [with(message(), "name", json!("Ada")), message()], "last": true }),
        json!({ "kind": "subscribe", "video": "low" }),
        json!({ "kind": "direct-pause", "sources": ["microphone", "camera"] }),
        json!({ "kind": "file", "author": ID, "n": 3, "step": "ask" }),
    ] {
        let payload = json!({ "to": ID, "body": body });
        let said = say(payload.clone()).unwrap();
        assert_eq!(serde_json::to_value(&said).unwrap(), payload);
        let from = ParticipantId::parse(ID).unwrap();
        let event = ServerEvent::Message(MessageFrom {
            from,
            body: said.body,
        });
        let written = serde_json::to_string(&event).unwrap();
        assert_eq!(ServerEvent::parse("message", &written), Ok(event));
    }
}

#[test]
fn what_goes_beyond_its_bounds_is_refused() {
    let to_one = |body: Value| json!({ "to": ID, "body": body });
    let history =
        |count| json!({ "kind": "history", "messages": vec![message(); count], "last": false });
    let have = |count| json!({ "kind": "chat-sync", "have": vec![json!({ "author": ID, "n": 1 }); count] });
    let named = |name: &str| with(chat(""), "file", with(file(), "name", json!(name)));
    assert!(say(to_one(history(50))).is_ok());
    assert!(say(to_one(have(512))).is_ok());
    for body in [
        chat(""),
        chat(" \n "),
        chat(&"x".repeat(2_001)),
        chat("\u{0}"),
        chat("bell\u{7}"),
        chat("\u{1b}[31m"),
        with(chat("a"), "n", json!(0)),
        with(chat("a"), "n", json!(-1)),
        with(chat("a"), "clock", json!(u64::MAX)),
        with(chat("a"), "at", json!(1.5)),
        named(""),
        named(".."),
        named("a/b"),
        named("a\\b"),
        named("a\nb"),
        named("a\u{202e}b"),
        named(&"x".repeat(256)),
        with(chat("a"), "file", with(file(), "size", json!(0))),
        with(
            chat("a"),
            "file",
            with(file(), "size", json!((100 << 20) + 1)),
        ),
        with(
            chat("a"),
            "file",
            with(file(), "type", json!("x".repeat(101))),
        ),
        json!({ "kind": "react", "reaction": "thumbs-down" }),
        json!({ "kind": "react" }),
        json!({ "kind": "shout" }),
        json!({}),
        json!([]),
        history(51),
        have(513),
        json!({ "kind": "history", "messages": [with(message(), "text", json!(""))], "last": true }),
        json!({ "kind": "subscribe", "video": "most" }),
        json!({ "kind": "file", "author": ID, "n": 3, "step": "eat" }),
        json!({ "kind": "file", "author": "me", "n": 3, "step": "ask" }),
    ] {
        let refused = say(to_one(body.clone())).map_err(|refusal| refusal.code());
        assert_eq!(refused, Err("malformed"), "{body}");
    }
    let large = "x".repeat(2_000);
    let messages = vec![with(message(), "text", json!(large)); 50];
    let large = json!({ "kind": "history", "messages": messages, "last": true });
    assert!(say(to_one(large)).is_err(), "more than 96 KiB");
}

#[test]
fn what_is_for_one_is_not_for_all() {
    for (body, for_all) in [
        (chat("hello"), true),
        (json!({ "kind": "react", "reaction": "wow" }), true),
        (json!({ "kind": "chat-sync", "have": [] }), false),
        (
            json!({ "kind": "history", "messages": [], "last": true }),
            false,
        ),
        (json!({ "kind": "subscribe", "video": "full" }), false),
        (
            json!({ "kind": "file", "author": ID, "n": 1, "step": "stop" }),
            false,
        ),
    ] {
        assert_eq!(say(json!({ "body": body })).is_ok(), for_all, "{body}");
    }
}

#[test]
fn any_file_gets_a_name_that_can_be_offered() {
    for (name, offered) in [
        ("plan.pdf", "plan.pdf"),
        ("<b>&.html", "<b>&.html"),
        ("a/b\\c", "a_b_c"),
        ("gnp\u{202e}exe\n", "gnp_exe_"),
        ("", "_"),
        ("..", "_"),
        ("كتاب.pdf", "كتاب.pdf"),
    ] {
        assert_eq!(FileInfo::presentable(name), offered);
        assert!(FileInfo::new(offered, 1, "").is_ok());
    }
    let long = FileInfo::presentable(&"é".repeat(300));
    assert!(FileInfo::new(&long, 1, "").is_ok());
}

#[test]
fn texts_are_trimmed() {
    assert_eq!(ChatText::parse("  a b\n").unwrap().as_str(), "a b");
    assert_eq!(ChatText::parse("\u{85}x\u{85}").unwrap().as_str(), "x");
}

#[test]
fn members_of_older_and_newer_servers_are_heard() {
    let heard = |json: &str| match ServerEvent::parse("participant-state", json) {
        Ok(ServerEvent::ParticipantState(member)) => member,
        other => panic!("{other:?}"),
    };
    let plain = heard(&format!(r#"{{"id":"{ID}"}}"#));
    assert_eq!(
        (plain.hand, plain.presence.hand, plain.presence.screen),
        (None, false, false)
    );
    let member = Member {
        hand: Some(3),
        presence: crate::protocol::Presence {
            hand: true,
            screen: true,
            recording: true,
            ..plain.presence.clone()
        },
        ..plain
    };
    assert_eq!(heard(&serde_json::to_string(&member).unwrap()), member);
    assert_eq!(
        ServerEvent::parse("room-state", r#"{"locked":true}"#),
        Ok(ServerEvent::RoomState(RoomState {
            host: None,
            locked: true,
            ..RoomState::default()
        }))
    );
}
