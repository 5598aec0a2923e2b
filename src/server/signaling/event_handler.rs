//! What one client says: bounded, parsed, handed to the hub, and answered when it is refused.

use std::sync::Arc;

use engineioxide::DisconnectReason;
use serde::Serialize;

use super::{
    client::{Ack, Client},
    hub::Hub,
    log::ConnectionLog,
    packet::Packet,
};
use crate::{
    protocol::{ClientEvent, Refusal, Refused, SessionReply, WireEvent, frame::NamedPayload},
    room::ConnectionId,
};

/// The one handler of events. See the [module](super) for why it is not a task.
pub struct EventHandler {
    hub: Arc<Hub>,
    log: Arc<ConnectionLog>,
}

/// The reply to an event that asked for one and has none of its own.
#[derive(Serialize)]
struct DefaultAck {
    ok: bool,
}

/// Why an event is refused, and its name as far as it was read.
struct RefusedEvent {
    refusal: Refusal,
    event: String,
}

impl EventHandler {
    /// Makes the handler of all.
    pub fn new(hub: Arc<Hub>, log: Arc<ConnectionLog>) -> Self {
        Self { hub, log }
    }

    /// Handles an event.
    pub fn event(&self, client: &Client, connection: ConnectionId, packet: Packet<'_>) {
        let mut ack = packet.ack.map(|number| Ack::new(client, number));
        match self.receive(client, connection, packet.payload, &mut ack) {
            Ok(()) => {
                if let Some(ack) = ack {
                    ack.send(&DefaultAck { ok: true });
                }
            }
            Err(told) => self.refuse((client, connection), packet, &told.event, &told.refusal),
        }
    }

    /// Says that an event is refused: in the reply, if it asked for one.
    pub fn refuse(
        &self,
        (client, connection): (&Client, ConnectionId),
        packet: Packet<'_>,
        event: &str,
        refusal: &Refusal,
    ) {
        self.log.refusal(connection, event, refusal);
        match packet.ack {
            Some(number) => {
                Ack::new(client, number).send(&SessionReply::Refused(Refused::new(refusal, None)))
            }
            None => {
                let _ = client.emit("refused", &Refused::new(refusal, Some(event)));
            }
        }
    }

    /// Puts out a client that says more than it may.
    pub fn too_fast(&self, client: &Client) {
        let _ = client.emit("refused", &Refused::new(&Refusal::EventFlood, None));
        match client.disconnect() {
            Some(connection) => {
                self.log.refusal(connection, "", &Refusal::EventFlood);
                self.hub.remove_connection(connection);
            }
            // It did not even come in.
            None => client.close(DisconnectReason::TransportClose),
        }
    }

    fn receive(
        &self,
        client: &Client,
        connection: ConnectionId,
        payload: &str,
        ack: &mut Option<Ack>,
    ) -> Result<(), RefusedEvent> {
        let told = |name: &str| {
            let event = name.chars().take(64).collect();
            move |refusal| RefusedEvent { refusal, event }
        };
        let event: NamedPayload<'_> = serde_json::from_str(payload)
            .map_err(|error| told("")(Refusal::Malformed(error.to_string())))?;
        let name = event.name;
        let event = ClientEvent::parse(&name, event.payload).map_err(told(&name))?;
        self.hub
            .handle(connection, client, event, ack)
            .map_err(told(&name))
    }
}
