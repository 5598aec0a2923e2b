//! Where the SFU says that it is reached.
//!
//! What is written into an offer is kept apart from what the ICE agent of a session knows: a browser is told where the
//! *others* reach this machine (behind a NAT, none of its own addresses), while the agent answers from the address that
//! was asked.

use std::{fmt::Write, net::SocketAddr};

use str0m::Candidate;

use super::SfuError;
use crate::protocol;

/// The addresses that browsers are told.
#[derive(Debug, Default)]
pub(super) struct Candidates(Vec<SocketAddr>);

impl Candidates {
    /// # Errors
    /// [`SfuError::Address`] names the first one that is no address to reach anybody at.
    pub fn new(addresses: Vec<SocketAddr>) -> Result<Self, SfuError> {
        let mut good = Vec::with_capacity(addresses.len());
        for address in addresses {
            Candidate::host(address, "udp")
                .map_err(|error| SfuError::Address(address, error.to_string()))?;
            if !good.contains(&address) {
                good.push(address);
            }
        }
        Ok(Self(good))
    }

    /// Writes them into an offer, where those of its first section stand (RFC 8839 section 5.1).
    pub fn write(&self, offer: &str) -> String {
        let at = offer.find("a=ice-ufrag:").unwrap_or(offer.len());
        let (before, after) = offer.split_at(at);
        let mut sdp = before.to_owned();
        for index in 0..self.0.len() {
            if let Some(line) = self.candidate_line(index) {
                // Writing to a string does not fail.
                let _ = write!(sdp, "a={line}\r\n");
            }
        }
        sdp + after
    }

    /// Those that others do not have, to be told by themselves (RFC 8838).
    pub fn missing_from(&self, others: &Self, mid: &str) -> Vec<protocol::Candidate> {
        let new = (0..self.0.len()).filter(|index| {
            let address = self.0.get(*index);
            address.is_some_and(|address| !others.0.contains(address))
        });
        new.filter_map(|index| self.candidate_line(index))
            .map(|line| protocol::Candidate {
                candidate: line.into(),
                sdp_mid: Some(mid.into()),
                sdp_m_line_index: Some(0),
            })
            .collect()
    }

    /// A host candidate; the first one has the highest priority (RFC 8445 section 5.1.2.1).
    fn candidate_line(&self, index: usize) -> Option<String> {
        const HOST: u32 = 126 << 24;
        const COMPONENT: u32 = 256 - 1;
        let address = self.0.get(index)?;
        let preference = u32::from(u16::MAX).saturating_sub(u32::try_from(index).ok()?);
        let priority = HOST + (preference << 8) + COMPONENT;
        let (ip, port) = (address.ip(), address.port());
        let foundation = index + 1;
        Some(format!(
            "candidate:{foundation} 1 udp {priority} {ip} {port} typ host"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(addresses: &[&str]) -> Candidates {
        let addresses = addresses.iter().map(|text| text.parse().unwrap());
        Candidates::new(addresses.collect()).unwrap()
    }

    #[test]
    fn candidates_stand_before_the_credentials_of_the_first_section() {
        let both = at(&["192.0.2.1:4000", "[2001:db8::1]:4000", "192.0.2.1:4000"]);
        let offer = "v=0\r\nm=audio\r\na=ice-ufrag:x\r\nm=video\r\na=ice-ufrag:x\r\n";
        let expected = "v=0\r\nm=audio\r\n\
            a=candidate:1 1 udp 2130706431 192.0.2.1 4000 typ host\r\n\
            a=candidate:2 1 udp 2130706175 2001:db8::1 4000 typ host\r\n\
            a=ice-ufrag:x\r\nm=video\r\na=ice-ufrag:x\r\n";
        assert_eq!(both.write(offer), expected);
        assert_eq!(at(&[]).write(offer), offer);
    }

    #[test]
    fn only_new_ones_are_told_by_themselves() {
        let (old, new) = (at(&["192.0.2.1:1"]), at(&["192.0.2.2:1", "192.0.2.1:1"]));
        let told = new.missing_from(&old, "a");
        assert_eq!(told.len(), 1);
        assert!(told[0].candidate.contains("192.0.2.2 1 typ host"));
        assert!(new.missing_from(&new, "a").is_empty());
    }
}
