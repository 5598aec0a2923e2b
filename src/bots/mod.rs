//! People who are none: real WebRTC clients that join a room of a server, to try it and to see it full.
//!
//! Each has a [`Call`](crate::call::Call), as a page has, and around it a WebSocket and connections that str0m makes instead of
//! a browser. So a bot is introduced, moves to the SFU and back, subscribes and comes back as a page does. It shows a recorded
//! camera in three layers, speaks in turn with the others, and checks of every stream whether it is whole, in order, in time
//! and can be decoded: [`stream_check`].
//!
//! | file | what it is |
//! |---|---|
//! | [`config`] | what is asked of them |
//! | `bot` | one of them |
//! | `link` | its WebSocket |
//! | `peer` | one of its connections |
//! | `media` | what it sends |
//! | [`stream_check`] | what a receiver can say of a stream |
//! | `tally` | what all have seen |

mod bot;
pub mod config;
mod link;
mod media;
mod peer;
pub mod stream_check;
mod tally;

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{self, sleep},
};

use self::{
    bot::{Bot, Role},
    config::BotsConfig,
    media::{
        camera::{Camera, Pattern},
        voice::{Speech, Voice},
    },
    tally::Tally,
};
use crate::protocol::{DisplayName, Presence, RoomName, frame};

/// How often it is reported what has come.
const REPORT: Duration = Duration::from_secs(1);
/// How far apart the pictures of two bots are, so that they are not all sent at once.
const PHASE: Duration = Duration::from_millis(7);

/// Has bots join until `end` resolves or their time is over; a line of what they have seen each second goes to `tell`.
///
/// # Errors
/// The settings make no sense, or there is no port for one of them.
pub async fn run(
    config: BotsConfig,
    end: impl Future<Output = ()>,
    mut tell: impl FnMut(String),
) -> anyhow::Result<()> {
    let url = web_socket(&config)?;
    let epoch = Instant::now();
    let tally = Arc::new(Tally::default());
    let (leave, left) = watch::channel(false);
    let mut bots = JoinSet::new();
    let between = Duration::from_secs(1) / config.join_rate.max(1);
    let over = async {
        match config.seconds {
            Some(seconds) => sleep(Duration::from_secs(seconds)).await,
            None => std::future::pending().await,
        }
    };
    tokio::pin!(end, over);
    let mut roles = roles(&config, &url, epoch)?.into_iter();
    let mut joins = time::interval(between);
    let mut reports = time::interval(REPORT);
    reports.tick().await;
    let mut say = |tally: &Tally| {
        let report = tally.report(epoch.elapsed());
        tell(match config.json {
            true => serde_json::to_string(&report).unwrap_or_default(),
            false => report.to_string(),
        });
    };
    loop {
        tokio::select! {
            () = &mut end => break,
            () = &mut over => break,
            _ = joins.tick(), if roles.len() > 0 => {
                if let Some(role) = roles.next() {
                    let (bot, reported) = Bot::new(role, tally.clone()).context("there is no port for a bot")?;
                    bots.spawn(bot.run(reported, left.clone()));
                }
            }
            _ = reports.tick() => say(&tally),
            Some(_) = bots.join_next() => {
                if bots.is_empty() && roles.len() == 0 {
                    break;
                }
            }
        }
    }
    leave.send_replace(true);
    while bots.join_next().await.is_some() {}
    say(&tally);
    Ok(())
}

fn roles(config: &BotsConfig, url: &str, epoch: Instant) -> anyhow::Result<Vec<Role>> {
    let cameras = config.cameras.unwrap_or(config.count);
    let microphones = config.microphones.unwrap_or(config.count);
    let mut roles = Vec::new();
    for room in 0..config.rooms {
        let name = match config.rooms {
            1 => config.room.clone(),
            _ => RoomName::parse(&format!("{}-{}", config.room.as_str(), room + 1))?,
        };
        for nth in 0..config.count {
            let number = roles.len();
            let begins = PHASE * u32::try_from(number).unwrap_or_default();
            let camera = config
                .video_packets
                .map_or(Pattern::Recorded, Pattern::Packets);
            let speech = config.audio_bytes.map_or(
                Speech::InTurn {
                    nth,
                    of: microphones,
                },
                Speech::Packets,
            );
            roles.push(Role {
                url: url.to_owned(),
                address: SocketAddr::new(config.media_address, 0),
                room: name.clone(),
                presence: Presence {
                    name: DisplayName::parse(&format!("Bot {}", nth + 1)).ok(),
                    camera: nth < cameras,
                    microphone: nth < microphones,
                    ..Presence::unnamed()
                },
                camera: (nth < cameras).then(|| Camera::new(camera, begins)),
                voice: (nth < microphones).then(|| Voice::new(speech, begins)),
                is_stamped: config.video_packets.is_some() || config.audio_bytes.is_some(),
                seed: number as u64,
                epoch,
            });
        }
    }
    Ok(roles)
}

/// The address of the server's WebSocket.
fn web_socket(config: &BotsConfig) -> anyhow::Result<String> {
    let server = &config.server;
    if server.scheme() != "http" {
        bail!(
            "bots speak plain http: give --server the address that this machine listens on, as http://127.0.0.1:3000"
        );
    }
    let host = server.host_str().context("--server names no host")?;
    let port = server.port_or_known_default().unwrap_or(80);
    Ok(format!("ws://{host}:{port}{}", frame::WEBSOCKET_PATH))
}
