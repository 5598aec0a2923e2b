//! Long polling, for networks that let no WebSocket through.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{sync::mpsc::unbounded_channel, time::timeout};

use crate::support::{Bystanders, Client, Poller, Server, id, introduce};

#[tokio::test]
async fn a_polling_client_meets_one_on_a_websocket() {
    let server = Server::start().await;
    let poller = Poller::connect(server.address).await;
    poller
        .send(r#"421["create-session",{"room":"standup","name":"Ada"}]"#)
        .await;
    let reply = poller.expect("431").await;
    assert!(reply.contains(r#""ok":true"#), "{reply}");

    let mut ben = server.client().await;
    let bens = ben.enter("standup").await;
    poller.expect(r#"42["conn-prepare""#).await;
    poller
        .send(&format!(
            r#"42["conn-init",{{"connUserSocketId":{}}}]"#,
            bens["you"]
        ))
        .await;
    ben.expect("conn-init").await;

    let mut cleo = server.client().await;
    cleo.enter("standup").await;
    introduce(&mut ben, &mut cleo).await;
    // A polite farewell of the poller is a leaving at once.
    poller.send("41").await;
    ben.expect("participant-left").await;
}

#[tokio::test]
async fn an_echo_is_answered_inside_and_outside_and_nobody_else_notices() {
    let server = Server::start().await;
    let mut bystanders = Bystanders::enter(&server, "elsewhere").await;
    let [mut ada, mut ben] = [server.client().await, server.client().await];
    ada.granted("echo", json!({})).await;
    ben.enter("standup").await;
    ada.enter("standup").await;
    introduce(&mut ben, &mut ada).await;
    ada.granted("echo", json!({})).await;
    ada.granted("echo", Value::Null).await;
    ben.has_heard_all().await;
    bystanders.still_talk().await;
}

/// The number of a description of [`numbered`], if this is one.
fn number(packet: &str) -> Option<usize> {
    let event: Value = serde_json::from_str(packet.strip_prefix("42")?).ok()?;
    let sdp = event[1]["signal"]["sdp"].as_str()?;
    sdp.split(' ').nth(1)?.parse().ok()
}

/// A description that can be told from others, of this many bytes and a few.
fn numbered(to: &str, number: usize, bytes: usize) -> Value {
    let sdp = format!("v=0 {number} {}", "x".repeat(bytes));
    json!({ "connUserSocketId": to, "signal": { "type": "offer", "sdp": sdp } })
}

#[tokio::test]
async fn what_waits_while_a_session_is_upgraded_comes_once_and_in_order() {
    let server = Server::start().await;
    let poller = Poller::connect(server.address).await;
    poller
        .send(r#"421["create-session",{"room":"standup"}]"#)
        .await;
    let reply = poller.expect("431").await;
    let reply: Value = serde_json::from_str(reply.strip_prefix("431").unwrap()).unwrap();
    let mut talker = server.client().await;
    let talkers_id = id(&talker.enter("standup").await);
    poller.expect(r#"42["conn-prepare""#).await;
    let ready = json!(["conn-init", { "connUserSocketId": talkers_id }]);
    poller.send(&format!("42{ready}")).await;
    talker.expect("conn-init").await;
    let to = id(&reply[0]);

    // More than one response takes: one that does not fit has left the queue.
    for number in 0..5 {
        let signal = numbered(&to, number, 60_000);
        talker.emit("conn-signal", signal).await;
    }
    talker.refused("are-you-there", json!({})).await;
    let first = poller.poll().await;
    assert!((1..5).contains(&first.len()), "{}", first.len());

    // As a client that polls on, until it knows that the WebSocket carries something.
    let address = server.address;
    let target = poller.target().to_owned();
    let mut opening = tokio::spawn(async move { Client::begin_upgrade(address, &target).await });
    // It may come about before the next poll, if nobody sees to it.
    let early = timeout(Duration::from_millis(300), &mut opening).await;
    let (polled, mut packets) = unbounded_channel();
    let is_probed = Arc::new(AtomicBool::new(false));
    let polling = tokio::spawn({
        let is_probed = is_probed.clone();
        async move {
            while !is_probed.load(Ordering::Relaxed) {
                polled.send(poller.poll().await).unwrap();
            }
        }
    });
    talker.emit("conn-signal", numbered(&to, 5, 10)).await;
    let opened = match early {
        Ok(opened) => opened,
        Err(_) => opening.await,
    };
    let mut upgraded = opened.unwrap();
    talker.emit("conn-signal", numbered(&to, 6, 10)).await;
    upgraded.probe().await;
    is_probed.store(true, Ordering::Relaxed);
    polling.await.unwrap();
    talker.emit("conn-signal", numbered(&to, 7, 10)).await;
    talker.refused("are-you-there", json!({})).await;
    upgraded.send_text("5").await;
    talker.emit("conn-signal", numbered(&to, 8, 10)).await;

    let mut heard = first;
    while let Some(more) = packets.recv().await {
        heard.extend(more);
    }
    let mut numbers: Vec<_> = heard.iter().filter_map(|packet| number(packet)).collect();
    while numbers.last() != Some(&8) {
        numbers.extend(number(&upgraded.text().await));
    }
    assert_eq!(numbers, (0..9).collect::<Vec<_>>());
    upgraded.granted("echo", json!({})).await;
    upgraded.has_heard_all().await;
}
