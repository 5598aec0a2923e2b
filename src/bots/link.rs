//! The Socket.IO link to a server, over one WebSocket.

use futures::{SinkExt, StreamExt};
use tokio::{
    sync::mpsc::{self, UnboundedReceiver, UnboundedSender},
    task::JoinHandle,
};
use tokio_tungstenite::{connect_async, tungstenite::Message};

use crate::{
    call::{FrameOutcome, LinkEvent, read_frame, write_frame},
    protocol::{ClientEvent, frame},
};

/// A link. Dropping it leaves the namespace, after what was sent before.
pub(super) struct Link {
    outgoing: UnboundedSender<String>,
    task: JoinHandle<()>,
}

/// What a link brings, and which one it is of.
pub(super) type Report = UnboundedSender<(u32, LinkEvent)>;

impl Link {
    /// Opens one, known by its number.
    pub fn open(url: String, number: u32, report: Report) -> Self {
        let (outgoing, queue) = mpsc::unbounded_channel();
        Self {
            outgoing,
            task: tokio::spawn(run(url, number, queue, report)),
        }
    }

    /// Sends an event.
    pub fn emit(&self, event: &ClientEvent) {
        let _ = self.outgoing.send(write_frame(event));
    }

    /// Lets go of it without a farewell.
    pub fn abandon(self) {
        self.task.abort();
    }

    /// Leaves the namespace, once what was sent before is sent.
    pub async fn close(self) {
        let Self { outgoing, task, .. } = self;
        drop(outgoing);
        let _ = task.await;
    }
}

async fn run(url: String, number: u32, mut queue: UnboundedReceiver<String>, report: Report) {
    let say = |event| drop(report.send((number, event)));
    let Ok((socket, _)) = connect_async(&url).await else {
        return say(LinkEvent::Lost);
    };
    let (mut sink, mut stream) = socket.split();
    loop {
        let text = tokio::select! {
            next = queue.recv() => match next {
                Some(text) => text,
                None => {
                    let _ = sink.send(Message::text(frame::DISCONNECT)).await;
                    let _ = sink.close().await;
                    return;
                }
            },
            message = stream.next() => {
                let Some(Ok(message)) = message else { return say(LinkEvent::Lost) };
                let Message::Text(text) = message else { continue };
                match read_frame(&text) {
                    FrameOutcome::Open(handshake) => {
                        let longest_silence = handshake.patience();
                        say(LinkEvent::Handshake { longest_silence });
                        frame::CONNECT.to_owned()
                    }
                    FrameOutcome::Ping => {
                        say(LinkEvent::Alive);
                        frame::PONG.to_owned()
                    }
                    FrameOutcome::Report(event) => {
                        say(event);
                        continue;
                    }
                    FrameOutcome::Nothing => continue,
                    FrameOutcome::End => return say(LinkEvent::Lost),
                }
            }
        };
        if sink.send(Message::text(text)).await.is_err() {
            return say(LinkEvent::Lost);
        }
    }
}
