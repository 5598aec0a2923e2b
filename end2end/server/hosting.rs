//! What a host may do, and that nobody else may.

use serde_json::{Value, json};

use crate::support::{Bystanders, Client, Server, id, settings};

/// A room with a host and two others, who have heard of each other.
struct Meeting {
    server: Server,
    ada: Client,
    ben: Client,
    cleo: Client,
    ids: [String; 3],
    /// Ben's token.
    token: Value,
}

async fn meeting() -> Meeting {
    let server = Server::start().await;
    let [mut ada, mut ben, mut cleo] = [
        server.client().await,
        server.client().await,
        server.client().await,
    ];
    let (adas, bens, cleos) = (
        ada.enter("standup").await,
        ben.enter("standup").await,
        cleo.enter("standup").await,
    );
    for reply in [&adas, &bens, &cleos] {
        let state = json!({ "host": adas["you"], "locked": false, "topology": "mesh" });
        assert_eq!(reply["state"], state, "the first is the host");
    }
    let everyone = [&mut ada, &mut ben];
    for (client, newcomers) in everyone.into_iter().zip([2, 1]) {
        for _ in 0..newcomers {
            client.expect("conn-prepare").await;
        }
    }
    let ids = [id(&adas), id(&bens), id(&cleos)];
    let token = bens["resume"].clone();
    Meeting {
        server,
        ada,
        ben,
        cleo,
        ids,
        token,
    }
}

/// Every power over someone.
fn powers(whom: &str, knocker: &Value) -> [Value; 9] {
    [
        json!({ "action": "lock", "locked": false }),
        json!({ "action": "admit", "id": knocker, "admit": true }),
        json!({ "action": "mute", "id": whom }),
        json!({ "action": "mute-all" }),
        json!({ "action": "lower-hand", "id": whom }),
        json!({ "action": "lower-hands" }),
        json!({ "action": "kick", "id": whom }),
        json!({ "action": "hand-over", "id": whom }),
        json!({ "action": "end" }),
    ]
}

fn state(name: &str, hand: bool) -> Value {
    json!({ "name": name, "microphone": true, "camera": true, "hand": hand })
}

#[tokio::test]
async fn no_power_without_the_right_has_any_effect() {
    let Meeting {
        server,
        mut ada,
        mut ben,
        mut cleo,
        ids: [adas, bens, cleos],
        ..
    } = meeting().await;
    cleo.granted("participant-state", state("Cleo", true)).await;
    ada.granted("host", json!({ "action": "lock", "locked": true }))
        .await;
    let mut dan = server.client().await;
    dan.granted("knock", json!({ "room": "standup", "name": "Dan" }))
        .await;
    let waiting = ada.expect("knocking").await["waiting"].take();
    for client in [&mut ben, &mut cleo] {
        assert_eq!(client.expect("room-state").await["locked"], true);
    }

    // A host elsewhere, and one who is nowhere.
    let (mut eve, mut nobody) = (server.client().await, server.client().await);
    eve.enter("elsewhere").await;
    for whom in [&adas, &bens, &cleos] {
        for power in powers(whom, &waiting[0]["id"]) {
            let code = ben.refused("host", power.clone()).await;
            assert_eq!(code, "not-host", "{power}");
            let code = nobody.refused("host", power).await;
            assert_eq!(code, "not-in-room");
        }
        for action in ["mute", "lower-hand", "kick", "hand-over"] {
            let code = eve
                .refused("host", json!({ "action": action, "id": whom }))
                .await;
            assert_eq!(code, "not-here", "{action}");
        }
    }
    let admit = json!({ "action": "admit", "id": waiting[0]["id"], "admit": true });
    assert_eq!(eve.refused("host", admit.clone()).await, "not-here");
    for client in [&mut ada, &mut ben, &mut cleo, &mut dan] {
        client.has_heard_all().await;
    }
    let mut frank = server.client().await;
    let reply = frank.ask("lobby-watch", json!({ "room": "standup" })).await;
    assert_eq!(
        (&reply["count"], &reply["locked"]),
        (&json!(3), &json!(true))
    );
    // Who waits is let in by whom it is meant for.
    ada.granted("host", admit).await;
    assert_eq!(dan.expect("knock-result").await["admitted"], true);
    let seen = dan.enter("standup").await;
    assert_eq!(seen["state"]["host"], json!(adas));
    let hands: Vec<_> = seen["participants"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| &p["hand"])
        .collect();
    assert_eq!(hands, [&json!(null), &json!(null), &json!(1)]);
}

#[tokio::test]
async fn the_host_mutes_and_lowers_hands() {
    let Meeting {
        server: _server,
        mut ada,
        mut ben,
        mut cleo,
        ids: [adas, bens, cleos],
        ..
    } = meeting().await;
    // Hands have the order of their raising, whatever else changes.
    cleo.granted("participant-state", state("Cleo", true)).await;
    ben.granted("participant-state", state("Ben", true)).await;
    cleo.granted("participant-state", state("Cleo again", true))
        .await;
    let mut hands = Vec::new();
    for _ in 0..3 {
        let seen = ada.expect("participant-state").await;
        hands.push((seen["id"].clone(), seen["hand"].clone()));
    }
    assert_eq!(
        hands,
        [
            (json!(cleos), json!(1)),
            (json!(bens), json!(2)),
            (json!(cleos), json!(1))
        ]
    );

    ada.granted("host", json!({ "action": "mute", "id": bens }))
        .await;
    assert_eq!(
        ben.expect("host-request").await,
        json!({ "request": "mute" })
    );
    let seen = cleo.expect("participant-state").await;
    assert_eq!(
        (&seen["hand"], &seen["microphone"]),
        (&json!(2), &json!(true))
    );
    let seen = cleo.expect("participant-state").await;
    assert_eq!(
        (&seen["id"], &seen["microphone"]),
        (&json!(bens), &json!(false))
    );
    // The person turns it on again.
    ben.granted("participant-state", state("Ben", true)).await;
    assert_eq!(cleo.expect("participant-state").await["microphone"], true);

    ada.granted("host", json!({ "action": "mute-all" })).await;
    for client in [&mut ben, &mut cleo] {
        assert_eq!(
            client.expect("host-request").await,
            json!({ "request": "mute" })
        );
    }
    ada.granted("host", json!({ "action": "lower-hand", "id": cleos }))
        .await;
    assert_eq!(
        cleo.expect("host-request").await,
        json!({ "request": "lower-hand" })
    );
    let mut seen = ben.expect("participant-state").await;
    while seen["id"] != json!(cleos) || seen["microphone"] == true {
        seen = ben.expect("participant-state").await;
    }
    assert_eq!(seen["hand"], 1, "muted, and the hand is still up");
    let seen = ben.expect("participant-state").await;
    assert_eq!((&seen["id"], &seen["hand"]), (&json!(cleos), &json!(null)));
    ada.granted("host", json!({ "action": "lower-hands" }))
        .await;
    assert_eq!(
        ben.expect("host-request").await,
        json!({ "request": "lower-hand" })
    );
    cleo.has_heard_all_but("participant-state").await;
    for action in ["kick", "hand-over"] {
        let own = json!({ "action": action, "id": adas });
        assert_eq!(ada.refused("host", own).await, "self-target");
    }
}

#[tokio::test]
async fn who_is_removed_hears_nothing_more_and_does_not_come_back() {
    let Meeting {
        server,
        mut ada,
        mut ben,
        mut cleo,
        ids: [adas, bens, _],
        token,
    } = meeting().await;
    ada.granted(
        "host",
        json!({ "action": "kick", "id": bens, "address": false }),
    )
    .await;
    assert_eq!(ben.expect("kicked").await, json!({}));
    assert_eq!(cleo.expect("participant-left").await["id"], json!(bens));
    ada.granted(
        "message",
        json!({ "body": { "kind": "react", "reaction": "wow" } }),
    )
    .await;
    assert_eq!(cleo.expect("message").await["from"], json!(adas));
    ben.has_heard_all().await;
    assert_eq!(
        ben.refused(
            "message",
            json!({ "body": { "kind": "react", "reaction": "wow" } })
        )
        .await,
        "not-in-room"
    );
    let resume = json!({ "room": "standup", "resume": token });
    assert_eq!(
        ben.refused("create-session", resume.clone()).await,
        "resume-refused"
    );
    let mut again = server.client().await;
    assert_eq!(
        again.refused("create-session", resume).await,
        "resume-refused"
    );
    // The locked door holds for them as for anybody.
    ada.granted("host", json!({ "action": "lock", "locked": true }))
        .await;
    assert_eq!(
        ben.refused("create-session", json!({ "room": "standup" }))
            .await,
        "locked"
    );
}

#[tokio::test]
async fn the_role_is_handed_over_and_passes_on_and_the_meeting_ends() {
    let Meeting {
        server,
        mut ada,
        mut ben,
        mut cleo,
        ids: [_, bens, cleos],
        ..
    } = meeting().await;
    let mut others = Bystanders::enter(&server, "quiet").await;
    ada.granted("host", json!({ "action": "hand-over", "id": cleos }))
        .await;
    for client in [&mut ada, &mut ben, &mut cleo] {
        let told = client.expect("room-state").await;
        assert_eq!(
            told,
            json!({ "host": cleos, "locked": false, "topology": "mesh" })
        );
    }
    assert_eq!(
        ada.refused("host", json!({ "action": "end" })).await,
        "not-host"
    );
    cleo.granted("leave-session", json!({})).await;
    // Ada has been here longest.
    ada.expect("room-state").await;
    ada.granted("host", json!({ "action": "hand-over", "id": bens }))
        .await;
    ada.granted("leave-session", json!({})).await;

    // A client of the seed hears nothing that it does not know, and is closed in the end.
    let mut seed = server.client().await;
    seed.ask("create-session", json!("standup")).await;
    let seeds_id = seed_id(&mut ben).await;
    for action in ["mute", "lower-hand", "hand-over"] {
        let code = ben
            .refused("host", json!({ "action": action, "id": seeds_id }))
            .await;
        assert_eq!(code, "unsupported");
    }
    ben.granted(
        "message",
        json!({ "body": { "kind": "react", "reaction": "wow" } }),
    )
    .await;
    ben.granted("host", json!({ "action": "lock", "locked": true }))
        .await;
    seed.has_heard_all().await;
    let mut dan = server.client().await;
    dan.granted("knock", json!({ "room": "standup", "name": "Dan" }))
        .await;
    ben.granted("host", json!({ "action": "end" })).await;
    assert_eq!(ben.expect("meeting-ended").await, json!({}));
    assert_eq!(dan.expect("knock-result").await["admitted"], false);
    assert_eq!(seed.frame().await.as_deref(), Some("41"));
    // The next meeting of this name is another one.
    let reply = dan.enter("standup").await;
    assert_eq!(
        reply["state"],
        json!({ "host": reply["you"], "locked": false, "topology": "mesh" })
    );
    assert_eq!(reply["participants"], json!([]));
    others.still_talk().await;
}

async fn seed_id(inside: &mut Client) -> Value {
    inside.expect("conn-prepare").await["justJoinedUserSocketId"].take()
}

#[tokio::test]
async fn the_host_of_before_a_restart_is_the_host_again() {
    let folder = tempfile::tempdir().unwrap();
    let first = Server::on(([127, 0, 0, 1], 0).into(), settings(&folder)).await;
    let address = first.address;
    let (mut ada, mut ben) = (first.client().await, first.client().await);
    let adas = ada.enter("standup").await;
    let bens = ben.enter("standup").await;
    ada.granted("host", json!({ "action": "hand-over", "id": bens["you"] }))
        .await;
    ben.granted("host", json!({ "action": "lock", "locked": true }))
        .await;
    first.stop().await;
    let second = Server::on(address, settings(&folder)).await;
    let resume = |token: &Value| json!({ "room": "standup", "name": "Ada", "resume": token });

    let mut ada = second.client().await;
    let back = ada.granted("create-session", resume(&adas["resume"])).await;
    assert_eq!(
        back["state"],
        json!({ "host": bens["you"], "locked": true, "topology": "mesh" }),
        "before he is back"
    );
    let mut ben = second.client().await;
    let back = ben.granted("create-session", resume(&bens["resume"])).await;
    let state = json!({ "host": bens["you"], "locked": true, "topology": "mesh" });
    assert_eq!(back["state"], state);
    assert_eq!(
        ada.refused("host", json!({ "action": "end" })).await,
        "not-host"
    );
    let mut stranger = second.client().await;
    assert_eq!(
        stranger
            .refused("create-session", json!({ "room": "standup" }))
            .await,
        "locked"
    );

    // Over a cut the role stays; it passes on when the host leaves.
    ben.cut();
    assert_eq!(ada.expect("participant-state").await["id"], bens["you"]);
    assert_eq!(ada.expect("participant-state").await["away"], true);
    let mut ben = second.client().await;
    let back = ben.granted("create-session", resume(&back["resume"])).await;
    assert_eq!(back["state"], state);
    ben.granted("leave-session", json!({})).await;
    let state = json!({ "host": adas["you"], "locked": true, "topology": "mesh" });
    assert_eq!(ada.expect("room-state").await, state);
    second.stop().await;
}
