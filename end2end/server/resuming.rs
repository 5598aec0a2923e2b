//! Coming back: within the grace time, after a restart, and not with what is forged or spent.

use serde_json::{Value, json};

use crate::support::{Client, Server, id, introduce, settings, signal_to};

async fn resume(client: &mut Client, room: &str, token: &Value, peers: Value) -> Value {
    client
        .ask(
            "create-session",
            json!({ "room": room, "name": "Ada", "resume": token, "peers": peers }),
        )
        .await
}

#[tokio::test]
async fn a_cut_socket_keeps_its_place_and_its_signals() {
    let server = Server::start().await;
    let (mut ada, mut ben) = (server.client().await, server.client().await);
    let adas = ada.enter("standup").await;
    let bens_id = id(&ben.enter("standup").await);
    introduce(&mut ada, &mut ben).await;
    ada.cut();
    let away = ben.expect("participant-state").await;
    assert_eq!((&away["id"], &away["away"]), (&adas["you"], &json!(true)));
    ben.emit("conn-signal", signal_to(&id(&adas))).await;

    let mut ada = server.client().await;
    let peers = json!([{ "id": bens_id, "initiator": false, "generation": 1 }]);
    let back = resume(&mut ada, "standup", &adas["resume"], peers).await;
    assert_eq!(
        (&back["you"], &back["resumed"], &back["recovering"]),
        (&adas["you"], &json!(true), &json!(false))
    );
    assert_eq!(
        ada.event().await.0,
        "conn-signal",
        "what was said meanwhile, and no second generation"
    );
    let (name, here) = ben.event().await;
    assert_eq!(
        (name.as_str(), &here["away"]),
        ("participant-state", &json!(false)),
        "and no leaving"
    );
}

#[tokio::test]
async fn a_socket_that_is_half_dead_is_replaced() {
    let server = Server::start().await;
    let mut old = server.client().await;
    let first = old.enter("standup").await;
    let mut new = server.client().await;
    let back = resume(&mut new, "standup", &first["resume"], json!([])).await;
    assert_eq!(back["you"], first["you"]);
    assert_eq!(old.event().await.0, "session-replaced");
    assert_eq!(
        old.frame().await.as_deref(),
        Some("41"),
        "the old socket is told to go"
    );
}

#[tokio::test]
async fn tokens_that_are_forged_spent_or_for_another_room() {
    let server = Server::start().await;
    let mut ada = server.client().await;
    let first = ada.enter("standup").await;
    let token = first["resume"].as_str().unwrap();
    let mut forged = token.to_owned();
    forged.replace_range(20..21, if &token[20..21] == "A" { "B" } else { "A" });
    let mut thief = server.client().await;
    for bad in [
        json!(forged),
        json!(""),
        json!("x".repeat(10_000)),
        json!("🙂"),
    ] {
        assert_eq!(
            resume(&mut thief, "standup", &bad, json!([])).await["code"],
            "resume-refused"
        );
    }
    assert_eq!(
        resume(&mut thief, "elsewhere", &json!(token), json!([])).await["code"],
        "resume-refused"
    );

    let mut again = server.client().await;
    let second = resume(&mut again, "standup", &json!(token), json!([])).await;
    again
        .ask("participant-state", json!({ "name": "Ada" }))
        .await;
    assert_eq!(
        resume(&mut thief, "standup", &json!(token), json!([])).await["code"],
        "resume-refused"
    );
    again.emit("leave-session", json!({})).await;
    again.ask("participant-state", json!({})).await;
    assert_eq!(
        resume(&mut thief, "standup", &second["resume"], json!([])).await["code"],
        "resume-refused"
    );
}

#[tokio::test]
async fn the_room_forms_again_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let first = Server::on(([127, 0, 0, 1], 0).into(), settings(&folder)).await;
    let address = first.address;
    let (mut ada, mut ben) = (first.client().await, first.client().await);
    let (adas, bens) = (ada.enter("standup").await, ben.enter("standup").await);
    introduce(&mut ada, &mut ben).await;
    first.stop().await;
    for client in [&mut ada, &mut ben] {
        client.expect("server-closing").await;
        client.closed().await;
    }

    let second = Server::on(address, settings(&folder)).await;
    let peer = |id: &Value, initiator: bool| json!([{ "id": id, "initiator": initiator, "generation": 1 }]);
    let mut ada = second.client().await;
    let back = resume(
        &mut ada,
        "standup",
        &adas["resume"],
        peer(&bens["you"], false),
    )
    .await;
    assert_eq!(
        (&back["you"], &back["recovering"]),
        (&adas["you"], &json!(true))
    );

    // Someone new comes while Ben is still on his way.
    let mut cleo = second.client().await;
    let cleos = cleo.enter("standup").await;
    introduce(&mut ada, &mut cleo).await;

    let mut ben = second.client().await;
    let back = resume(
        &mut ben,
        "standup",
        &bens["resume"],
        peer(&adas["you"], true),
    )
    .await;
    assert_eq!(back["you"], bens["you"]);
    let prepare = cleo.expect("conn-prepare").await;
    assert_eq!(prepare["justJoinedUserSocketId"], bens["you"]);
    cleo.emit("conn-init", json!({ "connUserSocketId": bens["you"] }))
        .await;
    assert_eq!(
        ben.event().await,
        (
            "conn-init".to_owned(),
            json!({ "connUserSocketId": cleos["you"], "generation": 1 })
        )
    );

    // Ada and Ben know each other still: the next that Ada hears is Ben's state, then his signal.
    ben.emit("conn-signal", signal_to(&id(&adas))).await;
    assert_eq!(ada.event().await.0, "participant-state");
    assert_eq!(ada.event().await.0, "conn-signal");
    second.stop().await;
}
