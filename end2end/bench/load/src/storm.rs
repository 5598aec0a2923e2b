//! Participants of rooms of two who lose the server and all come back to the next one. The mode says
//! `{"mode":"storm","ready":true}` when the server may be killed and started again.

use std::{
    cell::RefCell,
    io::{Error, Result},
    rc::Rc,
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{
    sync::Semaphore,
    time::{Instant, sleep, timeout},
};

use crate::{
    Target,
    pair::room,
    session::{Introduction, Session},
};

/// Delays between attempts: doubling from the first to the last, each between half of it and all.
const FIRST_DELAY: Duration = Duration::from_millis(200);
const LAST_DELAY: Duration = Duration::from_secs(5);
/// Longest that one attempt may take.
const ATTEMPT: Duration = Duration::from_secs(5);
/// Connections that are opened at a time before the storm.
const AT_ONCE: usize = 32;

/// Arguments of the mode.
#[derive(clap::Args)]
pub struct Storm {
    /// Participants, in rooms of two.
    #[arg(long, default_value_t = 5_000)]
    connections: u32,
    /// Enter by the object form and come back with the token, which the tutorial's server lacks.
    #[arg(long)]
    resume: bool,
    /// Seconds after which those who are not back are given up.
    #[arg(long, default_value_t = 60.0)]
    patience: f64,
}

/// What all participants tell.
#[derive(Default)]
struct Tally {
    inside: u32,
    lost: Vec<Instant>,
    back: Vec<Instant>,
    resumed: u32,
    attempts: u32,
}

impl Tally {
    fn returned(&mut self, resumed: bool) {
        self.back.push(Instant::now());
        self.resumed += u32::from(resumed);
    }
}

impl Storm {
    /// Measures and prints.
    pub async fn run(self, target: Target) -> anyhow::Result<()> {
        let tally = Rc::<RefCell<Tally>>::default();
        let gate = Rc::new(Semaphore::new(AT_ONCE));
        for nth in 0..self.connections {
            let (tally, gate) = (Rc::clone(&tally), Rc::clone(&gate));
            tokio::task::spawn_local(Participant::new(nth, self.resume).live(target, tally, gate));
        }
        let all = usize::try_from(self.connections)?;
        self.wait(|| tally.borrow().inside == self.connections).await?;
        println!("{}", json!({ "mode": "storm", "ready": true }));
        self.wait(|| tally.borrow().lost.len() == all).await?;
        let everyone = self.wait(|| tally.borrow().back.len() == all).await.is_ok();
        let tally = tally.borrow();
        let start = tally.lost.iter().min().copied().unwrap_or_else(Instant::now);
        let mut back: Vec<f64> = tally.back.iter().map(|at| at.duration_since(start).as_secs_f64()).collect();
        back.sort_by(f64::total_cmp);
        println!(
            "{}",
            json!({
                "mode": "storm", "connections": all, "back": back.len(), "all_back": everyone,
                "resumed": tally.resumed, "attempts": tally.attempts,
                "median_seconds": back.get(back.len() / 2), "last_seconds": back.last(),
            })
        );
        Ok(())
    }

    async fn wait(&self, done: impl Fn() -> bool) -> anyhow::Result<()> {
        let end = Instant::now() + Duration::from_secs_f64(self.patience);
        while !done() {
            anyhow::ensure!(Instant::now() < end, "the participants did not get there");
            sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }
}

/// One participant, with what it keeps while it has no socket.
struct Participant {
    nth: u32,
    resume: bool,
    token: Option<String>,
    peer: Option<Introduction>,
    random: u64,
}

impl Participant {
    fn new(nth: u32, resume: bool) -> Self {
        Self { nth, resume, token: None, peer: None, random: u64::from(nth) }
    }

    async fn live(mut self, target: Target, tally: Rc<RefCell<Tally>>, gate: Rc<Semaphore>) {
        let Ok(mut session) = self.begin(target, gate).await else { return };
        tally.borrow_mut().inside += 1;
        session.idle().await;
        drop(session);
        tally.borrow_mut().lost.push(Instant::now());
        let (mut session, resumed) = self.come_back(target, &tally).await;
        tally.borrow_mut().returned(resumed);
        session.idle().await;
    }

    async fn begin(&mut self, target: Target, gate: Rc<Semaphore>) -> Result<Session> {
        let permit = gate.acquire().await;
        let (mut session, _) = self.enter(target).await?;
        drop(permit);
        self.peer = Some(session.introduced().await?);
        Ok(session)
    }

    async fn come_back(&mut self, target: Target, tally: &RefCell<Tally>) -> (Session, bool) {
        let mut delay = FIRST_DELAY;
        loop {
            sleep(self.jittered(delay)).await;
            tally.borrow_mut().attempts += 1;
            if let Ok(Ok(entered)) = timeout(ATTEMPT, self.enter(target)).await {
                return entered;
            }
            delay = (delay * 2).min(LAST_DELAY);
        }
    }

    /// Enters, and tells whether it is as who it was.
    async fn enter(&mut self, target: Target) -> Result<(Session, bool)> {
        let room = room(self.nth / 2);
        let mut session = Session::connect(target.server, self.nth).await?;
        if !self.resume {
            session.enter(&room).await?;
            if self.peer.is_some() {
                session.settled().await?;
            }
            return Ok((session, false));
        }
        let peers: Vec<_> = self.peer.iter().collect();
        let reply = session.request(&json!({ "room": room, "resume": self.token, "peers": peers })).await?;
        let Some(token) = reply.get("resume").and_then(Value::as_str) else {
            (self.token, self.peer) = (None, None);
            return Err(Error::other(reply.to_string()));
        };
        self.token = Some(token.to_owned());
        session.present().await?;
        Ok((session, reply.get("resumed") == Some(&Value::Bool(true))))
    }

    /// Between half and all of a delay (splitmix64).
    fn jittered(&mut self, delay: Duration) -> Duration {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = (self.random ^ (self.random >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let share = f64::from((bits >> 32) as u32) / f64::from(u32::MAX);
        delay.mul_f64(0.5 + share / 2.0)
    }
}
