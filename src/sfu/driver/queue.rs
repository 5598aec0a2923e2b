//! The [commands](crate::sfu::SfuCommand) between the rooms, which give them, and the SFU, which does them.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use tokio::{sync::Notify, time};

use super::super::pending_work::PendingWork;
use crate::sfu::SfuCommand;

/// What the SFU is to do. What it holds is bounded by the number of participants, however much is asked for.
#[derive(Debug, Default)]
pub struct Queue {
    tasks: Mutex<PendingWork>,
    news: Notify,
}

impl Queue {
    /// Takes something to do.
    pub fn push(&self, task: SfuCommand) {
        self.lock().push(Instant::now(), task);
        self.news.notify_one();
    }

    /// There is another SFU, which knows nobody.
    pub fn handle_restart(&self) {
        self.lock().handle_restart();
    }

    /// Waits for the next thing to do. Nothing is lost when it is not waited for to the end.
    pub async fn next(&self) -> SfuCommand {
        loop {
            let due = {
                let mut tasks = self.lock();
                let now = Instant::now();
                if let Some(task) = tasks.pop(now) {
                    return task;
                }
                tasks.poll_timeout(now)
            };
            let due = async {
                match due {
                    Some(at) => time::sleep_until(at.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = due => {}
                () = self.news.notified() => {}
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, PendingWork> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
