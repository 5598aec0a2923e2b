//! What one address may have of a server, and what is left for the others.

use std::{
    fs,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt, net::TcpStream, task::JoinHandle, time::timeout};

use crate::{
    process::Process,
    support::{Bystanders, Client, KeptAlive, Response, SOON, Server, request_on, stream_from},
};

/// Files that a small server may have open.
const FILES: usize = 256;
/// Nobody is exempt: this machine's addresses stand for strangers.
const STRANGERS: [&str; 4] = [
    "--unlimited-address",
    "192.0.2.1",
    "--trusted-proxy",
    "192.0.2.1",
];

fn ip(third: u8, last: u8) -> IpAddr {
    Ipv4Addr::new(127, 0, third, last).into()
}

async fn client(address: SocketAddr, from: IpAddr) -> Client {
    Client::try_connect(address, from, &[]).await.unwrap()
}

async fn get(address: SocketAddr, from: IpAddr, target: &str) -> Response {
    let stream = stream_from(address, from).await;
    request_on(stream, address, "GET", target, &[], "").await
}

/// A server in this process for which this machine's addresses are strangers.
async fn server(people: usize, connections: usize) -> Server {
    Server::with(|settings| {
        settings.unlimited_address = Vec::new();
        settings.trusted_proxy = Vec::new();
        settings.max_people_per_address = people;
        settings.max_connections_per_address = connections;
    })
    .await
}

/// Opens as many connections as it gets from one address, sends half a request on each, and begins again when one ends.
fn flood(address: SocketAddr, from: IpAddr) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut held: Vec<TcpStream> = Vec::new();
        loop {
            held.retain(|stream| {
                stream
                    .try_read(&mut [0; 64])
                    .is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
            });
            if held.len() < 2 * FILES {
                let mut stream = stream_from(address, from).await;
                let _ = stream.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n").await;
                held.push(stream);
            }
            tokio::task::yield_now().await;
        }
    })
}

#[tokio::test]
async fn who_holds_every_connection_there_is_holds_up_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let server = Process::limited("-n 256", folder.path(), &STRANGERS);
    let address = server.address;
    let attack = flood(address, ip(0, 2));
    // The attacker has what it gets before anybody else comes.
    let files = || fs::read_dir(server.proc("fd")).unwrap().count();
    let begun = Instant::now();
    while files() < FILES / 3 && begun.elapsed() < SOON {
        tokio::task::yield_now().await;
    }
    assert!(files() >= FILES / 3, "the attack goes on");
    let mut others = Bystanders::meet(
        client(address, ip(0, 3)).await,
        client(address, ip(0, 3)).await,
        "quiet",
    )
    .await;
    for _ in 0..20 {
        assert_eq!(get(address, ip(0, 4), "/healthz").await.text(), "ok\n");
        assert_eq!(get(address, ip(0, 4), "/r/standup").await.status, 200);
        others.still_talk().await;
        assert!(files() < FILES - FILES / 8, "{} files are open", files());
    }
    assert!(!attack.is_finished());
    attack.abort();
}

#[tokio::test]
async fn the_last_connections_are_for_health_and_for_who_is_inside() {
    let folder = tempfile::tempdir().unwrap();
    let server = Process::limited("-n 256", folder.path(), &STRANGERS);
    let address = server.address;
    let (mut inside, token) = enter_to_return(address, ip(0, 3)).await;
    let mut held = Vec::new();
    'attack: for last in 1..=8 {
        for _ in 0..60 {
            match Client::try_connect(address, ip(1, last), &[]).await {
                Ok(one) => held.push(one),
                Err(_) => break 'attack,
            }
        }
    }
    assert!(held.len() > FILES / 2, "{} are held", held.len());

    let newcomer = get(address, ip(0, 9), "/").await;
    assert_eq!(newcomer.status, 503);
    assert!(newcomer.head.contains("retry-after: "), "{}", newcomer.head);
    let refused: Value = serde_json::from_slice(&newcomer.body).unwrap();
    assert_eq!(refused["code"], "server-full");
    assert_eq!(get(address, ip(0, 9), "/healthz").await.text(), "ok\n");

    inside.refused("are-you-there", json!({})).await;
    inside.cut();
    let mut back = client(address, ip(0, 3)).await;
    let entry = json!({ "room": "quiet", "name": "Ada", "resume": token });
    let reply = back.ask("create-session", entry).await;
    assert_eq!(
        (&reply["ok"], &reply["resumed"]),
        (&json!(true), &json!(true)),
        "{reply}"
    );

    // There is place again as soon as they go.
    drop(held);
    let again = async { while get(address, ip(0, 9), "/").await.status != 200 {} };
    timeout(SOON, again).await.expect("a newcomer is let in");
}

async fn enter_to_return(address: SocketAddr, from: IpAddr) -> (Client, String) {
    let mut inside = client(address, from).await;
    let reply = inside.enter("quiet").await;
    (inside, reply["resume"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn the_limit_of_open_files_is_raised_and_named_when_it_is_low() {
    let folder = tempfile::tempdir().unwrap();
    let server = Process::limited("-S -n 256", folder.path(), &[]);
    server.get("/healthz").await;
    let limits = fs::read_to_string(server.proc("limits")).unwrap();
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"))
        .unwrap();
    let numbers: Vec<_> = line.split_whitespace().skip(3).take(2).collect();
    assert_eq!(numbers[0], numbers[1], "{line}");

    let mut low = Process::limited("-n 256", folder.path(), &[]);
    low.wait_for_log("ulimit -n");
}

#[tokio::test]
async fn one_address_has_so_many_places_and_another_its_own() {
    let server = server(4, 100).await;
    let mut inside = Vec::new();
    for number in 0..4 {
        let mut one = client(server.address, ip(0, 2)).await;
        one.enter(&format!("room-{}", number % 2)).await;
        inside.push(one);
    }
    let mut fifth = client(server.address, ip(0, 2)).await;
    let reply = fifth
        .ask("create-session", json!({ "room": "room-0" }))
        .await;
    assert_eq!(
        (&reply["code"], &reply["limit"]),
        (&json!("address-limit"), &json!(4))
    );
    client(server.address, ip(0, 3)).await.enter("room-0").await;
    inside[0].granted("leave-session", json!({})).await;
    fifth.enter("room-0").await;
    // Half as many rooms are theirs.
    let mut sixth = client(server.address, ip(0, 3)).await;
    for (number, one) in inside.iter_mut().enumerate().take(4).skip(2) {
        one.granted("leave-session", json!({})).await;
        sixth.enter(&format!("other-{number}")).await;
        sixth = client(server.address, ip(0, 3)).await;
    }
    assert_eq!(
        sixth
            .refused("create-session", json!({ "room": "another" }))
            .await,
        "address-limit"
    );
    server.stop().await;
}

#[tokio::test]
async fn who_guesses_is_slowed_down() {
    let server = server(10, 100).await;
    let mut host = client(server.address, ip(0, 3)).await;
    host.enter("secret").await;
    host.granted("host", json!({ "action": "lock", "locked": true }))
        .await;
    let mut guesser = client(server.address, ip(0, 2)).await;
    let mut codes = Vec::new();
    for number in 0..30 {
        let (event, payload) = match number % 3 {
            0 => ("create-session", json!({ "room": "secret" })),
            1 => ("lobby-watch", json!({ "room": format!("guess-{number}") })),
            _ => (
                "create-session",
                json!({ "room": "secret", "resume": "AbC" }),
            ),
        };
        let reply = guesser.ask(event, payload).await;
        codes.push(reply["code"].as_str().unwrap_or("seen").to_owned());
    }
    assert!(
        codes[..9].iter().all(|code| code != "rate-limited"),
        "{codes:?}"
    );
    assert!(
        codes[12..].iter().any(|code| code == "rate-limited"),
        "{codes:?}"
    );
    let told = codes[12..].iter().filter(|code| *code == "locked").count();
    assert!(told < 3, "what comes back in some seconds: {codes:?}");
    client(server.address, ip(0, 4))
        .await
        .enter("guess-0")
        .await;
}

#[tokio::test]
async fn sessions_are_counted_until_they_end() {
    const POLLING: &str = "/socket.io/?EIO=4&transport=polling";
    let server = server(100, 8).await;
    let mut one = KeptAlive::connect(server.address, ip(0, 2)).await;
    let mut sessions = Vec::new();
    for _ in 0..8 {
        let begun = one.ask("GET", POLLING, &[], "").await;
        sessions.push(begun.text().split('"').nth(3).unwrap().to_owned());
    }
    let ninth = one.ask("GET", POLLING, &[], "").await;
    assert_eq!(ninth.status, 429);
    let refused: Value = serde_json::from_slice(&ninth.body).unwrap();
    assert_eq!(refused["code"], "address-limit");
    let by_websocket = Client::try_connect(server.address, ip(0, 2), &[]).await;
    assert_eq!(by_websocket.err(), Some(429));
    client(server.address, ip(0, 3)).await.enter("quiet").await;
    let target = format!("{POLLING}&sid={}", sessions[0]);
    one.ask("POST", &target, &[], "1").await;
    let again = async { while one.ask("GET", POLLING, &[], "").await.status != 200 {} };
    timeout(SOON, again).await.expect("one has ended");

    for _ in 0..4 {
        client(server.address, ip(0, 4)).await.cut();
    }
    let mut other = KeptAlive::connect(server.address, ip(0, 4)).await;
    let mut begun = 0;
    let all = async {
        while begun < 8 {
            let answer = other.ask("GET", POLLING, &[], "").await;
            begun += usize::from(answer.status == 200);
        }
    };
    timeout(SOON, all)
        .await
        .expect("those that were cut have ended");
}

#[tokio::test]
async fn a_school_of_three_hundred_behind_one_address_gets_in() {
    let server = Server::with(|settings| {
        settings.unlimited_address = Vec::new();
        settings.trusted_proxy = Vec::new();
        settings.max_participants = 30;
    })
    .await;
    let address = server.address;
    let school = ip(0, 2);
    let begun = Instant::now();
    let mut browsers = Vec::new();
    for number in 0..300 {
        let mut loading = Vec::new();
        for _ in 0..6 {
            loading.push(stream_from(address, school).await);
        }
        let mut client = client(address, school).await;
        let room = format!("class-{}", number % 10);
        client.granted("lobby-watch", json!({ "room": room })).await;
        browsers.push((loading, client, room));
    }
    for (_, client, room) in &mut browsers {
        client.enter(room).await;
    }
    println!("{:?}", begun.elapsed());
    assert!(begun.elapsed() < Duration::from_secs(60));
    client(address, ip(0, 3)).await.enter("elsewhere").await;
}
