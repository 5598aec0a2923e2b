//! Ten thousand who come and go, in every way that there is, after which the server holds what it held
//! before: memory, sockets, sessions, rooms and tasks.

use std::{net::SocketAddr, time::Duration};

use serde_json::json;
use tokio::{task::JoinSet, time::timeout};

use crate::{
    process::Process,
    support::{Client, Poller},
};

/// Who come and go in all, those who warm the server up not counted.
const VISITS: usize = 10_000;
/// As many at one time.
const TOGETHER: usize = 300;
/// By how much memory may differ from that of the warmed-up server, in bytes: what an allocator keeps.
const SLACK: usize = 8 << 20;

/// One who comes and goes, in one of these ways.
async fn visit(address: SocketAddr, number: usize) {
    // Some meet.
    let room = json!({ "room": format!("room-{}", number / 3), "name": "Ada" });
    match number % 20 {
        0 => poll(address, number).await,
        1 => {
            // Never asks to be let in.
            Client::open(address).await.cut();
        }
        2 => {
            let mut client = Client::connect(address).await;
            client.ask("lobby-watch", json!({ "room": "lobby" })).await;
            client.cut();
        }
        3 => knock(address, number).await,
        way => {
            let mut client = Client::connect(address).await;
            // A room of one's name alone is left with the connection; the other form keeps a place for a
            // while, and so its visitors leave in time.
            let reply = client.ask("create-session", room["room"].clone()).await;
            assert_eq!(reply["ok"], true, "{reply}");
            client
                .ask("participant-state", json!({ "name": "Ben" }))
                .await;
            match way % 4 {
                0 => client.cut(),
                1 => {
                    client.send_text("41").await;
                    client.closed().await;
                }
                2 => {
                    client.granted("leave-session", json!({})).await;
                    client.cut();
                }
                _ => {
                    client.send_text("1").await;
                    client.closed().await;
                }
            }
        }
    }
}

/// Comes by long polling.
async fn poll(address: SocketAddr, number: usize) {
    let poller = Poller::connect(address).await;
    poller
        .send(&format!(r#"421["create-session","polled-{number}"]"#))
        .await;
    poller.expect("431").await;
    poller.send("41").await;
}

/// Locks a room, and is knocked at.
async fn knock(address: SocketAddr, number: usize) {
    let room = format!("locked-{number}");
    let mut host = Client::connect(address).await;
    host.enter(&room).await;
    host.granted("host", json!({ "action": "lock", "locked": true }))
        .await;
    let mut guest = Client::connect(address).await;
    guest
        .granted("knock", json!({ "room": room, "name": "Cleo" }))
        .await;
    guest.cut();
    host.granted("leave-session", json!({})).await;
    host.cut();
}

async fn visits(address: SocketAddr, numbers: std::ops::Range<usize>) {
    let mut here = JoinSet::new();
    for number in numbers {
        if here.len() >= TOGETHER {
            here.join_next().await.unwrap().unwrap();
        }
        here.spawn(visit(address, number));
    }
    while let Some(done) = here.join_next().await {
        done.unwrap();
    }
}

/// How many descriptors are open once the connections that were asked for are closed: when no more is closed for a while.
async fn at_rest(server: &Process) -> usize {
    let mut pace = tokio::time::interval(Duration::from_millis(50));
    let (mut least, mut unchanged) = (usize::MAX, 0);
    while unchanged < 10 {
        pace.tick().await;
        let open = server.descriptors();
        unchanged = if open < least { 0 } else { unchanged + 1 };
        least = least.min(open);
    }
    least
}

/// Waits until no more than this many descriptors are open.
async fn settled(server: &Process, descriptors: usize) {
    let mut pace = tokio::time::interval(Duration::from_millis(100));
    let settled = timeout(Duration::from_secs(30), async {
        while server.descriptors() > descriptors {
            pace.tick().await;
        }
    });
    settled.await.expect("the sockets are closed");
}

/// Waits for the end of a session by polling, which no descriptor shows: all that were left before it
/// have ended then.
async fn last_session(address: SocketAddr) {
    let poller = Poller::connect(address).await;
    poller.send("41").await;
    let mut pace = tokio::time::interval(Duration::from_millis(100));
    let ended = timeout(Duration::from_secs(30), async {
        while poller.try_send("3").await.status == 200 {
            pace.tick().await;
        }
    });
    ended.await.expect("the session ends");
}

/// What a server that ends says that it holds.
fn held_at_the_end(server: Process) -> String {
    server.terminate();
    let log = server.end().1;
    let line = log.lines().find(|line| line.contains("closing"));
    plain(line.expect("it says so"))
}

/// How many tasks are in what a server holds.
fn tasks(held: &str) -> usize {
    let mut words = held.split_whitespace();
    let tasks = words.find_map(|word| word.strip_prefix("tasks="));
    tasks.expect("their number").parse().unwrap()
}

/// A line of the log without its colours.
fn plain(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let first = parts.next().unwrap_or_default();
    let rest = parts.filter_map(|part| part.split_once('m'));
    rest.fold(first.to_owned(), |text, (_, words)| text + words)
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_joins_and_leaves() {
    let home = tempfile::tempdir().unwrap();
    let server = Process::serve(home.path(), &[]);
    // The address is printed before everything is open.
    assert_eq!(server.get("/healthz").await.status, 200);
    let idle = at_rest(&server).await;
    let warm_up = VISITS / 5;
    visits(server.address, 0..warm_up).await;
    settled(&server, idle).await;
    let warm = server.resident();
    visits(server.address, warm_up..warm_up + VISITS).await;
    settled(&server, idle).await;
    let grown = server.resident().saturating_sub(warm);
    println!("{} KiB, and {} KiB more after all", warm >> 10, grown >> 10);
    assert!(grown < SLACK, "{} KiB more than before", grown >> 10);

    // Nobody is left: no session, no room, no task of a client's.
    last_session(server.address).await;
    settled(&server, idle).await;
    let held = held_at_the_end(server);
    for words in ["sessions=0", "connections=0", "rooms=0", "unsent=0"] {
        assert!(held.contains(words), "{words} in {held}");
    }
    let unused = Process::serve(home.path(), &[]);
    assert_eq!(unused.get("/healthz").await.status, 200);
    settled(&unused, idle).await;
    let (all, few) = (tasks(&held), tasks(&held_at_the_end(unused)));
    // That of the last connection has closed it, and may be about to end.
    assert!(
        all <= few + 1,
        "{all} tasks, and {few} of a server that nobody has used"
    );
}
