//! The one file that people get: what it serves by itself, how it is set, and how it ends.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use tokio::{io::AsyncWriteExt, net::TcpSocket};

use crate::{
    process::{BINARY, Process, run},
    support::Client,
};

/// Every address of an own file in a page.
pub fn files(page: &str) -> Vec<String> {
    page.split(['"', ' '])
        .filter(|part| part.starts_with("/pkg/") || part.starts_with("/assets/"))
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn the_file_alone_in_an_empty_folder_serves_everything() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("meet");
    fs::copy(BINARY, &file).unwrap();
    let server = Process::start(&file, folder.path(), &[]);
    assert_eq!(server.get("/healthz").await.text(), "ok\n");
    let lobby = server.get("/r/standup").await.text();
    let files = files(&lobby);
    for kind in [".js", "_bg.wasm", ".css", ".svg", ".json"] {
        assert!(
            files.iter().any(|file| file.ends_with(kind)),
            "{kind} in {files:?}"
        );
    }
    for file in files {
        let got = server.get(&file).await;
        assert_eq!(got.status, 200, "{file}");
        if file.ends_with(".wasm") {
            assert!(got.body.starts_with(b"\0asm"), "{file}");
        }
    }
    Client::connect(server.address).await;
}

#[test]
fn flags_are_stronger_than_variables_and_variables_than_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file: PathBuf = folder.path().join("roundtable.toml");
    fs::write(
        &file,
        "listen = '0.0.0.0:1'\nmax-participants = 3\nmax-rooms = 4\nlog = 'warn'\n",
    )
    .unwrap();
    let printed = run(
        &[
            "--config",
            file.to_str().unwrap(),
            "--print-config",
            "--max-rooms",
            "6",
        ],
        &[
            ("ROUNDTABLE_MAX_ROOMS", "5"),
            ("ROUNDTABLE_MAX_PARTICIPANTS", "5"),
        ],
    );
    assert!(printed.status.success());
    let printed = String::from_utf8(printed.stdout).unwrap();
    for line in [
        "listen = \"0.0.0.0:1\"",
        "max-participants = 5",
        "max-rooms = 6",
        "log = \"warn\"",
    ] {
        assert!(
            printed.lines().any(|printed| printed == line),
            "{line} in {printed}"
        );
    }
    // What is printed is such a file.
    fs::write(&file, &printed).unwrap();
    let again = run(&["--config", file.to_str().unwrap(), "--print-config"], &[]);
    assert_eq!(String::from_utf8(again.stdout).unwrap(), printed);
}

#[test]
fn each_setting_is_explained() {
    let help = String::from_utf8(run(&["--help"], &[]).stdout).unwrap();
    let lines: Vec<_> = help.lines().map(str::trim_start).collect();
    let mut explained = BTreeSet::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(flag) = line.strip_prefix("--") else {
            continue;
        };
        let name = flag.split([' ', '=']).next().unwrap();
        let words = line
            .split_once("  ")
            .map_or(lines[at + 1], |(_, words)| words);
        assert!(words.split_whitespace().count() > 3, "--{name}: {words:?}");
        assert!(explained.insert(name), "--{name} is there twice");
    }
    // With those that have no default set, every setting is printed.
    let arguments = [
        ["--public-url", "https://meet.example.org"],
        ["--media", "127.0.0.1:0"],
        ["--key-file", "resume.key"],
    ];
    let arguments = [arguments.concat(), vec!["--print-config"]].concat();
    let printed = String::from_utf8(run(&arguments, &[]).stdout).unwrap();
    let settings = printed.lines().filter_map(|line| line.split_once(" = "));
    let mut settings: BTreeSet<_> = settings.map(|(name, _)| name).collect();
    settings.extend(["config", "print-config"]);
    assert_eq!(explained, settings);
    assert!(settings.len() > 15, "{printed}");
}

#[test]
fn what_makes_no_sense_is_refused_with_a_sentence() {
    let nowhere = "no/such/file.toml";
    for (arguments, words) in [
        (["--listen", "here"], "here"),
        (["--log", "a=b=c"], "is no log filter"),
        (
            ["--max-participants", "1"],
            "max-participants must be from 2 to 200",
        ),
        (["--config", nowhere], nowhere),
    ] {
        let refused = run(&arguments, &[]);
        let said = String::from_utf8(refused.stderr).unwrap();
        assert!(
            !refused.status.success() && said.contains(words),
            "{arguments:?}: {said}"
        );
        assert!(!said.contains("panicked"), "{said}");
    }
}

#[test]
fn without_a_way_for_media_it_ends_and_says_what_helps() {
    let taken = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    for (arguments, words) in [
        (
            ["--media-address", "0.0.0.0"],
            ["0.0.0.0", "--media-address names"],
        ),
        (
            ["--media", &taken],
            [taken.as_str(), "--media takes another"],
        ),
    ] {
        let arguments = [["--listen", "127.0.0.1:0"], arguments].concat();
        let ended = run(&arguments, &[]);
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(1), "{said}");
        assert!(words.iter().all(|word| said.contains(word)), "{said}");
        assert!(
            !said.contains("panicked") && ended.stdout.is_empty(),
            "{said}"
        );
    }
}

#[tokio::test]
async fn the_log_has_as_much_as_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    for (level, says) in [("off", false), ("info", true)] {
        let server = Process::start(Path::new(BINARY), folder.path(), &["--log", level]);
        server.terminate();
        let (code, log) = server.end();
        assert_eq!(
            (code, log.contains("closing")),
            (Some(0), says),
            "{level}: {log}"
        );
        assert_eq!(log.is_empty(), !says, "{log}");
    }
}

#[tokio::test]
async fn the_second_sigterm_ends_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Process::start(Path::new(BINARY), folder.path(), &[]);
    // A client that asks for more than it reads is waited for.
    let lobby = server.get("/r/standup").await.text();
    let program = files(&lobby)
        .into_iter()
        .find(|file| file.ends_with(".wasm"))
        .unwrap();
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut greedy = socket.connect(server.address).await.unwrap();
    let ask = format!("GET {program} HTTP/1.1\r\nhost: {}\r\n\r\n", server.address);
    greedy.write_all(ask.repeat(8).as_bytes()).await.unwrap();
    greedy.readable().await.unwrap();

    server.terminate();
    server.wait_for_log("closing");
    let asked = Instant::now();
    server.terminate();
    assert_eq!(server.end().0, Some(1));
    assert!(asked.elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn where_it_listens_everywhere_it_names_what_a_browser_can_open() {
    let folder = tempfile::tempdir().unwrap();
    for listen in ["0.0.0.0:0", "[::]:0"] {
        let server = Process::listening(listen, folder.path());
        assert!(server.address.ip().is_loopback(), "{}", server.address);
        assert_eq!(server.get("/healthz").await.text(), "ok\n", "{listen}");
    }
}
