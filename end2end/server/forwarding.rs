//! Media by way of the server, with real peers: what goes on while somebody floods, and when the SFU fails.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use str0m::{
    Candidate, Event, Input, Output, Rtc, RtcConfig,
    change::SdpOffer,
    format::Codec,
    media::Mid,
    net::{Protocol, Receive},
    rtp::RtpWrite,
};
use tokio::{
    net::UdpSocket,
    time::{MissedTickBehavior, sleep, sleep_until, timeout},
};

use crate::support::{Bystanders, Client, SOON, Server};

/// Enters a room as a browser of ours does.
async fn enter(client: &mut Client, room: &str) {
    let entry = json!({ "room": room, "name": "Ada", "autoPrepare": true, "supportsSfu": true });
    let reply = client.granted("create-session", entry).await;
    assert_eq!(reply["sfuAvailable"], true);
}

/// The id of the SFU, which is introduced.
async fn introduced(client: &mut Client) -> Value {
    let mut seen = Vec::new();
    loop {
        let next = timeout(SOON, client.event());
        let (name, payload) = next
            .await
            .unwrap_or_else(|_| panic!("no generation in {seen:?}"));
        if name == "conn-prepare" && payload["sfu"] == true {
            return payload["justJoinedUserSocketId"].clone();
        }
        seen.push((name, payload));
    }
}

/// A participant whose sounds go by way of the server.
struct Speaker {
    client: Client,
    rtc: Rtc,
    socket: UdpSocket,
    address: SocketAddr,
    microphone: Option<Mid>,
    /// The SFU, once it was introduced.
    sfu: Value,
    seq: u64,
    heard: Arc<AtomicUsize>,
}

impl Speaker {
    async fn enter(server: &Server, room: &str) -> Self {
        let mut client = server.client().await;
        enter(&mut client, room).await;
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        Self {
            client,
            rtc: connection(address),
            socket,
            address,
            microphone: None,
            sfu: Value::Null,
            seq: 0,
            heard: Arc::default(),
        }
    }

    /// Speaks and listens, for as long as it is polled.
    async fn run(&mut self) {
        let mut buffer = [0; 2048];
        let mut beat = tokio::time::interval(Duration::from_millis(20));
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let due = self.drain().await;
            tokio::select! {
                received = self.socket.recv_from(&mut buffer) => {
                    // The server's port may be closed for a while.
                    if let Ok((length, source)) = received {
                        let received = Receive::new(Protocol::Udp, source, self.address, &buffer[..length]);
                        let input = Input::Receive(Instant::now(), received.unwrap());
                        self.rtc.handle_input(input).unwrap();
                    }
                }
                (name, payload) = self.client.event() => self.handle(&name, &payload).await,
                _ = beat.tick() => self.speak(),
                () = sleep_until(due.into()) => {
                    self.rtc.handle_input(Input::Timeout(Instant::now())).unwrap();
                }
            }
        }
    }

    async fn drain(&mut self) -> Instant {
        loop {
            match self.rtc.poll_output().unwrap() {
                Output::Timeout(at) => return at,
                Output::Transmit(transmit) => {
                    let to = transmit.destination;
                    let _ = self.socket.send_to(&transmit.contents, to).await;
                }
                Output::Event(Event::RtpPacket(_)) => {
                    self.heard.fetch_add(1, Ordering::Relaxed);
                }
                Output::Event(_) => {}
            }
        }
    }

    async fn handle(&mut self, name: &str, payload: &Value) {
        let sfu = &payload["connUserSocketId"];
        match name {
            // Another introduction is another connection.
            "conn-prepare" if payload["sfu"] == true => {
                self.rtc = connection(self.address);
                self.sfu = payload["justJoinedUserSocketId"].clone();
                self.microphone = None;
            }
            "conn-signal" if payload["signal"]["type"] == "offer" => {
                let offer = payload["signal"]["sdp"].as_str().unwrap();
                let first = offer.lines().find_map(|line| line.strip_prefix("a=mid:"));
                self.microphone = first.map(|mid| Mid::from(mid.trim()));
                let offer = SdpOffer::from_sdp_string(offer).unwrap();
                let answer = self.rtc.sdp_api().accept_offer(offer).unwrap();
                let signal = json!({ "type": "answer", "sdp": answer.to_sdp_string() });
                let answer = json!({
                    "connUserSocketId": sfu, "signal": signal, "generation": payload["generation"],
                });
                self.client.emit("conn-signal", answer).await;
            }
            _ => {}
        }
    }

    fn speak(&mut self) {
        let Some(mid) = self.microphone.filter(|_| self.rtc.is_connected()) else {
            return;
        };
        let codecs = self.rtc.codec_config();
        let opus = codecs.find(|params| params.spec().codec == Codec::Opus);
        let pt = opus.unwrap().pt();
        self.seq += 1;
        let time = self.seq as u32 * 960;
        let packet = RtpWrite::new(
            pt,
            self.seq.into(),
            time,
            Instant::now(),
            [7; 60].as_slice(),
        );
        let mut direct = self.rtc.direct_api();
        if let Some(stream) = direct.stream_tx_by_mid(mid, None) {
            stream.write_rtp(packet);
        }
    }
}

fn connection(address: SocketAddr) -> Rtc {
    let mut rtc = RtcConfig::new().set_rtp_mode(true).build(Instant::now());
    rtc.add_local_candidate(Candidate::host(address, "udp").unwrap());
    // It has to hear of the time once to begin.
    rtc.handle_input(Input::Timeout(Instant::now())).unwrap();
    rtc
}

/// Both hear so much more of each other.
async fn hear(one: &mut Speaker, two: &mut Speaker, more: usize) {
    let counts = [&one.heard, &two.heard].map(Arc::clone);
    let goals = counts
        .each_ref()
        .map(|count| count.load(Ordering::Relaxed) + more);
    let enough = async {
        let missing =
            |(count, goal): (&Arc<AtomicUsize>, usize)| count.load(Ordering::Relaxed) < goal;
        while counts.iter().zip(goals).any(missing) {
            sleep(Duration::from_millis(5)).await;
        }
    };
    let both = async {
        tokio::select! {
            () = one.run() => {}
            () = two.run() => {}
            () = enough => {}
        }
    };
    timeout(6 * SOON, both).await.expect("both are heard");
}

/// How long two who enter a room take until they hear each other.
async fn time_to_hear(server: &Server, room: &str) -> Duration {
    let entered = Instant::now();
    let mut one = Speaker::enter(server, room).await;
    let mut two = Speaker::enter(server, room).await;
    hear(&mut one, &mut two, 1).await;
    entered.elapsed()
}

#[tokio::test]
async fn a_flood_of_renewals_in_one_room_does_not_delay_another() {
    let server = Server::with(|settings| (settings.sfu_from, settings.mesh_until) = (1, 0)).await;
    let before = time_to_hear(&server, "quiet").await;
    let mut floods = Vec::new();
    let (refused, mut refusals) = tokio::sync::mpsc::channel(8);
    for _ in 0..8 {
        let refused = refused.clone();
        let mut client = server.client().await;
        enter(&mut client, "flood").await;
        let sfu = introduced(&mut client).await;
        floods.push(tokio::spawn(async move {
            // As much as a connection may say, for as long as the others meet.
            loop {
                for _ in 0..90 {
                    let renew = json!({ "connUserSocketId": sfu });
                    client.emit("peer-restart", renew).await;
                }
                let pause = sleep(Duration::from_millis(100));
                tokio::pin!(pause);
                loop {
                    tokio::select! {
                        () = &mut pause => break,
                        (event, _) = client.event() => if event == "refused" {
                            let _ = refused.try_send(());
                        }
                    }
                }
            }
        }));
    }
    // What is refused shows that the floods are as high as the server lets them be.
    for _ in 0..64 {
        let next = timeout(3 * SOON, refusals.recv()).await;
        next.expect("renewals are refused").unwrap();
    }
    let during = time_to_hear(&server, "other").await;
    assert!(
        during < before + Duration::from_secs(5),
        "{before:?} without, {during:?} with the flood"
    );
    println!("heard after {before:?} without a flood, {during:?} with it");
    for flood in floods {
        assert!(!flood.is_finished(), "it was cut, and floods no more");
        flood.abort();
    }
}

async fn readiness(server: &Server) -> (u16, String) {
    let ready = server.request("GET", "/readyz", &[], "").await;
    (ready.status, ready.text())
}

async fn until_ready(server: &Server, status: u16) -> String {
    let wait = async {
        loop {
            let (is, words) = readiness(server).await;
            if is == status {
                return words;
            }
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(3 * SOON, wait).await.expect("it says so")
}

/// The SFU ends, and for as long as this is kept another one has its port.
async fn fail_and_take_its_port(server: &Server) -> UdpSocket {
    server.sfu.restart();
    let taken = async {
        loop {
            match UdpSocket::bind(server.address).await {
                Ok(socket) => return socket,
                Err(_) => tokio::task::yield_now().await,
            }
        }
    };
    timeout(SOON, taken).await.expect("the port is free")
}

#[tokio::test]
async fn who_goes_by_an_sfu_that_cannot_be_started_hears_of_it_at_once() {
    let server = Server::with(|settings| (settings.sfu_from, settings.mesh_until) = (2, 0)).await;
    let mut bystanders = Bystanders::enter(&server, "straight").await;
    let mut one = Speaker::enter(&server, "here").await;
    let mut two = Speaker::enter(&server, "here").await;
    hear(&mut one, &mut two, 20).await;

    let taken = fail_and_take_its_port(&server).await;
    for speaker in [&mut one, &mut two] {
        let left = timeout(SOON, speaker.client.expect("participant-left")).await;
        assert_eq!(left.expect("it is told")["id"], speaker.sfu);
    }
    assert_eq!(readiness(&server).await.0, 503);
    // Nobody is introduced to it.
    let mut three = Speaker::enter(&server, "here").await;
    three.client.granted("echo", json!({})).await;
    assert!(!three.client.has_heard("conn-prepare"));
    bystanders.still_talk().await;

    drop(taken);
    hear(&mut one, &mut three, 20).await;
    assert_eq!(one.sfu, three.sfu);
    bystanders.still_talk().await;
    server.stop().await;
}

#[tokio::test]
async fn a_sfu_that_fails_is_started_anew_and_rooms_form_again_around_it() {
    let server = Server::with(|settings| (settings.sfu_from, settings.mesh_until) = (2, 0)).await;
    assert_eq!(readiness(&server).await, (200, "ok\n".to_owned()));
    let mut bystanders = Bystanders::enter(&server, "straight").await;
    let mut one = Speaker::enter(&server, "here").await;
    let mut two = Speaker::enter(&server, "here").await;
    hear(&mut one, &mut two, 20).await;

    let taken = fail_and_take_its_port(&server).await;
    let words = until_ready(&server, 503).await;
    assert!(words.contains("the SFU has ended"), "{words}");
    let alive = server.request("GET", "/healthz", &[], "").await;
    assert_eq!(alive.status, 200);
    bystanders.still_talk().await;
    drop(taken);

    assert_eq!(until_ready(&server, 200).await, "ok\n");
    hear(&mut one, &mut two, 20).await;
    // Who comes now is served, too.
    let mut three = Speaker::enter(&server, "here").await;
    hear(&mut one, &mut three, 20).await;
    bystanders.still_talk().await;
    server.stop().await;
}
