//! What proxies make of addresses: of the server's own, and of those of its clients.

use std::path::Path;

use serde_json::Value;

use crate::{
    process::{BINARY, Process},
    support::{Client, KeptAlive, Server, request},
};

const POLLING: &str = "/socket.io/?EIO=4&transport=polling";

async fn with_public_url(url: &str) -> Server {
    Server::with(|settings| settings.public_url = Some(url.parse().unwrap())).await
}

#[tokio::test]
async fn a_public_url_is_compared_as_browsers_write_it() {
    for (url, origin) in [
        ("https://Meet.Example.org:443", "https://meet.example.org"),
        ("https://meet.example.org/", "https://meet.example.org"),
        ("http://meet.example.org:80", "http://meet.example.org"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("http://[2001:DB8::0:1]:3000", "http://[2001:db8::1]:3000"),
    ] {
        let server = with_public_url(url).await;
        assert_eq!(
            Client::from_origin(server.address, origin).await,
            Ok(()),
            "{url}"
        );
        for stranger in ["https://evil.example", "http://meet.example.org:8080"] {
            let refused = Client::from_origin(server.address, stranger).await;
            assert_eq!(refused, Err(403), "{url}");
        }
    }
}

#[tokio::test]
async fn an_allowed_origin_is_compared_so_too() {
    let server = Server::with(|settings| {
        settings.allow_origin = vec!["https://Friend.Example:443/".parse().unwrap()];
    })
    .await;
    for (origin, outcome) in [
        ("https://friend.example", Ok(())),
        ("https://friend.example:444", Err(403)),
        ("http://friend.example", Err(403)),
    ] {
        let got = Client::from_origin(server.address, origin).await;
        assert_eq!(got, outcome, "{origin}");
    }
}

#[tokio::test]
async fn the_port_that_the_scheme_implies_may_be_missing_on_one_side() {
    let server = Server::start().await;
    for (host, origin) in [
        ("meet.example.org:443", "https://meet.example.org"),
        ("Meet.Example.org", "https://meet.example.org"),
        ("meet.example.org", "http://meet.example.org"),
    ] {
        let answer = asked_as(&server, host, &[("origin", origin)]).await;
        assert_eq!(answer.0, 200, "{host} and {origin}");
    }
    let answer = asked_as(
        &server,
        "meet.example.org:80",
        &[("origin", "https://meet.example.org")],
    )
    .await;
    assert_eq!(answer.0, 403);
}

/// Begins long polling at a host; status and body of the answer.
async fn asked_as(server: &Server, host: &str, headers: &[(&str, &str)]) -> (u16, String) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(server.address)
        .await
        .unwrap();
    let mut head = format!("GET {POLLING} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    stream
        .write_all(format!("{head}\r\n").as_bytes())
        .await
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), body.to_owned())
}

#[tokio::test]
async fn a_page_whose_proxy_rewrites_the_host_is_told_the_setting() {
    let server = Server::start().await;
    let setting = "--public-url https://meet.example.org";
    for (method, page) in [
        ("POST", ("origin", "https://meet.example.org")),
        ("GET", ("origin", "https://meet.example.org")),
        // A browser names no origin when a page gets something from its own.
        (
            "GET",
            ("referer", "https://meet.example.org/r/standup?lang=de"),
        ),
    ] {
        let answer = server.request(method, POLLING, &[page], "").await;
        assert_eq!(answer.status, 403, "{method} {page:?}");
        assert!(
            answer.head.contains("content-type: application/json"),
            "{}",
            answer.head
        );
        let refused: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(refused["ok"], false);
        assert_eq!(refused["code"], "origin-refused");
        let message = refused["message"].as_str().unwrap();
        assert!(message.contains(setting), "{message}");
        let asked = format!("asked as {}", server.address);
        assert!(message.contains(&asked), "{message}");
    }
    let own = format!("http://{}/r/standup", server.address);
    let answer = server
        .request("GET", POLLING, &[("referer", &own)], "")
        .await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn the_log_names_the_setting_too_and_is_not_flooded() {
    let folder = tempfile::tempdir().unwrap();
    let server = Process::start(Path::new(BINARY), folder.path(), &[]);
    for _ in 0..50 {
        let page = ("origin", "https://meet.example.org");
        let answer = request(server.address, "GET", POLLING, &[page], "").await;
        assert_eq!(answer.status, 403);
    }
    server.terminate();
    let (_, log) = server.end();
    let said = log.matches("--public-url https://meet.example.org").count();
    assert!((1..=2).contains(&said), "{said} times: {log}");
}

/// The proxy's address; that of somebody who only says to be one.
const PROXY: [u8; 4] = [127, 0, 0, 2];
const IMPOSTOR: [u8; 4] = [127, 0, 0, 3];

/// A server behind a proxy, on which two of one address may be inside.
async fn behind_proxy() -> Server {
    Server::with(|settings| {
        settings.unlimited_address = Vec::new();
        settings.trusted_proxy = vec!["127.0.0.2".parse().unwrap()];
        settings.max_people_per_address = 2;
        settings.max_connections_per_address = 8;
    })
    .await
}

/// The code with which somebody is refused to enter, if it is.
async fn enter_as(
    server: &Server,
    from: [u8; 4],
    header: (&'static str, &str),
    kept: &mut Vec<Client>,
) -> String {
    let mut client = Client::try_connect(server.address, from.into(), &[header])
        .await
        .unwrap();
    let reply = client
        .ask("create-session", serde_json::json!({ "room": "standup" }))
        .await;
    kept.push(client);
    reply["code"].as_str().unwrap_or("in").to_owned()
}

#[tokio::test]
async fn behind_a_trusted_proxy_the_limits_are_each_clients_own() {
    for (name, one, other) in [
        (
            "x-forwarded-for",
            "198.51.100.1, 203.0.113.7",
            "203.0.113.8:4711",
        ),
        ("x-forwarded-for", "[2001:db8::7]:4711", "2001:db8:0:1::7"),
        (
            "forwarded",
            "for=198.51.100.1, for=\"203.0.113.7:80\"",
            "for=\"[2001:db8::7]\";proto=https",
        ),
    ] {
        let (server, mut kept) = (behind_proxy().await, Vec::new());
        for outcome in ["in", "in", "address-limit"] {
            assert_eq!(
                enter_as(&server, PROXY, (name, one), &mut kept).await,
                outcome,
                "{name}: {one}"
            );
        }
        assert_eq!(
            enter_as(&server, PROXY, (name, other), &mut kept).await,
            "in",
            "{name}: {other}"
        );
    }
}

#[tokio::test]
async fn a_proxy_on_the_same_machine_is_believed_unless_another_is_named() {
    let server = Server::with(|settings| settings.max_people_per_address = 2).await;
    let mut kept = Vec::new();
    let local = [127, 0, 0, 1];
    for (name, value) in [
        ("x-forwarded-for", "203.0.113.7"),
        ("forwarded", "for=203.0.113.8"),
    ] {
        for outcome in ["in", "in", "address-limit"] {
            let got = enter_as(&server, local, (name, value), &mut kept).await;
            assert_eq!(got, outcome, "{value}");
        }
    }
    // Who is on the machine itself has no limit.
    for _ in 0..3 {
        let plain = ("x-other", "203.0.113.7");
        assert_eq!(enter_as(&server, local, plain, &mut kept).await, "in");
    }
}

#[tokio::test]
async fn from_anybody_else_the_headers_mean_nothing() {
    let (server, mut kept) = (behind_proxy().await, Vec::new());
    for (name, value, outcome) in [
        ("x-forwarded-for", "203.0.113.7", "in"),
        ("forwarded", "for=203.0.113.8", "in"),
        ("x-forwarded-for", "203.0.113.9", "address-limit"),
        ("x-forwarded-for", "127.0.0.2", "address-limit"),
        (
            "forwarded",
            "for=127.0.0.2, for=203.0.113.9",
            "address-limit",
        ),
    ] {
        assert_eq!(
            enter_as(&server, IMPOSTOR, (name, value), &mut kept).await,
            outcome,
            "{value}"
        );
    }
    // Nor are they those of whom it named.
    assert_eq!(
        enter_as(
            &server,
            PROXY,
            ("x-forwarded-for", "203.0.113.9"),
            &mut kept
        )
        .await,
        "in"
    );
}

#[tokio::test]
async fn one_connection_of_a_proxy_carries_many_clients() {
    let server = behind_proxy().await;
    let mut connection = KeptAlive::connect(server.address, PROXY.into()).await;
    let mut status_for = async |client: &str| {
        let header = ("x-forwarded-for", client);
        connection.ask("GET", POLLING, &[header], "").await.status
    };
    for _ in 0..8 {
        assert_eq!(status_for("203.0.113.7").await, 200);
    }
    assert_eq!(status_for("203.0.113.8").await, 200);
    assert_eq!(status_for("203.0.113.7").await, 429);
}

/// What a page names of this server.
fn files_of(page: &str) -> Vec<String> {
    let named = ["href=\"/", "src=\"/"].into_iter().flat_map(|start| {
        page.match_indices(start)
            .map(move |(at, _)| &page[at + start.len() - 1..])
    });
    let mut files: Vec<_> = named
        .filter_map(|rest| rest.split('"').next())
        .filter(|path| {
            path.rsplit('/')
                .next()
                .is_some_and(|name| name.contains('.'))
        })
        .map(str::to_owned)
        .collect();
    files.sort();
    files.dedup();
    files
}

#[tokio::test]
async fn a_school_behind_one_address_loads_its_pages_by_a_proxy() {
    let server = Server::with(|settings| {
        settings.unlimited_address = Vec::new();
        settings.max_connections_per_address = 600;
    })
    .await;
    let school = ("x-forwarded-for", "203.0.113.7");
    for _ in 0..300 {
        let page = server.request("GET", "/r/standup", &[school], "").await;
        assert_eq!(page.status, 200);
        let files = files_of(&page.text());
        assert!(!files.is_empty());
        // Those that the program loads are not named in the page.
        for file in files.iter().cycle().take(files.len().max(10)) {
            let answer = server.request("GET", file, &[school], "").await;
            assert_ne!(answer.status, 429, "{file}");
        }
        let begun = server.request("GET", POLLING, &[school], "").await;
        assert_eq!(begun.status, 200);
        let sid = begun.text().split('"').nth(3).unwrap().to_owned();
        let target = format!("{POLLING}&sid={sid}");
        for body in ["40", "1"] {
            let said = server.request("POST", &target, &[school], body).await;
            assert_eq!(said.status, 200);
        }
    }
}

#[tokio::test]
async fn pages_have_a_rate_on_one_connection_too() {
    let server = Server::with(|settings| {
        settings.unlimited_address = Vec::new();
        settings.trusted_proxy = Vec::new();
        settings.max_connections_per_address = 8;
    })
    .await;
    let mut connection = KeptAlive::connect(server.address, IMPOSTOR.into()).await;
    let mut refused = 0;
    for _ in 0..30 {
        let answer = connection.ask("GET", "/enter?room=a", &[], "").await;
        refused += usize::from(answer.status == 429);
    }
    assert!(refused > 0);
    // Who looks at a page is told in one, and a program in its own way.
    let heading = "<h1>Too many connections from your address</h1>";
    for (accepted, is_page) in [("text/html,*/*;q=0.8", true), ("*/*", false)] {
        let answer = connection
            .ask("GET", "/r/a", &[("accept", accepted)], "")
            .await;
        assert_eq!(answer.status, 429);
        assert_eq!(
            answer.text().contains(heading),
            is_page,
            "{}",
            answer.text()
        );
        assert_eq!(
            answer.text().starts_with("{\"code\":\"address-limit\""),
            !is_page
        );
    }
    assert_eq!(connection.ask("GET", "/healthz", &[], "").await.status, 200);
}

#[tokio::test]
async fn the_log_names_the_setting_for_a_proxy_once() {
    let folder = tempfile::tempdir().unwrap();
    let probe = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = probe.local_addr().unwrap();
    drop(probe);
    let arguments = [
        "--public-url",
        "https://meet.example.org",
        "--trusted-proxy",
        "192.0.2.1",
    ];
    let server = Process::behind_proxy(address, folder.path(), &arguments);
    for _ in 0..3 {
        let header = ("x-forwarded-for", "203.0.113.7");
        assert_eq!(
            request(address, "GET", "/healthz", &[header], "")
                .await
                .status,
            200
        );
    }
    server.terminate();
    let (_, log) = server.end();
    assert_eq!(log.matches("--trusted-proxy 127.0.0.1").count(), 1, "{log}");
}
