//! Connections that keep still: what each of them holds of the server's memory.

use std::time::Duration;

use serde_json::json;
use tokio::time::sleep;

use crate::{
    Target,
    pair::{Pair, room},
    process::resident_kib,
};

/// Arguments of the mode.
#[derive(clap::Args)]
pub struct Idle {
    /// Connections, in rooms of two.
    #[arg(long, default_value_t = 5_000)]
    connections: u32,
    /// Connections before the measurement, so that what the server makes once is made.
    #[arg(long, default_value_t = 200)]
    warm_up: u32,
    /// Seconds from the last connection to the measurement.
    #[arg(long, default_value_t = 5.0)]
    settle: f64,
}

impl Idle {
    /// Measures and prints.
    pub async fn run(self, target: Target) -> anyhow::Result<()> {
        let settle = Duration::from_secs_f64(self.settle);
        let start = resident_kib(target.pid)?;
        self.fill(target, 0..self.warm_up / 2).await?;
        sleep(settle).await;
        let before = resident_kib(target.pid)?;
        self.fill(target, self.warm_up / 2..(self.warm_up + self.connections) / 2).await?;
        sleep(settle).await;
        let after = resident_kib(target.pid)?;
        println!(
            "{}",
            json!({
                "mode": "idle", "connections": self.connections, "start_kib": start, "before_kib": before,
                "after_kib": after, "kib_each": (after as f64 - before as f64) / f64::from(self.connections),
            })
        );
        Ok(())
    }

    async fn fill(&self, target: Target, pairs: std::ops::Range<u32>) -> anyhow::Result<()> {
        for nth in pairs {
            let pair = Pair::meet(target.server, nth, &room(nth)).await?;
            for (mut session, _) in [pair.one, pair.other] {
                tokio::task::spawn_local(async move { session.idle().await });
            }
        }
        Ok(())
    }
}
