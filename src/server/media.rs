//! The UDP port for media that this server forwards.

mod address_choice;
mod media_addresses;
mod system;

use std::{
    io,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use tokio::task::JoinHandle;

use self::media_addresses::MediaAddresses;
use super::{config::Settings, signaling::Hub};
use crate::sfu::{
    SfuError,
    driver::{Driver, Port, Queue},
};

/// Why no media can be forwarded.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// The port is taken, or may not be used.
    #[error(
        "can't open the UDP port for media at {0}: {1}; --media takes another, and --topology mesh does without"
    )]
    Port(SocketAddr, io::Error),
    /// Nobody could reach it.
    #[error("media can't be forwarded: {0}; --media-address names an address that browsers reach")]
    Sfu(#[from] SfuError),
}

/// The port, and where browsers reach it.
pub struct MediaPort {
    /// Open.
    pub port: Port,
    /// To be told to browsers.
    pub reached: MediaAddresses,
    /// How many are heard at a time in a room.
    voices: usize,
}

impl MediaPort {
    /// Opens it as the settings say, else at the address of the pages, and if these are behind a proxy, at every
    /// address of both families; `None` where no media is to be forwarded.
    ///
    /// # Errors
    /// [`MediaError`] names the setting that helps.
    pub async fn open(settings: &Settings, pages: SocketAddr) -> Result<Option<Self>, MediaError> {
        if settings.sfu_thresholds().is_none() {
            return Ok(None);
        }
        let is_behind_proxy = settings.public_url.is_some() && pages.ip().is_loopback();
        let beside = match is_behind_proxy {
            true => SocketAddr::from((Ipv6Addr::UNSPECIFIED, pages.port())),
            false => pages,
        };
        let wanted = settings.media.unwrap_or(beside);
        let port = Port::open(wanted).map_err(|error| MediaError::Port(wanted, error))?;
        let bound: Vec<_> = port.bound().collect();
        let number = bound.first().map_or(0, SocketAddr::port);
        let at = |ip: &IpAddr| SocketAddr::new(*ip, number);
        let is_everywhere = bound.iter().any(|address| address.ip().is_unspecified());
        let reached = match () {
            () if !settings.media_address.is_empty() => {
                MediaAddresses::fixed(settings.media_address.iter().map(at).collect())
            }
            () if is_everywhere => MediaAddresses::own(&bound),
            () => MediaAddresses::fixed(bound),
        };
        Ok(Some(Self {
            port,
            reached,
            voices: settings.voices,
        }))
    }

    /// Puts an SFU behind it.
    ///
    /// # Errors
    /// [`MediaError::Sfu`] when its addresses are of no use.
    pub fn driver(self) -> Result<Driver, MediaError> {
        let Self {
            port,
            mut reached,
            voices,
        } = self;
        Ok(Driver::new(port, voices, move |now| reached.poll(now))?)
    }
}

/// Forwards what participants of the hub send, in a task that ends when the port fails: with the reason.
pub fn forward(driver: Driver, queue: Arc<Queue>, hub: Arc<Hub>) -> JoinHandle<String> {
    tokio::spawn(async move {
        let say = |room, participant, says| hub.handle_sfu_event(room, participant, says);
        driver.run(&queue, say).await.to_string()
    })
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use clap::Parser;

    use super::*;
    use crate::server::config::Layer;

    async fn open(arguments: &[&str]) -> Option<MediaPort> {
        let flags = Layer::parse_from(std::iter::once(&"roundtable").chain(arguments));
        let settings = Settings::from_layers(flags, Layer::default()).unwrap();
        let pages = SocketAddr::from(([127, 0, 0, 1], 0));
        MediaPort::open(&settings, pages).await.unwrap()
    }

    fn told(port: &mut MediaPort) -> Vec<SocketAddr> {
        port.reached.poll(Instant::now()).unwrap()
    }

    #[tokio::test]
    async fn it_is_told_by_the_address_that_it_is_bound_to() {
        let mut port = open(&[]).await.unwrap();
        let bound: Vec<_> = port.port.bound().collect();
        assert_eq!(told(&mut port), bound);
        assert_eq!(bound.len(), 1);
    }

    #[tokio::test]
    async fn behind_a_proxy_it_is_open_at_every_address_of_both_families() {
        let mut port = open(&["--public-url", "https://meet.example.org"])
            .await
            .unwrap();
        let bound: Vec<_> = port.port.bound().collect();
        assert!(bound.iter().all(|address| address.ip().is_unspecified()));
        let [v4, v6] = bound[..] else {
            panic!("a socket for each family: {bound:?}");
        };
        assert!(v4.is_ipv4() && v6.is_ipv6() && v4.port() == v6.port());
        for address in told(&mut port) {
            assert!(!address.ip().is_unspecified());
            assert_eq!(address.port(), v4.port());
        }
    }

    #[tokio::test]
    async fn where_one_family_is_named_only_that_one_is_told() {
        let mut port = open(&["--media", "0.0.0.0:0"]).await.unwrap();
        assert!(told(&mut port).iter().all(SocketAddr::is_ipv4));
    }

    #[tokio::test]
    async fn what_is_named_is_told_as_it_is() {
        let named = [
            "--media",
            "0.0.0.0:0",
            "--media-address",
            "203.0.113.7,2001:db8::7",
        ];
        let mut port = open(&named).await.unwrap();
        let ips: Vec<_> = told(&mut port)
            .iter()
            .map(|it| it.ip().to_string())
            .collect();
        assert_eq!(ips, ["203.0.113.7", "2001:db8::7"]);
    }

    #[tokio::test]
    async fn there_is_none_where_nothing_is_forwarded() {
        assert!(open(&["--topology", "mesh"]).await.is_none());
    }
}
