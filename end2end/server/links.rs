//! Links as they are passed on, and what search engines and browsers are told about the pages behind them.

use crate::support::{Response, Server};

async fn get(server: &Server, target: &str) -> Response {
    server.request("GET", target, &[], "").await
}

#[tokio::test]
async fn links_to_a_room_lead_there_whatever_was_written_after_them() {
    let server = Server::start().await;
    for link in [
        "/r/standup/",
        "/r/standup%20",
        "/r/standup.",
        "/r/standup,",
        "/r/standup)",
        "/r/standup%3E",
        "/r/standup%22",
        "/r/standup!",
        "/r/standup%3F",
        "/r/standup;",
        "/r/standup:",
        "/r/standup%0A",
        "/r/standup%E2%80%8B",
        "/r/standup%E3%80%82",
    ] {
        let answer = get(&server, link).await;
        assert_eq!(answer.status, 308, "{link}");
        assert!(
            answer.head.contains("location: /r/standup\r\n"),
            "{link}: {}",
            answer.head
        );
    }
    let answer = get(&server, "/r/standup/?lang=de").await;
    assert!(
        answer.head.contains("location: /r/standup?lang=de\r\n"),
        "{}",
        answer.head
    );
    assert_eq!(get(&server, "/r/standup").await.status, 200);
    for wrong in ["/r/a.b", "/r/a%20b", "/r/%20"] {
        assert_eq!(get(&server, wrong).await.status, 400, "{wrong}");
    }
}

#[tokio::test]
async fn rooms_are_kept_out_of_search_engines() {
    let server = Server::start().await;
    let robots = get(&server, "/robots.txt").await;
    assert_eq!(robots.status, 200);
    assert!(
        robots.head.contains("content-type: text/plain"),
        "{}",
        robots.head
    );
    let text = robots.text();
    let everybody = text.split("\n\n").next().unwrap();
    assert!(everybody.starts_with("User-agent: *\n"), "{text}");
    assert!(
        everybody.lines().any(|line| line == "Disallow: /r/"),
        "{text}"
    );
    assert!(!text.lines().any(|line| line == "Disallow: /"), "{text}");
    for (target, is_kept) in [("/r/standup", true), ("/r/a.b", true), ("/", false)] {
        let page = get(&server, target).await;
        let meta = page
            .text()
            .contains("<meta name=\"robots\" content=\"noindex");
        let header = page.head.contains("x-robots-tag: noindex");
        assert_eq!((meta, header), (is_kept, is_kept), "{target}");
    }
}

#[tokio::test]
async fn a_host_that_is_known_to_speak_https_is_kept_to_it() {
    for (url, is_strict) in [
        (Some("https://Meet.example.org:443"), true),
        (Some("https://meet.example.org:8443"), false),
        (Some("http://meet.example.org"), false),
        (None, false),
    ] {
        let server =
            Server::with(|settings| settings.public_url = url.map(|url| url.parse().unwrap()))
                .await;
        for target in ["/", "/r/standup", "/healthz", "/nowhere"] {
            let head = get(&server, target).await.head;
            let line = head
                .lines()
                .find(|line| line.starts_with("strict-transport-security:"));
            assert_eq!(line.is_some(), is_strict, "{url:?} {target}");
            assert!(
                line.is_none_or(|line| line.ends_with(": max-age=31536000")),
                "{line:?}"
            );
        }
    }
}
