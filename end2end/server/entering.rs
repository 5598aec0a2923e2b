//! The introductions of the seed, over raw frames.

use serde_json::json;

use crate::support::{Server, id, introduce, signal_to};

#[tokio::test]
async fn a_seed_client_is_introduced_as_the_seed_says() {
    let server = Server::start().await;
    let (mut ada, mut ben) = (server.client().await, server.client().await);
    ada.emit("create-session", json!("standup")).await;
    // The order of two sockets is nobody's: ask for a sign that Ada is inside.
    assert_eq!(
        ada.ask(
            "conn-init",
            json!({ "connUserSocketId": "abcdefghijklmnopqrst" })
        )
        .await["code"],
        "not-here"
    );
    ben.emit("create-session", json!("STANDUP")).await;

    let prepare = ada.expect("conn-prepare").await;
    let bens_id = prepare["justJoinedUserSocketId"]
        .as_str()
        .unwrap()
        .to_owned();
    ada.emit("conn-init", json!({ "connUserSocketId": bens_id }))
        .await;
    let init = ben.expect("conn-init").await;
    let adas_id = init["connUserSocketId"].as_str().unwrap().to_owned();

    let offer = json!({ "type": "offer", "sdp": "v=0\r\n" });
    ben.emit(
        "conn-signal",
        json!({ "signal": offer, "connUserSocketId": adas_id }),
    )
    .await;
    let signal = ada.expect("conn-signal").await;
    assert_eq!(
        (&signal["signal"], &signal["connUserSocketId"]),
        (&offer, &json!(bens_id))
    );

    let answer = json!({ "type": "answer", "sdp": "v=0\r\n" });
    ada.emit(
        "conn-signal",
        json!({ "signal": answer, "peerSocketId": bens_id }),
    )
    .await;
    assert_eq!(ben.expect("conn-signal").await["signal"], answer);

    ada.cut();
    assert_eq!(ben.expect("participant-left").await["id"], json!(adas_id));
}

#[tokio::test]
async fn who_is_ready_is_not_asked() {
    let server = Server::start().await;
    let [mut ada, mut ben, mut seed] = [
        server.client().await,
        server.client().await,
        server.client().await,
    ];
    let ready = json!({ "room": "standup", "autoPrepare": true });
    let adas = id(&ada.ask("create-session", ready.clone()).await);
    let reply = ben.ask("create-session", ready).await;
    assert_eq!(reply["protocol"], 2);
    assert_eq!(
        reply["prepared"],
        json!([{ "connUserSocketId": adas, "generation": 1 }])
    );
    // What Ben says now reaches Ada after `conn-prepare`, and she may still say that she is ready.
    ben.emit("conn-signal", signal_to(&adas)).await;
    let prepare = ada.expect("conn-prepare").await;
    assert_eq!(prepare["justJoinedUserSocketId"], reply["you"]);
    assert_eq!(ada.event().await.0, "conn-signal");
    let init = ada
        .ask("conn-init", json!({ "connUserSocketId": reply["you"] }))
        .await;
    assert_eq!(init["ok"], true, "{init}");

    // A newcomer that knows nothing of this hears of both as ever.
    seed.emit("create-session", json!("standup")).await;
    let mut inside = [adas, id(&reply)].map(serde_json::Value::from);
    let mut ready = [(); 2].map(|()| serde_json::Value::Null);
    for ready in &mut ready {
        *ready = seed.expect("conn-init").await["connUserSocketId"].take();
    }
    let by_name = |id: &serde_json::Value| id.to_string();
    inside.sort_by_key(by_name);
    ready.sort_by_key(by_name);
    assert_eq!(ready, inside);
    // Ben was told in the reply, and is not told again.
    let state = ben.event().await;
    assert_eq!(state.0, "participant-state");
}

#[tokio::test]
async fn the_reply_says_who_is_here_and_later_events_who_changes() {
    let server = Server::with(|settings| {
        settings.ice_server = vec!["turn:turn.example.org:3478,ada,secret".parse().unwrap()];
    })
    .await;
    let (mut ada, mut ben) = (server.client().await, server.client().await);
    let adas = ada.enter("standup").await;
    let bens = ben
        .ask(
            "create-session",
            json!({ "room": "standup", "name": "Ben", "camera": false }),
        )
        .await;
    assert_eq!(bens["participants"][0]["id"], adas["you"]);
    assert_eq!(bens["participants"][0]["name"], "Ada");
    assert_eq!(bens["iceServers"][0]["credential"], "secret");
    assert_eq!(bens["maxParticipants"], 8);

    let state = ada.expect("participant-state").await;
    assert_eq!(
        (&state["id"], &state["name"], &state["camera"]),
        (&bens["you"], &json!("Ben"), &json!(false))
    );
    ben.emit(
        "participant-state",
        json!({ "name": "Ben", "microphone": false, "camera": true }),
    )
    .await;
    let state = ada.expect("participant-state").await;
    assert_eq!(
        (&state["microphone"], &state["camera"]),
        (&json!(false), &json!(true))
    );

    ben.emit("leave-session", json!({})).await;
    assert_eq!(ada.expect("participant-left").await["id"], bens["you"]);
    assert_eq!(ben.enter("elsewhere").await["ok"], true);
}

#[tokio::test]
async fn signals_keep_their_order() {
    let server = Server::start().await;
    let (mut ada, mut ben) = (server.client().await, server.client().await);
    let adas_id = id(&ada.enter("standup").await);
    ben.enter("standup").await;
    introduce(&mut ada, &mut ben).await;
    for number in 0..1_000 {
        let signal =
            json!({ "type": "candidate", "candidate": { "candidate": number.to_string() } });
        ben.emit(
            "conn-signal",
            json!({ "connUserSocketId": adas_id, "signal": signal }),
        )
        .await;
    }
    for number in 0..1_000 {
        let heard = ada.expect("conn-signal").await;
        assert_eq!(
            heard["signal"]["candidate"]["candidate"],
            number.to_string()
        );
    }
}

#[tokio::test]
async fn who_asks_for_it_is_introduced_again_and_old_signals_are_dropped() {
    let server = Server::start().await;
    let (mut ada, mut ben) = (server.client().await, server.client().await);
    let adas_id = id(&ada.enter("standup").await);
    let bens_id = id(&ben.enter("standup").await);
    introduce(&mut ada, &mut ben).await;
    ben.emit(
        "peer-restart",
        json!({ "connUserSocketId": adas_id, "generation": 1 }),
    )
    .await;
    let prepare = ada.expect("conn-prepare").await;
    assert_eq!(
        (&prepare["justJoinedUserSocketId"], &prepare["generation"]),
        (&json!(bens_id), &json!(2))
    );
    ada.emit(
        "conn-init",
        json!({ "connUserSocketId": bens_id, "generation": 2 }),
    )
    .await;
    assert_eq!(ben.expect("conn-init").await["generation"], 2);

    let mut old = signal_to(&adas_id);
    old["generation"] = json!(1);
    ben.emit("conn-signal", old).await;
    let mut new = signal_to(&adas_id);
    new["generation"] = json!(2);
    new["signal"] = json!({ "type": "offer", "sdp": "v=0 new" });
    ben.emit("conn-signal", new).await;
    assert_eq!(ada.expect("conn-signal").await["signal"]["sdp"], "v=0 new");
}
