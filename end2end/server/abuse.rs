//! Clients that flood, stall or stop half way. The answer is a refusal or a closed socket, and the
//! others in the room go on as if nothing had happened.

use std::time::Duration;

use roundtable::server::config::Heartbeat;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Bystanders, Client, SOON, Server, id, introduce};

#[tokio::test]
async fn a_message_of_ten_megabytes() {
    let server = Server::start().await;
    let mut others = Bystanders::enter(&server, "quiet").await;
    let mut client = server.client().await;
    client.enter("quiet-too").await;
    client
        .try_send(Message::text(format!(
            "42[\"create-session\",\"{}\"]",
            "x".repeat(10 << 20)
        )))
        .await;
    client.closed().await;
    let body = format!(
        "40\u{1e}42[\"create-session\",\"{}\"]",
        "x".repeat(10 << 20)
    );
    let open = server
        .request("GET", "/socket.io/?EIO=4&transport=polling", &[], "")
        .await
        .text();
    let sid = open.split('"').nth(3).unwrap();
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let head = format!(
        "POST /socket.io/?EIO=4&transport=polling&sid={sid} HTTP/1.1\r\nhost: {}\r\ncontent-length: {}\r\n\r\n",
        server.address,
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // The server answers before all has come: it is read meanwhile, since closing may discard what nobody has read.
    let (mut reader, mut writer) = stream.into_split();
    let writing = tokio::spawn(async move { writer.write_all(body.as_bytes()).await });
    let mut answer = [0; 12];
    let read = timeout(SOON, reader.read_exact(&mut answer));
    read.await.expect("in time").expect("an answer");
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    writing.abort();
    others.still_talk().await;
}

#[tokio::test]
async fn ten_thousand_events_in_a_second() {
    let server = Server::start().await;
    let mut others = Bystanders::enter(&server, "quiet").await;
    let mut client = server.client().await;
    client.enter("quiet-too").await;
    for _ in 0..10_000 {
        if !client
            .try_send(Message::text(r#"42["leave-session",{}]"#))
            .await
        {
            break;
        }
    }
    let mut codes = Vec::new();
    while let Some(text) = client.frame().await {
        if let Some(event) = text.strip_prefix(r#"42["refused","#) {
            let refused: serde_json::Value =
                serde_json::from_str(event.trim_end_matches(']')).unwrap();
            codes.push(refused["code"].as_str().unwrap().to_owned());
        }
    }
    assert!(
        codes.contains(&"rate-limited".to_owned()),
        "{} refusals",
        codes.len()
    );
    others.still_talk().await;
}

#[tokio::test]
async fn half_a_frame_and_then_silence() {
    let heartbeat = Heartbeat {
        interval: Duration::from_millis(500),
        timeout: Duration::from_millis(1_000),
    };
    let server = Server::with(|settings| settings.heartbeat = heartbeat).await;
    let mut others = Bystanders::enter(&server, "quiet").await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let head = format!(
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nhost: {}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        server.address
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // A text frame of 100 bytes, of which five come.
    stream
        .write_all(&[0x81, 0xe4, 1, 2, 3, 4, b'4', b'0'])
        .await
        .unwrap();
    let mut rest = Vec::new();
    let mut talk = tokio::time::interval(Duration::from_millis(50));
    let ended = timeout(SOON, async {
        loop {
            tokio::select! {
                ended = stream.read_to_end(&mut rest) => break ended,
                _ = talk.tick() => others.still_talk().await,
            }
        }
    });
    let ended = ended.await.expect("closed in time");
    assert!(
        ended.is_ok()
            || ended.is_err_and(|error| error.kind() == std::io::ErrorKind::ConnectionReset)
    );
    others.still_talk().await;
}

#[tokio::test]
async fn half_a_request_and_then_silence() {
    let deadlines = Duration::from_secs(2);
    let server = Server::with(|settings| settings.deadlines.head = deadlines).await;
    let half = "GET /healthz HTTP/1.1\r\nhost: a\r\nx-slow: ";
    let mut silent = TcpStream::connect(server.address).await.unwrap();
    let mut slow = TcpStream::connect(server.address).await.unwrap();
    for stream in [&mut silent, &mut slow] {
        stream.write_all(half.as_bytes()).await.unwrap();
    }
    // Who says the other half in time is answered, so that it is the silence that ends the one who does not.
    let early = timeout(deadlines / 4, silent.read_u8()).await;
    assert!(early.is_err(), "it is waited for: {early:?}");
    slow.write_all(b"b\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut answer = String::new();
    let whole = timeout(SOON, slow.read_to_string(&mut answer));
    whole.await.expect("in time").unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let mut rest = String::new();
    let ended = timeout(SOON, silent.read_to_string(&mut rest)).await;
    ended.expect("closed in time").expect("closed in order");
    assert!(
        rest.is_empty() || rest.starts_with("HTTP/1.1 408"),
        "{rest}"
    );
}

#[tokio::test]
async fn a_thousand_idle_sockets() {
    let server = Server::start().await;
    let mut others = Bystanders::enter(&server, "quiet").await;
    let mut idle = Vec::new();
    for _ in 0..1_000 {
        idle.push(Client::open(server.address).await);
    }
    others.still_talk().await;
    drop(idle);
    others.still_talk().await;
}

#[tokio::test]
async fn a_client_that_never_reads() {
    let server = Server::start().await;
    let mut others = Bystanders::enter(&server, "quiet").await;
    let (mut deaf, mut talker) = (server.client().await, server.client().await);
    let deafs_id = id(&deaf.enter("loud").await);
    talker.enter("loud").await;
    introduce(&mut deaf, &mut talker).await;
    let sdp = format!("v=0 {}", "x".repeat(7_000));
    let signal = json!({ "connUserSocketId": deafs_id, "signal": { "type": "offer", "sdp": sdp } });
    // As fast as one may, for as long as it takes to fill what the network holds back.
    let mut pace = tokio::time::interval(Duration::from_millis(10));
    pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut talk = tokio::time::interval(Duration::from_millis(200));
    let cut = async {
        loop {
            tokio::select! {
                _ = talk.tick() => others.still_talk().await,
                _ = pace.tick() => talker.emit("conn-signal", signal.clone()).await,
                away = talker.expect("participant-state") => break away,
            }
        }
    };
    let away = timeout(Duration::from_secs(50), cut)
        .await
        .expect("the one who does not read is cut");
    assert_eq!(
        (&away["id"], &away["away"]),
        (&json!(deafs_id), &json!(true))
    );
    others.still_talk().await;
    // Its socket is closed, not left hanging: what was under way ends.
    deaf.closed().await;
}
