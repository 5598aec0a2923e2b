//! A server that is killed and started again goes on with its meetings, and with nothing that was over.

use std::{net::SocketAddr, path::Path, time::Duration};

use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::support::{Client, SOON, Server, id, settings};

const ANYWHERE: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

/// A server that finds what another one would have left behind that was killed now.
async fn killed_and_started(folder: &Path) -> (Server, tempfile::TempDir) {
    let copy = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(folder).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
    }
    (Server::on(ANYWHERE, settings(&copy)).await, copy)
}

fn kept(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("resume.key.meetings")).unwrap_or_default()
}

/// Waits until what is kept is so.
async fn keeps(folder: &Path, is_so: impl Fn(&str) -> bool) {
    let wait = async {
        while !is_so(&kept(folder)) {
            sleep(Duration::from_millis(20)).await;
        }
    };
    let kept_in_time = timeout(SOON, wait).await;
    assert!(kept_in_time.is_ok(), "{}", kept(folder));
}

fn back(entry: &Value) -> Value {
    json!({ "room": "standup", "name": "Ada", "resume": entry["resume"] })
}

#[tokio::test]
async fn lock_host_and_removed_hold_after_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    let first = Server::on(ANYWHERE, settings(&folder)).await;
    let [mut ada, mut ben, mut cleo, mut eve] = [
        Client::connect_from(first.address, 2).await,
        Client::connect_from(first.address, 3).await,
        Client::connect_from(first.address, 4).await,
        Client::connect_from(first.address, 5).await,
    ];
    let adas = ada.enter("standup").await;
    let bens = ben.enter("standup").await;
    let cleos = cleo.enter("standup").await;
    let eves = eve.enter("standup").await;
    ada.granted("host", json!({ "action": "hand-over", "id": bens["you"] }))
        .await;
    cleo.emit("leave-session", json!({})).await;
    let remove = json!({ "action": "kick", "id": eves["you"], "lock": true });
    ben.granted("host", remove).await;
    let is_so = |kept: &str| {
        kept.contains(r#""locked":true"#)
            && kept.contains("kicked")
            && kept.contains(adas["you"].as_str().unwrap())
            && !kept.contains(cleos["you"].as_str().unwrap())
    };
    keeps(folder.path(), is_so).await;
    for secret in ["Ada", "127.0.0", adas["resume"].as_str().unwrap()] {
        assert!(!kept(folder.path()).contains(secret), "{secret}");
    }

    let (second, _copy) = killed_and_started(folder.path()).await;
    let mut eve = Client::connect_from(second.address, 5).await;
    let mut stranger = second.client().await;
    for (client, entry) in [(&mut eve, &eves), (&mut stranger, &cleos)] {
        let refused = client.refused("create-session", back(entry)).await;
        assert_eq!(refused, "resume-refused");
    }
    let anew = json!({ "room": "standup", "name": "Eve" });
    assert_eq!(eve.refused("create-session", anew.clone()).await, "kicked");
    assert_eq!(
        stranger.refused("create-session", anew.clone()).await,
        "locked"
    );
    stranger.granted("knock", anew).await;
    // Who comes first is no host by that.
    let mut ada = second.client().await;
    let again = ada.granted("create-session", back(&adas)).await;
    assert_eq!(
        (&again["you"], &again["recovering"]),
        (&adas["you"], &json!(true))
    );
    assert_eq!(
        again["state"],
        json!({ "host": bens["you"], "locked": true, "topology": "mesh" })
    );
    let unlock = json!({ "action": "lock", "locked": false });
    assert_eq!(ada.refused("host", unlock.clone()).await, "not-host");
    let mut ben = second.client().await;
    ben.granted("create-session", back(&bens)).await;
    assert_eq!(ben.expect("knocking").await["waiting"][0]["name"], "Eve");
    ben.granted("host", unlock).await;
    assert_eq!(stranger.expect("knock-result").await["admitted"], true);
}

/// However many others enter meanwhile: their meetings are noted in the same writings.
#[tokio::test]
async fn whoever_was_inside_for_longer_than_a_writing_takes_comes_back_after_a_crash() {
    const ROOMS: usize = 40;
    let folder = tempfile::tempdir().unwrap();
    let first = Server::on(ANYWHERE, settings(&folder)).await;
    let room = |number: usize| format!("room-{}", number / 2);
    let mut inside = Vec::new();
    for number in 0..2 * ROOMS {
        let mut client = first.client().await;
        let entry = client.enter(&room(number)).await;
        inside.push((client, entry));
    }
    let address = first.address;
    let others = tokio::spawn(async move {
        for number in 0.. {
            let mut client = Client::connect_from(address, 7).await;
            client.enter(&format!("other-{number}")).await;
        }
    });
    let are_noted = |kept: &str| {
        let noted = |(_, entry): &(Client, Value)| kept.contains(entry["you"].as_str().unwrap());
        inside.iter().all(noted)
    };
    keeps(folder.path(), are_noted).await;
    let (second, _copy) = killed_and_started(folder.path()).await;
    others.abort();
    for (number, (_, entry)) in inside.iter().enumerate() {
        let back = json!({ "room": room(number), "resume": entry["resume"] });
        let again = second.client().await.granted("create-session", back).await;
        assert_eq!(
            (&again["you"], &again["resumed"]),
            (&entry["you"], &json!(true))
        );
    }
}

#[tokio::test]
async fn tokens_of_a_meeting_that_is_over_are_worth_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let first = Server::on(ANYWHERE, settings(&folder)).await;
    let mut ada = first.client().await;
    let earlier = ada.enter("standup").await;
    ada.granted("host", json!({ "action": "end" })).await;
    let mut ben = first.client().await;
    let now = ben.enter("standup").await;
    ben.granted("host", json!({ "action": "lock", "locked": true }))
        .await;
    assert_eq!(
        ada.refused("create-session", back(&earlier)).await,
        "resume-refused"
    );
    first.stop().await;
    let second = Server::on(ANYWHERE, settings(&folder)).await;
    let mut ada = second.client().await;
    assert_eq!(
        ada.refused("create-session", back(&earlier)).await,
        "resume-refused",
        "of the meeting before"
    );
    let mut ben = second.client().await;
    let again = ben.granted("create-session", back(&now)).await;
    assert_eq!(
        again["state"],
        json!({ "host": now["you"], "locked": true, "topology": "mesh" })
    );
    second.stop().await;
}

#[tokio::test]
async fn what_is_damaged_or_foreign_is_ignored() {
    let folder = tempfile::tempdir().unwrap();
    let first = Server::on(ANYWHERE, settings(&folder)).await;
    let mut ada = first.client().await;
    let entry = ada.enter("standup").await;
    ada.granted("host", json!({ "action": "lock", "locked": true }))
        .await;
    first.stop().await;
    let whole = kept(folder.path());
    assert!(whole.contains("standup"));
    for damage in [
        whole.replace("true", "false"),
        whole[..whole.len() / 2].to_owned(),
        "nothing of ours".to_owned(),
    ] {
        std::fs::write(folder.path().join("resume.key.meetings"), damage).unwrap();
        let (second, _copy) = killed_and_started(folder.path()).await;
        let mut ada = second.client().await;
        assert_eq!(
            ada.refused("create-session", back(&entry)).await,
            "resume-refused"
        );
        let anew = ada.enter("standup").await;
        assert_ne!(id(&anew), id(&entry));
        second.stop().await;
    }
}

#[tokio::test]
async fn two_servers_of_one_key_do_not_write_over_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let first = Server::on(ANYWHERE, settings(&folder)).await;
    let mut ada = first.client().await;
    ada.enter("standup").await;
    keeps(folder.path(), |kept| kept.contains("standup")).await;
    let second = Server::on(ANYWHERE, settings(&folder)).await;
    let mut ben = second.client().await;
    ben.enter("elsewhere").await;
    second.stop().await;
    first.stop().await;
    let kept = kept(folder.path());
    assert!(
        kept.contains("standup") && !kept.contains("elsewhere"),
        "{kept}"
    );
}
