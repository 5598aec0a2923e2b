//! Resume tokens: signed claims, so that nothing has to be kept for a restart but one key.

use std::{fs, io, path::Path};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::files;
use crate::{
    protocol::{ParticipantId, RoomName},
    room::{Authenticator, Claim, MeetingId},
};

const KEY_BYTES: usize = 32;
const TAG_BYTES: usize = 32;
const HEAD_BYTES: usize = 16 + 4 + 8 + 20;

/// Signs and checks resume tokens with HMAC-SHA256 (RFC 2104).
///
/// A token is base64url of: meeting (16 bytes), generation (4), issued (8), participant (20), room (UTF-8), tag (32).
#[derive(Clone)]
pub struct Tokens {
    key: [u8; KEY_BYTES],
}

impl Tokens {
    /// Signs with a key that ends with the process.
    pub fn ephemeral() -> Self {
        Self {
            key: rand::random(),
        }
    }

    /// Signs with the key in a file, which is made if it is not there.
    ///
    /// # Errors
    /// The file can't be read or made, or is no key.
    pub fn from_file(path: &Path) -> io::Result<Self> {
        match fs::read(path) {
            Ok(bytes) => {
                let key = bytes
                    .try_into()
                    .map_err(|_| io::Error::other("it is no key of 32 bytes"))?;
                warn_if_readable(path)?;
                Ok(Self { key })
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let tokens = Self::ephemeral();
                if let Some(folder) = path.parent() {
                    fs::create_dir_all(folder)?;
                }
                match files::create(path, &tokens.key) {
                    // Another server has just made one.
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                        Self::from_file(path)
                    }
                    made => made.map(|()| tokens),
                }
            }
            Err(error) => Err(error),
        }
    }

    /// Seals with a key of its own, made from this one: whatever is sealed is no token.
    pub fn seal(&self) -> Authenticator {
        Authenticator::new(self.derive(b"roundtable seal"))
    }

    /// A code that tells whether these bytes were written by a server with this key.
    pub fn sum(&self, bytes: &[u8]) -> [u8; TAG_BYTES] {
        let key = self.derive(b"roundtable meetings");
        let mac = Self { key }.mac(bytes);
        mac.finalize().into_bytes().into()
    }

    /// A key for another purpose. What names the purpose is shorter than anything that is signed as a token.
    fn derive(&self, purpose: &[u8]) -> [u8; KEY_BYTES] {
        self.mac(purpose).finalize().into_bytes().into()
    }

    /// Makes the token of a claim.
    pub fn sign(&self, claim: &Claim) -> String {
        let mut bytes = Vec::with_capacity(HEAD_BYTES + claim.room.as_str().len() + TAG_BYTES);
        bytes.extend(claim.meeting.0);
        bytes.extend(claim.token_number.to_be_bytes());
        bytes.extend(claim.issued.to_be_bytes());
        bytes.extend(claim.participant.as_str().as_bytes());
        bytes.extend(claim.room.as_str().as_bytes());
        let tag = self.mac(&bytes).finalize().into_bytes();
        bytes.extend(tag);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a token that this key has signed.
    pub fn verify(&self, token: &str) -> Option<Claim> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (signed, tag) = bytes.split_at_checked(bytes.len().checked_sub(TAG_BYTES)?)?;
        self.mac(signed).verify_slice(tag).ok()?;
        let (meeting, rest) = signed.split_first_chunk::<16>()?;
        let (generation, rest) = rest.split_first_chunk::<4>()?;
        let (issued, rest) = rest.split_first_chunk::<8>()?;
        let (participant, room) = rest.split_at_checked(20)?;
        Some(Claim {
            room: RoomName::parse(std::str::from_utf8(room).ok()?).ok()?,
            participant: ParticipantId::parse(std::str::from_utf8(participant).ok()?).ok()?,
            meeting: MeetingId(*meeting),
            token_number: u32::from_be_bytes(*generation),
            issued: u64::from_be_bytes(*issued),
        })
    }

    fn mac(&self, bytes: &[u8]) -> Hmac<Sha256> {
        // A key shorter than a block is padded with zeros (RFC 2104 section 2).
        let mut block = [0; 64];
        block[..KEY_BYTES].copy_from_slice(&self.key);
        <Hmac<Sha256> as Mac>::new(&block.into()).chain_update(bytes)
    }
}

/// Says so if others can read the key.
#[cfg(unix)]
fn warn_if_readable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path)?.permissions().mode();
    if mode & 0o077 != 0 {
        tracing::warn!(
            file = %path.display(),
            mode = format_args!("{:o}", mode & 0o777),
            "others may read or change the key: whoever has it can be anybody in any meeting (chmod 600)",
        );
    }
    Ok(())
}

#[cfg(not(unix))]
fn warn_of_readers(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim() -> Claim {
        Claim {
            room: RoomName::parse("комната").unwrap(),
            participant: ParticipantId::from_random([7; 20]),
            meeting: MeetingId([9; 16]),
            token_number: 3,
            issued: u64::MAX,
        }
    }

    #[test]
    fn a_claim_comes_back_and_nothing_else_does() {
        let tokens = Tokens::ephemeral();
        let token = tokens.sign(&claim());
        assert_eq!(tokens.verify(&token), Some(claim()));
        assert_eq!(Tokens::ephemeral().verify(&token), None);
        for at in 0..token.len() {
            let mut forged = token.clone().into_bytes();
            forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            // The last letter of base64 can carry bits that count for nothing.
            assert!(
                tokens
                    .verify(&forged)
                    .is_none_or(|read| at + 1 == token.len() && read == claim())
            );
        }
        for text in ["", "A", "AAAA", &"A".repeat(60), &"A".repeat(500)] {
            assert_eq!(tokens.verify(text), None);
        }
    }

    #[test]
    fn a_key_file_is_made_once_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/resume.key");
        let token = Tokens::from_file(&path).unwrap().sign(&claim());
        assert_eq!(
            Tokens::from_file(&path).unwrap().verify(&token),
            Some(claim())
        );
        fs::write(&path, "short").unwrap();
        assert!(Tokens::from_file(&path).is_err());
    }
}
