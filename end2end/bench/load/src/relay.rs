//! Signals relayed within rooms of two. Each participant keeps a fixed number of signals on the way:
//! for every one that arrives it sends one back, so the count in flight is constant and whatever the
//! server loses shows as silence.

use std::{cell::Cell, convert::Infallible, io::Result, rc::Rc, time::Duration};

use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::{
    Target,
    pair::{Pair, room},
    process::cpu_time,
    session::Session,
    signals::{Role, Signals},
};

/// Arguments of the mode.
#[derive(clap::Args)]
pub struct Relay {
    /// Rooms of two: so many that no participant reaches what the server lets one say in a second.
    #[arg(long, default_value_t = 150)]
    rooms: u32,
    /// Signals that each participant keeps on the way.
    #[arg(long, default_value_t = 8)]
    window: usize,
    /// Seconds before the measurement.
    #[arg(long, default_value_t = 2.0)]
    warm_up: f64,
    /// Seconds of the measurement.
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
}

/// What one participant saw.
#[derive(Default)]
struct Tally {
    delivered: Cell<u64>,
    trouble: Cell<Option<String>>,
}

impl Relay {
    /// Measures and prints.
    pub async fn run(self, target: Target) -> anyhow::Result<()> {
        let tallies = self.start(target).await?;
        sleep(Duration::from_secs_f64(self.warm_up)).await;
        let delivered = || tallies.iter().map(|tally| tally.delivered.get()).sum::<u64>();
        let each: Vec<u64> = tallies.iter().map(|tally| tally.delivered.get()).collect();
        let (start, count) = (Instant::now(), delivered());
        let (server, own) = (cpu_time(target.pid)?, cpu_time(std::process::id())?);
        sleep(Duration::from_secs_f64(self.seconds)).await;
        let (elapsed, count) = (start.elapsed().as_secs_f64(), delivered() - count);
        let server = (cpu_time(target.pid)? - server).as_secs_f64();
        let own = (cpu_time(std::process::id())? - own).as_secs_f64();
        if let Some(trouble) = tallies.iter().find_map(|tally| tally.trouble.take()) {
            anyhow::bail!("a participant had trouble: {trouble}");
        }
        let silent =
            tallies.iter().zip(each).filter(|(tally, before)| tally.delivered.get() == *before).count();
        anyhow::ensure!(silent == 0, "{silent} participants heard nothing: signals were lost");
        println!(
            "{}",
            json!({
                "mode": "relay", "connections": 2 * self.rooms, "window": self.window, "seconds": elapsed,
                "delivered": count, "per_second": count as f64 / elapsed, "per_cpu_second": count as f64 / server,
                "server_busy": server / elapsed, "load_busy": own / elapsed,
            })
        );
        Ok(())
    }

    async fn start(&self, target: Target) -> anyhow::Result<Vec<Rc<Tally>>> {
        let mut pairs = Vec::new();
        for nth in 0..self.rooms {
            pairs.push(Pair::meet(target.server, nth, &room(nth)).await?);
        }
        let mut tallies = Vec::new();
        for pair in pairs {
            for ((session, other), role) in [(pair.one, Role::Initiator), (pair.other, Role::Responder)] {
                let tally = Rc::<Tally>::default();
                tallies.push(Rc::clone(&tally));
                let (signals, window) = (Signals::to(&other, role), self.window);
                tokio::task::spawn_local(async move {
                    let Err(error) = exchange(session, signals, window, &tally).await;
                    tally.trouble.set(Some(error.to_string()));
                });
            }
        }
        Ok(tallies)
    }
}

async fn exchange(
    mut session: Session,
    mut signals: Signals,
    window: usize,
    tally: &Tally,
) -> Result<Infallible> {
    let mut out = Vec::new();
    signals.append(&mut out, window);
    loop {
        session.link.write(&out).await?;
        out.clear();
        session.link.read().await?;
        let mut arrived = 0;
        while let Some(packet) = session.link.take()? {
            if packet.starts_with(r#"42["conn-signal""#) {
                arrived += 1;
            } else if packet == "2" {
                crate::link::append_text(&mut out, "3");
            } else if packet.starts_with(r#"42["refused""#) {
                tally.trouble.set(Some(packet.to_owned()));
            }
        }
        tally.delivered.set(tally.delivered.get() + arrived as u64);
        signals.append(&mut out, arrived);
    }
}
