//! What one socket says: bounded, parsed, handed to the hub, and answered when it is refused.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use serde::Serialize;
use socketioxide::{
    adapter::LocalAdapter,
    extract::AckSender,
    handler::{FromMessageParts, MessageHandler, Value},
    socket::Socket,
};

use super::{hub::Hub, limiter::Limiter};
use crate::{
    protocol::{ClientEvent, Refusal, Refused, SessionReply, WireEvent, frame::NamedPayload},
    room::ConnectionId,
    server::net::Cut,
};

/// The one handler of a socket's events. See the [module](super) for why it is not a task.
pub struct Inbox {
    hub: Arc<Hub>,
    connection: ConnectionId,
    cut: Cut,
    limiter: Mutex<Limiter>,
}

/// Tells socketioxide which of its handler traits this is.
pub struct Inline;

/// The reply to an event that asked for one and has none of its own.
#[derive(Serialize)]
struct Done {
    ok: bool,
}

impl Inbox {
    /// Makes the inbox of a connection.
    pub fn new(hub: Arc<Hub>, connection: ConnectionId, cut: Cut) -> Self {
        Self {
            hub,
            connection,
            cut,
            limiter: Mutex::new(Limiter::new(Instant::now())),
        }
    }

    fn is_too_fast(&self, value: &Value) -> bool {
        let bytes = match value {
            Value::Str(text, _) => text.len(),
            Value::Bytes(bytes) => bytes.len(),
        };
        !self
            .limiter
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take(Instant::now(), bytes)
    }

    fn receive(
        &self,
        socket: &Arc<Socket>,
        value: &Value,
        ack: &mut Option<AckSender>,
    ) -> Result<(), Told> {
        let told = |name: &str| {
            let name = name.chars().take(64).collect();
            move |refusal| Told {
                refusal,
                event: Some(name),
            }
        };
        let Value::Str(text, None) = value else {
            return Err(told("")(Refusal::Binary));
        };
        let event: NamedPayload<'_> = serde_json::from_str(text)
            .map_err(|error| told("")(Refusal::Malformed(error.to_string())))?;
        let name = event.name;
        let event = ClientEvent::parse(&name, event.payload).map_err(told(&name))?;
        self.hub
            .handle(self.connection, socket, &self.cut, event, ack)
            .map_err(told(&name))
    }
}

struct Told {
    refusal: Refusal,
    event: Option<String>,
}

impl MessageHandler<LocalAdapter, Inline> for Inbox {
    fn call(&self, socket: Arc<Socket>, mut value: Value, ack_id: Option<i64>) {
        if self.is_too_fast(&value) {
            tracing::debug!(
                connection = self.connection.0,
                "too many events: disconnected"
            );
            let _ = socket.emit("refused", &Refused::new(&Refusal::TooFast, None));
            let _ = socket.disconnect();
            return;
        }
        let mut ack = match AckSender::from_message_parts(&socket, &mut value, &ack_id) {
            Ok(sender) => ack_id.map(|_| sender),
            Err(never) => match never {},
        };
        match self.receive(&socket, &value, &mut ack) {
            Ok(()) => {
                if let Some(ack) = ack {
                    let _ = ack.send(&Done { ok: true });
                }
            }
            Err(told) => {
                tracing::debug!(
                    connection = self.connection.0,
                    event = told.event,
                    code = told.refusal.code(),
                    "refused"
                );
                let _ = match ack {
                    Some(ack) => {
                        ack.send(&SessionReply::Refused(Refused::new(&told.refusal, None)))
                    }
                    None => socket.emit(
                        "refused",
                        &Refused::new(&told.refusal, told.event.as_deref()),
                    ),
                };
            }
        }
    }
}
