//! Long polling: one `GET` after the other waits for frames, and one `POST` after the other carries them (Engine.IO
//! protocol, revision 4). It is plain HTTP, so it comes through proxies that know no WebSocket.

use std::{cell::RefCell, collections::VecDeque, rc::Rc};

use futures::{FutureExt, StreamExt};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::Response;

use super::reader::{Next, Queue, Reader, abort};
use crate::{
    call::LinkEvent,
    platform::{dom::window, js, promise, task::within},
    protocol::{MESSAGE_BYTES, Refused, frame, parse_done},
};

/// The status of an answer that asking again does not change (RFC 9110 section 15.5.4).
const FORBIDDEN: u16 = 403;
/// What a browser still sends of a page that is on its way out, in bytes (Fetch section 4.6, `keepalive`); half of it, since
/// other requests of the page count, too.
const KEEPALIVE_BUDGET: usize = 32 * 1024;
/// Milliseconds that a `POST` may take.
const POST_TIMEOUT: u32 = 30_000;

/// What a request has come to.
enum Answer {
    Body(String),
    Refused(Refused),
    Nothing,
}

/// Ends the `GET` that waits, when it is dropped.
struct AbortOnDrop(JsValue);

/// Why a `POST` was refused, and with it the session: browsers tell the origin of a page in those only, if it is the server's
/// own (Fetch section 3.2).
type PostRefused = Rc<RefCell<Option<Refused>>>;

/// Opens a session, and reads until it ends; how that ends the link. `posting` ends what is being sent.
pub async fn run(
    queue: Queue,
    posting: Option<JsValue>,
    reader: &Reader<impl Fn(LinkEvent)>,
) -> LinkEvent {
    let Ok(controller) = js::make("AbortController", &[]) else {
        return LinkEvent::Lost;
    };
    let Some(posting) = posting else {
        return LinkEvent::Lost;
    };
    let getting = AbortOnDrop(controller);
    let mut address = frame::POLLING_PATH.to_owned();
    // Nothing can be sent before there is a session.
    let mut unsent = Some(queue);
    let post_refused = PostRefused::default();
    loop {
        let body = match getting.get(&address).await {
            Answer::Body(body) => body,
            Answer::Refused(refused) => return LinkEvent::Refused(refused),
            Answer::Nothing => {
                let refused = post_refused.take();
                return refused.map_or(LinkEvent::Lost, LinkEvent::Refused);
            }
        };
        for text in frame::frames(&body) {
            match reader.take(text) {
                Next::Session(handshake) => {
                    let Some(queue) = unsent.take().filter(|_| is_plain(&handshake.sid)) else {
                        return LinkEvent::Lost;
                    };
                    address = [frame::POLLING_PATH, "&sid=", &handshake.sid].concat();
                    let posts = PostQueue {
                        address: address.clone(),
                        posting: posting.clone(),
                        getting: getting.0.clone(),
                        refused: post_refused.clone(),
                    };
                    spawn_local(posts.write(queue));
                }
                Next::Read => {}
                Next::End => return LinkEvent::Lost,
            }
        }
        if unsent.is_some() {
            return LinkEvent::Lost;
        }
    }
}

/// Whether a session's name can stand in an address as it is.
fn is_plain(sid: &str) -> bool {
    !sid.is_empty()
        && sid
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// One `POST` after the other.
struct PostQueue {
    address: String,
    /// Ends the one that is under way.
    posting: JsValue,
    getting: JsValue,
    refused: PostRefused,
}

impl PostQueue {
    /// Sends until the link is dropped, and what there is then, too. What can't be sent ends the link.
    async fn write(self, mut queue: Queue) {
        let mut frames = VecDeque::new();
        while let Some(first) = queue.next().await {
            frames.push_back(first);
            // What has come meanwhile goes along.
            while let Some(next) = queue.next().now_or_never() {
                let is_last = next.is_none();
                frames.push_back(next.unwrap_or_else(|| frame::CLOSE.to_owned()));
                if is_last {
                    break;
                }
            }
            while !frames.is_empty() {
                let body = frame::join(&mut frames, MESSAGE_BYTES);
                match self.post(body).await {
                    Answer::Body(_) => continue,
                    Answer::Refused(refused) => drop(self.refused.replace(Some(refused))),
                    Answer::Nothing => {}
                }
                // The session is over: what is still on its way serves nobody.
                abort(&self.posting);
                return abort(&self.getting);
            }
        }
    }

    async fn post(&self, body: String) -> Answer {
        let kept = body.len() <= KEEPALIVE_BUDGET;
        let options = js::object(&[
            ("method", "POST".into()),
            ("body", body.into()),
            ("keepalive", kept.into()),
        ]);
        // One that hangs ends the session, since nothing behind it is sent; what comes meanwhile says nothing of it.
        let posted = request(&self.address, options, &self.posting);
        within(POST_TIMEOUT, posted)
            .await
            .unwrap_or(Answer::Nothing)
    }
}

impl AbortOnDrop {
    async fn get(&self, address: &str) -> Answer {
        let options = js::object(&[("cache", "no-store".into())]);
        request(address, options, &self.0).await
    }
}

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        abort(&self.0);
    }
}

/// Waits for an answer, or until the controller is told to end it.
async fn request(address: &str, options: JsValue, controller: &JsValue) -> Answer {
    let signal = js::property(controller, "signal").unwrap_or(JsValue::UNDEFINED);
    js::set(&options, "signal", signal);
    let answer = Box::pin(ask(address, options)).await;
    answer.unwrap_or(Answer::Nothing)
}

async fn ask(address: &str, options: JsValue) -> Option<Answer> {
    let asked = js::invoke(&window(), "fetch", &[address.into(), options]).ok()?;
    let response = promise::wait(asked.unchecked_into()).await.ok()?;
    let response: Response = response.unchecked_into();
    let body = promise::wait(response.text().ok()?).await.ok()?;
    let body = body.as_string()?;
    if response.ok() {
        return Some(Answer::Body(body));
    }
    let refusal = parse_done(&body)
        .ok()
        .filter(|_| response.status() == FORBIDDEN)?;
    refusal.err().map(Answer::Refused)
}
