//! The stream of a connection: it can be cut from outside, and a client that does not read is given up.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use futures::task::AtomicWaker;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Instant, Sleep},
};

use super::waiting::Waiting;
use crate::{
    protocol::{Rate, RateLimiter},
    server::connections::Held,
};

/// What is read of one connection is counted in parts of so many bytes, one at least for each read.
const PART: usize = 256;
/// What is read of one connection: 2 MiB a second, and 4 MiB at once. It is twice what the events of a client may be.
const READS: Rate = Rate {
    each: Duration::from_nanos(1_000_000_000 / 8_192),
    burst: 16_384,
};

/// Ends a connection from outside: reads and writes fail from then on.
#[derive(Debug, Clone, Default)]
pub struct Cut(Arc<CutState>);

#[derive(Debug)]
struct CutState {
    opened: Instant,
    /// When something was read, in milliseconds from then on.
    heard: AtomicU64,
    cut: AtomicBool,
    reader: AtomicWaker,
    writer: AtomicWaker,
}

impl Default for CutState {
    fn default() -> Self {
        Self {
            opened: Instant::now(),
            heard: AtomicU64::new(0),
            cut: AtomicBool::new(false),
            reader: AtomicWaker::new(),
            writer: AtomicWaker::new(),
        }
    }
}

impl Cut {
    /// When something was read from the connection.
    pub fn heard(&self) -> std::time::Instant {
        let heard = Duration::from_millis(self.0.heard.load(Ordering::Relaxed));
        (self.0.opened + heard).into_std()
    }

    /// Something was read, this long after the connection was opened.
    fn hear(&self, after: Duration) {
        let after = u64::try_from(after.as_millis()).unwrap_or(u64::MAX);
        self.0.heard.store(after, Ordering::Relaxed);
    }

    fn age(&self) -> Duration {
        self.0.opened.elapsed()
    }

    /// Ends the connection.
    pub fn cut(&self) {
        self.0.cut.store(true, Ordering::Release);
        self.0.reader.wake();
        self.0.writer.wake();
    }

    fn check(&self, waker: &AtomicWaker, context: &Context<'_>) -> io::Result<()> {
        waker.register(context.waker());
        if self.0.cut.load(Ordering::Acquire) {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        Ok(())
    }
}

/// A stream that a [`Cut`] ends, and that ends by itself when the other end takes nothing of what is
/// written for too long.
///
/// The kernel takes more when a third of its buffer has become free, so a reader of a byte now and then
/// is no reader.
pub struct Stream {
    stream: TcpStream,
    cut: Cut,
    /// The connection is counted for as long as this is there, whatever protocol it speaks.
    held: Held,
    waiting: Waiting,
    reads: RateLimiter,
    /// Runs while too much has been read.
    pause: Option<Pin<Box<Sleep>>>,
    /// How long a write may make no progress.
    patience: Duration,
    /// Runs while one makes none. It is kept, as a client that was slow once is slow again.
    deadline: Option<Pin<Box<Sleep>>>,
    is_stalled: bool,
}

impl Stream {
    /// Takes a connection.
    pub fn new(
        stream: TcpStream,
        cut: Cut,
        patience: Duration,
        held: Held,
        waiting: Waiting,
    ) -> Self {
        Self {
            stream,
            cut,
            held,
            waiting,
            reads: RateLimiter::default(),
            pause: None,
            patience,
            deadline: None,
            is_stalled: false,
        }
    }

    fn poll_progress(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        write: impl FnOnce(Pin<&mut TcpStream>, &mut Context<'_>) -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        self.cut.check(&self.cut.0.writer, cx)?;
        let written = write(Pin::new(&mut self.stream), cx);
        if written.is_ready() {
            self.is_stalled = false;
            self.waiting.handle_write();
            return written;
        }
        ready!(self.poll_deadline(cx));
        tracing::debug!("cut: the client does not read what is written to it");
        // Whoever reads from it has to end, too.
        self.cut.cut();
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    /// Resolves when more may be read.
    fn poll_pause(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        while !self.reads.fits(self.cut.age(), &READS, 1) {
            let due = self.cut.0.opened + self.reads.ready_at(&READS, 1);
            let pause = self
                .pause
                .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(due)));
            pause.as_mut().reset(due);
            ready!(pause.as_mut().poll(cx));
        }
        self.pause = None;
        Poll::Ready(())
    }

    fn poll_deadline(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let due = Instant::now() + self.patience;
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
        self.cut.check(&self.cut.0.reader, cx)?;
        ready!(self.poll_pause(cx));
        let before = buf.filled().len();
        if let Poll::Ready(read) = Pin::new(&mut self.stream).poll_read(cx, buf) {
            let parts = (buf.filled().len() - before).div_ceil(PART).max(1);
            let now = self.cut.age();
            self.cut.hear(now);
            let parts = u32::try_from(parts).unwrap_or(u32::MAX);
            self.reads.charge(now, &READS, parts);
            self.waiting.handle_read();
            return Poll::Ready(read);
        }
        let Self { waiting, held, .. } = &mut *self;
        ready!(waiting.poll_overdue(cx, || held.is_scarce()));
        tracing::debug!("closed: no request came");
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
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
        self.cut.check(&self.cut.0.writer, cx)?;
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

    use super::{super::waiting::Activity, *};
    use crate::{
        room::Network,
        server::{
            connections::{ConnectionLimits, Connections},
            descriptors::Capacity,
        },
    };

    #[tokio::test]
    async fn more_than_a_client_has_to_say_is_read_slowly() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap())
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
        let waiting = Waiting::new(Activity::default(), long, long);
        let mut stream = Stream::new(stream, Cut::default(), long, held, waiting);
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
