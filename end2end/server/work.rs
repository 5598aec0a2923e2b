//! Clients that have others work: connections, lists, pushes and history are made at a rate that is written down, and who
//! stands by is served as before.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::support::{Bystanders, Client, SOON, Server, id, introduce, signal_to};

/// How long an attack lasts.
const ATTACK: Duration = Duration::from_secs(3);
/// Events that an attacker sends at once; below what a connection may send.
const VOLLEY: usize = 40;
const BETWEEN: Duration = Duration::from_millis(50);

/// Sends something again and again, as fast as a connection may.
async fn flood(
    client: &mut Client,
    mut event: impl FnMut(usize) -> (&'static str, Value),
) -> usize {
    let start = Instant::now();
    let mut pace = tokio::time::interval(BETWEEN);
    pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut sent = 0;
    while start.elapsed() < ATTACK {
        pace.tick().await;
        for _ in 0..VOLLEY {
            let (name, payload) = event(sent);
            client.emit(name, payload).await;
            sent += 1;
        }
    }
    // What was sent has been handled.
    client.refused("are-you-there", json!({})).await;
    sent
}

/// Counts what comes of an event, until nothing has come for a while.
async fn count(client: &mut Client, name: &str) -> usize {
    let mut events = 0;
    client.refused("are-you-there", json!({})).await;
    while let Ok((event, _)) = timeout(Duration::from_millis(300), client.event()).await {
        events += usize::from(event == name);
    }
    events
}

/// As many as a rate allows while an attack lasts, with time for a slow machine.
fn most(burst: usize, each: Duration, took: Duration) -> usize {
    burst + 1 + (took.as_millis() / each.as_millis()) as usize
}

async fn enter_ready(client: &mut Client, room: &str) -> String {
    let entry = json!({ "room": room, "name": "Ada", "autoPrepare": true });
    id(&client.granted("create-session", entry).await)
}

/// The longest of some round trips of two who talk meanwhile.
async fn talk_meanwhile<T>(
    others: &mut Bystanders,
    attack: impl Future<Output = T>,
) -> (T, Duration) {
    let mut attack = std::pin::pin!(attack);
    let mut longest = Duration::ZERO;
    let mut pace = tokio::time::interval(Duration::from_millis(20));
    loop {
        tokio::select! {
            done = &mut attack => return (done, longest),
            _ = pace.tick() => {
                let start = Instant::now();
                others.still_talk().await;
                longest = longest.max(start.elapsed());
            }
        }
    }
}

#[tokio::test]
async fn one_who_renews_without_end() {
    let server = Server::start().await;
    let mut elsewhere = Bystanders::enter(&server, "quiet").await;
    let (mut victim, mut attacker) = (server.client().await, server.client().await);
    let victims_id = enter_ready(&mut victim, "loud").await;
    let attackers_id = enter_ready(&mut attacker, "loud").await;
    let start = Instant::now();
    let again = |_| ("peer-restart", json!({ "connUserSocketId": victims_id }));
    let (sent, _) = talk_meanwhile(&mut elsewhere, flood(&mut attacker, again)).await;
    let bound = most(4, Duration::from_secs(15), start.elapsed());
    // The first is the attacker's entry.
    let made = count(&mut victim, "conn-prepare").await - 1;
    assert!(made <= bound, "{made} of {sent} renewals, not {bound}");
    assert!(made > 0, "some are let through");
    let refused = attacker.expect("refused").await;
    assert_eq!(
        (&refused["code"], &refused["event"]),
        (&json!("rate-limited"), &json!("peer-restart"))
    );
    // Neither the victim nor anybody else has lost anything by that.
    let mut friend = server.client().await;
    let friends_id = enter_ready(&mut friend, "loud").await;
    let with = |id: &str| json!({ "connUserSocketId": id });
    friend.granted("peer-restart", with(&victims_id)).await;
    victim.granted("peer-restart", with(&friends_id)).await;
    assert_ne!(friends_id, attackers_id);
    elsewhere.still_talk().await;
}

#[tokio::test]
async fn one_who_comes_and_goes() {
    let server = Server::start().await;
    let mut others = Bystanders::enter(&server, "loud").await;
    let mut victim = server.client().await;
    enter_ready(&mut victim, "loud").await;
    let mut attacker = server.client().await;
    let entry = json!({ "room": "loud", "name": "Eve", "autoPrepare": true });
    let start = Instant::now();
    let events = |n| match n % 2 {
        0 => ("create-session", entry.clone()),
        _ => ("leave-session", json!({})),
    };
    let sent = flood(&mut attacker, events).await;
    let bound = most(32 + 2, Duration::from_millis(400), start.elapsed());
    let made = count(&mut victim, "conn-prepare").await;
    assert!(made <= bound, "{made} of {} entries, not {bound}", sent / 2);
    assert!(made > 1, "some are let in");
    others.still_talk_amid_others().await;
    // An honest one waits a moment and tries again, as our client does.
    let mut newcomer = server.client().await;
    let admitted = async {
        loop {
            let reply = newcomer.ask("create-session", entry.clone()).await;
            if reply["ok"] == true {
                return;
            }
            assert_eq!(reply["code"], "rate-limited");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    timeout(SOON, admitted).await.expect("lets in who waits");
}

#[tokio::test]
async fn sixteen_who_knock_and_a_host_that_pauses() {
    let server = Server::start().await;
    let mut elsewhere = Bystanders::enter(&server, "quiet").await;
    let mut host = server.client().await;
    host.enter("loud").await;
    let lock = json!({ "action": "lock", "locked": true });
    host.granted("host", lock).await;
    let mut knockers = join_all((0..16).map(|_| server.client())).await;
    let start = Instant::now();
    let floods = knockers.iter_mut().enumerate().map(|(number, client)| {
        flood(client, move |n| match n % 3 {
            2 => ("leave-session", json!({})),
            _ => (
                "knock",
                json!({ "room": "loud", "name": format!("{number} {n}") }),
            ),
        })
    });
    // For as long as that takes, the host does not read.
    talk_meanwhile(&mut elsewhere, join_all(floods)).await;
    tokio::time::sleep(Duration::from_secs(4).saturating_sub(start.elapsed())).await;
    let bound = most(1, Duration::from_millis(100), start.elapsed());
    let lists = count(&mut host, "knocking").await;
    assert!(lists <= bound, "{lists} lists, not {bound}");
    assert!(lists > 0);
    // It was not cut.
    let unlock = json!({ "action": "lock", "locked": false });
    host.granted("host", unlock).await;
}

#[tokio::test]
async fn one_who_changes_a_name_before_sixty_four_who_look_in() {
    let server = Server::start().await;
    let mut others = Bystanders::enter(&server, "loud").await;
    let mut watchers = join_all((0..64).map(|_| server.client())).await;
    for watcher in &mut watchers {
        watcher
            .granted("lobby-watch", json!({ "room": "loud" }))
            .await;
    }
    let mut attacker = server.client().await;
    attacker.enter("loud").await;
    let start = Instant::now();
    let rename = |n| ("participant-state", json!({ "name": format!("Eve {n}") }));
    let sent = flood(&mut attacker, rename).await;
    let bound = most(2, Duration::from_millis(100), start.elapsed());
    for watcher in &mut watchers[..3] {
        let mut pushes = 0;
        let last = format!("Eve {}", sent - 1);
        loop {
            let lobby = watcher.expect("lobby-state").await;
            pushes += 1;
            if lobby["people"].as_array().unwrap().contains(&json!(last)) {
                break;
            }
        }
        assert!(
            pushes <= bound,
            "{pushes} pushes of {sent} names, not {bound}"
        );
    }
    let states = others.hear_states().await;
    assert!(
        states <= bound + 1,
        "{states} states of {sent}, not {bound}"
    );
    assert!(states > 0, "the others are told");
}

#[tokio::test]
async fn one_who_asks_for_the_chat_without_end() {
    let server = Server::start().await;
    let (mut victim, mut attacker) = (server.client().await, server.client().await);
    let victims_id = id(&victim.enter("loud").await);
    attacker.enter("loud").await;
    let start = Instant::now();
    let have = json!({ "to": victims_id, "body": { "kind": "chat-sync", "have": [] } });
    let sent = flood(&mut attacker, |_| ("message", have.clone())).await;
    let bound = most(4, Duration::from_secs(5), start.elapsed());
    let asked = count(&mut victim, "message").await;
    assert!(asked <= bound, "{asked} of {sent} questions, not {bound}");
    assert!(asked > 0, "some are let through");
}

#[tokio::test]
async fn a_relay_is_as_quick_as_without_the_attack() {
    let server = Server::with(|settings| settings.max_participants = 60).await;
    let mut others = Bystanders::enter(&server, "loud").await;
    let quiet = async { tokio::time::sleep(Duration::from_secs(1)).await };
    let ((), before) = talk_meanwhile(&mut others, quiet).await;
    let mut crowd = Vec::new();
    for _ in 0..20 {
        let mut client = server.client().await;
        enter_ready(&mut client, "loud").await;
        crowd.push(client);
    }
    others.hear_states().await;
    let floods = crowd.iter_mut().map(|client| {
        flood(client, |n| match n % 3 {
            0 => (
                "message",
                json!({ "body": { "kind": "react", "reaction": "wow" } }),
            ),
            1 => ("participant-state", json!({ "hand": n % 2 == 0 })),
            _ => ("participant-state", json!({ "camera": n % 2 == 0 })),
        })
    });
    let mut longest = Duration::ZERO;
    let mut floods = std::pin::pin!(join_all(floods));
    let mut pace = tokio::time::interval(Duration::from_millis(50));
    loop {
        tokio::select! {
            _ = &mut floods => break,
            _ = pace.tick() => {
                let start = Instant::now();
                others.still_talk_amid_others().await;
                longest = longest.max(start.elapsed());
            }
        }
    }
    // Twenty attackers in the same process and on the same cores: of the same order, not of seconds.
    let bound = before * 10 + Duration::from_millis(750);
    assert!(longest <= bound, "{longest:?}, and {before:?} before");
}

#[tokio::test]
async fn three_hundred_from_one_address_enter_within_seconds() {
    let server = Server::with(|settings| settings.max_participants = 30).await;
    let clients = join_all((0..300).map(|_| server.client())).await;
    let start = Instant::now();
    let entering = clients
        .into_iter()
        .enumerate()
        .map(|(n, mut client)| async move {
            enter_ready(&mut client, &format!("class-{}", n % 10)).await;
            client
        });
    let mut clients = join_all(entering).await;
    // The break is over: all but the teachers leave and come to another class.
    let moving = clients
        .iter_mut()
        .enumerate()
        .skip(10)
        .map(|(n, client)| async move {
            client.granted("leave-session", json!({})).await;
            enter_when_let(client, &format!("class-{}", (n + 1) % 10)).await;
        });
    join_all(moving).await;
    assert!(
        start.elapsed() < Duration::from_secs(60),
        "{:?}",
        start.elapsed()
    );
}

async fn enter_when_let(client: &mut Client, room: &str) {
    loop {
        let entry = json!({ "room": room, "name": "Ada", "autoPrepare": true });
        let reply = client.ask("create-session", entry).await;
        if reply["ok"] == true {
            return;
        }
        let code = reply["code"].as_str().unwrap();
        assert!(["rate-limited", "room-full"].contains(&code), "{reply}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn fifty_turn_their_microphones_on_and_off_and_applaud() {
    let server = Server::with(|settings| settings.max_participants = 50).await;
    let mut clients = join_all((0..50).map(|_| server.client())).await;
    for client in &mut clients {
        enter_ready(client, "hall").await;
    }
    for round in 0..3 {
        let acts = clients.iter_mut().map(|client| async move {
            let state = json!({ "microphone": round % 2 == 0, "hand": round % 2 == 1 });
            client.granted("participant-state", state).await;
            let clap = json!({ "body": { "kind": "react", "reaction": "clap" } });
            client.granted("message", clap).await;
        });
        join_all(acts).await;
    }
    // Everyone sees everyone as they are in the end, and every hand.
    for client in [0, 25, 49] {
        let mut seen = std::collections::BTreeMap::new();
        let mut claps = 0;
        let client = &mut clients[client];
        while seen.len() < 49 || claps < 3 * 49 || seen.values().any(|on| *on != json!(true)) {
            let (name, event) = timeout(SOON, client.event()).await.expect("all is told");
            match name.as_str() {
                "participant-state" => {
                    seen.insert(id_of(&event), event["microphone"].clone());
                }
                "message" => claps += 1,
                _ => {}
            }
        }
    }
}

fn id_of(member: &Value) -> String {
    member["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_refused_return_is_granted_a_moment_later() {
    let server = Server::start().await;
    let mut ada = server.client().await;
    let mut resume = ada.enter("standup").await["resume"].clone();
    let mut ben = server.client().await;
    ben.enter("standup").await;
    introduce(&mut ada, &mut ben).await;
    let start = Instant::now();
    let (mut returns, mut refusals) = (0, 0);
    while start.elapsed() < ATTACK {
        let mut again = server.client().await;
        let entry = json!({ "room": "standup", "name": "Ada", "resume": resume, "peers": [] });
        let reply = again.ask("create-session", entry).await;
        if reply["ok"] == true {
            returns += 1;
            resume = reply["resume"].clone();
            again
                .ask("participant-state", json!({ "name": "Ada" }))
                .await;
        } else {
            refusals += 1;
            assert_eq!(reply["code"], "rate-limited");
        }
    }
    let bound = most(5, Duration::from_secs(2), start.elapsed());
    assert!(returns <= bound && refusals > 0, "{returns}, not {bound}");
    let back = async {
        loop {
            let mut again = server.client().await;
            let entry = json!({ "room": "standup", "name": "Ada", "resume": resume });
            if again.ask("create-session", entry).await["ok"] == true {
                return;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    timeout(SOON, back).await.expect("the place is kept");
}

/// Sends a large signal again and again, as fast as a connection may. Whether any was refused.
async fn signal_without_end(client: &mut Client, signal: &Value) -> bool {
    let each = Duration::from_millis(90);
    let mut pace = tokio::time::interval(each);
    for _ in 0..ATTACK.as_millis() / each.as_millis() {
        pace.tick().await;
        client.emit("conn-signal", signal.clone()).await;
    }
    client.refused("are-you-there", json!({})).await;
    client.has_heard("refused")
}

/// The victim reads 60 KB four times a second: it is served on, and who sends it little is heard.
#[tokio::test]
async fn two_who_flood_a_slow_reader_with_signals() {
    let server = Server::start().await;
    let mut elsewhere = Bystanders::enter(&server, "quiet").await;
    let mut victim = Client::with_small_buffer(server.address).await;
    let victims_id = enter_ready(&mut victim, "loud").await;
    let mut attackers = join_all((0..2).map(|_| server.client())).await;
    for attacker in &mut attackers {
        enter_ready(attacker, "loud").await;
    }
    let mut friend = server.client().await;
    let friends_id = enter_ready(&mut friend, "loud").await;
    let sdp = format!("v=0 {}", "x".repeat(60_000));
    let offer =
        json!({ "connUserSocketId": victims_id, "signal": { "type": "offer", "sdp": sdp } });
    let attack = async {
        let [one, other] = &mut attackers[..] else {
            unreachable!("there are two");
        };
        tokio::join!(
            signal_without_end(one, &offer),
            signal_without_end(other, &offer)
        )
    };
    let reading = async {
        let mut pace = tokio::time::interval(Duration::from_millis(250));
        loop {
            pace.tick().await;
            victim.event().await;
        }
    };
    let ((one, other), _) = tokio::select! {
        refused = talk_meanwhile(&mut elsewhere, attack) => refused,
        () = reading => unreachable!("it never ends"),
    };
    assert!(one && other, "who floods is refused");
    friend.emit("conn-signal", signal_to(&victims_id)).await;
    let heard = async {
        loop {
            let signal = victim.expect("conn-signal").await;
            if signal["connUserSocketId"] == friends_id {
                break;
            }
        }
    };
    timeout(SOON, heard).await.expect("it is connected still");
    friend.has_heard_all().await;
}
