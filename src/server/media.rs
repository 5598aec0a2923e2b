//! The UDP port for media that this server forwards.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use tokio::{net::UdpSocket, sync::mpsc::UnboundedReceiver};

use super::{config::Settings, signaling::Hub};
use crate::{room::UnitTask, sfu::driver};

/// What the forwarding unit is to do, in order.
pub type Tasks = UnboundedReceiver<UnitTask>;

/// The port, and where browsers reach it.
pub struct MediaPort {
    /// Bound.
    pub socket: UdpSocket,
    /// To be told to browsers (RFC 8445 section 5.1.1: host candidates).
    pub addresses: Vec<SocketAddr>,
}

impl MediaPort {
    /// Opens it as the settings say, else at the address of the pages, and if these are behind a proxy, at every
    /// address; `None` where no media is to be forwarded.
    ///
    /// # Errors
    /// The port is taken, or may not be used.
    pub async fn open(settings: &Settings, pages: SocketAddr) -> io::Result<Option<Self>> {
        if settings.forward_from == 0 {
            return Ok(None);
        }
        let is_behind_proxy = settings.public_url.is_some() && pages.ip().is_loopback();
        let beside = match is_behind_proxy {
            true => SocketAddr::from(([0, 0, 0, 0], pages.port())),
            false => pages,
        };
        let socket = UdpSocket::bind(settings.media.unwrap_or(beside)).await?;
        let bound = socket.local_addr()?;
        let named = settings.media_address.iter().copied();
        let mut addresses: Vec<_> = match () {
            () if !settings.media_address.is_empty() => named.collect(),
            () if bound.ip().is_unspecified() => own_addresses(bound.is_ipv4())?,
            () => vec![bound.ip()],
        };
        addresses.dedup();
        let addresses = addresses
            .into_iter()
            .map(|ip| SocketAddr::new(ip, bound.port()))
            .collect();
        Ok(Some(Self { socket, addresses }))
    }

    /// Forwards by it what participants of the hub send, until there is nothing more to come.
    pub async fn forward(self, tasks: Tasks, hub: Arc<Hub>) {
        let say = |room, participant, says| hub.unit_says(room, participant, says);
        if let Err(error) = driver::run(self.socket, self.addresses, tasks, say).await {
            tracing::error!(%error, "media is not forwarded");
        }
    }
}

/// The addresses of this machine, at which a socket hears that is bound to no address: loopback only where there is
/// nothing else.
fn own_addresses(only_v4: bool) -> io::Result<Vec<IpAddr>> {
    let all = if_addrs::get_if_addrs()?;
    let usable = |ip: &IpAddr| match ip {
        IpAddr::V4(ip) => !ip.is_link_local(),
        IpAddr::V6(ip) => !only_v4 && !ip.is_unicast_link_local(),
    };
    let all: Vec<_> = all
        .iter()
        .map(if_addrs::Interface::ip)
        .filter(usable)
        .collect();
    let (loopback, mut others): (Vec<_>, Vec<_>) = all.into_iter().partition(IpAddr::is_loopback);
    if others.is_empty() {
        others = loopback;
    }
    Ok(others)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::server::config::Layer;

    async fn open(arguments: &[&str]) -> Option<MediaPort> {
        let flags = Layer::parse_from(std::iter::once(&"roundtable").chain(arguments));
        let settings = Settings::from_layers(flags, Layer::default()).unwrap();
        let pages = SocketAddr::from(([127, 0, 0, 1], 0));
        MediaPort::open(&settings, pages).await.unwrap()
    }

    #[tokio::test]
    async fn it_is_told_by_the_address_that_it_is_bound_to() {
        let port = open(&[]).await.unwrap();
        assert_eq!(port.addresses, [port.socket.local_addr().unwrap()]);
    }

    #[tokio::test]
    async fn of_no_address_all_of_the_machine_are_told_or_those_that_are_named() {
        let port = open(&["--media", "0.0.0.0:0"]).await.unwrap();
        assert!(!port.addresses.is_empty());
        let number = port.socket.local_addr().unwrap().port();
        let behind_proxy = open(&["--public-url", "https://meet.example.org"]).await;
        for address in port.addresses {
            assert!(address.is_ipv4() && !address.ip().is_unspecified());
            assert_eq!(address.port(), number);
            let ip = address.ip();
            let told = &behind_proxy.as_ref().unwrap().addresses;
            assert!(told.iter().any(|other| other.ip() == ip));
        }
        let named = [
            "--media",
            "0.0.0.0:0",
            "--media-address",
            "203.0.113.7,2001:db8::7",
        ];
        let port = open(&named).await.unwrap();
        let ips: Vec<_> = port
            .addresses
            .iter()
            .map(|it| it.ip().to_string())
            .collect();
        assert_eq!(ips, ["203.0.113.7", "2001:db8::7"]);
    }

    #[tokio::test]
    async fn there_is_none_where_nothing_is_forwarded() {
        assert!(open(&["--forward-from", "0"]).await.is_none());
    }
}
