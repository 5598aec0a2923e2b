//! The server: axum and socketioxide around the pure [`room`](crate::room), the pages, and the front
//! end that is embedded in the binary.

mod answers;
mod assets;
pub mod config;
mod headers;
#[cfg(test)]
#[path = "../../build/light/mod.rs"]
mod light;
mod links;
mod media;
mod net;
mod origin;
mod pages;
mod public_url;
mod signaling;
mod token;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    http::{StatusCode, header},
    middleware,
    routing::{any, get},
};
use tokio::{net::TcpListener, sync::mpsc};

use self::{
    assets::FrontNames, config::Settings, media::MediaPort, origin::Origins, signaling::Hub,
    token::Tokens,
};

/// How long the sockets may take to close when the server ends.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// Serves on the listener until `shutdown` resolves: then takes nobody, tells everyone, and returns
/// within five seconds.
pub async fn run(listener: TcpListener, settings: Settings, shutdown: impl Future<Output = ()>) {
    let media = open_media(&listener, &settings).await;
    let (tasks, queue) = mpsc::unbounded_channel();
    let unit = media.is_some().then_some(tasks);
    let hub = Arc::new(Hub::new(&settings, tokens(&settings), unit));
    let forwarding = media.map(|port| tokio::spawn(port.forward(queue, hub.clone())));
    let (app, io) = app(&settings, hub.clone());
    let clock = tokio::spawn({
        let hub = hub.clone();
        async move { hub.run_clock().await }
    });
    let (closing, closed) = tokio::sync::oneshot::channel::<()>();
    let serving = net::serve(listener, app, async {
        shutdown.await;
        tracing::info!("closing");
        let _ = closing.send(());
    });
    let farewell = async {
        if closed.await.is_ok() {
            hub.announce_closing();
            if tokio::time::timeout(LAST_WORDS, io.close()).await.is_err() {
                tracing::debug!("some sockets did not close in time");
            }
        }
    };
    tokio::join!(serving, farewell);
    clock.abort();
    if let Some(forwarding) = forwarding {
        forwarding.abort();
    }
}

async fn open_media(listener: &TcpListener, settings: &Settings) -> Option<MediaPort> {
    let opened = match listener.local_addr() {
        Ok(pages) => MediaPort::open(settings, pages).await,
        Err(error) => Err(error),
    };
    opened.unwrap_or_else(|error| {
        tracing::warn!(
            %error,
            "the UDP port can't be opened, so no media is forwarded; --media names another",
        );
        None
    })
}

/// Everything that is served, and the handle that closes its sockets.
fn app(settings: &Settings, hub: Arc<Hub>) -> (Router, socketioxide::SocketIo) {
    let front = FrontNames::find();
    if front.is_none() {
        tracing::warn!(
            "this binary was built without a front end: `make build` makes one that has it"
        );
    }
    let origins = Origins::new(settings);
    let (signaling, io) = signaling::service(
        hub,
        settings.heartbeat,
        any(|| async { StatusCode::NOT_FOUND }),
    );
    let signaling = Router::new()
        .route_service("/socket.io/", signaling)
        .layer(middleware::from_fn(signaling::trim))
        .layer(origins.clone().cors())
        .layer(middleware::from_fn_with_state(origins, origin::guard));
    let router = pages::routes(front, settings.public_url.clone())
        .merge(signaling)
        .route(
            "/healthz",
            get(|| async { ([(header::CACHE_CONTROL, "no-store")], "ok\n") }),
        );
    (headers::secure(router, settings.public_url.as_ref()), io)
}

fn tokens(settings: &Settings) -> Tokens {
    let Some(path) = &settings.key_file else {
        return Tokens::ephemeral();
    };
    Tokens::from_file(path).unwrap_or_else(|error| {
        tracing::warn!(
            file = %path.display(), %error,
            "the key of the resume tokens can't be kept, so people enter anew after a restart; --key-file names another place",
        );
        Tokens::ephemeral()
    })
}
