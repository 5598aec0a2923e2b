//! The pages before any program runs, the front end inside the binary, and the headers of both.

use crate::support::{Response, Server};

/// What the front end may weigh in all, as brotli, in bytes.
const FRONT_END_BYTES: usize = 240_000;

async fn get(server: &Server, target: &str) -> Response {
    server.request("GET", target, &[], "").await
}

#[tokio::test]
async fn home_and_lobby_say_what_they_are() {
    let server = Server::start().await;
    let home = get(&server, "/").await;
    assert_eq!(home.status, 200);
    for text in ["New meeting", "Room name", "og:title", "og:description"] {
        assert!(home.text().contains(text), "{text}");
    }
    let lobby = get(&server, "/r/standup").await;
    assert_eq!(lobby.status, 200);
    for text in [
        "standup",
        "Nobody sees or hears you until you join",
        "Your name",
        "og:title",
    ] {
        assert!(lobby.text().contains(text), "{text}");
    }
    assert_eq!(get(&server, "/r/a%20b").await.status, 400);
    assert_eq!(get(&server, "/nowhere").await.status, 404);
    assert_eq!(get(&server, "/r/a/b").await.status, 404);
}

/// The address in a page that ends like this.
fn named(page: &str, suffix: &str) -> String {
    let end = page
        .find(suffix)
        .unwrap_or_else(|| panic!("no {suffix} in the page"))
        + suffix.len();
    let start = page[..end].rfind("/pkg/").unwrap();
    page[start..end].to_owned()
}

#[tokio::test]
async fn the_front_end_stays_small() {
    let server = Server::start().await;
    let lobby = get(&server, "/r/standup").await.text();
    let wasm = named(&lobby, "_bg.wasm");
    let files = [
        wasm.replace("_bg.wasm", ".js"),
        wasm,
        named(&lobby, "/__wasm_split.js"),
        named(&lobby[lobby.find("rel=\"stylesheet\"").unwrap()..], ".css"),
        named(&lobby, ".json"),
        "/assets/theme.js".to_owned(),
    ];
    let mut whole = 0;
    for file in files {
        let small = server
            .request("GET", &file, &[("accept-encoding", "br")], "")
            .await;
        assert!(
            small.head.contains("content-encoding: br"),
            "{}",
            small.head
        );
        println!("{file}: {} bytes", small.body.len());
        whole += small.body.len();
    }
    println!("the front end: {whole} bytes of {FRONT_END_BYTES}");
    assert!(
        whole <= FRONT_END_BYTES,
        "the front end has {whole} bytes of {FRONT_END_BYTES}"
    );
}

#[tokio::test]
async fn the_front_end_is_inside() {
    let server = Server::start().await;
    let home = get(&server, "/").await.text();
    let named = |suffix| named(&home, suffix);
    let wasm = get(&server, &named("_bg.wasm")).await;
    assert!(wasm.body.starts_with(b"\0asm"), "a real program");
    assert!(
        wasm.head.contains("content-type: application/wasm"),
        "{}",
        wasm.head
    );
    assert!(wasm.head.contains("immutable"), "{}", wasm.head);
    let small = server
        .request(
            "GET",
            &named("_bg.wasm"),
            &[("accept-encoding", "gzip, br")],
            "",
        )
        .await;
    assert!(small.head.contains("content-encoding: br") && small.body.len() < wasm.body.len() / 2);
    let style = get(&server, &named(".css")).await;
    assert!(
        style.head.contains("content-type: text/css"),
        "{}",
        style.head
    );
    assert_eq!(get(&server, "/pkg/../Cargo.toml").await.status, 404);
    assert_eq!(get(&server, "/pkg/index.html").await.status, 404);
}

#[tokio::test]
async fn pages_speak_the_language_that_is_asked_for() {
    let server = Server::start().await;
    for (target, accepted, code, direction, text) in [
        ("/", "de-DE,de;q=0.9,en;q=0.8", "de", "ltr", "Neues Treffen"),
        ("/r/standup", "de", "de", "ltr", "Beitreten"),
        ("/r/standup", "ar", "ar", "rtl", "اسمك"),
        ("/r/standup?lang=fr", "de", "fr", "ltr", "Rejoindre"),
        ("/nowhere?lang=es", "", "es", "ltr", "Aquí no hay nada"),
        ("/r/a.b", "fr", "fr", "ltr", "«\u{a0}.\u{a0}»"),
        ("/", "nl,tlh;q=0.3", "en", "ltr", "New meeting"),
        ("/?lang=nl", "", "en", "ltr", "New meeting"),
    ] {
        let page = server
            .request("GET", target, &[("accept-language", accepted)], "")
            .await;
        let html = page.text();
        let tag = format!("<html lang=\"{code}\" dir=\"{direction}\"");
        assert!(html.contains(&tag), "{target} in {accepted}: no {tag}");
        assert!(html.contains(text), "{target} in {accepted}: no {text}");
        for header in [
            format!("content-language: {code}\r\n"),
            "vary: accept-language\r\n".to_owned(),
        ] {
            assert!(page.head.contains(&header), "{header} in {}", page.head);
        }
    }
}

#[tokio::test]
async fn a_room_brings_its_words_along() {
    let server = Server::start().await;
    let page = server
        .request("GET", "/r/standup", &[("accept-language", "es")], "")
        .await
        .text();
    let attribute = |name: &str| {
        let start = page.find(&format!("{name}=\"")).unwrap() + name.len() + 2;
        page[start..].split('"').next().unwrap()
    };
    let mut spoken = Vec::new();
    for address in attribute("data-words").split(' ') {
        let words = get(&server, address).await;
        assert_eq!(words.status, 200, "{address}");
        for header in ["content-type: application/json", "immutable"] {
            assert!(words.head.contains(header), "{header} in {}", words.head);
        }
        let texts: Vec<serde_json::Value> = serde_json::from_slice(&words.body).unwrap();
        assert!(texts.len() > 50, "{address}");
        spoken.push(address["/pkg/".len()..].rsplit_once('-').unwrap().0);
    }
    let of = |language| [format!("room-{language}"), format!("later-{language}")];
    assert_eq!(spoken, ["en", "de", "fr", "es", "ar"].map(of).concat());
    let preload = page
        .split("<link ")
        .skip(1)
        .find(|link| link.contains(".json"));
    let preload = preload.expect("the words are loaded ahead");
    for part in [
        "rel=\"preload\"",
        "as=\"fetch\"",
        "crossorigin",
        "/pkg/room-es-",
    ] {
        assert!(preload.contains(part), "{part} in {preload}");
    }
    let home = get(&server, "/").await.text();
    assert!(!home.contains("/pkg/room-en-"), "the front page needs none");
}

#[tokio::test]
async fn links_take_the_language_along_that_was_asked_for() {
    let server = Server::start().await;
    let home = get(&server, "/?lang=ar").await.text();
    for link in [
        "href=\"/new?lang=ar\"",
        "name=\"lang\" value=\"ar\"",
        "href=\"/?lang=de\" hreflang=\"de\" lang=\"de\"",
    ] {
        assert!(home.contains(link), "{link}");
    }
    assert!(!get(&server, "/").await.text().contains("/new?lang"));
    let room = get(&server, "/new?lang=ar").await;
    assert!(room.head.contains("?lang=ar\r\n"), "{}", room.head);
    let room = get(&server, "/enter?lang=fr&room=standup").await;
    assert!(
        room.head.contains("location: /r/standup?lang=fr\r\n"),
        "{}",
        room.head
    );
}

#[tokio::test]
async fn pages_are_kept_to_what_they_need() {
    let server = Server::start().await;
    let (one, other) = (get(&server, "/").await, get(&server, "/").await);
    let policy = |response: &Response| {
        let line = response
            .head
            .lines()
            .find(|line| line.starts_with("content-security-policy:"));
        line.unwrap().to_owned()
    };
    for part in [
        "default-src 'none'",
        "'wasm-unsafe-eval'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "'nonce-",
    ] {
        assert!(policy(&one).contains(part), "{part}");
    }
    assert!(!policy(&one).contains("unsafe-inline") && !policy(&one).contains("'unsafe-eval'"));
    assert_ne!(policy(&one), policy(&other), "a nonce is used once");
    for header in [
        "x-content-type-options: nosniff",
        "x-frame-options: deny",
        "permissions-policy: camera=(self)",
        "cache-control: no-cache",
    ] {
        assert!(one.head.contains(header), "{header}");
    }
    assert!(
        get(&server, "/healthz")
            .await
            .head
            .contains("x-content-type-options: nosniff")
    );
}

#[tokio::test]
async fn the_forms_of_the_home_page_work_without_a_program() {
    let server = Server::start().await;
    let location = |response: &Response| {
        let line = response
            .head
            .lines()
            .find(|line| line.starts_with("location: "))
            .unwrap();
        line.trim_start_matches("location: ").to_owned()
    };
    let (one, other) = (get(&server, "/new").await, get(&server, "/new").await);
    let name = location(&one);
    let lengths: Vec<_> = name
        .trim_start_matches("/r/")
        .split('-')
        .map(str::len)
        .collect();
    assert_eq!((one.status, lengths), (303, vec![3, 4, 3]), "{name}");
    assert_ne!(name, location(&other));
    assert_eq!(
        location(&get(&server, "/enter?room=B%C3%BCro+").await),
        "/r/b%c3%bcro"
    );
    assert_eq!(location(&get(&server, "/enter?room=").await), "/");
    assert_eq!(
        location(&get(&server, "/enter?room=%3Cb%3E").await),
        "/r/%3cb%3e"
    );
}

#[tokio::test]
async fn it_says_that_it_is_well() {
    let server = Server::start().await;
    let well = get(&server, "/healthz").await;
    assert_eq!((well.status, well.text().as_str()), (200, "ok\n"));
    server.stop().await;
}
