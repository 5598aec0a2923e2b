//! One WebSocket: a message is a frame (Engine.IO protocol, revision 4).

use futures::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use gloo_net::websocket::{Message, futures::WebSocket};
use wasm_bindgen_futures::spawn_local;

use super::reader::{Next, Queue, Reader};
use crate::{call::LinkEvent, platform::dom::window, protocol::frame};

/// Opens it, and reads until it ends; how that ends the link.
pub async fn run(queue: Queue, reader: &Reader<impl Fn(LinkEvent)>) -> LinkEvent {
    if let Some(socket) = url().and_then(|url| WebSocket::open(&url).ok()) {
        let (sink, stream) = socket.split();
        spawn_local(write(queue, sink));
        read(stream, reader).await;
    }
    LinkEvent::Lost
}

fn url() -> Option<String> {
    let location = window().location();
    let scheme = if location.protocol().ok()? == "https:" {
        "wss"
    } else {
        "ws"
    };
    Some(format!(
        "{scheme}://{}{}",
        location.host().ok()?,
        frame::WEBSOCKET_PATH
    ))
}

async fn write(mut queue: Queue, mut sink: SplitSink<WebSocket, Message>) {
    while let Some(text) = queue.next().await {
        if sink.send(Message::Text(text)).await.is_err() {
            break;
        }
    }
    let _ = sink.close().await;
}

/// Reads until the link ends.
async fn read(mut stream: SplitStream<WebSocket>, reader: &Reader<impl Fn(LinkEvent)>) {
    while let Some(Ok(message)) = stream.next().await {
        let Message::Text(text) = message else {
            continue;
        };
        if matches!(reader.take(&text), Next::End) {
            return;
        }
    }
}
