//! What a connection says after its end: nothing comes of it, and nothing is left behind.

use serde_json::json;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Bystanders, Client, SOON, Server};

/// As many rooms as the server takes; some are others'.
const ROOMS: usize = 4;

async fn small_server() -> Server {
    Server::with(|settings| settings.max_rooms = ROOMS).await
}

/// As many rooms can be made as the server takes, now or as soon as it has seen the ends.
async fn has_place_for(server: &Server, rooms: usize) {
    // Whoever goes makes place for the next.
    let mut inside = Vec::new();
    for number in 0..rooms {
        let enters = async {
            loop {
                let mut client = server.client().await;
                let room = format!("honest-{number}");
                let reply = client
                    .ask("create-session", json!({ "room": room, "name": "Ada" }))
                    .await;
                if reply["ok"] == true {
                    break client;
                }
                assert_eq!(reply["code"], "too-many-rooms");
                sleep(std::time::Duration::from_millis(20)).await;
            }
        };
        inside.push(timeout(SOON, enters).await.expect("a place is free"));
    }
}

#[tokio::test]
async fn who_has_left_the_namespace_takes_no_place() {
    let server = small_server().await;
    let mut others = Bystanders::enter(&server, "quiet").await;
    let mut left = Vec::new();
    for number in 0..2 * ROOMS {
        let mut client = server.client().await;
        client.send_text("41").await;
        let room = format!("taken-{number}");
        for (event, payload) in [
            ("create-session", json!(room)),
            ("create-session", json!({ "room": room, "name": "Eve" })),
            ("knock", json!({ "room": room, "name": "Eve" })),
            ("lobby-watch", json!({ "room": "quiet" })),
        ] {
            client.emit(event, payload).await;
        }
        left.push(client);
    }
    for mut client in left {
        client.closed().await;
    }
    has_place_for(&server, ROOMS - 1).await;
    others.still_talk().await;
}

#[tokio::test]
async fn who_is_put_out_for_its_speed_takes_no_place() {
    let server = small_server().await;
    let mut others = Bystanders::enter(&server, "quiet").await;
    for number in 0..2 {
        let mut client = server.client().await;
        for event in 0..4_000 {
            let text = format!(r#"42["create-session","taken-{number}-{event}"]"#);
            if !client.try_send(Message::text(text)).await {
                break;
            }
        }
        client.closed().await;
    }
    has_place_for(&server, ROOMS - 1).await;
    others.still_talk().await;
}

#[tokio::test]
async fn who_goes_while_events_are_queued_leaves_nothing_behind() {
    let server = small_server().await;
    let mut others = Bystanders::enter(&server, "quiet").await;
    for number in 0..10 * ROOMS {
        let mut client = Client::open(server.address).await;
        client.send_text("40").await;
        for event in [
            format!(r#"42["create-session","taken-{number}"]"#),
            r#"42["lobby-watch",{"room":"quiet"}]"#.to_owned(),
        ] {
            client.try_send(Message::text(event)).await;
        }
        client.cut();
    }
    has_place_for(&server, ROOMS - 1).await;
    others.still_talk().await;
}

#[tokio::test]
async fn what_follows_the_end_in_one_request_is_not_heard() {
    let server = small_server().await;
    let mut others = Bystanders::enter(&server, "quiet").await;
    for number in 0..2 * ROOMS {
        let target = "/socket.io/?EIO=4&transport=polling";
        let open = server.request("GET", target, &[], "").await.text();
        let sid = open.split('"').nth(3).unwrap();
        let target = format!("{target}&sid={sid}");
        server.request("POST", &target, &[], "40").await;
        let welcome = server.request("GET", &target, &[], "").await.text();
        assert!(welcome.contains("40{"), "{welcome}");
        let body = format!("41\u{1e}421[\"create-session\",\"taken-{number}\"]");
        server.request("POST", &target, &[], &body).await;
        let answer = server.request("GET", &target, &[], "").await.text();
        assert!(!answer.contains(r#""ok":true"#), "{answer}");
    }
    has_place_for(&server, ROOMS - 1).await;
    others.still_talk().await;
}
