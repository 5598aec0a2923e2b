//! Somebody who enters a room and connects with the SFU, as a browser does.

use std::{
    collections::BTreeSet,
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};

use futures_util::future::select_all;
use serde_json::{Value, json};
use str0m::{
    Candidate, Event, Input, Output, Rtc, RtcConfig,
    change::SdpOffer,
    net::{Protocol, Receive},
};
use tokio::{net::UdpSocket, runtime::Runtime, time::sleep_until};

use super::machines::{Machines, RoundtableAt};
use crate::support::Client;

/// How long a connection may take: sessions are told new addresses within some seconds.
const PATIENCE: Duration = Duration::from_secs(30);

/// Who was brought to the SFU, and has not answered its offer yet.
pub struct Guest {
    runtime: Runtime,
    peer: Peer,
}

struct Peer {
    client: Client,
    /// The message with the SFU's offer.
    message: Value,
    rtc: Rtc,
    sockets: Vec<(UdpSocket, SocketAddr)>,
    /// The addresses that were told after the offer.
    told: Vec<String>,
    heard_from: BTreeSet<IpAddr>,
}

/// How somebody has connected.
pub struct Connected {
    /// The addresses in the offer.
    pub offered: Vec<String>,
}

/// Enters, and connects.
pub fn connect(machines: &Machines, server: &RoundtableAt) -> Connected {
    let mut guest = Guest::enter(machines, server);
    let offered = guest.offered();
    guest.connect();
    Connected { offered }
}

impl Guest {
    pub fn enter(machines: &Machines, server: &RoundtableAt) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        machines.enter_server();
        let peer = runtime.block_on(Peer::enter(server.pages));
        machines.enter_guest();
        Self { runtime, peer }
    }

    /// The addresses in the offer, in its order.
    pub fn offered(&self) -> Vec<String> {
        let lines = self.peer.sdp().lines();
        lines
            .filter_map(|line| line.strip_prefix("a=candidate:"))
            .map(address)
            .collect()
    }

    /// The addresses that were told by themselves.
    pub fn told(&self) -> &[String] {
        &self.peer.told
    }

    /// The addresses that something came from.
    pub fn heard_from(&self) -> Vec<String> {
        let heard = self.peer.heard_from.iter();
        heard.map(ToString::to_string).collect()
    }

    /// Knows no other address of the server than this one.
    pub fn use_only(&mut self, only: &str) {
        let lines = self.peer.sdp().split_inclusive('\n');
        let keep = |line: &&str| {
            let candidate = line.strip_prefix("a=candidate:");
            candidate.is_none_or(|candidate| address(candidate) == only)
        };
        let sdp: String = lines.filter(keep).collect();
        self.peer.message["signal"]["sdp"] = sdp.into();
    }

    /// Answers, and waits until media could be sent.
    pub fn connect(&mut self) {
        self.runtime.block_on(self.peer.connect());
    }
}

impl Peer {
    async fn enter(pages: SocketAddr) -> Self {
        let mut client = Client::connect(pages).await;
        let enter = json!({ "room": "standup", "name": "Ada", "supportsSfu": true });
        client.granted("create-session", enter).await;
        let prepare = client.expect("conn-prepare").await;
        let sfu = &prepare["justJoinedUserSocketId"];
        let generation = &prepare["generation"];
        let init = json!({ "connUserSocketId": sfu, "generation": generation });
        client.emit("conn-init", init).await;
        let message = client.expect("conn-signal").await;
        assert_eq!(message["signal"]["type"], "offer");
        Self {
            client,
            message,
            rtc: RtcConfig::new().set_rtp_mode(true).build(Instant::now()),
            sockets: Vec::new(),
            told: Vec::new(),
            heard_from: BTreeSet::new(),
        }
    }

    fn sdp(&self) -> &str {
        self.message["signal"]["sdp"].as_str().unwrap()
    }

    async fn connect(&mut self) {
        let now = Instant::now();
        self.rtc.handle_input(Input::Timeout(now)).unwrap();
        let candidates: Vec<_> = self.sdp().lines().map(str::to_owned).collect();
        for line in candidates {
            if let Some(candidate) = line.strip_prefix("a=") {
                self.bind_towards(candidate).await;
            }
        }
        let offer = SdpOffer::from_sdp_string(self.sdp()).unwrap();
        let answer = self.rtc.sdp_api().accept_offer(offer).unwrap();
        let signal = json!({ "type": "answer", "sdp": answer.to_sdp_string() });
        self.message["signal"] = signal;
        self.client.emit("conn-signal", self.message.clone()).await;
        let end = Instant::now() + PATIENCE;
        loop {
            let (connected, due) = self.drain().await;
            if connected {
                return;
            }
            assert!(
                Instant::now() < end,
                "no connection, heard from {:?}",
                self.heard_from
            );
            self.step(due).await;
        }
    }

    /// Opens a socket at the own address that leads to this candidate, if there is a way.
    async fn bind_towards(&mut self, candidate: &str) {
        let Ok(candidate) = Candidate::from_sdp_string(candidate) else {
            return;
        };
        let any = match candidate.addr() {
            SocketAddr::V4(_) => "0.0.0.0:0",
            SocketAddr::V6(_) => "[::]:0",
        };
        let probe = std::net::UdpSocket::bind(any).unwrap();
        if probe.connect(candidate.addr()).is_err() {
            return;
        }
        let own = probe.local_addr().unwrap().ip();
        if self.sockets.iter().any(|(_, at)| at.ip() == own) {
            return;
        }
        let socket = UdpSocket::bind((own, 0)).await.unwrap();
        let at = socket.local_addr().unwrap();
        self.rtc
            .add_local_candidate(Candidate::host(at, "udp").unwrap());
        self.sockets.push((socket, at));
    }

    async fn drain(&mut self) -> (bool, Instant) {
        let mut connected = false;
        loop {
            match self.rtc.poll_output().unwrap() {
                Output::Timeout(due) => return (connected, due),
                Output::Transmit(transmit) => {
                    let mut sockets = self.sockets.iter();
                    if let Some((socket, _)) = sockets.find(|(_, at)| *at == transmit.source) {
                        // The other end of the cable may have no address yet.
                        let _ = socket
                            .send_to(&transmit.contents, transmit.destination)
                            .await;
                    }
                }
                Output::Event(Event::Connected) => connected = true,
                Output::Event(_) => {}
            }
        }
    }

    async fn step(&mut self, due: Instant) {
        let sockets = &self.sockets;
        let readable = async {
            let readable = sockets
                .iter()
                .map(|(socket, _)| Box::pin(socket.readable()));
            select_all(readable).await
        };
        let event = tokio::select! {
            _ = readable, if !sockets.is_empty() => None,
            event = self.client.event() => Some(event),
            () = sleep_until(due.into()) => None,
        };
        if let Some((name, message)) = event {
            self.handle_event(&name, &message).await;
        }
        self.receive();
        self.rtc
            .handle_input(Input::Timeout(Instant::now()))
            .unwrap();
    }

    fn receive(&mut self) {
        let mut buffer = [0; 2048];
        for (socket, at) in &self.sockets {
            while let Ok((length, source)) = socket.try_recv_from(&mut buffer) {
                self.heard_from.insert(source.ip());
                let received = Receive::new(Protocol::Udp, source, *at, &buffer[..length]);
                let input = Input::Receive(Instant::now(), received.unwrap());
                self.rtc.handle_input(input).unwrap();
            }
        }
    }

    async fn handle_event(&mut self, name: &str, message: &Value) {
        let candidate = &message["signal"]["candidate"]["candidate"];
        if let (true, Some(candidate)) = (name == "conn-signal", candidate.as_str()) {
            self.told.push(address(candidate));
            self.bind_towards(candidate).await;
            let candidate = Candidate::from_sdp_string(candidate).unwrap();
            self.rtc.add_remote_candidate(candidate);
        }
    }
}

/// The address in a candidate (RFC 8839 section 5.1).
fn address(candidate: &str) -> String {
    candidate.split(' ').nth(4).unwrap().to_owned()
}
