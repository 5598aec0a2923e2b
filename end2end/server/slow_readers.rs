//! Clients that make the server hold bytes: they do not read, they send a body for ever, they ask for more
//! than they take. What is held for them is bounded, they are cut, and the others notice nothing.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use roundtable::{
    protocol::WAITING_SESSIONS,
    server::{client_deadlines::ClientDeadlines, config::Heartbeat},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
    time::{MissedTickBehavior, interval, timeout},
};

use crate::{
    process::Process,
    support::{Bystanders, Client, KeptAlive, Poller, SOON, Server, id, introduce, small_buffer},
};

/// How many do not read.
const DEAF: usize = 12;
/// What the server may hold for each of them, in bytes: 1 MiB in the queue, the WebSocket's own buffer of
/// 128 KiB and a message, that grew by doubling, and what an allocator keeps of it.
const HELD_FOR_EACH: usize = 2 << 20;

/// A description of 60 KB.
fn large_offer(to: &str) -> Value {
    let sdp = format!("v=0 {}", "x".repeat(60_000));
    json!({ "connUserSocketId": to, "signal": { "type": "offer", "sdp": sdp } })
}

/// One who does not read, and one who talks to it.
struct Pair {
    talker: Client,
    deaf: Deaf,
    deafs_id: String,
}

/// Kept open, not read.
enum Deaf {
    WebSocket(Box<Client>),
    Polling(Poller),
}

impl Pair {
    async fn by_websocket(address: SocketAddr, room: &str) -> Self {
        let mut deaf = Client::with_small_buffer(address).await;
        let deafs_id = id(&deaf.enter(room).await);
        let mut talker = Client::connect(address).await;
        talker.enter(room).await;
        introduce(&mut deaf, &mut talker).await;
        Self {
            talker,
            deaf: Deaf::WebSocket(Box::new(deaf)),
            deafs_id,
        }
    }

    async fn by_polling(address: SocketAddr, room: &str) -> Self {
        let deaf = Poller::connect(address).await;
        deaf.send(&format!(r#"421["create-session",{{"room":"{room}"}}]"#))
            .await;
        let reply: Value =
            serde_json::from_str(deaf.expect("431").await.strip_prefix("431").unwrap()).unwrap();
        let mut talker = Client::connect(address).await;
        let talkers_id = id(&talker.enter(room).await);
        deaf.expect(r#"42["conn-prepare""#).await;
        deaf.send(&format!(
            r#"42["conn-init",{{"connUserSocketId":"{talkers_id}"}}]"#
        ))
        .await;
        talker.expect("conn-init").await;
        Self {
            talker,
            deaf: Deaf::Polling(deaf),
            deafs_id: id(&reply[0]),
        }
    }

    /// Talks at the full rate that is allowed; whether that is refused when much waits for the one who does not read, who
    /// is not cut for what another one sends.
    async fn talk(&mut self, signals: u32) -> bool {
        let signal = large_offer(&self.deafs_id);
        let mut pace = interval(Duration::from_millis(90));
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for _ in 0..signals {
            pace.tick().await;
            self.talker.emit("conn-signal", signal.clone()).await;
        }
        self.talker.refused("are-you-there", json!({})).await;
        self.talker.has_heard("refused") && !self.talker.has_heard("participant-state")
    }
}

/// What a process may grow by while something is done to it, and how long others may wait meanwhile.
async fn held_within(server: &Process, bytes: usize, mut work: JoinSet<bool>) {
    let mut others = Bystanders::enter_at(server.address, "quiet").await;
    let before = server.resident();
    let (mut most, mut slowest) = (0, Duration::ZERO);
    let mut pace = interval(Duration::from_millis(100));
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            done = work.join_next() => match done {
                Some(done) => assert!(done.unwrap(), "there is a bound"),
                None => break,
            },
            _ = pace.tick() => {
                let asked = Instant::now();
                others.still_talk().await;
                slowest = slowest.max(asked.elapsed());
                most = most.max(server.resident().saturating_sub(before));
            }
        }
    }
    println!(
        "{} KiB more, the slowest of the others' exchanges {slowest:?}",
        most >> 10
    );
    assert!(most < bytes, "{} KiB more than before", most >> 10);
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn twelve_who_do_not_read() {
    let home = tempfile::tempdir().unwrap();
    let server = Process::serve(home.path(), &[]);
    let mut work = JoinSet::new();
    let mut pairs = Vec::new();
    for number in 0..DEAF {
        pairs.push(Pair::by_websocket(server.address, &format!("loud-{number}")).await);
    }
    for mut pair in pairs {
        work.spawn(async move { pair.talk(110).await });
    }
    held_within(&server, DEAF * HELD_FOR_EACH, work).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn twelve_who_do_not_poll() {
    let home = tempfile::tempdir().unwrap();
    let server = Process::serve(home.path(), &[]);
    let mut work = JoinSet::new();
    let mut pairs = Vec::new();
    for number in 0..DEAF {
        pairs.push(Pair::by_polling(server.address, &format!("loud-{number}")).await);
    }
    for mut pair in pairs {
        work.spawn(async move { pair.talk(110).await });
    }
    held_within(&server, DEAF * HELD_FOR_EACH, work).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_whose_refusals_nobody_reads() {
    let home = tempfile::tempdir().unwrap();
    let server = Process::serve(home.path(), &[]);
    let mut work = JoinSet::new();
    for garbage in [
        // Each of these is refused in words that repeat a part of it.
        format!("40/{},", "x".repeat(100_000)),
        format!("40/{},", "x".repeat(60)),
        format!("42[\"{}\"]", "\\u0007".repeat(64)),
        format!("429[\"conn-signal\",{{\"{}\":1}}]", "x".repeat(900)),
    ] {
        for _ in 0..DEAF / 4 {
            let (address, garbage) = (server.address, garbage.clone());
            work.spawn(async move {
                let mut client = Client::with_small_buffer(address).await;
                let words = tokio_tungstenite::tungstenite::Message::text(garbage);
                for _ in 0..3_000 {
                    if !client.try_send(words.clone()).await {
                        return true;
                    }
                }
                client.closed().await;
                true
            });
        }
    }
    held_within(&server, DEAF * HELD_FOR_EACH, work).await;
}

/// A server that waits a second for what takes half a minute otherwise.
async fn impatient() -> Server {
    Server::with(|settings| {
        settings.deadlines = ClientDeadlines {
            body: Duration::from_secs(1),
            write: Duration::from_secs(1),
            ..ClientDeadlines::default()
        };
    })
    .await
}

/// Says that someone who does not read is alive, until it is cut: the ping gets no other answer.
#[tokio::test]
async fn who_answers_pings_and_reads_nothing() {
    let server = impatient().await;
    let mut others = Bystanders::enter(&server, "quiet").await;
    let mut pair = Pair::by_websocket(server.address, "loud").await;
    // Less than what is cut for its size, more than the kernel takes.
    for _ in 0..14 {
        pair.talker
            .emit("conn-signal", large_offer(&pair.deafs_id))
            .await;
    }
    let Deaf::WebSocket(deaf) = &mut pair.deaf else {
        unreachable!("it is one");
    };
    let mut pace = interval(Duration::from_millis(100));
    let away = async {
        loop {
            tokio::select! {
                _ = pace.tick() => {
                    let _ = deaf.try_send(tokio_tungstenite::tungstenite::Message::text("3")).await;
                    others.still_talk().await;
                }
                away = pair.talker.expect("participant-state") => break away,
            }
        }
    };
    let away = timeout(SOON, away).await.expect("it is cut");
    assert_eq!(away["away"], true);
}

#[tokio::test]
async fn who_drips_bytes_and_answers_no_ping() {
    let heartbeat = Heartbeat {
        interval: Duration::from_millis(500),
        timeout: Duration::from_millis(500),
    };
    let server = Server::with(|settings| settings.heartbeat = heartbeat).await;
    let mut talker = server.client().await;
    talker.enter("dripping").await;
    let mut client = server.client().await;
    let entry = json!({ "room": "dripping", "resumable": true });
    client.granted("create-session", entry).await;
    talker.expect("conn-prepare").await;
    // A frame of 64 KB, masked with nothing, of which a byte comes now and then: it is never there.
    let stream = client.stream();
    let head = [0x81, 0xfe, 0xff, 0xff, 0, 0, 0, 0];
    stream.write_all(&head).await.unwrap();
    let mut pace = interval(Duration::from_millis(50));
    let dripping = async {
        let (mut reader, mut writer) = tokio::io::split(stream);
        let mut read = vec![0; 1 << 16];
        loop {
            tokio::select! {
                _ = pace.tick() => if writer.write_all(b"x").await.is_err() { return },
                read = reader.read(&mut read) => if matches!(read, Ok(0) | Err(_)) { return },
            }
        }
    };
    let begun = Instant::now();
    let away = talker.expect("participant-state");
    let (away, ()) = timeout(SOON, async { tokio::join!(away, dripping) })
        .await
        .expect("it is cut");
    assert_eq!(away["away"], true);
    let took = begun.elapsed();
    let most = heartbeat.interval + heartbeat.timeout + Duration::from_secs(3);
    assert!(took < most, "{took:?}");
}

#[tokio::test]
async fn who_posts_pongs_and_never_polls() {
    let server = impatient().await;
    let mut others = Bystanders::enter(&server, "quiet").await;
    let mut pair = Pair::by_polling(server.address, "loud").await;
    let Deaf::Polling(deaf) = &pair.deaf else {
        unreachable!("it is one");
    };
    pair.talker
        .emit("conn-signal", large_offer(&pair.deafs_id))
        .await;
    let mut pace = interval(Duration::from_millis(100));
    let away = async {
        loop {
            tokio::select! {
                _ = pace.tick() => {
                    deaf.try_send("3").await;
                    others.still_talk().await;
                }
                away = pair.talker.expect("participant-state") => break away,
            }
        }
    };
    let away = timeout(SOON, away).await.expect("its session is closed");
    assert_eq!(away["away"], true);
    assert_eq!(deaf.try_send("3").await.status, 400);
}

#[tokio::test]
async fn one_who_polls_slowly_gets_all() {
    let server = impatient().await;
    let mut pair = Pair::by_polling(server.address, "slow").await;
    let Deaf::Polling(slow) = &pair.deaf else {
        unreachable!("it is one");
    };
    // Together more than one response takes, and longer than what a reader may take for nothing.
    for _ in 0..6 {
        pair.talker
            .emit("conn-signal", large_offer(&pair.deafs_id))
            .await;
    }
    let mut heard = 0;
    let mut pace = interval(Duration::from_millis(500));
    while heard < 6 {
        pace.tick().await;
        for packet in slow.poll().await {
            heard += usize::from(packet.starts_with("42[\"conn-signal\""));
        }
    }
    pair.talker.has_heard_all().await;
}

#[tokio::test]
async fn all_together_leave_too_much() {
    let server = Server::with(|settings| settings.max_unsent = 4).await;
    let mut others = Bystanders::enter(&server, "quiet").await;
    let mut slow = Pair::by_polling(server.address, "slow").await;
    slow.talker
        .emit("conn-signal", large_offer(&slow.deafs_id))
        .await;
    // Each of these leaves less than one connection may, and all of them more than all may.
    let mut pairs = Vec::new();
    for number in 0..14 {
        let mut pair = Pair::by_polling(server.address, &format!("loud-{number}")).await;
        for _ in 0..14 {
            pair.talker
                .emit("conn-signal", large_offer(&pair.deafs_id))
                .await;
        }
        pairs.push(pair);
        others.still_talk().await;
    }
    let mut cut = 0;
    for pair in &mut pairs {
        // Whether it knows by now: what is asked is answered after what came before.
        pair.talker.refused("are-you-there", json!({})).await;
        cut += usize::from(pair.talker.has_heard("participant-state"));
    }
    assert!(cut >= 3, "{cut} of those who leave most are cut");
    // Who leaves little is not.
    let Deaf::Polling(reader) = &slow.deaf else {
        unreachable!("it is one");
    };
    reader.expect("42[\"conn-signal\"").await;
    slow.talker.has_heard_all().await;
    others.still_talk().await;
}

#[tokio::test]
async fn a_body_that_trickles_in() {
    let server = impatient().await;
    let mut others = Bystanders::enter(&server, "quiet").await;
    let poller = Poller::connect(server.address).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let head = format!(
        "POST {} HTTP/1.1\r\nhost: {}\r\ncontent-length: 1000\r\n\r\n4",
        poller.target(),
        server.address
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let (mut reader, mut writer) = stream.into_split();
    let mut pace = interval(Duration::from_millis(100));
    let mut answer = Vec::new();
    let refused = timeout(SOON, async {
        loop {
            tokio::select! {
                _ = pace.tick() => {
                    let _ = writer.write_all(b"x").await;
                    others.still_talk().await;
                }
                read = reader.read_buf(&mut answer) => if matches!(read, Ok(0) | Err(_)) { break },
            }
        }
    });
    refused.await.expect("the request ends");
    assert!(
        answer.is_empty() || answer.starts_with(b"HTTP/1.1 4"),
        "{}",
        String::from_utf8_lossy(&answer)
    );
}

/// The largest file that the page names, and the page itself where no front end was built.
async fn largest_file(server: &Server) -> (String, usize) {
    let page = server.request("GET", "/r/standup", &[], "").await;
    let mut largest = ("/r/standup".to_owned(), page.body.len());
    for file in crate::binary::files(&page.text()) {
        let length = server.request("GET", &file, &[], "").await.body.len();
        if length > largest.1 {
            largest = (file, length);
        }
    }
    largest
}

#[tokio::test]
async fn a_reader_that_stops_in_the_middle() {
    let server = impatient().await;
    let mut others = Bystanders::enter(&server, "quiet").await;
    let (file, length) = largest_file(&server).await;
    // As many requests at once as are more than all buffers on the way take.
    let requests = (8 << 20) / length + 2;
    let mut stream = small_buffer(server.address).await;
    let ask = format!("GET {file} HTTP/1.1\r\nhost: {}\r\n\r\n", server.address);
    let (mut reader, mut writer) = stream.split();
    let asking = async {
        // It is closed while it asks for more.
        let _ = writer.write_all(ask.repeat(requests).as_bytes()).await;
        std::future::pending::<()>().await;
    };
    let reading = async {
        let mut some = vec![0; 50_000];
        reader.read_exact(&mut some).await.unwrap();
        let mut pace = interval(Duration::from_millis(100));
        // Nothing is read for several times as long as a reader may take for nothing.
        for _ in 0..40 {
            pace.tick().await;
            others.still_talk().await;
        }
        let mut rest = some.len();
        let mut buffer = vec![0; 1 << 16];
        while let Ok(read @ 1..) = reader.read(&mut buffer).await {
            rest += read;
        }
        rest
    };
    let got = tokio::select! {
        () = asking => unreachable!("it never ends"),
        got = timeout(Duration::from_secs(60), reading) => got.expect("the connection ends"),
    };
    let all = requests * length;
    assert!(got < all / 2, "{got} bytes of {all}");
}

#[tokio::test]
async fn sessions_that_are_opened_and_never_used() {
    let server = Server::start().await;
    let mut others = Bystanders::enter(&server, "quiet").await;
    let first = Poller::open(server.address).await;
    let target = "/socket.io/?EIO=4&transport=polling";
    // On one connection, some hundred requests at a time.
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let ask = format!("GET {target} HTTP/1.1\r\nhost: {}\r\n\r\n", server.address);
    let started = Instant::now();
    let (mut opened, mut answers) = (0, Vec::new());
    while opened < WAITING_SESSIONS {
        stream.write_all(ask.repeat(256).as_bytes()).await.unwrap();
        opened += 256;
        answers.clear();
        let mut seen = 0;
        while seen < 256 {
            assert_ne!(stream.read_buf(&mut answers).await.unwrap(), 0);
            let text = String::from_utf8_lossy(&answers);
            seen = text.matches("\"maxPayload\"").count();
        }
    }
    println!("{opened} sessions in {:?}", started.elapsed());
    let last = Poller::open(server.address).await;
    last.send("40").await;
    assert_eq!(first.try_send("40").await.status, 400, "it is the oldest");
    assert!(
        started.elapsed() < ClientDeadlines::default().connect,
        "of age"
    );
    others.still_talk().await;
}

#[tokio::test]
async fn upgrades_that_never_finish() {
    let server = Server::start().await;
    let mut others = Bystanders::enter(&server, "quiet").await;
    let poller = Poller::open(server.address).await;
    let target = poller.target().replace("polling", "websocket");
    let upgrade = format!(
        "GET {target} HTTP/1.1\r\nhost: {}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        server.address
    );
    let mut streams = Vec::new();
    let mut statuses = Vec::new();
    for _ in 0..6 {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(upgrade.as_bytes()).await.unwrap();
        let mut status = [0; 12];
        stream.read_exact(&mut status).await.unwrap();
        statuses.push(String::from_utf8_lossy(&status[9..]).into_owned());
        streams.push(stream);
    }
    assert_eq!(statuses, ["101", "101", "101", "101", "400", "400"]);
    // None of them is finished: all are closed, and the session with them.
    let mut rest = Vec::new();
    for mut stream in streams.into_iter().take(4) {
        let ended = timeout(Duration::from_secs(20), stream.read_to_end(&mut rest)).await;
        assert!(ended.is_ok(), "closed in time");
    }
    assert_eq!(poller.try_send("40").await.status, 400);
    others.still_talk().await;
}

#[tokio::test]
async fn an_idle_connection_outlasts_the_time_for_a_head() {
    let server = Server::with(|settings| {
        settings.deadlines.head = Duration::from_secs(1);
        settings.deadlines.idle = Duration::from_secs(60);
    })
    .await;
    let mut kept = KeptAlive::connect(server.address, [127, 0, 0, 1].into()).await;
    assert_eq!(kept.ask("GET", "/healthz", &[], "").await.status, 200);
    let mut silent = TcpStream::connect(server.address).await.unwrap();
    // Which has ended when one that never asked has, twice.
    for _ in 0..2 {
        let ended = timeout(SOON, silent.read(&mut [0; 8])).await;
        assert_eq!(ended.expect("it is closed").unwrap_or(0), 0);
        silent = TcpStream::connect(server.address).await.unwrap();
    }
    assert_eq!(kept.ask("GET", "/healthz", &[], "").await.status, 200);
}

#[tokio::test]
async fn a_connection_that_stays_one_of_requests_is_not_cut_with_a_session() {
    let server = Server::with(|settings| {
        settings.deadlines.write = Duration::from_secs(2);
    })
    .await;
    let deaf = Poller::open(server.address).await;
    let target = deaf.target().replace("polling", "websocket");
    // As a proxy's, which carries the requests of many.
    let mut shared = KeptAlive::connect(server.address, [127, 0, 0, 1].into()).await;
    let upgrade = [
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
    ];
    let key = ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
    let without_version = target.replace("EIO=4&", "");
    for (target, headers) in [
        (&target, &[][..]),
        (&target, &upgrade[..]),
        (&without_version, &[&upgrade[..], &[key]].concat()[..]),
    ] {
        let answer = shared.ask("GET", target, headers, "").await;
        assert_eq!(answer.status, 400, "{headers:?}");
    }
    // Something waits for it, and it does not ask.
    deaf.send("40").await;
    let gone = async { while deaf.try_send("3").await.status != 400 {} };
    timeout(SOON, gone).await.expect("it is cut");
    let answer = shared.ask("GET", "/healthz", &[], "").await;
    assert_eq!(answer.text(), "ok\n");
}

#[tokio::test]
async fn one_who_is_upgraded_is_cut_too() {
    let server = Server::with(|settings| {
        settings.deadlines.write = Duration::from_secs(8);
    })
    .await;
    let mut others = Bystanders::enter(&server, "quiet").await;
    let poller = Poller::open(server.address).await;
    let mut deaf = Client::upgrade(server.address, &poller).await;
    let deafs_id = id(&deaf.enter("loud").await);
    let mut talker = server.client().await;
    talker.enter("loud").await;
    introduce(&mut deaf, &mut talker).await;
    let mut pair = Pair {
        talker,
        deaf: Deaf::WebSocket(Box::new(deaf)),
        deafs_id,
    };
    assert!(pair.talk(20).await);
    assert_eq!(pair.talker.expect("participant-state").await["away"], true);
    // The connection itself is cut, though it was not the one that opened the session: what the kernels had
    // taken comes, and not what waited.
    let Deaf::WebSocket(mut deaf) = pair.deaf else {
        unreachable!("it is one");
    };
    let mut bytes = 0;
    while let Some(frame) = deaf.frame().await {
        bytes += frame.len();
    }
    assert!(bytes < 640_000, "{bytes} bytes came");
    others.still_talk().await;
}
