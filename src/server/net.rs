//! Accepts connections and speaks HTTP/1.1 on them, which is all that a WebSocket needs.
//!
//! Every connection carries a [`ConnectionHandle`], so that whoever decides that a client has to go (it floods, or
//! never reads) can end it at once, whatever the layers above are waiting for.

mod body;
mod idle_timeout;
mod stream;

pub use stream::ConnectionHandle;

use std::{
    convert::Infallible,
    task::{Context, Poll},
    time::Duration,
};

use axum::{Router, http::StatusCode, response::Response};
use futures::future::BoxFuture;
use hyper::{Request, body::Incoming, server::conn::http1};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use socket2::SockRef;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
};
use tower_service::Service;

use self::{
    body::TimedBody,
    idle_timeout::{Activity, IdleTimeout},
    stream::Stream,
};
use super::{
    client_deadlines::ClientDeadlines,
    connections::ConnectionPermit,
    gate::{Gate, Peer},
    log_throttle::LogThrottle,
};

/// What the kernel holds of what is written to one connection, in bytes; Linux takes twice as much, for
/// its own accounts. Left to itself it takes 4 MB for a client that does not read.
pub const SEND_BUFFER: usize = 128 * 1024;
/// How long requests under way may take when the server ends.
const LAST_REQUESTS: Duration = Duration::from_secs(1);

/// Serves `app` on the listener until `shutdown` resolves, then lets requests under way finish.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    gate: Gate,
    deadlines: ClientDeadlines,
    shutdown: impl Future<Output = ()>,
) {
    bound_kernel(&listener, deadlines);
    let mut shutdown = std::pin::pin!(shutdown);
    let closing = watch::Sender::new(());
    let failed = LogThrottle::default();
    loop {
        let accepted = tokio::select! {
            biased;
            () = &mut shutdown => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, from)) => {
                if let Some(taken) = gate.take(stream, from.ip()) {
                    serve_connection(taken, &app, deadlines, closing.subscribe());
                }
            }
            Err(error) => {
                // Out of file descriptors, most likely: those there are have to end first.
                if failed.is_due() {
                    tracing::warn!(%error, "can't take a connection");
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener);
    let _ = closing.send(());
    // Every connection that is still served holds a receiver.
    if tokio::time::timeout(LAST_REQUESTS, closing.closed())
        .await
        .is_err()
    {
        tracing::debug!("some requests did not end in time");
    }
}

/// Bounds what the kernel holds for clients that do not read, and for how long; the connections of a
/// listener have its options.
fn bound_kernel(listener: &TcpListener, deadlines: ClientDeadlines) {
    let socket = SockRef::from(listener);
    if let Err(error) = socket.set_send_buffer_size(SEND_BUFFER) {
        tracing::debug!(%error, "the kernel's send buffers keep their size");
    }
    // What is sent is to be acknowledged, and taken, in time (RFC 5482).
    #[cfg(target_os = "linux")]
    if let Err(error) = socket.set_tcp_user_timeout(Some(deadlines.write)) {
        tracing::debug!(%error, "the kernel waits for its own time for clients that do not answer");
    }
}

fn serve_connection(
    (stream, peer, held): (TcpStream, Peer, ConnectionPermit),
    app: &Router,
    deadlines: ClientDeadlines,
    mut closing: watch::Receiver<()>,
) {
    // Small frames that someone waits for: no Nagle.
    let _ = stream.set_nodelay(true);
    let handle = ConnectionHandle::default();
    let activity = Activity::default();
    let app = ConnectionLayer {
        app: app.clone(),
        activity: activity.clone(),
        handle: handle.clone(),
        peer,
        deadlines,
    };
    let (head, keep_alive) = match peer.is_newcomer() {
        true => (deadlines.newcomer_head, false),
        false => (deadlines.head, true),
    };
    let waiting = IdleTimeout::new(activity, head, deadlines.idle.max(head));
    let connection = http1::Builder::new()
        .keep_alive(keep_alive)
        // The stream looks after that: here an idle connection would have no longer than a head.
        .header_read_timeout(None)
        .max_buf_size(16 * 1024)
        .serve_connection(
            TokioIo::new(Stream::new(stream, handle, deadlines.write, held, waiting)),
            TowerToHyperService::new(app),
        )
        .with_upgrades();
    tokio::spawn(async move {
        let mut connection = std::pin::pin!(connection);
        let ended = tokio::select! {
            ended = &mut connection => ended,
            _ = closing.changed() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection failed");
        }
    });
}

/// Puts a connection's [`ConnectionHandle`] and [`Peer`] into each of its requests.
#[derive(Clone)]
struct ConnectionLayer {
    app: Router,
    activity: Activity,
    handle: ConnectionHandle,
    peer: Peer,
    deadlines: ClientDeadlines,
}

impl Service<Request<Incoming>> for ConnectionLayer {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Incoming>) -> Self::Future {
        request.extensions_mut().insert(self.handle.clone());
        request.extensions_mut().insert(self.peer);
        let request = request.map(|body| TimedBody::new(body, self.deadlines.body));
        self.activity.begin();
        let activity = self.activity.clone();
        let answering = self.app.call(request);
        Box::pin(async move {
            let response = answering.await?;
            // What has become a WebSocket has deadlines of its own.
            if response.status() != StatusCode::SWITCHING_PROTOCOLS {
                activity.end();
            }
            Ok(response)
        })
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    /// The kernel would take 4 MB for a reader that stops, and wait for it without end.
    #[tokio::test]
    async fn connections_have_the_bounds_of_their_listener() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let deadlines = ClientDeadlines::default();
        bound_kernel(&listener, deadlines);
        let client = TcpStream::connect(listener.local_addr().unwrap())
            .await
            .unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        let socket = SockRef::from(&stream);
        assert_eq!(socket.send_buffer_size().unwrap(), 2 * SEND_BUFFER);
        assert_eq!(socket.tcp_user_timeout().unwrap(), Some(deadlines.write));
        // And so it takes no more than that, and what the other end's kernel takes.
        SockRef::from(&client).set_recv_buffer_size(4096).unwrap();
        let mut taken = 0;
        while let Ok(written) = stream.try_write(&[0; 16 * 1024]) {
            taken += written;
            tokio::task::yield_now().await;
        }
        assert!(taken < 1 << 20, "{taken} bytes");
    }
}
