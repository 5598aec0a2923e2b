//! The stream of a connection: it can be cut from outside, and a client that does not read is given up.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
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

use crate::server::connections::Held;

/// Ends a connection from outside: reads and writes fail from then on.
#[derive(Debug, Clone, Default)]
pub struct Cut(Arc<CutState>);

#[derive(Debug, Default)]
struct CutState {
    cut: AtomicBool,
    reader: AtomicWaker,
    writer: AtomicWaker,
}

impl Cut {
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
    _held: Held,
    /// How long a write may make no progress.
    patience: Duration,
    /// Runs while one makes none. It is kept, as a client that was slow once is slow again.
    deadline: Option<Pin<Box<Sleep>>>,
    is_stalled: bool,
}

impl Stream {
    /// Takes a connection.
    pub fn new(stream: TcpStream, cut: Cut, patience: Duration, held: Held) -> Self {
        Self {
            stream,
            cut,
            _held: held,
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
            return written;
        }
        ready!(self.poll_deadline(cx));
        tracing::debug!("cut: the client does not read what is written to it");
        // Whoever reads from it has to end, too.
        self.cut.cut();
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
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
        Pin::new(&mut self.stream).poll_read(cx, buf)
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
