//! Talk reaches those whom it is for, within its bounds.

use serde_json::{Value, json};

use crate::support::{Bystanders, Client, Server, id, settings};

fn chat(n: u32, text: &str) -> Value {
    json!({ "kind": "chat", "n": n, "clock": n, "at": 1_700_000_000_000_u64, "text": text })
}

fn react() -> Value {
    json!({ "kind": "react", "reaction": "clap" })
}

#[tokio::test]
async fn chat_reaches_everyone_else_in_the_room_and_nobody_else() {
    let server = Server::start().await;
    let [mut ada, mut ben, mut cleo, mut seed, mut eve] = [
        server.client().await,
        server.client().await,
        server.client().await,
        server.client().await,
        server.client().await,
    ];
    assert_eq!(
        ada.refused("message", json!({ "body": react() })).await,
        "not-in-room"
    );
    let adas = id(&ada.enter("standup").await);
    let bens = id(&ben.enter("standup").await);
    let cleos = id(&cleo.enter("standup").await);
    seed.granted("create-session", json!("standup")).await;
    let eves = id(&eve.enter("elsewhere").await);
    let seeds = loop {
        let joined = cleo.expect("conn-prepare").await["justJoinedUserSocketId"].take();
        if joined != json!(cleos) {
            break joined;
        }
    };
    ada.granted("message", json!({ "body": chat(1, "  hello\nthere ") }))
        .await;
    for client in [&mut ben, &mut cleo] {
        let mut said = client.expect("message").await;
        let stamp = said["body"]["stamp"].take();
        assert_eq!(stamp.as_str().map(str::len), Some(22));
        let mut body = chat(1, "hello\nthere");
        (body["name"], body["stamp"]) = (json!("Ada"), Value::Null);
        assert_eq!(said, json!({ "from": adas, "body": body }));
    }
    // To one; and not kept for who is away, nor sent to who would not understand.
    let want = json!({ "kind": "subscribe", "video": "low" });
    for to in [&json!(bens), &seeds] {
        ada.granted("message", json!({ "to": to, "body": want }))
            .await;
    }
    assert_eq!(ben.expect("message").await["body"], want);
    for client in [&mut ben, &mut cleo, &mut seed, &mut eve] {
        client.has_heard_all().await;
    }
    for (to, code) in [
        (adas.as_str(), "self-target"),
        (&eves, "not-here"),
        ("abcdefghijklmnopqrst", "not-here"),
    ] {
        let say = json!({ "to": to, "body": want });
        assert_eq!(ada.refused("message", say).await, code);
    }
    eve.has_heard_all().await;
}

#[tokio::test]
async fn what_is_too_large_or_strange_is_refused_and_not_passed_on() {
    let server = Server::start().await;
    let (mut ada, mut ben) = (server.client().await, server.client().await);
    let adas = id(&ada.enter("standup").await);
    ben.enter("standup").await;
    ada.expect("conn-prepare").await;
    let message = json!({ "author": adas, "n": 1, "clock": 1, "at": 1, "text": "x".repeat(2_000) });
    let history = json!({ "kind": "history", "messages": vec![message; 50], "last": true });
    for say in [
        json!({ "body": chat(1, &"x".repeat(10_000)) }),
        json!({ "body": chat(1, "\u{0}") }),
        json!({ "body": chat(1, "\u{1b}[2J") }),
        json!({ "body": chat(0, "zero") }),
        json!({ "body": chat(1, " ") }),
        json!({ "body": { "kind": "subscribe", "video": "low" } }),
        json!({ "to": adas, "body": history }),
        json!({ "body": { "kind": "__proto__" } }),
        json!({}),
    ] {
        assert_eq!(
            ben.refused("message", say.clone()).await,
            "malformed",
            "{say}"
        );
    }
    ada.has_heard_all().await;
    ben.granted("message", json!({ "body": chat(1, &"é".repeat(2_000)) }))
        .await;
    assert_eq!(ada.event().await.0, "message");
}

#[tokio::test]
async fn a_file_is_offered_and_asked_for_as_it_is_or_not_at_all() {
    let server = Server::start().await;
    let (mut ada, mut ben, mut cleo) = (
        server.client().await,
        server.client().await,
        server.client().await,
    );
    let adas = id(&ada.enter("standup").await);
    let bens = id(&ben.enter("standup").await);
    cleo.enter("standup").await;
    let file = json!({ "name": "<b>\u{644}.html", "size": 100 << 20, "type": "text/html" });
    let offer = |change: Value| {
        let mut file = file.clone();
        for (field, value) in change.as_object().unwrap() {
            file[field] = value.clone();
        }
        json!({ "kind": "chat", "n": 1, "clock": 1, "at": 1, "text": "", "file": file })
    };
    for change in [
        json!({ "name": "../../etc/passwd" }),
        json!({ "name": "..\\boot.ini" }),
        json!({ "name": "." }),
        json!({ "name": "gnp\u{202e}exe" }),
        json!({ "name": "a\u{0}.png" }),
        json!({ "name": "x".repeat(256) }),
        json!({ "name": null }),
        json!({ "size": 0 }),
        json!({ "size": -1 }),
        json!({ "size": 1.5 }),
        json!({ "size": (100 << 20) + 1 }),
        json!({ "size": "10" }),
        json!({ "type": "text/html\r\nX: y" }),
        json!({ "type": "x".repeat(101) }),
    ] {
        let say = json!({ "body": offer(change) });
        assert_eq!(
            ada.refused("message", say.clone()).await,
            "malformed",
            "{say}"
        );
    }
    ada.granted("message", json!({ "body": offer(json!({})) }))
        .await;
    let said = ben.expect("message").await;
    assert_eq!(
        (&said["from"], &said["body"]["file"]),
        (&json!(adas), &offer(json!({}))["file"])
    );
    // What is asked of one is not told to others, nor to all.
    let ask = json!({ "kind": "file", "author": adas, "n": 1, "step": "ask" });
    assert_eq!(
        ben.refused("message", json!({ "body": ask })).await,
        "malformed"
    );
    ben.granted("message", json!({ "to": adas, "body": ask }))
        .await;
    assert_eq!(
        ada.expect("message").await,
        json!({ "from": bens, "body": ask })
    );
    cleo.expect("message").await;
    cleo.has_heard_all().await;
    // Nobody speaks of a file as its author who is not.
    for (to, author, step) in [(&adas, &bens, "ask"), (&adas, &adas, "refuse")] {
        let lie = json!({ "kind": "file", "author": author, "n": 1, "step": step });
        let say = json!({ "to": to, "body": lie });
        assert_eq!(ben.refused("message", say).await, "malformed");
    }
    ada.has_heard_all_but("conn-prepare").await;
}

/// A line of the chat as it is told, with what the server puts on it.
async fn say(client: &mut Client, author: &str, n: u32, text: &str) -> Value {
    let reply = client
        .granted("message", json!({ "body": chat(n, text) }))
        .await;
    let mut message = chat(n, text);
    message.as_object_mut().unwrap().remove("kind");
    for (field, value) in [
        ("author", &json!(author)),
        ("name", &reply["name"]),
        ("stamp", &reply["stamp"]),
    ] {
        message[field] = value.clone();
    }
    message
}

fn with(message: &Value, field: &str, value: Value) -> Value {
    let mut message = message.clone();
    message[field] = value;
    message
}

#[tokio::test]
async fn nobody_is_told_what_its_author_did_not_say() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::on(([127, 0, 0, 1], 0).into(), settings(&folder)).await;
    let address = server.address;
    let (mut ada, mut liar, mut cleo) = (
        server.client().await,
        server.client().await,
        server.client().await,
    );
    let first = ada.enter("standup").await;
    let adas = id(&first);
    let liars_entry = liar.enter("standup").await;
    let liars = id(&liars_entry);
    let truth = say(&mut ada, &adas, 1, "hello").await;
    let own = say(&mut liar, &liars, 1, "mine").await;
    let cleos_entry = cleo.enter("standup").await;
    let cleos = id(&cleos_entry);
    let history = |messages: &[Value], last: bool| json!({ "to": cleos, "body": { "kind": "history", "messages": messages, "last": last } });
    let have = json!({ "to": liars, "body": { "kind": "chat-sync", "have": [] } });
    // Nobody is told who has not asked.
    assert_eq!(
        liar.refused("message", history(std::slice::from_ref(&truth), true))
            .await,
        "not-asked"
    );
    cleo.granted("message", have.clone()).await;
    let mut none = truth.clone();
    none.as_object_mut().unwrap().remove("stamp");
    let forged = [
        none,
        with(&truth, "text", json!("something else")),
        with(&truth, "name", json!("Eve")),
        with(&truth, "n", json!(2)),
        with(&truth, "clock", json!(7)),
        with(&truth, "at", json!(7)),
        with(&truth, "author", json!(liars)),
        with(&own, "author", json!(adas)),
        with(&own, "stamp", json!("A".repeat(22))),
        with(
            &own,
            "file",
            json!({ "name": "a.exe", "size": 1, "type": "" }),
        ),
    ];
    liar.granted("message", history(&forged, false)).await;
    let asked = [&forged[..], &[truth.clone(), own.clone()]].concat();
    liar.granted("message", history(&asked, true)).await;
    assert_eq!(
        liar.refused("message", history(&[], true)).await,
        "not-asked",
        "it was the last part"
    );
    let mut told = Vec::new();
    for _ in 0..2 {
        let said = cleo.expect("message").await;
        told.extend(said["body"]["messages"].as_array().unwrap().clone());
    }
    assert_eq!(told, [truth.clone(), own]);
    // A flood of lines pushes nothing out: none of it arrives.
    cleo.granted("message", have.clone()).await;
    for n in 0..10 {
        let lines: Vec<_> = (0..50)
            .map(|at| with(&truth, "n", json!(2 + 50 * n + at)))
            .collect();
        liar.granted("message", history(&lines, n == 9)).await;
        assert_eq!(
            cleo.expect("message").await["body"]["messages"],
            json!([]),
            "and a part stays a part"
        );
    }

    // A meeting goes on over a restart, and what was said in it can be told; in another meeting it can't.
    server.stop().await;
    let server = Server::on(address, settings(&folder)).await;
    let back =
        |entry: &Value| json!({ "room": "standup", "name": "Ada", "resume": entry["resume"] });
    let (mut liar, mut cleo) = (server.client().await, server.client().await);
    let again = liar.granted("create-session", back(&liars_entry)).await;
    assert_eq!(again["meeting"], first["meeting"]);
    cleo.granted("create-session", back(&cleos_entry)).await;
    cleo.granted("message", have).await;
    liar.granted("message", history(std::slice::from_ref(&truth), true))
        .await;
    let said = cleo.expect("message").await;
    assert_eq!(said["body"]["messages"], json!([truth]));
    let (mut dan, mut eve) = (server.client().await, server.client().await);
    let dans_entry = dan.enter("elsewhere").await;
    assert_ne!(dans_entry["meeting"], first["meeting"]);
    let (dans, eves) = (id(&dans_entry), id(&eve.enter("elsewhere").await));
    let ask = json!({ "to": eves, "body": { "kind": "chat-sync", "have": [] } });
    dan.granted("message", ask).await;
    let body = json!({ "kind": "history", "messages": [truth], "last": true });
    eve.granted("message", json!({ "to": dans, "body": body }))
        .await;
    assert_eq!(dan.expect("message").await["body"]["messages"], json!([]));
    server.stop().await;
}

#[tokio::test]
async fn a_storm_of_a_thousand_reactions() {
    let server = Server::start().await;
    let mut others = Bystanders::enter(&server, "quiet").await;
    let (mut ada, mut ben) = (server.client().await, server.client().await);
    ada.enter("standup").await;
    let bens = id(&ben.enter("standup").await);
    ada.expect("conn-prepare").await;
    for _ in 0..1_000 {
        ben.emit("message", json!({ "body": react() })).await;
    }
    others.still_talk().await;
    // Ben is still there, and may still do other things.
    let say = json!({ "body": chat(1, "sorry") });
    ben.granted("message", say).await;
    let mut reactions = 0;
    let last = loop {
        let (name, said) = ada.event().await;
        assert_eq!((name.as_str(), &said["from"]), ("message", &json!(bens)));
        if said["body"]["kind"] == "chat" {
            break said;
        }
        reactions += 1;
    };
    assert_eq!(last["body"]["text"], "sorry");
    assert!((20..200).contains(&reactions), "{reactions} came through");
    for _ in reactions..1_000 {
        let refused = ben.expect("refused").await;
        assert_eq!(
            (&refused["code"], &refused["event"]),
            (&json!("rate-limited"), &json!("message"))
        );
    }
    ben.has_heard_all().await;
    others.still_talk().await;
}
