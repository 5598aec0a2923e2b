//! Two participants who meet in a room of their own.

use std::{io::Result, net::SocketAddr};

use crate::session::Session;

/// Two who have been introduced.
pub struct Pair {
    /// One of the two, and the id by which it names the other.
    pub one: (Session, String),
    /// The other one.
    pub other: (Session, String),
}

impl Pair {
    /// Connects two participants, lets them enter one room and waits for their introduction.
    pub async fn meet(server: SocketAddr, nth: u32, room: &str) -> Result<Self> {
        let (mut one, mut other) =
            tokio::try_join!(Session::connect(server, 2 * nth), Session::connect(server, 2 * nth + 1))?;
        one.enter(room).await?;
        other.enter(room).await?;
        let (to_other, to_one) = tokio::try_join!(one.introduced(), other.introduced())?;
        Ok(Self { one: (one, to_other.id), other: (other, to_one.id) })
    }

    /// Both leave.
    pub async fn leave(self) -> Result<()> {
        tokio::try_join!(self.one.0.leave(), self.other.0.leave())?;
        Ok(())
    }
}

/// A room's name that no other load on this machine uses.
pub fn room(nth: u32) -> String {
    format!("load-{}-{nth}", std::process::id())
}
