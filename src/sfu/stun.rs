//! The messages of STUN (RFC 8489), as far as a port that is shared reads and writes them itself.

use str0m::crypto::from_feature_flags;

/// How long what leads every message is, in bytes.
pub(super) const HEADER: usize = 20;
const COOKIE: [u8; 4] = [0x21, 0x12, 0xA4, 0x42];
const MESSAGE_INTEGRITY: u16 = 0x0008;
const FINGERPRINT: u16 = 0x8028;
const HASH_BYTES: u16 = 20;

/// Whether it is a message of STUN, by its first byte (RFC 7983 section 7).
pub(super) fn is_stun(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(|first| *first < 4)
}

/// The type and the transaction of a message.
pub(super) fn head(bytes: &[u8]) -> Option<(u16, [u8; 12])> {
    let (kind, rest) = bytes.split_first_chunk::<2>()?;
    let transaction = rest.get(6..18)?.try_into().ok()?;
    let is_stun = is_stun(bytes) && rest.get(2..6)? == COOKIE;
    is_stun.then_some((u16::from_be_bytes(*kind), transaction))
}

/// The types and values of the attributes of a message, as far as they can be read.
pub(super) fn attributes(bytes: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut rest = head(bytes).and(bytes.get(HEADER..)).unwrap_or_default();
    std::iter::from_fn(move || {
        let (head, body) = rest.split_first_chunk::<4>()?;
        let [kind_high, kind_low, length_high, length_low] = *head;
        let length = usize::from(u16::from_be_bytes([length_high, length_low]));
        let value = body.get(..length)?;
        rest = body.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some((u16::from_be_bytes([kind_high, kind_low]), value))
    })
}

/// Writes a message that is authenticated by a password (RFC 8489 sections 14.5 and 14.7).
pub(super) fn write<'a>(
    kind: u16,
    transaction: [u8; 12],
    attributes: impl IntoIterator<Item = (u16, &'a [u8])>,
    password: &str,
) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(128);
    bytes.extend(kind.to_be_bytes());
    bytes.extend([0; 2]);
    bytes.extend(COOKIE);
    bytes.extend(transaction);
    for (kind, value) in attributes {
        push(&mut bytes, kind, value);
    }
    let ahead = 4 + usize::from(HASH_BYTES);
    set_length(&mut bytes, ahead);
    let hash = hash(password, &[&bytes]);
    push(&mut bytes, MESSAGE_INTEGRITY, &hash);
    set_length(&mut bytes, 8);
    let sum = crc32(&bytes) ^ 0x5354_554E;
    push(&mut bytes, FINGERPRINT, &sum.to_be_bytes());
    bytes
}

/// Whether whoever has written a message knows the password.
pub(super) fn is_authentic(bytes: &[u8], password: &str) -> bool {
    let mut end = HEADER;
    for (kind, value) in attributes(bytes) {
        if kind == MESSAGE_INTEGRITY {
            // The length is that of a message which ends here.
            let (Some(before), Ok(length)) = (bytes.get(..end), u16::try_from(end + 4)) else {
                return false;
            };
            let (kind, rest) = before.split_at(2);
            let length = length + HASH_BYTES - HEADER as u16;
            let rest = rest.get(2..).unwrap_or_default();
            return hash(password, &[kind, &length.to_be_bytes(), rest]) == value;
        }
        end += 4 + value.len().next_multiple_of(4);
    }
    false
}

fn push(bytes: &mut Vec<u8>, kind: u16, value: &[u8]) {
    let length = u16::try_from(value.len()).unwrap_or(u16::MAX);
    let value = value.get(..length.into()).unwrap_or_default();
    bytes.extend(kind.to_be_bytes());
    bytes.extend(length.to_be_bytes());
    bytes.extend(value);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
}

/// The length of a message that so many bytes are still to be added to.
fn set_length(bytes: &mut [u8], ahead: usize) {
    let length = u16::try_from(bytes.len() + ahead - HEADER).unwrap_or(u16::MAX);
    if let Some(field) = bytes.get_mut(2..4) {
        field.copy_from_slice(&length.to_be_bytes());
    }
}

fn hash(password: &str, parts: &[&[u8]]) -> [u8; HASH_BYTES as usize] {
    let provider = from_feature_flags().sha1_hmac_provider;
    provider.sha1_hmac(password.as_bytes(), parts)
}

/// The checksum of ITU-T V.42 (CRC-32).
fn crc32(bytes: &[u8]) -> u32 {
    let shift = |sum: u32| (sum >> 1) ^ (0xEDB8_8320 & (sum & 1).wrapping_neg());
    let add = |sum: u32, byte: &u8| (0..8).fold(sum ^ u32::from(*byte), |sum, _| shift(sum));
    !bytes.iter().fold(u32::MAX, add)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use str0m::ice::StunMessage;

    use super::*;

    #[test]
    fn a_checksum_is_that_of_the_standard() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    proptest! {
        #[test]
        fn others_read_what_is_written(name in "[a-z]{1,30}:[a-z]{1,30}", password in "[a-z]{22,40}", transaction: [u8; 12]) {
            let priority = 7_u32.to_be_bytes();
            let attributes = [(0x0006, name.as_bytes()), (0x0024, &priority)];
            let bytes = write(1, transaction, attributes, &password);
            let message = StunMessage::parse(&bytes).unwrap();
            prop_assert!(message.is_binding_request());
            prop_assert_eq!(message.username(), Some(&*name));
            let hmac = |key: &[u8], parts: &[&[u8]]| hash(std::str::from_utf8(key).unwrap(), parts);
            prop_assert!(message.verify(password.as_bytes(), hmac));
            prop_assert_eq!(head(&bytes), Some((1, transaction)));
            prop_assert!(is_authentic(&bytes, &password));
            prop_assert!(!is_authentic(&bytes, "another"));
        }

        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..80), stun: bool) {
            let mut bytes = bytes;
            if stun {
                bytes.splice(..0, [0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42]);
            }
            let _ = head(&bytes);
            prop_assert!(!is_authentic(&bytes, "password"));
        }
    }
}
