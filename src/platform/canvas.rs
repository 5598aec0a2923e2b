//! A canvas that is recorded, and how to draw on it (HTML section 4.12.5).

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlVideoElement, MediaStream};

use super::{dom::document, js};

/// A rectangle in pixels, from the top left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
    /// To the right.
    pub width: f64,
    /// Down.
    pub height: f64,
}

impl Rect {
    fn arguments(self) -> [JsValue; 4] {
        [self.x, self.y, self.width, self.height].map(JsValue::from)
    }
}

/// Draws. What the browser can't draw is left out.
pub struct Pen {
    canvas: JsValue,
    context: JsValue,
}

impl Pen {
    /// A canvas of this size that is in no document.
    pub fn new(width: f64, height: f64) -> Option<Self> {
        let canvas: JsValue = document().create_element("canvas").ok()?.into();
        js::set(&canvas, "width", width.into());
        js::set(&canvas, "height", height.into());
        let opaque = js::object(&[("alpha", false.into())]);
        let context = js::invoke(&canvas, "getContext", &["2d".into(), opaque]).ok()?;
        (!context.is_null()).then_some(Self { canvas, context })
    }

    /// What is drawn, as a stream with a picture each time that something is (W3C Media Capture from DOM Elements
    /// section 4): one of a fixed rate would follow a timer that a hidden page does not have.
    pub fn stream(&self) -> Option<MediaStream> {
        let stream = js::invoke(&self.canvas, "captureStream", &[]).ok()?;
        Some(stream.unchecked_into())
    }

    /// Fills a rectangle.
    pub fn fill(&self, colour: &str, rect: Rect) {
        self.set("fillStyle", colour);
        self.draw("fillRect", &rect.arguments());
    }

    /// Fills a disc.
    pub fn disc(&self, colour: &str, x: f64, y: f64, radius: f64) {
        self.set("fillStyle", colour);
        self.draw("beginPath", &[]);
        let whole = std::f64::consts::TAU;
        self.draw("arc", &[x, y, radius, 0.0, whole].map(JsValue::from));
        self.draw("fill", &[]);
    }

    /// Draws a part of a video's picture into a rectangle.
    pub fn picture(&self, video: &HtmlVideoElement, part: Rect, into: Rect) {
        let mut arguments = vec![video.into()];
        arguments.extend(part.arguments());
        arguments.extend(into.arguments());
        self.draw("drawImage", &arguments);
    }

    /// Has texts be written in this font from now on.
    pub fn font(&self, font: &str) {
        self.set("font", font);
        self.set("textBaseline", "middle");
    }

    /// How wide a text is in the font.
    pub fn width(&self, text: &str) -> f64 {
        let measure = js::invoke(&self.context, "measureText", &[text.into()]);
        let width = measure.ok().and_then(|size| js::property(&size, "width"));
        width.and_then(|width| width.as_f64()).unwrap_or_default()
    }

    /// Writes in white from `x` on, squeezed into `width`; `y` is the middle of the line.
    pub fn write(&self, text: &str, x: f64, y: f64, width: f64) {
        self.set("fillStyle", "#fff");
        self.draw("fillText", &[text.into(), x.into(), y.into(), width.into()]);
    }

    fn set(&self, property: &str, value: &str) {
        js::set(&self.context, property, value.into());
    }

    fn draw(&self, method: &str, arguments: &[JsValue]) {
        let _ = js::invoke(&self.context, method, arguments);
    }
}
