//! What is said on the channel of a file besides its bytes, and what the channel is called.

use std::fmt;

use crate::protocol::ParticipantId;

/// A text message on the channel of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileControl {
    /// To the receiver: that was all, and this is its SHA-256.
    End([u8; 32]),
    /// To the sender: all is here, and it is the same.
    Got,
    /// To the sender: what came is not what was announced.
    Wrong,
    /// Either way: no more of it.
    Stop,
}

const END: &str = "end ";

impl FileControl {
    /// Parses a text message.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "got" => Some(Self::Got),
            "wrong" => Some(Self::Wrong),
            "stop" => Some(Self::Stop),
            _ => text.strip_prefix(END).and_then(digest).map(Self::End),
        }
    }
}

impl fmt::Display for FileControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Got => f.write_str("got"),
            Self::Wrong => f.write_str("wrong"),
            Self::Stop => f.write_str("stop"),
            Self::End(digest) => {
                f.write_str(END)?;
                digest.iter().try_for_each(|byte| {
                    for half in [byte >> 4, byte & 15] {
                        let digit = char::from_digit(u32::from(half), 16);
                        f.write_str(digit.unwrap_or('0').encode_utf8(&mut [0; 4]))?;
                    }
                    Ok(())
                })
            }
        }
    }
}

fn digest(hex: &str) -> Option<[u8; 32]> {
    let mut digest = [0; 32];
    if hex.len() != 2 * digest.len() {
        return None;
    }
    for (byte, pair) in digest.iter_mut().zip(hex.as_bytes().chunks(2)) {
        for digit in pair {
            let half = char::from(*digit).to_digit(16)?;
            *byte = (*byte << 4) | u8::try_from(half).ok()?;
        }
    }
    Some(digest)
}

/// What the names of all these channels begin with.
pub const FILE_CHANNEL: &str = "file/";

/// What the channel is called on which a file travels: `file/<author>/<n>`.
pub fn label(author: ParticipantId, n: u32) -> String {
    [FILE_CHANNEL, author.as_str(), "/", &n.to_string()].concat()
}

/// Which file travels on a channel of this name.
pub fn read_label(label: &str) -> Option<(ParticipantId, u32)> {
    let (author, n) = label.strip_prefix(FILE_CHANNEL)?.split_once('/')?;
    Some((ParticipantId::parse(author).ok()?, n.parse().ok()?))
}
