//! What a default run logs: why somebody could not join is found there, and nobody's name.

use serde_json::json;

use crate::{process::Process, support::Client};

/// Nothing of these may be in a log that the default settings make.
const SECRETS: [&str; 4] = [
    "Board-Of-Directors",
    "Ada Lovelace",
    "Mallory",
    "what-is-said",
];

fn line<'a>(log: &'a str, words: &[&str]) -> &'a str {
    let found: Vec<_> = log
        .lines()
        .filter(|line| words.iter().all(|word| line.contains(word)))
        .collect();
    assert_eq!(found.len(), 1, "{words:?} in\n{log}");
    found[0]
}

/// The participant and the meeting that a line is about.
fn about(line: &str) -> (&str, &str) {
    let value = |key: &str| {
        let (_, rest) = line.split_once(key).expect(key);
        rest.split(['"', ' ', '}']).next().unwrap()
    };
    (value("participant="), value("meeting=\""))
}

#[tokio::test]
async fn each_join_leave_and_refusal_is_one_line_with_its_reason_and_without_names() {
    let home = tempfile::tempdir().unwrap();
    let server = Process::serve(home.path(), &["--max-participants", "2"]);
    let entry = |name: &str| json!({ "room": SECRETS[0], "state": { "name": name } });
    let mut ada = Client::connect(server.address).await;
    let adas = ada.granted("create-session", entry(SECRETS[1])).await;
    let token = adas["resume"].as_str().unwrap().to_owned();
    let mut ben = Client::connect(server.address).await;
    let bens = ben.granted("create-session", entry(SECRETS[2])).await;
    let said = json!({ "kind": "chat", "n": 1, "clock": 1, "at": 1, "text": SECRETS[3] });
    ben.granted("message", json!({ "body": said })).await;

    // Full; a token that does not hold; locked, and then knocking.
    let mut mallory = Client::connect(server.address).await;
    assert_eq!(
        mallory.refused("create-session", entry(SECRETS[2])).await,
        "room-full"
    );
    let forged = json!({ "room": SECRETS[0], "resume": format!("{token}x") });
    assert_eq!(
        mallory.refused("create-session", forged).await,
        "resume-refused"
    );
    assert_eq!(
        mallory.refused(SECRETS[2], json!({})).await,
        "unknown-event"
    );
    ada.granted("host", json!({ "action": "lock", "locked": true }))
        .await;
    ada.granted(
        "host",
        json!({ "action": "kick", "id": bens["you"], "address": false }),
    )
    .await;
    assert_eq!(
        mallory.refused("create-session", entry(SECRETS[2])).await,
        "locked"
    );
    mallory
        .granted("knock", json!({ "room": SECRETS[0], "name": SECRETS[2] }))
        .await;
    let knocking = ada.expect("knocking").await;
    let answer = json!({ "action": "admit", "id": knocking["waiting"][0]["id"], "admit": false });
    ada.granted("host", answer).await;

    // A cut, and back.
    ada.cut();
    let mut ada = Client::connect(server.address).await;
    let back = json!({ "room": SECRETS[0], "resume": token });
    ada.granted("create-session", back).await;
    ada.granted("leave-session", json!({})).await;
    server.terminate();
    let (_, log) = server.end();

    let joined: Vec<_> = log
        .lines()
        .filter(|line| line.contains(" joined"))
        .collect();
    assert_eq!(joined.len(), 2, "{log}");
    let (you, meeting) = about(joined[0]);
    assert_eq!(you, adas["you"].as_str().unwrap());
    assert!(adas["meeting"].as_str().unwrap().starts_with(meeting));
    assert!(joined[0].contains("connection{id=") && joined[0].contains("inside=1"));
    assert!(joined[1].contains("inside=2") && joined[1].contains("websocket"));

    let ben = bens["you"].as_str().unwrap();
    line(&log, &["left", ben, "removed by the host"]);
    line(&log, &["refused", "room-full", "create-session"]);
    line(&log, &["refused", "resume-refused"]);
    line(&log, &["refused", "locked"]);
    line(&log, &["refused", "unknown-event"]);
    line(&log, &["knocks"]);
    line(&log, &["not let in"]);
    line(&log, &["disconnected", you, meeting]);
    line(&log, &["resumed", you, meeting]);
    line(&log, &["left", you, "asked to leave"]);
    for secret in SECRETS.iter().chain([&&*token]) {
        assert!(!log.contains(secret), "{secret} in\n{log}");
    }
    assert!(!log.contains("127.0.0.1"), "{log}");
}

#[tokio::test]
async fn a_log_that_nobody_reads_holds_nobody_up() {
    let home = tempfile::tempdir().unwrap();
    let server = Process::with_unread_log(home.path(), &["--log", "trace"]);
    // Each entry is some hundred bytes of log, and a pipe holds 64 KiB.
    for number in 0..200 {
        let mut client = Client::connect(server.address).await;
        client.enter(&format!("room-{number}")).await;
    }
    assert_eq!(server.get("/healthz").await.status, 200);
    server.terminate();
    assert_eq!(server.end().0, Some(0));
}
