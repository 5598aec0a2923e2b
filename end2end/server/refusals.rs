//! What does not fit is refused with a code and a sentence, and nobody else notices.

use serde_json::{Value, json};

use crate::support::{Bystanders, Client, Server, id, introduce, signal_to};

/// The code of the refusal that comes next; it has a sentence too.
async fn refusal(client: &mut Client) -> String {
    let refused = client.expect("refused").await;
    assert!(
        refused["message"]
            .as_str()
            .is_some_and(|sentence| sentence.len() > 10),
        "{refused}"
    );
    refused["code"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn events_that_do_not_fit() {
    let server = Server::start().await;
    let mut others = Bystanders::enter(&server, "quiet").await;
    let mut client = server.client().await;
    client.enter("quiet-too").await;
    let someone = json!("abcdefghijklmnopqrst");
    for (name, payload, code) in [
        ("no-such-event", json!({}), "unknown-event"),
        ("__proto__", json!({}), "unknown-event"),
        ("conn-init", json!(null), "malformed"),
        ("conn-init", json!([]), "malformed"),
        ("conn-init", json!({ "connUserSocketId": 7 }), "malformed"),
        (
            "conn-signal",
            json!({ "connUserSocketId": someone }),
            "malformed",
        ),
        (
            "conn-signal",
            json!({ "signal": { "type": "renegotiate" } }),
            "malformed",
        ),
        (
            "conn-signal",
            json!({ "connUserSocketId": someone, "signal": { "type": "offer", "sdp": 7 } }),
            "malformed",
        ),
        (
            "conn-signal",
            json!({ "connUserSocketId": someone, "signal": { "type": "shrug" } }),
            "malformed",
        ),
        (
            "participant-state",
            json!({ "name": { "first": "Ada" } }),
            "malformed",
        ),
        (
            "participant-state",
            json!({ "name": "x".repeat(65) }),
            "malformed",
        ),
        (
            "participant-state",
            json!({ "name": "\u{202e}adA" }),
            "malformed",
        ),
        ("create-session", json!("again"), "already-in-room"),
        (
            "create-session",
            json!({ "room": "again" }),
            "already-in-room",
        ),
    ] {
        client.emit(name, payload.clone()).await;
        assert_eq!(refusal(&mut client).await, code, "{name} {payload}");
        let reply = client.ask(name, payload).await;
        assert_eq!(
            (&reply["ok"], &reply["code"]),
            (&json!(false), &json!(code))
        );
    }
    others.still_talk().await;
}

#[tokio::test]
async fn names_of_rooms_that_are_none() {
    let server = Server::start().await;
    let mut client = server.client().await;
    for room in [
        "",
        " ",
        "a b",
        "a\u{0}b",
        "\u{7}",
        "a/b",
        "../etc",
        "<b>",
        &"x".repeat(65),
        &"x".repeat(10_000),
    ] {
        for payload in [json!(room), json!({ "room": room })] {
            client.emit("create-session", payload).await;
            assert_eq!(refusal(&mut client).await, "bad-room-name", "{room:?}");
        }
    }
    client.emit("create-session", json!(7)).await;
    assert_eq!(refusal(&mut client).await, "malformed");
    client.enter("still-here").await;
}

#[tokio::test]
async fn signals_to_nobody_to_oneself_and_to_other_rooms() {
    let server = Server::start().await;
    let mut others = Bystanders::enter(&server, "quiet").await;
    let mut client = server.client().await;
    client.emit("conn-signal", signal_to(others.id())).await;
    assert_eq!(refusal(&mut client).await, "not-in-room");
    let own = id(&client.enter("elsewhere").await);

    let mut words = Vec::new();
    for stranger in [others.id().to_owned(), "abcdefghijklmnopqrst".to_owned()] {
        for name in ["conn-signal", "conn-init", "peer-restart"] {
            let reply = client.ask(name, signal_to(&stranger)).await;
            assert_eq!(reply["code"], "not-here", "{name}");
            words.push(reply["message"].as_str().unwrap().replace(&stranger, "?"));
        }
    }
    words.dedup();
    assert_eq!(
        words.len(),
        1,
        "who is elsewhere must not be told from who is nowhere: {words:?}"
    );
    assert_eq!(
        client.ask("conn-signal", signal_to(&own)).await["code"],
        "self-target"
    );
    others.still_talk().await;
}

#[tokio::test]
async fn an_introduction_is_answered_by_who_was_asked_and_once() {
    let server = Server::start().await;
    let (mut ada, mut ben) = (server.client().await, server.client().await);
    let adas_id = id(&ada.enter("standup").await);
    let bens_id = id(&ben.enter("standup").await);
    let about = |id: &str| -> Value { json!({ "connUserSocketId": id }) };
    assert_eq!(
        ben.ask("conn-init", about(&adas_id)).await["code"],
        "not-prepared"
    );
    assert_eq!(
        ben.ask("conn-signal", signal_to(&adas_id)).await["code"],
        "not-prepared"
    );
    introduce(&mut ada, &mut ben).await;
    assert_eq!(
        ada.ask("conn-init", about(&bens_id)).await["code"],
        "not-prepared"
    );
}

#[tokio::test]
async fn a_full_room_and_a_full_server() {
    let server =
        Server::with(|settings| (settings.max_participants, settings.max_rooms) = (2, 2)).await;
    let mut others = Bystanders::enter(&server, "quiet").await;
    let mut third = server.client().await;
    let reply = third
        .ask("create-session", json!({ "room": "quiet" }))
        .await;
    assert_eq!(
        (&reply["code"], &reply["limit"]),
        (&json!("room-full"), &json!(2))
    );
    third.enter("second").await;
    let mut fourth = server.client().await;
    assert_eq!(
        fourth
            .ask("create-session", json!({ "room": "third" }))
            .await["code"],
        "too-many-rooms"
    );
    third.emit("leave-session", json!({})).await;
    third.ask("participant-state", json!({})).await;
    fourth.enter("third").await;
    others.still_talk().await;
}

#[tokio::test]
async fn binary_packets() {
    let server = Server::start().await;
    let mut others = Bystanders::enter(&server, "quiet").await;
    let mut client = server.client().await;
    client
        .send_text(r#"451-["create-session",{"_placeholder":true,"num":0}]"#)
        .await;
    client
        .try_send(tokio_tungstenite::tungstenite::Message::binary(vec![
            1, 2, 3,
        ]))
        .await;
    assert_eq!(refusal(&mut client).await, "binary");
    client.enter("still-here").await;
    // Of a namespace that there is not: passed over, with what is attached.
    client
        .send_text(r#"451-/elsewhere,["message",{"_placeholder":true,"num":0}]"#)
        .await;
    client
        .try_send(tokio_tungstenite::tungstenite::Message::binary(vec![5]))
        .await;
    client.has_heard_all().await;
    // An attachment that nothing announced.
    client
        .try_send(tokio_tungstenite::tungstenite::Message::binary(vec![4]))
        .await;
    client.closed().await;
    others.still_talk().await;
}

#[tokio::test]
async fn pages_of_other_origins() {
    let server = Server::with(|settings| {
        settings.allow_origin = vec!["https://friend.example".parse().unwrap()]
    })
    .await;
    assert_eq!(
        Client::from_origin(server.address, "https://evil.example").await,
        Err(403)
    );
    assert_eq!(Client::from_origin(server.address, "null").await, Err(403));
    assert_eq!(
        Client::from_origin(server.address, "https://friend.example").await,
        Ok(())
    );
    assert_eq!(
        Client::from_origin(server.address, &format!("http://{}", server.address)).await,
        Ok(())
    );
    let polling = "/socket.io/?EIO=4&transport=polling";
    let refused = server
        .request("GET", polling, &[("origin", "https://evil.example")], "")
        .await;
    assert_eq!(refused.status, 403);
    assert!(refused.text().contains("--allow-origin"));
    let allowed = server
        .request("GET", polling, &[("origin", "https://friend.example")], "")
        .await;
    assert_eq!(allowed.status, 200);
    assert!(
        allowed
            .head
            .contains("access-control-allow-origin: https://friend.example"),
        "{}",
        allowed.head
    );
}

#[tokio::test]
async fn every_origin_where_the_host_says_so() {
    let server = Server::with(|settings| settings.allow_origin = vec!["*".parse().unwrap()]).await;
    assert_eq!(
        Client::from_origin(server.address, "https://anyone.example").await,
        Ok(())
    );
}
