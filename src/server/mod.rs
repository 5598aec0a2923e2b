//! The server: axum and engineioxide around the pure [`room`](crate::room), the pages, and the front
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
mod meetings;
mod net;
mod origin;
mod pages;
pub mod patience;
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
use tokio::{net::TcpListener, runtime::Handle, sync::mpsc};

use self::{
    assets::FrontNames,
    config::Settings,
    media::MediaPort,
    meetings::Meetings,
    origin::Origins,
    signaling::{Hub, Sessions},
    token::Tokens,
};

use crate::room::MeetingRecord;

/// How long the sockets may take to close when the server ends.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// Serves on the listener until `shutdown` resolves: then takes nobody, tells everyone, and returns
/// within five seconds.
pub async fn run(listener: TcpListener, settings: Settings, shutdown: impl Future<Output = ()>) {
    let media = open_media(&listener, &settings).await;
    let (tasks, queue) = mpsc::unbounded_channel();
    let unit = media.is_some().then_some(tasks);
    let tokens = tokens(&settings);
    let (mut meetings, records) = meetings(&settings, &tokens);
    let hub = Arc::new(Hub::new(&settings, tokens, unit, records));
    let forwarding = media.map(|port| tokio::spawn(port.forward(queue, hub.clone())));
    let sessions = Arc::new(Sessions::new(
        hub.clone(),
        settings.patience,
        settings.max_unsent << 20,
    ));
    let app = app(&settings, sessions.clone());
    let clock = tokio::spawn({
        let hub = hub.clone();
        async move { hub.run_clock().await }
    });
    let (closing, closed) = tokio::sync::oneshot::channel::<()>();
    let sweeper = tokio::spawn({
        let sessions = sessions.clone();
        async move { sessions.run().await }
    });
    let serving = net::serve(listener, app, settings.patience, async {
        shutdown.await;
        let (connections, rooms) = hub.counts();
        let (sessions, unsent) = sessions.counts();
        tracing::info!(
            sessions,
            connections,
            rooms,
            unsent,
            tasks = Handle::current().metrics().num_alive_tasks(),
            "closing"
        );
        let _ = closing.send(());
    });
    let farewell = async {
        if closed.await.is_ok() {
            hub.announce_closing();
            if tokio::time::timeout(LAST_WORDS, sessions.close())
                .await
                .is_err()
            {
                tracing::debug!("some sockets did not close in time");
            }
        }
    };
    tokio::select! {
        _ = futures::future::join(serving, farewell) => {}
        () = hub.keep_meetings(&mut meetings) => {}
    }
    // What has changed since it was written last.
    meetings.keep(hub.changes()).await;
    clock.abort();
    sweeper.abort();
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

/// Everything that is served.
fn app(settings: &Settings, sessions: Arc<Sessions>) -> Router {
    let front = FrontNames::find();
    if front.is_none() {
        tracing::warn!(
            "this binary was built without a front end: `make build` makes one that has it"
        );
    }
    let origins = Origins::new(settings);
    let signaling = signaling::service(
        sessions.clone(),
        settings.heartbeat,
        any(|| async { StatusCode::NOT_FOUND }),
    );
    let signaling = Router::new()
        .route_service("/socket.io/", signaling)
        .layer(middleware::from_fn(signaling::trim))
        .layer(middleware::from_fn_with_state(
            sessions,
            signaling::note_upgrade,
        ))
        .layer(origins.clone().cors())
        .layer(middleware::from_fn_with_state(origins, origin::guard));
    let router = pages::routes(front, settings.public_url.clone())
        .merge(signaling)
        .route(
            "/healthz",
            get(|| async { ([(header::CACHE_CONTROL, "no-store")], "ok\n") }),
        );
    headers::secure(router, settings.public_url.as_ref())
}

fn meetings(settings: &Settings, tokens: &Tokens) -> (Meetings, Vec<MeetingRecord>) {
    let Some(path) = &settings.key_file else {
        return (Meetings::nowhere(), Vec::new());
    };
    Meetings::beside(path, tokens).unwrap_or_else(|error| {
        tracing::warn!(
            key = %path.display(), %error,
            "the meetings can't be kept beside the key, so people enter anew after a restart; --key-file names another place",
        );
        (Meetings::nowhere(), Vec::new())
    })
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
