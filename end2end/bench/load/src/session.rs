//! A participant on a link: the Engine.IO and Socket.IO handshakes, events, and the tutorial's
//! introduction of two. Server pings are answered on the way.

use std::{
    io::{Error, Result},
    net::SocketAddr,
};

use serde::Serialize;
use serde_json::{Value, json};

use crate::link::{Link, append_text};

/// The Engine.IO answer to a ping.
const PONG: &str = "3";

/// A connection inside the namespace.
pub struct Session {
    /// The socket, for those who frame by themselves.
    pub link: Link,
    /// Our Socket.IO id, by which the tutorial's server names participants.
    sid: String,
}

/// How two were introduced, in the words of `create-session`.
#[derive(Serialize)]
pub struct Introduction {
    /// The other one.
    pub id: String,
    /// Whether we are the one who makes the offers.
    pub initiator: bool,
    /// Which introduction of the two it is; the tutorial's server does not count.
    pub generation: u64,
}

/// An event with its first argument.
struct Event {
    name: String,
    payload: Value,
}

impl Session {
    /// Opens the socket and enters the namespace.
    pub async fn connect(server: SocketAddr, nth: u32) -> Result<Self> {
        let mut session = Self { link: Link::open(server, nth).await?, sid: String::new() };
        session.expect("0").await?;
        session.send("40").await?;
        let connected: Value = serde_json::from_str(session.expect("40").await?.split_at(2).1)?;
        session.sid = text(&connected, "sid")?;
        Ok(session)
    }

    /// Enters a room as the tutorial's client does, by its name.
    pub async fn enter(&mut self, room: &str) -> Result<()> {
        self.send(&event("create-session", &json!(room))).await
    }

    /// Waits until the tutorial's server has read all that was sent: it relays to whom we name, and so
    /// to ourselves.
    pub async fn settled(&mut self) -> Result<()> {
        self.send(&event("conn-init", &json!({ "connUserSocketId": self.sid }))).await?;
        loop {
            let event = self.event().await?;
            if event.name == "conn-init" && text(&event.payload, "connUserSocketId")? == self.sid {
                return Ok(());
            }
        }
    }

    /// Asks to enter a room by the object form, and waits for the reply.
    pub async fn request(&mut self, payload: &Value) -> Result<Value> {
        self.send(&format!(r#"420["create-session",{payload}]"#)).await?;
        let packet = self.expect("430").await?;
        let [reply]: [Value; 1] = serde_json::from_str(packet.split_at(3).1)?;
        Ok(reply)
    }

    /// Shows a microphone and a camera that are on.
    pub async fn present(&mut self) -> Result<()> {
        self.send(&event("participant-state", &json!({ "microphone": true, "camera": true }))).await
    }

    /// Waits to be introduced to one other, and answers if it is ours to answer.
    pub async fn introduced(&mut self) -> Result<Introduction> {
        loop {
            let Event { name, payload } = self.event().await?;
            let generation = payload.get("generation").and_then(Value::as_u64).unwrap_or_default();
            match name.as_str() {
                "conn-prepare" => {
                    let id = text(&payload, "justJoinedUserSocketId")?;
                    self.send(&event("conn-init", &json!({ "connUserSocketId": id }))).await?;
                    return Ok(Introduction { id, initiator: false, generation });
                }
                "conn-init" => {
                    let id = text(&payload, "connUserSocketId")?;
                    return Ok(Introduction { id, initiator: true, generation });
                }
                "refused" => return Err(Error::other(payload.to_string())),
                _ => {}
            }
        }
    }

    /// Sends one packet.
    pub async fn send(&mut self, packet: &str) -> Result<()> {
        let mut frame = Vec::with_capacity(packet.len() + 14);
        append_text(&mut frame, packet);
        self.link.write(&frame).await
    }

    /// Answers pings until the server closes.
    pub async fn idle(&mut self) -> Error {
        loop {
            if let Err(error) = self.expect("never").await {
                return error;
            }
        }
    }

    /// Leaves the namespace and closes.
    pub async fn leave(self) -> Result<()> {
        self.link.close("41").await
    }

    async fn event(&mut self) -> Result<Event> {
        let packet = self.expect("42").await?;
        let (name, payload) = serde_json::from_str(packet.split_at(2).1)?;
        Ok(Event { name, payload })
    }

    /// Waits for a packet that begins so; others are dropped.
    async fn expect(&mut self, start: &str) -> Result<String> {
        loop {
            while let Some(packet) = self.link.take()? {
                if packet.starts_with(start) {
                    return Ok(packet.to_owned());
                }
                if packet == "2" {
                    self.send(PONG).await?;
                }
            }
            self.link.read().await?;
        }
    }
}

/// Frames an event.
pub fn event(name: &str, payload: &Value) -> String {
    format!(r#"42["{name}",{payload}]"#)
}

fn text(payload: &Value, field: &str) -> Result<String> {
    let value = payload.get(field).and_then(Value::as_str);
    value.map(str::to_owned).ok_or_else(|| Error::other(format!("no {field} in {payload}")))
}
