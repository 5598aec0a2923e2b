//! Talk reaches those whom it is for, within its bounds.

use serde_json::{Value, json};

use crate::support::{Bystanders, Server, id};

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
        ada.refused("say", json!({ "body": react() })).await,
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
    ada.granted("say", json!({ "body": chat(1, "  hello\nthere ") }))
        .await;
    for client in [&mut ben, &mut cleo] {
        let said = client.expect("said").await;
        assert_eq!(
            said,
            json!({ "from": adas, "body": chat(1, "hello\nthere") })
        );
    }
    // To one; and not kept for who is away, nor sent to who would not understand.
    let want = json!({ "kind": "want", "video": "low" });
    for to in [&json!(bens), &seeds] {
        ada.granted("say", json!({ "to": to, "body": want })).await;
    }
    assert_eq!(ben.expect("said").await["body"], want);
    for client in [&mut ben, &mut cleo, &mut seed, &mut eve] {
        client.has_heard_all().await;
    }
    for (to, code) in [
        (adas.as_str(), "yourself"),
        (&eves, "not-here"),
        ("abcdefghijklmnopqrst", "not-here"),
    ] {
        let say = json!({ "to": to, "body": want });
        assert_eq!(ada.refused("say", say).await, code);
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
        json!({ "body": { "kind": "want", "video": "low" } }),
        json!({ "to": adas, "body": history }),
        json!({ "body": { "kind": "__proto__" } }),
        json!({}),
    ] {
        assert_eq!(ben.refused("say", say.clone()).await, "malformed", "{say}");
    }
    ada.has_heard_all().await;
    ben.granted("say", json!({ "body": chat(1, &"é".repeat(2_000)) }))
        .await;
    assert_eq!(ada.event().await.0, "said");
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
        assert_eq!(ada.refused("say", say.clone()).await, "malformed", "{say}");
    }
    ada.granted("say", json!({ "body": offer(json!({})) }))
        .await;
    assert_eq!(
        ben.expect("said").await,
        json!({ "from": adas, "body": offer(json!({})) })
    );
    // What is asked of one is not told to others, nor to all.
    let ask = json!({ "kind": "file", "author": adas, "n": 1, "step": "ask" });
    assert_eq!(
        ben.refused("say", json!({ "body": ask })).await,
        "malformed"
    );
    ben.granted("say", json!({ "to": adas, "body": ask })).await;
    assert_eq!(
        ada.expect("said").await,
        json!({ "from": bens, "body": ask })
    );
    cleo.expect("said").await;
    cleo.has_heard_all().await;
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
        ben.emit("say", json!({ "body": react() })).await;
    }
    others.still_talk().await;
    // Ben is still there, and may still do other things.
    let say = json!({ "body": chat(1, "sorry") });
    ben.granted("say", say).await;
    let mut reactions = 0;
    let last = loop {
        let (name, said) = ada.event().await;
        assert_eq!((name.as_str(), &said["from"]), ("said", &json!(bens)));
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
            (&json!("slow-down"), &json!("say"))
        );
    }
    ben.has_heard_all().await;
    others.still_talk().await;
}
