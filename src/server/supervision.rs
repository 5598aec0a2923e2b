//! The parts of a server that have to run as long as it does: when one of them ends, it is started anew, and until then
//! the server says that it is not ready.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::{sync::Notify, task::JoinHandle, time};

/// How long a part rests before it is started again: twice as long each time that it ends soon.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest time that it rests.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// What has run for so long rests for the shortest time again.
const STEADY: Duration = Duration::from_secs(60);

/// A part of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Component {
    /// It forwards media.
    Sfu,
    /// It tells the rooms the time.
    Clock,
    /// It ends the sessions whose time is over.
    Sweeper,
}

/// Which parts do not run at the moment.
#[derive(Debug, Default)]
pub struct Readiness(Mutex<BTreeMap<Component, String>>);

/// Looks after one part.
#[derive(Debug, Clone)]
pub struct Supervisor {
    part: Component,
    readiness: Arc<Readiness>,
    restart: Arc<Notify>,
}

/// How long to rest.
#[derive(Debug, Default)]
struct RestartBackoff(Option<Duration>);

/// A task that ends with whoever waits for it.
struct Running(JoinHandle<String>);

impl Component {
    fn name(self) -> &'static str {
        match self {
            Self::Sfu => "the SFU",
            Self::Clock => "the clock of the rooms",
            Self::Sweeper => "the sweeper of the sessions",
        }
    }
}

impl Readiness {
    /// What is the matter, as a sentence; `None` when every part runs.
    pub fn trouble(&self) -> Option<String> {
        let down = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let sentences = down
            .iter()
            .map(|(part, why)| format!("{} has ended and is started anew: {why}", part.name()));
        let sentences: Vec<_> = sentences.collect();
        (!sentences.is_empty()).then(|| sentences.join("\n"))
    }

    fn mark(&self, part: Component, why: Option<String>) {
        let mut down = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match why {
            Some(why) => drop(down.insert(part, why)),
            None => drop(down.remove(&part)),
        }
    }
}

impl Supervisor {
    /// Makes one that says to `readiness` how its part is.
    pub fn new(part: Component, readiness: Arc<Readiness>) -> Self {
        Self {
            part,
            readiness,
            restart: Arc::new(Notify::new()),
        }
    }

    /// Runs a part that begins anew with nothing more than another call of `run`, and looks after it, until the task that is
    /// returned is aborted.
    pub fn run<F>(self, run: impl Fn() -> F + Send + Sync + 'static) -> JoinHandle<Infallible>
    where
        F: Future<Output = Infallible> + Send + 'static,
    {
        tokio::spawn(async move {
            let start = || {
                let running = run();
                tokio::spawn(async move { match running.await {} })
            };
            let first = start();
            self.watch(first, || std::future::ready(Ok(start()))).await
        })
    }

    /// Ends the part as if it had failed, so that it is started anew.
    pub fn restart(&self) {
        self.restart.notify_one();
    }

    /// Looks after a task of the part, and after those that `start` makes in its place, for as long as it is polled. A
    /// task ends with the reason.
    pub async fn watch<F>(
        self,
        first: JoinHandle<String>,
        mut start: impl FnMut() -> F,
    ) -> Infallible
    where
        F: Future<Output = Result<JoinHandle<String>, String>>,
    {
        let mut running = Running(first);
        let mut pauses = RestartBackoff::default();
        loop {
            let since = Instant::now();
            let mut why = tokio::select! {
                why = running.ended() => why,
                () = self.restart.notified() => running.stop().await,
            };
            let mut ran = since.elapsed();
            running = loop {
                let name = self.part.name();
                let pause = pauses.next(ran);
                ran = Duration::ZERO;
                tracing::error!(why, "{name} has ended: it is started anew in {pause:?}");
                self.readiness.mark(self.part, Some(why));
                time::sleep(pause).await;
                match start().await {
                    Ok(task) => break Running(task),
                    Err(error) => why = error,
                }
            };
            tracing::info!("{} runs again", self.part.name());
            self.readiness.mark(self.part, None);
        }
    }
}

impl RestartBackoff {
    /// The next one, after the part has run for so long.
    fn next(&mut self, ran: Duration) -> Duration {
        let last = self.0.filter(|_| ran < STEADY);
        let next = last.map_or(FIRST_PAUSE, |last| LONGEST_PAUSE.min(2 * last));
        self.0 = Some(next);
        next
    }
}

impl Running {
    /// Waits for its end, and tells the reason.
    async fn ended(&mut self) -> String {
        match (&mut self.0).await {
            Ok(why) => why,
            Err(error) if error.is_panic() => "it panicked".to_owned(),
            Err(_) => "it was stopped".to_owned(),
        }
    }

    /// Ends it, and waits until all that it held is free.
    async fn stop(&mut self) -> String {
        self.0.abort();
        self.ended().await
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use std::{
        future::pending,
        sync::atomic::{AtomicUsize, Ordering},
    };

    use super::*;

    fn supervisor() -> (Supervisor, Arc<Readiness>) {
        let readiness = Arc::new(Readiness::default());
        let supervisor = Supervisor::new(Component::Clock, readiness.clone());
        (supervisor, readiness)
    }

    async fn until(readiness: &Readiness, words: Option<&str>) {
        let fits = || match (readiness.trouble(), words) {
            (Some(trouble), Some(words)) => trouble.contains(words),
            (None, None) => true,
            _ => false,
        };
        while !fits() {
            time::sleep(Duration::from_millis(5)).await;
        }
    }

    #[tokio::test]
    async fn what_panics_fails_to_start_or_is_stopped_is_started_anew() {
        let (supervisor, readiness) = supervisor();
        let tries = Arc::new(AtomicUsize::new(0));
        let start = {
            let tries = tries.clone();
            move || {
                let number = tries.fetch_add(1, Ordering::SeqCst);
                async move {
                    match number {
                        0 => Err("the port is taken".to_owned()),
                        _ => Ok(tokio::spawn(pending())),
                    }
                }
            }
        };
        let first = tokio::spawn(async { panic!("a mistake") });
        let watching = tokio::spawn(supervisor.clone().watch(first, start));
        until(
            &readiness,
            Some("the clock of the rooms has ended and is started anew: it panicked"),
        )
        .await;
        until(&readiness, Some("the port is taken")).await;
        until(&readiness, None).await;
        assert_eq!(tries.load(Ordering::SeqCst), 2);
        supervisor.restart();
        until(&readiness, Some("it was stopped")).await;
        until(&readiness, None).await;
        assert_eq!(tries.load(Ordering::SeqCst), 3);
        watching.abort();
    }

    #[tokio::test]
    async fn a_part_that_panics_runs_again_and_ends_with_who_looks_after_it() {
        let (supervisor, readiness) = supervisor();
        // Each run holds one of them until it ends.
        let held = Arc::new(());
        let runs = Arc::new(AtomicUsize::new(0));
        let running = supervisor.run({
            let (held, runs) = (held.clone(), runs.clone());
            move || {
                let (held, runs) = (held.clone(), runs.clone());
                async move {
                    let _held = held;
                    match runs.fetch_add(1, Ordering::SeqCst) {
                        0 => panic!("a mistake"),
                        _ => pending().await,
                    }
                }
            }
        });
        until(&readiness, Some("it panicked")).await;
        until(&readiness, None).await;
        while runs.load(Ordering::SeqCst) < 2 {
            time::sleep(Duration::from_millis(5)).await;
        }
        running.abort();
        while Arc::strong_count(&held) > 1 {
            time::sleep(Duration::from_millis(5)).await;
        }
    }

    #[test]
    fn what_ends_soon_rests_longer_each_time_and_never_for_long() {
        let mut pauses = RestartBackoff::default();
        let soon: Vec<_> = (0..10)
            .map(|_| pauses.next(Duration::from_secs(1)).as_millis())
            .collect();
        let expected = [
            250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
        ];
        assert_eq!(soon, expected);
        assert_eq!(pauses.next(STEADY), FIRST_PAUSE);
    }
}
