//! One WebSocket: a message is a frame (Engine.IO protocol, revision 4).

use futures::{
    SinkExt, StreamExt,
    future::{Either, select},
    stream::{SplitSink, SplitStream},
};
use gloo_net::websocket::{Message, futures::WebSocket};
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen_futures::spawn_local;

use super::{FrameOutcome, LinkEvent, OPEN_TIMEOUT, Queue, Reader, silence_timeout};
use crate::{platform::dom::window, protocol::frame};

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

/// Reads until the link ends, or is silent for longer than the server said it would be.
async fn read(mut stream: SplitStream<WebSocket>, reader: &Reader<impl Fn(LinkEvent)>) {
    let mut silence = OPEN_TIMEOUT;
    loop {
        let text = match select(stream.next(), TimeoutFuture::new(silence)).await {
            Either::Left((Some(Ok(Message::Text(text))), _)) => text,
            Either::Left((Some(Ok(Message::Bytes(_))), _)) => continue,
            Either::Left((Some(Err(_)) | None, _)) | Either::Right(_) => return,
        };
        match reader.take(&text) {
            FrameOutcome::Open(handshake) => silence = silence_timeout(&handshake),
            FrameOutcome::Read => {}
            FrameOutcome::End => return,
        }
    }
}
