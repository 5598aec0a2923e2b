//! What proxies make of addresses: of the server's own, and of those of its clients.

use std::path::Path;

use serde_json::Value;

use crate::{
    process::{BINARY, Process},
    support::{Client, Server, request},
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
