//! The body of a request, which has to come in time.

use std::{
    error::Error,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::body::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep};

/// A body that fails when it is not there in time, however steadily it trickles in.
#[derive(Debug)]
pub struct TimedBody {
    body: Incoming,
    due: Instant,
    /// Only while something is waited for.
    deadline: Option<Pin<Box<Sleep>>>,
}

/// The body of a request took too long.
#[derive(Debug, thiserror::Error)]
#[error("the body of the request took too long")]
pub struct TooSlow;

impl TimedBody {
    /// The body of a request whose head has just come.
    pub fn new(body: Incoming, deadlines: Duration) -> Self {
        Self {
            body,
            due: Instant::now() + deadlines,
            deadline: None,
        }
    }
}

impl Body for TimedBody {
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let due = self.due;
        let deadline = self
            .deadline
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(due)));
        deadline
            .as_mut()
            .poll(cx)
            .map(|()| Some(Err(TooSlow.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
