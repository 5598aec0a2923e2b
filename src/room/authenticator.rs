//! What only the server can make: names of meetings, marks of networks and stamps of what was said, each an
//! HMAC-SHA256 (RFC 2104) by a key that the server keeps over a restart, truncated to 16 bytes (section 5).

use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::Network;
use crate::protocol::{Chat, DisplayName, FileInfo, ParticipantId, Stamp};

/// Names a meeting, from the first who enters a room to the last who leaves it. Nobody can guess it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MeetingId(pub [u8; 16]);

/// A network as one meeting knows it: who has no key can't tell which it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NetworkMark(pub [u8; 16]);

/// Makes what only the server can make.
#[derive(Clone)]
pub struct Authenticator {
    key: [u8; 32],
}

impl std::fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal")
    }
}

/// What a code is for. It comes first in what is hashed, so that one is never good for another purpose.
#[derive(Clone, Copy)]
enum Purpose {
    Meeting = 1,
    Network = 2,
    Name = 3,
    Stamp = 4,
}

impl Authenticator {
    /// Seals with this key, which is for nothing else.
    pub fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    /// The meeting that begins with a participant, whose id is random and never used again.
    pub(super) fn meeting(&self, first: ParticipantId) -> MeetingId {
        MeetingId(finish(
            self.begin(Purpose::Meeting)
                .chain_update(first.as_str().as_bytes()),
        ))
    }

    /// The name of a meeting for those inside, which tells nothing of its id.
    pub(super) fn name(&self, meeting: MeetingId) -> Stamp {
        Stamp::from_bytes(finish(self.begin(Purpose::Name).chain_update(meeting.0)))
    }

    /// The stamp of a line of the chat that this participant has said in a meeting under the name in it.
    pub(super) fn stamp(&self, meeting: MeetingId, author: ParticipantId, chat: &Chat) -> Stamp {
        let mac = self.begin(Purpose::Stamp).chain_update(meeting.0);
        let mac = mac.chain_update(author.as_str().as_bytes());
        let mac = mac.chain_update(chat.n.to_be_bytes());
        let mac = mac.chain_update(chat.clock.to_be_bytes());
        let mac = mac.chain_update(chat.at.to_be_bytes());
        let mac = text(mac, chat.name.as_ref().map(DisplayName::as_str));
        let mac = text(mac, Some(chat.text.as_str()));
        let file = chat.file.as_ref();
        let mac = text(mac, file.map(FileInfo::name));
        let mac = text(mac, file.map(FileInfo::mime));
        let size = file.map_or(0, FileInfo::size);
        Stamp::from_bytes(finish(mac.chain_update(size.to_be_bytes())))
    }

    /// The mark of a network in a meeting.
    pub(super) fn mark(&self, meeting: MeetingId, network: Network) -> NetworkMark {
        let mac = self.begin(Purpose::Network).chain_update(meeting.0);
        NetworkMark(finish(match network {
            Network::V4(address) => mac.chain_update(address),
            Network::V6(prefix) => mac.chain_update(prefix),
        }))
    }

    fn begin(&self, purpose: Purpose) -> Hmac<Sha256> {
        // A key shorter than a block is padded with zeros (RFC 2104 section 2).
        let mut block = [0; 64];
        for (to, from) in block.iter_mut().zip(self.key) {
            *to = from;
        }
        <Hmac<Sha256> as Mac>::new(&block.into()).chain_update([purpose as u8])
    }
}

/// Hashes a text with its length, so that no two lists of texts are hashed alike.
fn text(mac: Hmac<Sha256>, text: Option<&str>) -> Hmac<Sha256> {
    let length = text.map_or(u64::MAX, |text| text.len() as u64);
    mac.chain_update(length.to_be_bytes())
        .chain_update(text.unwrap_or_default())
}

fn finish(mac: Hmac<Sha256>) -> [u8; 16] {
    let whole: [u8; 32] = mac.finalize().into_bytes().into();
    let mut code = [0; 16];
    for (to, from) in code.iter_mut().zip(whole) {
        *to = from;
    }
    code
}
