//! The stream of a connection: it can be ended from outside, and a client that does not read is given up.

use std::{
    cell::RefCell,
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::body::Bytes;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Instant, Sleep},
};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use super::idle_timeout::IdleTimeout;
use crate::{
    protocol::{Rate, RateLimiter},
    server::connections::ConnectionPermit,
};

/// What is read of one connection is counted in parts of so many bytes, one at least for each read.
const PART: usize = 256;
/// What is read of one connection: 2 MiB a second, and 4 MiB at once. It is twice what the events of a client may be.
const READS: Rate = Rate {
    each: Duration::from_nanos(1_000_000_000 / 8_192),
    burst: 16_384,
};

/// What is asked of the kernel at one time, at least. A reader of little gets the rest from here: several messages that came
/// together, and one that is longer than its buffer, cost one call.
const CHUNK: usize = 4 * 1024;

thread_local! {
    /// Where a chunk is read to. One for all connections of a thread: what a connection keeps of it is a copy of what its
    /// reader has not taken, which an idle one has taken all of.
    static SCRATCH: RefCell<[u8; CHUNK]> = const { RefCell::new([0; CHUNK]) };
}

/// Ends a connection from outside, and tells when it was heard last.
#[derive(Debug, Clone)]
pub struct ConnectionHandle {
    token: CancellationToken,
    clock: Arc<HeardClock>,
}

#[derive(Debug)]
struct HeardClock {
    opened: Instant,
    /// When something was read, in milliseconds from then on.
    heard: AtomicU64,
}

impl Default for ConnectionHandle {
    fn default() -> Self {
        Self {
            token: CancellationToken::new(),
            clock: Arc::new(HeardClock {
                opened: Instant::now(),
                heard: AtomicU64::new(0),
            }),
        }
    }
}

impl ConnectionHandle {
    /// When something was read from the connection.
    pub fn heard(&self) -> std::time::Instant {
        let heard = Duration::from_millis(self.clock.heard.load(Ordering::Relaxed));
        (self.clock.opened + heard).into_std()
    }

    /// Something was read, this long after the connection was opened.
    fn hear(&self, after: Duration) {
        let after = u64::try_from(after.as_millis()).unwrap_or(u64::MAX);
        self.clock.heard.store(after, Ordering::Relaxed);
    }

    fn age(&self) -> Duration {
        self.clock.opened.elapsed()
    }

    /// Ends the connection: reads and writes fail from then on.
    pub fn cancel(&self) {
        self.token.cancel();
    }

    /// Fails once the connection is cancelled. What is about to wait checks it again by [`Cancelled`].
    fn check(&self) -> io::Result<()> {
        match self.token.is_cancelled() {
            true => Err(io::ErrorKind::ConnectionAborted.into()),
            false => Ok(()),
        }
    }
}

/// Wakes a task that waits on a connection when that is cancelled. There is one for the reader and one for the writer, as
/// these are two tasks once the connection is a WebSocket. Most writes do not wait, and need none.
#[derive(Default)]
struct Cancelled(Option<Pin<Box<WaitForCancellationFutureOwned>>>);

impl Cancelled {
    fn watch(&mut self, token: &CancellationToken, cx: &mut Context<'_>) -> io::Result<()> {
        let waiting = self
            .0
            .get_or_insert_with(|| Box::pin(token.clone().cancelled_owned()));
        match waiting.as_mut().poll(cx) {
            Poll::Ready(()) => Err(io::ErrorKind::ConnectionAborted.into()),
            Poll::Pending => Ok(()),
        }
    }
}

/// A stream that a [`ConnectionHandle`] ends, and that ends by itself when the other end takes nothing of what is
/// written for too long.
///
/// The kernel takes more when a third of its buffer has become free, so a reader of a byte now and then
/// is no reader.
pub struct Stream {
    stream: TcpStream,
    handle: ConnectionHandle,
    reader: Cancelled,
    writer: Cancelled,
    /// The connection is counted for as long as this is there, whatever protocol it speaks.
    held: ConnectionPermit,
    waiting: IdleTimeout,
    /// What was read and not taken yet.
    unread: Bytes,
    reads: RateLimiter,
    /// Runs while too much has been read.
    pause: Option<Pin<Box<Sleep>>>,
    /// How long a write may make no progress.
    deadlines: Duration,
    /// Runs while one makes none. It is kept, as a client that was slow once is slow again.
    deadline: Option<Pin<Box<Sleep>>>,
    is_stalled: bool,
}

impl Stream {
    /// Takes a connection.
    pub fn new(
        stream: TcpStream,
        handle: ConnectionHandle,
        deadlines: Duration,
        held: ConnectionPermit,
        waiting: IdleTimeout,
    ) -> Self {
        Self {
            stream,
            handle,
            reader: Cancelled::default(),
            writer: Cancelled::default(),
            held,
            waiting,
            unread: Bytes::new(),
            reads: RateLimiter::default(),
            pause: None,
            deadlines,
            deadline: None,
            is_stalled: false,
        }
    }

    fn poll_progress(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        write: impl FnOnce(Pin<&mut TcpStream>, &mut Context<'_>) -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        self.handle.check()?;
        let written = write(Pin::new(&mut self.stream), cx);
        if written.is_ready() {
            self.is_stalled = false;
            self.waiting.handle_write();
            return written;
        }
        if self.poll_deadline(cx).is_pending() {
            let Self { handle, writer, .. } = &mut *self;
            writer.watch(&handle.token, cx)?;
            return Poll::Pending;
        }
        tracing::debug!("cut: the client does not read what is written to it");
        // Whoever reads from it has to end, too.
        self.handle.cancel();
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    /// Reads from the kernel, how many bytes; what `buf` has no place for is kept.
    fn poll_chunk(
        &mut self,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<usize>> {
        let Self { stream, unread, .. } = self;
        let stream = Pin::new(stream);
        if buf.remaining() >= CHUNK {
            let before = buf.filled().len();
            ready!(stream.poll_read(cx, buf))?;
            return Poll::Ready(Ok(buf.filled().len() - before));
        }
        SCRATCH.with_borrow_mut(|scratch| {
            let mut chunk = ReadBuf::new(scratch);
            ready!(stream.poll_read(cx, &mut chunk))?;
            let chunk = chunk.filled();
            let (taken, rest) = chunk.split_at(chunk.len().min(buf.remaining()));
            buf.put_slice(taken);
            *unread = Bytes::copy_from_slice(rest);
            Poll::Ready(Ok(chunk.len()))
        })
    }

    /// Resolves when more may be read.
    fn poll_pause(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(pause) = &mut self.pause {
            ready!(pause.as_mut().poll(cx));
            self.pause = None;
        }
        Poll::Ready(())
    }

    /// Counts what was read. When it is too much, there is a pause before the next time.
    fn handle_read(&mut self, bytes: usize) {
        let parts = u32::try_from(bytes.div_ceil(PART).max(1)).unwrap_or(u32::MAX);
        let now = self.handle.age();
        self.handle.hear(now);
        self.reads.charge(now, &READS, parts);
        let due = self.reads.ready_at(&READS, 1);
        if due > now {
            self.pause = Some(Box::pin(tokio::time::sleep_until(
                self.handle.clock.opened + due,
            )));
        }
        self.waiting.handle_read();
    }

    fn poll_more(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_pause(cx));
        if let Poll::Ready(read) = self.poll_chunk(cx, buf) {
            self.handle_read(*read.as_ref().unwrap_or(&0));
            return Poll::Ready(read.map(drop));
        }
        let Self { waiting, held, .. } = self;
        ready!(waiting.poll_overdue(cx, || held.is_scarce()));
        tracing::debug!("closed: no request came");
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    fn poll_deadline(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let due = Instant::now() + self.deadlines;
        let deadline = self
            .deadline
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(due)));
        if !std::mem::replace(&mut self.is_stalled, true) {
            deadline.as_mut().reset(due);
        }
        deadline.as_mut().poll(cx)
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.handle.check()?;
        if !self.unread.is_empty() {
            let taken = self.unread.len().min(buf.remaining());
            buf.put_slice(&self.unread.split_to(taken));
            if self.unread.is_empty() {
                // An empty part would keep the whole.
                self.unread = Bytes::new();
            }
            return Poll::Ready(Ok(()));
        }
        let read = self.poll_more(cx, buf);
        if read.is_pending() {
            let Self { handle, reader, .. } = &mut *self;
            reader.watch(&handle.token, cx)?;
        }
        read
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_progress(cx, |stream, cx| stream.poll_write(cx, buf))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.handle.check()?;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll_progress(cx, |stream, cx| stream.poll_write_vectored(cx, bufs))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::{super::idle_timeout::Activity, *};
    use crate::{
        room::Network,
        server::{
            connections::{ConnectionLimits, Connections},
            descriptors::Capacity,
        },
    };

    /// A client, and the server's end of its connection.
    async fn connected() -> (TcpStream, Stream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap())
            .await
            .unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        let limits = ConnectionLimits {
            each: 8,
            unlimited: Vec::new(),
        };
        let held = Connections::new(limits, Capacity::of(256))
            .take(Network::V4([192, 0, 2, 1]), || false)
            .unwrap();
        let long = Duration::from_secs(600);
        let waiting = IdleTimeout::new(Activity::default(), long, long);
        let stream = Stream::new(stream, ConnectionHandle::default(), long, held, waiting);
        (client, stream)
    }

    #[tokio::test]
    async fn what_comes_is_read_in_order_however_little_is_asked_for() {
        let (mut client, mut stream) = connected().await;
        let sent: Vec<u8> = (0..100_000_u32)
            .map(|number| number as u8 ^ (number >> 8) as u8)
            .collect();
        let writing = tokio::spawn({
            let sent = sent.clone();
            async move { client.write_all(&sent).await }
        });
        let (mut read, mut chunk) = (Vec::<u8>::new(), vec![0; 2 * CHUNK]);
        for asked in [1, 7, 300, CHUNK - 1, CHUNK, 2 * CHUNK].into_iter().cycle() {
            match stream.read(&mut chunk[..asked]).await.unwrap() {
                0 => break,
                bytes => read.extend(&chunk[..bytes]),
            }
        }
        assert!(read == sent, "{} bytes", read.len());
        writing.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn a_cancelled_connection_ends_who_waits_to_read_and_who_writes() {
        let (mut client, mut stream) = connected().await;
        client.write_all(b"two").await.unwrap();
        assert_eq!(stream.read_u8().await.unwrap(), b't');
        let handle = stream.handle.clone();
        let mut waiting = tokio::spawn(async move {
            assert_eq!(stream.read_u16().await.unwrap(), u16::from_be_bytes(*b"wo"));
            let ended = stream.read_u8().await.unwrap_err().kind();
            (ended, stream.write(b"x").await.unwrap_err().kind())
        });
        let still = tokio::time::timeout(Duration::from_millis(50), &mut waiting).await;
        assert!(still.is_err(), "it waits");
        handle.cancel();
        let aborted = io::ErrorKind::ConnectionAborted;
        assert_eq!(waiting.await.unwrap(), (aborted, aborted));
        drop(client);
    }

    #[tokio::test]
    async fn more_than_a_client_has_to_say_is_read_slowly() {
        let (mut client, mut stream) = connected().await;
        let writing = tokio::spawn(async move {
            let chunk = vec![0; 1 << 20];
            while client.write_all(&chunk).await.is_ok() {}
        });
        let begun = Instant::now();
        let (mut read, mut chunk) = (0, vec![0; 64 << 10]);
        while read < 8 << 20 {
            read += stream.read(&mut chunk).await.unwrap();
        }
        writing.abort();
        // Four at once, and four at two a second.
        let took = begun.elapsed();
        assert!(took > Duration::from_millis(1_900), "{took:?}");
    }
}
