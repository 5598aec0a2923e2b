//! How long the server waits for a client.

use std::time::Duration;

/// Deadlines of what a client has to do; not for the host to set.
#[derive(Debug, Clone, Copy)]
pub struct ClientDeadlines {
    /// To send the head of a request.
    pub head: Duration,
    /// To send another request on the same connection; no more than `head` when there are few connections left.
    pub idle: Duration,
    /// To send the head, of somebody who is not inside, when there are few connections left.
    pub newcomer_head: Duration,
    /// To send the body of a request.
    pub body: Duration,
    /// To take something of what is sent to it, while something waits.
    pub write: Duration,
    /// To ask to be let into the namespace, once a session is open.
    pub connect: Duration,
}

impl Default for ClientDeadlines {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            idle: Duration::from_secs(75),
            newcomer_head: Duration::from_secs(2),
            body: Duration::from_secs(20),
            write: Duration::from_secs(30),
            connect: Duration::from_secs(15),
        }
    }
}
