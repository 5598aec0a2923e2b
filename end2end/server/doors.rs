//! Looking in, and knocking at locked doors.

use serde_json::{Value, json};

use crate::support::{Client, Server};

fn lock(locked: bool) -> Value {
    json!({ "action": "lock", "locked": locked })
}

fn knock(name: &str) -> Value {
    json!({ "room": "standup", "name": name })
}

fn admit(knocking: &Value, admit: bool) -> Value {
    json!({ "action": "admit", "id": knocking["waiting"][0]["id"], "admit": admit })
}

/// The names of those who wait, as the host hears them next.
async fn waiting(host: &mut Client) -> Vec<String> {
    let knocking = host.expect("knocking").await;
    let name = |knocker: &Value| knocker["name"].as_str().unwrap().to_owned();
    knocking["waiting"]
        .as_array()
        .unwrap()
        .iter()
        .map(name)
        .collect()
}

#[tokio::test]
async fn a_locked_room_lets_in_whom_the_host_lets_in() {
    let server = Server::start().await;
    let (mut ada, mut ben) = (server.client().await, server.client().await);
    let adas = ada.enter("standup").await;
    ada.granted("host", lock(true)).await;
    for room in [json!("standup"), json!({ "room": "STANDUP" })] {
        assert_eq!(ben.refused("create-session", room).await, "locked");
    }
    ben.granted("knock", knock("Ben")).await;
    let knocking = ada.expect("knocking").await;
    assert_eq!(knocking["waiting"][0]["name"], "Ben");
    assert_ne!(knocking["waiting"][0]["id"], adas["you"]);
    ada.granted("host", admit(&knocking, false)).await;
    assert_eq!(
        ben.expect("knock-result").await,
        json!({ "admitted": false })
    );
    assert_eq!(ada.expect("knocking").await, json!({ "waiting": [] }));
    assert_eq!(
        ada.refused("host", admit(&knocking, true)).await,
        "not-here"
    );
    assert_eq!(ben.refused("create-session", knock("Ben")).await, "locked");

    ben.granted("knock", knock("Ben")).await;
    let knocking = ada.expect("knocking").await;
    ada.granted("host", admit(&knocking, true)).await;
    assert_eq!(
        ben.expect("knock-result").await,
        json!({ "admitted": true })
    );
    let mut thief = server.client().await;
    assert_eq!(
        thief.refused("create-session", knock("Ben")).await,
        "locked",
        "it is this connection that was let in"
    );
    assert_eq!(ben.enter("standup").await["state"]["locked"], true);
    // Once: who leaves has to knock again.
    ben.granted("leave-session", json!({})).await;
    assert_eq!(ben.refused("create-session", knock("Ben")).await, "locked");

    // Who is inside comes back through a locked door.
    ada.cut();
    let mut ada = server.client().await;
    let resume = json!({ "room": "standup", "resume": adas["resume"] });
    let back = ada.granted("create-session", resume).await;
    assert_eq!(
        back["state"],
        json!({ "host": adas["you"], "locked": true, "topology": "mesh" })
    );
}

#[tokio::test]
async fn everyone_who_waits_is_answered_in_the_end() {
    let server = Server::start().await;
    let [mut ada, mut ben, mut cleo, mut dan, mut eve] = [
        server.client().await,
        server.client().await,
        server.client().await,
        server.client().await,
        server.client().await,
    ];
    cleo.granted("knock", knock("Cleo")).await;
    assert_eq!(
        cleo.expect("knock-result").await["admitted"],
        true,
        "nobody is there"
    );
    ada.enter("standup").await;
    ben.enter("standup").await;
    ada.granted("host", lock(true)).await;
    for (client, name, all) in [
        (&mut cleo, "Cleo", vec!["Cleo"]),
        (&mut dan, "Dan", vec!["Cleo", "Dan"]),
        (&mut eve, "Eve", vec!["Cleo", "Dan", "Eve"]),
    ] {
        client.granted("knock", knock(name)).await;
        assert_eq!(waiting(&mut ada).await, all);
    }
    // One gives up, one is cut, and the next host hears who is left.
    cleo.granted("leave-session", json!({})).await;
    assert_eq!(waiting(&mut ada).await, ["Dan", "Eve"]);
    dan.cut();
    assert_eq!(waiting(&mut ada).await, ["Eve"]);
    ada.granted("leave-session", json!({})).await;
    assert_eq!(waiting(&mut ben).await, ["Eve"]);
    eve.has_heard_all().await;
    ben.granted("host", lock(false)).await;
    assert_eq!(eve.expect("knock-result").await["admitted"], true);
    assert_eq!(waiting(&mut ben).await, [""; 0]);
    cleo.has_heard_all().await;

    // When the last one is gone, so is the lock.
    ben.granted("host", lock(true)).await;
    eve.granted("knock", knock("Eve")).await;
    ben.granted("leave-session", json!({})).await;
    assert_eq!(eve.expect("knock-result").await["admitted"], true);
    let reply = eve.enter("standup").await;
    assert_eq!(
        reply["state"],
        json!({ "host": reply["you"], "locked": false, "topology": "mesh" })
    );
}

#[tokio::test]
async fn a_crowd_at_the_door() {
    let server = Server::start().await;
    let mut ada = server.client().await;
    ada.enter("standup").await;
    assert_eq!(ada.refused("knock", knock("Ada")).await, "already-in-room");
    ada.granted("host", lock(true)).await;
    let mut crowd = Vec::new();
    for number in 0..16 {
        let mut client = server.client().await;
        client.granted("knock", knock(&number.to_string())).await;
        crowd.push(client);
    }
    let mut late = server.client().await;
    assert_eq!(
        late.refused("knock", knock("late")).await,
        "too-many-waiting"
    );
    crowd[0].granted("knock", knock("zero")).await;
    let mut all = Vec::new();
    while all.first().is_none_or(|name| name != "zero") {
        all = waiting(&mut ada).await;
    }
    assert_eq!(
        (all.len(), &*all[15]),
        (16, "15"),
        "who knocks again keeps its place"
    );
}

#[tokio::test]
async fn who_looks_in_sees_who_is_inside_and_who_comes() {
    let server = Server::start().await;
    let (mut ada, mut ben, mut cleo) = (
        server.client().await,
        server.client().await,
        server.client().await,
    );
    let look = json!({ "room": "standup" });
    let sees = |people: Value, count, locked| json!({ "people": people, "count": count, "locked": locked });
    let mut reply = cleo.granted("lobby-watch", look.clone()).await;
    reply.as_object_mut().unwrap().remove("ok");
    assert_eq!(
        reply.as_object_mut().unwrap().remove("protocol"),
        Some(json!(2))
    );
    assert_eq!(reply, sees(json!([]), 0, false));
    ada.enter("standup").await;
    assert_eq!(
        cleo.event().await,
        ("lobby-state".into(), sees(json!(["Ada"]), 1, false))
    );
    ben.granted("create-session", json!("standup")).await;
    assert_eq!(
        cleo.event().await.1,
        sees(json!(["Ada"]), 2, false),
        "not everyone has a name"
    );
    // What can't be seen from outside is not told.
    ada.granted(
        "participant-state",
        json!({ "name": "Ada", "camera": false }),
    )
    .await;
    ada.granted("participant-state", json!({ "name": "Ada L" }))
        .await;
    assert_eq!(cleo.event().await.1, sees(json!(["Ada L"]), 2, false));
    ada.granted("host", lock(true)).await;
    assert_eq!(cleo.event().await.1, sees(json!([]), 2, true));
    ada.granted("host", lock(false)).await;
    assert_eq!(cleo.event().await.1, sees(json!(["Ada L"]), 2, false));

    // Another room in its place; and nothing more from inside.
    cleo.granted("lobby-watch", json!({ "room": "elsewhere" }))
        .await;
    ben.granted("leave-session", json!({})).await;
    cleo.has_heard_all().await;
    cleo.granted("lobby-watch", look.clone()).await;
    cleo.enter("standup").await;
    assert_eq!(cleo.refused("lobby-watch", look).await, "already-in-room");
    ben.enter("standup").await;
    assert_eq!(cleo.event().await.0, "participant-state");
    assert_eq!(cleo.event().await.0, "conn-prepare");
    cleo.has_heard_all().await;
}
