//! Whether the peer of a session is at the address that its checks come from: it is sent a check of the SFU's there, with a
//! transaction that nobody can guess, and has to answer it.
//!
//! An agent of ICE-lite makes no checks to find a path (RFC 8445 section 2.5), but every full agent answers them
//! (section 7.3). A challenge follows each answer to a check from an address that is not proven, and is about as long as
//! that check was: who forges the source of checks has no more sent there than by any agent.

use super::stun;

/// What an answer says back: 96 bits of chance (RFC 8489 section 5).
pub(super) type Transaction = [u8; 12];

/// How the peer names itself, and its password.
#[derive(Debug, Clone)]
pub(super) struct Credentials {
    ufrag: String,
    password: String,
}

const REQUEST: u16 = 0x0001;
const ANSWER: u16 = 0x0101;
const USERNAME: u16 = 0x0006;
const PRIORITY: u16 = 0x0024;
const ICE_CONTROLLED: u16 = 0x8029;
/// Longest name and password (RFC 8839 section 5.4), in characters.
const LENGTH: usize = 256;

impl Credentials {
    /// Those in a description whose sections share one transport.
    pub fn of(sdp: &str) -> Option<Self> {
        let value = |name| {
            let value = sdp.lines().find_map(|line| line.strip_prefix(name))?;
            let value = value.trim_end();
            (value.len() <= LENGTH).then(|| value.to_owned())
        };
        Some(Self {
            ufrag: value("a=ice-ufrag:")?,
            password: value("a=ice-pwd:")?,
        })
    }

    /// The challenge to a peer, to whom this side has named itself so.
    pub fn challenge(&self, ufrag: &str, transaction: Transaction) -> Vec<u8> {
        // That of a candidate that was found by a check (RFC 8445 section 5.1.2.1), the only one.
        const FOUND: u32 = (110 << 24) + (0xFFFF << 8) + 0xFF;
        let name = format!("{}:{ufrag}", self.ufrag);
        let attributes = [
            (USERNAME, name.as_bytes()),
            (PRIORITY, &FOUND.to_be_bytes()),
            (ICE_CONTROLLED, &[0; 8]),
        ];
        stun::write(REQUEST, transaction, attributes, &self.password)
    }

    /// Whether an answer is the peer's.
    pub fn is_authentic(&self, answer: &[u8]) -> bool {
        stun::is_authentic(answer, &self.password)
    }
}

/// What an answer to a challenge says back, if this is one.
pub(super) fn challenge_response(bytes: &[u8]) -> Option<Transaction> {
    let (kind, transaction) = stun::head(bytes)?;
    (kind == ANSWER).then_some(transaction)
}
