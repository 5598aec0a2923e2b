//! Who is removed from a meeting is out of it, and nobody else is.

use serde_json::{Value, json};

use crate::support::{Bystanders, Client, Server, id};

fn remove(id: &str, more: Value) -> Value {
    let mut action = json!({ "action": "kick", "id": id });
    for (field, value) in more.as_object().unwrap() {
        action[field] = value.clone();
    }
    action
}

fn standup(name: &str) -> Value {
    json!({ "room": "standup", "name": name })
}

#[tokio::test]
async fn who_is_removed_does_not_come_back() {
    let server = Server::start().await;
    let mut others = Bystanders::enter(&server, "quiet").await;
    let mut host = server.client().await;
    host.enter("standup").await;
    let mut eve = Client::connect_from(server.address, 2).await;
    let first = eve.enter("standup").await;
    host.granted("host", remove(&id(&first), json!({}))).await;
    eve.expect("kicked").await;
    let token = json!({ "room": "standup", "resume": first["resume"] });
    for mut again in [eve, Client::connect_from(server.address, 2).await] {
        assert_eq!(
            again.refused("create-session", token.clone()).await,
            "resume-refused"
        );
        for (event, payload) in [
            ("create-session", standup("Eve")),
            ("create-session", json!("standup")),
            ("knock", standup("Eve")),
            ("lobby-watch", json!({ "room": "standup" })),
        ] {
            assert_eq!(again.refused(event, payload).await, "kicked", "{event}");
        }
        // Elsewhere is elsewhere.
        again
            .granted("lobby-watch", json!({ "room": "quiet" }))
            .await;
    }
    let mut ben = Client::connect_from(server.address, 3).await;
    ben.granted("create-session", standup("Ben")).await;
    // With the meeting it ends.
    host.granted("host", json!({ "action": "end" })).await;
    let mut eve = Client::connect_from(server.address, 2).await;
    eve.granted("create-session", standup("Eve")).await;
    others.still_talk().await;
}

#[tokio::test]
async fn who_shares_an_address_is_not_kept_out_unasked() {
    let server = Server::start().await;
    let mut host = server.client().await;
    host.enter("standup").await;
    let (mut eve, mut ben) = (server.client().await, server.client().await);
    let eves = id(&eve.enter("standup").await);
    let bens = ben.enter("standup").await;
    let reply = host
        .ask("host", remove(&eves, json!({ "lock": true })))
        .await;
    assert_eq!(
        (&reply["code"], &reply["id"], &reply["others"]),
        (&json!("address-shared"), &json!(eves), &json!(2))
    );
    eve.refused("are-you-there", json!({})).await;
    assert!(!eve.has_heard("kicked"));
    let mut cleo = server.client().await;
    cleo.granted("lobby-watch", json!({ "room": "standup" }))
        .await;
    let removal = json!({ "address": true, "lock": true });
    host.granted("host", remove(&eves, removal)).await;
    eve.expect("kicked").await;
    assert_eq!(host.expect("room-state").await["locked"], true);
    let mut dan = server.client().await;
    for client in [&mut eve, &mut cleo, &mut dan] {
        assert_eq!(
            client.refused("create-session", standup("Eve")).await,
            "kicked"
        );
    }
    // Who is inside comes back as ever.
    ben.cut();
    let mut ben = server.client().await;
    let back = json!({ "room": "standup", "name": "Ben", "resume": bens["resume"] });
    assert_eq!(
        ben.granted("create-session", back).await["you"],
        bens["you"]
    );
    let mut far = Client::connect_from(server.address, 4).await;
    assert_eq!(
        far.refused("create-session", standup("Far")).await,
        "locked"
    );
}
