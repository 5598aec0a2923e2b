//! The server: axum and engineioxide around the pure [`room`](crate::room), the pages, and the front
//! end that is embedded in the binary.

mod answers;
mod assets;
pub mod client_deadlines;
pub mod config;
mod connections;
mod descriptors;
mod files;
mod forwarded;
mod gate;
mod headers;
pub mod listening;
pub mod log_output;
mod log_throttle;
mod mangled_links;
mod media;
mod meetings;
mod net;
mod origin;
mod pages;
mod public_url;
mod signaling;
pub mod supervision;
mod token;

use std::{convert::Infallible, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    http::{StatusCode, header},
    middleware,
    response::IntoResponse,
    routing::{any, get},
};
use tokio::{net::TcpListener, runtime::Handle, task::JoinHandle};

use self::{
    assets::FrontNames,
    config::Settings,
    descriptors::Capacity,
    gate::Gate,
    media::{MediaError, MediaPort},
    meetings::Meetings,
    origin::Origins,
    signaling::{Hub, Sessions},
    supervision::{Component, Readiness, Supervisor},
    token::Tokens,
};
use crate::sfu::driver::{Driver, Queue};

use crate::room::MeetingRecord;

/// How long the sockets may take to close when the server ends.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The listener has no address.
    #[error("the listener does not work: {0}")]
    Listener(io::Error),
    /// No media can be forwarded.
    #[error(transparent)]
    Media(#[from] MediaError),
}

/// A server that has all that it needs, and takes nobody yet.
pub struct Server {
    listener: TcpListener,
    pages: SocketAddr,
    settings: Settings,
    driver: Option<Driver>,
    readiness: Arc<Readiness>,
    sfu: Supervisor,
}

impl Server {
    /// Opens what a server needs beside its listener.
    ///
    /// # Errors
    /// [`StartError`] names the setting that helps.
    pub async fn open(listener: TcpListener, settings: Settings) -> Result<Self, StartError> {
        let pages = listener.local_addr().map_err(StartError::Listener)?;
        let media = MediaPort::open(&settings, pages).await?;
        let readiness = Arc::new(Readiness::default());
        Ok(Self {
            listener,
            pages,
            settings,
            driver: media.map(MediaPort::driver).transpose()?,
            sfu: Supervisor::new(Component::Sfu, readiness.clone()),
            readiness,
        })
    }

    /// Looks after the SFU; it can be made to start anew.
    pub fn sfu_supervisor(&self) -> Supervisor {
        self.sfu.clone()
    }

    /// Serves until `shutdown` resolves: then takes nobody, tells everyone, and returns within five seconds.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let queue = self.driver.is_some().then(Arc::<Queue>::default);
        let settings = self.settings;
        let tokens = tokens(&settings);
        let (mut meetings, records) = meetings(&settings, &tokens);
        let hub = Arc::new(Hub::new(&settings, tokens, queue.clone(), records));
        let deadlines = settings.deadlines;
        let sessions = Sessions::new(
            hub.clone(),
            deadlines,
            settings.heartbeat,
            settings.max_unsent << 20,
        );
        let sessions = Arc::new(sessions);
        let gate = Gate::new(&settings, Capacity::raise(), {
            let hub = hub.clone();
            move |network| hub.has_participant_from(network)
        });
        let readiness = self.readiness.clone();
        let app = app(&settings, sessions.clone(), readiness, gate.clone());
        let looked_after = |part| Supervisor::new(part, self.readiness.clone());
        let clock = looked_after(Component::Clock).run({
            let hub = hub.clone();
            move || {
                let hub = hub.clone();
                async move { hub.run_clock().await }
            }
        });
        let sweeper = looked_after(Component::Sweeper).run({
            let sessions = sessions.clone();
            move || {
                let sessions = sessions.clone();
                async move { sessions.run().await }
            }
        });
        let forwarding = self.driver.zip(queue).map(|(driver, queue)| {
            supervise_sfu(self.sfu, (settings, self.pages), driver, queue, hub.clone())
        });
        let (closing, closed) = tokio::sync::oneshot::channel::<()>();
        let serving = net::serve(self.listener, app, gate, deadlines, async {
            shutdown.await;
            log_counts(&hub, &sessions);
            let _ = closing.send(());
        });
        let farewell = async {
            if closed.await.is_ok() {
                hub.announce_closing();
                let closed = tokio::time::timeout(LAST_WORDS, sessions.close());
                if closed.await.is_err() {
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
}

/// Says what there is when the server ends.
fn log_counts(hub: &Hub, sessions: &Sessions) {
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
}

/// Forwards media for as long as the server runs. Another SFU has a port, a certificate and sessions of its own, and the
/// rooms form again around it.
fn supervise_sfu(
    supervisor: Supervisor,
    (settings, pages): (Settings, SocketAddr),
    driver: Driver,
    queue: Arc<Queue>,
    hub: Arc<Hub>,
) -> JoinHandle<Infallible> {
    tokio::spawn(async move {
        let first = media::forward(driver, queue.clone(), hub.clone());
        let (settings, queue, hub) = (&settings, &queue, &hub);
        let start = || async move {
            let port = MediaPort::open(settings, pages).await;
            let port = port.and_then(|port| port.map(MediaPort::driver).transpose());
            let driver = port.map_err(|error| {
                // Before the next try, which may be half a minute away, media goes straight.
                hub.handle_sfu_gone();
                error.to_string()
            })?;
            let driver = driver.ok_or("nothing is to be forwarded")?;
            // The rooms give their tasks anew before anybody takes the old ones.
            hub.handle_sfu_restart();
            Ok(media::forward(driver, queue.clone(), hub.clone()))
        };
        supervisor.watch(first, start).await
    })
}

/// Everything that is served.
fn app(
    settings: &Settings,
    sessions: Arc<Sessions>,
    readiness: Arc<Readiness>,
    gate: Gate,
) -> Router {
    let front = FrontNames::find();
    if front.is_none() {
        tracing::warn!(
            "this binary was built without a front end: `make build` makes one that has it"
        );
    }
    let origins = Origins::new(&settings.allow_origin, settings.public_url.as_ref());
    let signaling = signaling::service(
        sessions.clone(),
        settings.heartbeat,
        any(|| async { StatusCode::NOT_FOUND }),
    );
    let signaling = Router::new()
        .route_service("/socket.io/", signaling)
        .layer(middleware::from_fn(signaling::strip_request))
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
        )
        .route(
            "/readyz",
            get(move || std::future::ready(ready(&readiness))),
        );
    let router = router.layer(middleware::from_fn_with_state(gate, gate::guard));
    headers::secure(router, settings.public_url.as_ref())
}

fn meetings(settings: &Settings, tokens: &Tokens) -> (Meetings, Vec<MeetingRecord>) {
    let Some(path) = &settings.key_file else {
        return (Meetings::nowhere(), Vec::new());
    };
    Meetings::open_beside(path, tokens).unwrap_or_else(|error| {
        tracing::warn!(
            key = %path.display(), %error,
            "the meetings can't be kept beside the key, so people enter anew after a restart; --key-file names another place",
        );
        (Meetings::nowhere(), Vec::new())
    })
}

/// Whether all parts of the server run; if not, which do not and why.
fn ready(readiness: &Readiness) -> impl IntoResponse + use<> {
    let (status, words) = match readiness.trouble() {
        None => (StatusCode::OK, "ok".to_owned()),
        Some(trouble) => (StatusCode::SERVICE_UNAVAILABLE, trouble),
    };
    let no_store = [(header::CACHE_CONTROL, "no-store")];
    (status, no_store, format!("{words}\n"))
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
