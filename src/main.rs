//! The server's binary: reads the configuration, starts logging, binds, and hands over.

use anyhow::Context;
use clap::Parser;
use roundtable::server::{self, config::CommandLine};
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
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();

    let listener = TcpListener::bind(settings.listen).await.with_context(|| {
        format!(
            "can't listen on {}: is another server there? --listen takes another",
            settings.listen
        )
    })?;
    let address = listener.local_addr()?;
    let url = settings
        .public_url
        .as_ref()
        .map_or_else(|| format!("http://{address}"), ToString::to_string);
    println!("Roundtable is at {url}");

    server::run(listener, settings, asked_to_end()).await;
    Ok(())
}

/// Resolves when the process is asked to end; asked again, it ends at once.
async fn asked_to_end() {
    ask().await;
    tokio::spawn(async {
        ask().await;
        std::process::exit(1);
    });
}

#[cfg(unix)]
async fn ask() {
    let Ok(mut terminate) = signal::unix::signal(signal::unix::SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = signal::ctrl_c() => {}
    }
}

#[cfg(not(unix))]
async fn ask() {
    let _ = signal::ctrl_c().await;
}
