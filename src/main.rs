//! The server's binary: reads the configuration, starts logging, binds, and hands over. It can also have bots join a server.

use anyhow::Context;
use clap::{Parser, Subcommand};
use roundtable::{
    bots::{self, config::BotsConfig},
    server::{Server, config::CommandLine, listening, log_output::LogOutput},
};
use tokio::{net::TcpListener, signal};
use tracing_subscriber::EnvFilter;

/// The command line: that of the server, or a command.
#[derive(Debug, Parser)]
#[command(name = "roundtable", version, about = "A video meeting that anyone can host with one file", long_about = None)]
#[command(args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(flatten)]
    server: CommandLine,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What can be done but to serve.
#[derive(Debug, Subcommand)]
enum Command {
    Bots(BotsConfig),
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if let Some(Command::Bots(config)) = arguments.command {
        let _log = start_log(&config.log)?;
        let interrupted = asked_to_end()?;
        return bots::run(config, interrupted, |line| println!("{line}")).await;
    }
    let (settings, print_only) = arguments.server.settings()?;
    if print_only {
        print!("{}", settings.to_toml());
        return Ok(());
    }
    let _log = start_log(&settings.log)?;

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

fn start_log(filter: &str) -> anyhow::Result<LogOutput> {
    let filter =
        EnvFilter::try_new(filter).with_context(|| format!("{filter:?} is no log filter"))?;
    LogOutput::start(filter).context("can't write to standard error")
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
