//! Where the log goes: to standard error, by a thread of its own.
//!
//! A terminal that is paused, or a pipe that nobody reads, would otherwise hold up every thread that logs, and with it
//! everybody's meeting. At most [`LINES`] wait for who reads; those above are left out and counted.

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    fs::File,
    io::{self, IsTerminal, Write},
    panic::{self, PanicHookInfo},
    sync::mpsc,
    thread,
    time::Duration,
};

use tracing_appender::non_blocking::{ErrorCounter, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;

/// Lines of the log that wait to be written.
const LINES: usize = 8_192;
/// How long the end waits for what is still to be written.
const LAST_LINES: Duration = Duration::from_secs(2);

/// The log, which is written to its end when this is dropped.
pub struct LogOutput {
    omitted: ErrorCounter,
    worker: Option<WorkerGuard>,
}

impl LogOutput {
    /// Starts to log what passes the filter; panics, too.
    ///
    /// # Errors
    /// When standard error can't be used.
    pub fn start(filter: EnvFilter) -> io::Result<Self> {
        let (writer, worker) = NonBlockingBuilder::default()
            .buffered_lines_limit(LINES)
            .finish(standard_error()?);
        let omitted = writer.error_counter();
        tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(writer)
            // In a file or a journal, colours would be letters between the words.
            .with_ansi(io::stderr().is_terminal())
            .init();
        panic::set_hook(Box::new(log_panic));
        Ok(Self {
            omitted,
            worker: Some(worker),
        })
    }
}

impl Drop for LogOutput {
    fn drop(&mut self) {
        let omitted = self.omitted.dropped_lines();
        if omitted > 0 {
            tracing::warn!(omitted, "the log was not read as fast as it was written");
        }
        // The worker's guard prints when the worker does not answer, which blocks where the log does.
        let worker = self.worker.take();
        let (done, written) = mpsc::channel();
        thread::spawn(move || {
            drop(worker);
            let _ = done.send(());
        });
        let _ = written.recv_timeout(LAST_LINES);
    }
}

/// Standard error by a handle of its own: whoever writes to `io::stderr()` holds a lock meanwhile, for which a panic elsewhere
/// in the process would wait.
#[cfg(unix)]
fn standard_error() -> io::Result<impl Write + Send + 'static> {
    use std::os::fd::AsFd;
    Ok(File::from(io::stderr().as_fd().try_clone_to_owned()?))
}

/// As on Unix.
#[cfg(windows)]
fn standard_error() -> io::Result<impl Write + Send + 'static> {
    use std::os::windows::io::AsHandle;
    Ok(File::from(io::stderr().as_handle().try_clone_to_owned()?))
}

fn log_panic(panic: &PanicHookInfo<'_>) {
    let backtrace = Backtrace::capture();
    match backtrace.status() {
        BacktraceStatus::Captured => tracing::error!("{panic}\n{backtrace}"),
        _ => tracing::error!("{panic}"),
    }
}
