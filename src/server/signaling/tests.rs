//! The hub when whoever ends a client does less than it should.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, http::StatusCode, routing::any};
use futures_util::{SinkExt, StreamExt};
use tokio::{
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

use super::{Hub, Sessions, service};
use crate::server::{
    config::{Layer, Settings},
    descriptors::Capacity,
    gate::Gate,
    net,
    token::Tokens,
};

const SOON: Duration = Duration::from_secs(10);

async fn server() -> (SocketAddr, Arc<Hub>) {
    let settings = Settings::from_layers(Layer::default(), Layer::default()).unwrap();
    let hub = Arc::new(Hub::new(&settings, Tokens::ephemeral(), None, Vec::new()));
    let sessions = Arc::new(Sessions::new(
        hub.clone(),
        settings.deadlines,
        settings.heartbeat,
        1 << 20,
    ));
    let inner = any(|| async { StatusCode::NOT_FOUND });
    let service = service(sessions, settings.heartbeat, inner);
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = Router::new().route_service("/socket.io/", service);
    let gate = Gate::new(&settings, Capacity::of(1_000), |_| false);
    let serving = net::serve(
        listener,
        app,
        gate,
        settings.deadlines,
        std::future::pending(),
    );
    tokio::spawn(serving);
    (address, hub)
}

type Client = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Sends something, until it is answered so.
async fn ask(client: &mut Client, text: &str, answer: &str) {
    client.send(Message::text(text.to_owned())).await.unwrap();
    let answered = async {
        while let Some(Ok(message)) = client.next().await {
            if message.to_text().is_ok_and(|text| text.starts_with(answer)) {
                return;
            }
        }
        panic!("it was closed");
    };
    timeout(SOON, answered).await.unwrap();
}

#[tokio::test]
async fn what_belongs_to_a_connection_whose_end_nobody_told_is_freed() {
    let (address, hub) = server().await;
    let mut clients = Vec::new();
    for number in 0..3 {
        let url = format!("ws://{address}/socket.io/?EIO=4&transport=websocket");
        let (mut client, _) = connect_async(url).await.unwrap();
        ask(&mut client, "40", "40{").await;
        let enter = format!(r#"420["create-session","room-{number}"]"#);
        ask(&mut client, &enter, r#"430[{"ok":true"#).await;
        clients.push(client);
    }
    (0..5).for_each(|_| hub.sweep());
    assert_eq!(hub.counts(), (3, 3), "they are there");
    hub.forget_ends();
    hub.sweep();
    assert_eq!(hub.counts(), (3, 3), "perhaps it is about to be told");
    hub.sweep();
    assert_eq!(hub.counts(), (0, 0));
}
