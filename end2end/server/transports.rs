//! Long polling, for networks that let no WebSocket through.

use serde_json::{Value, json};

use crate::support::{Bystanders, Poller, Server, introduce};

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
