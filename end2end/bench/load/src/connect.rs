//! Connections that come and go: connect, enter a room of two, be introduced, leave.

use std::{cell::Cell, rc::Rc, time::Duration};

use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::{
    Target,
    pair::{Pair, room},
    process::cpu_time,
};

/// Arguments of the mode.
#[derive(clap::Args)]
pub struct Connect {
    /// Pairs that are on their way at a time.
    #[arg(long, default_value_t = 16)]
    at_once: u32,
    /// Seconds before the measurement.
    #[arg(long, default_value_t = 2.0)]
    warm_up: f64,
    /// Seconds of the measurement.
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
}

impl Connect {
    /// Measures and prints.
    pub async fn run(self, target: Target) -> anyhow::Result<()> {
        let (next, done) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0_u32)));
        let trouble = Rc::new(Cell::new(None));
        for _ in 0..self.at_once {
            let (next, done, trouble) = (Rc::clone(&next), Rc::clone(&done), Rc::clone(&trouble));
            tokio::task::spawn_local(async move {
                let error = come_and_go(target, &next, &done).await.err();
                trouble.set(error);
            });
        }
        sleep(Duration::from_secs_f64(self.warm_up)).await;
        let (start, count) = (Instant::now(), done.get());
        let (server, own) = (cpu_time(target.pid)?, cpu_time(std::process::id())?);
        sleep(Duration::from_secs_f64(self.seconds)).await;
        let (elapsed, count) = (start.elapsed().as_secs_f64(), done.get() - count);
        let server = (cpu_time(target.pid)? - server).as_secs_f64();
        let own = (cpu_time(std::process::id())? - own).as_secs_f64();
        if let Some(error) = trouble.take() {
            return Err(error.into());
        }
        println!(
            "{}",
            json!({
                "mode": "connect", "connections": count, "per_second": f64::from(count) / elapsed,
                "cpu_microseconds_each": server * 1e6 / f64::from(count),
                "server_busy": server / elapsed, "load_busy": own / elapsed,
            })
        );
        Ok(())
    }
}

async fn come_and_go(target: Target, next: &Cell<u32>, done: &Cell<u32>) -> std::io::Result<()> {
    loop {
        let nth = next.replace(next.get() + 1);
        Pair::meet(target.server, nth, &room(nth)).await?.leave().await?;
        done.set(done.get() + 2);
    }
}
