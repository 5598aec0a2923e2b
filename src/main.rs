//! The server's binary: reads the configuration, starts logging, binds, and hands over.

use anyhow::Context;
use clap::Parser;
use roundtable::server::{Server, config::CommandLine, listening, log_output::LogOutput};
use tokio::{net::TcpListener, signal};
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (settings, print_only) = CommandLine::parse().settings()?;
    if print_only {
        print!("{}", settings.to_toml());
        return Ok(());
    }
    let filter = EnvFilter::try_new(&settings.log)
        .with_context(|| format!("{:?} is no log filter", settings.log))?;
    let _log = LogOutput::start(filter).context("can't write to standard error")?;

    let listener = TcpListener::bind(settings.listen).await.with_context(|| {
        format!(
            "can't listen on {}: is another server there? --listen takes another",
            settings.listen
        )
    })?;
    // From now on: who is told the address may ask for the end at once.
    let asked_to_end = asked_to_end()?;
    let announcement = listening::announcement(&listener, settings.public_url.as_ref())?;
    let server = Server::open(listener, settings.clone()).await?;
    print!("{announcement}");

    server.run(asked_to_end).await;
    Ok(())
}

/// Resolves when the process is asked to end; asked again, it ends at once.
fn asked_to_end() -> anyhow::Result<impl Future<Output = ()>> {
    let mut requests = Requests::listen().context("can't listen for signals")?;
    Ok(async move {
        requests.next().await;
        tokio::spawn(async move {
            requests.next().await;
            std::process::exit(1);
        });
    })
}

/// The signals by which a process is asked to end.
#[cfg(unix)]
struct Requests {
    terminate: signal::unix::Signal,
    interrupt: signal::unix::Signal,
}

#[cfg(unix)]
impl Requests {
    fn listen() -> std::io::Result<Self> {
        use signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// The signals by which a process is asked to end.
#[cfg(windows)]
struct Requests(signal::windows::CtrlC);

#[cfg(windows)]
impl Requests {
    fn listen() -> std::io::Result<Self> {
        signal::windows::ctrl_c().map(Self)
    }

    async fn next(&mut self) {
        self.0.recv().await;
    }
}
