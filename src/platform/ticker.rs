//! A clock that goes on while the page is hidden. Timers of a hidden page fire once a second; those of a worker are not
//! held back, and what a worker sends is handled at once.

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};

use super::{
    clock,
    js::{self, Listener},
};

/// Milliseconds from one tick to the next: 25 pictures a second.
const PERIOD: u32 = 40;
/// Milliseconds that are left to the page between two ticks, however slow it is.
const PAUSE: u128 = 20;

/// Ticks until it is dropped.
pub struct Ticker {
    worker: Option<(JsValue, Listener)>,
    _timer: Option<gloo_timers::callback::Interval>,
}

impl Ticker {
    /// Ticks 25 times a second; where the browser makes no worker, only while the page is seen.
    pub fn new(mut tick: impl FnMut() + 'static) -> Self {
        let mut last = clock::now();
        let mut tick = move || {
            // What has come meanwhile waits in a row.
            if (clock::now() - last).as_millis() >= PAUSE {
                tick();
                last = clock::now();
            }
        };
        match worker() {
            Ok(worker) => {
                let ticks = Listener::new(worker.unchecked_ref(), "message", move |_| tick());
                Self {
                    worker: Some((worker, ticks)),
                    _timer: None,
                }
            }
            Err(_) => Self {
                worker: None,
                _timer: Some(gloo_timers::callback::Interval::new(PERIOD, tick)),
            },
        }
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        if let Some((worker, _)) = &self.worker {
            let _ = js::invoke(worker, "terminate", &[]);
        }
    }
}

/// The server's policy lets a page make workers of its own text.
fn worker() -> Result<JsValue, JsValue> {
    let script = ["setInterval(()=>postMessage(0),", &PERIOD.to_string(), ")"].concat();
    let kind = js::object(&[("type", "text/javascript".into())]);
    let text = js::make("Blob", &[Array::of1(&script.into()).into(), kind])?;
    let urls = js::property(&js_sys::global(), "URL").ok_or(JsValue::UNDEFINED)?;
    let address = js::invoke(&urls, "createObjectURL", &[text])?;
    let worker = js::make("Worker", std::slice::from_ref(&address));
    let _ = js::invoke(&urls, "revokeObjectURL", &[address]);
    worker
}
