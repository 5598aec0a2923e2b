//! The size of an element, followed while the component that asked for it lives.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Element, ResizeObserver};

use super::dynamic::ElementRef;
use crate::meeting::effect;
use crate::ui::layout::Size;

/// Follows the inner size of the element that carries `node`: zero until there is one.
///
/// The observer and its callback are freed with the component.
pub fn size_of(node: ElementRef) -> RwSignal<Size> {
    let size = RwSignal::new(Size::default());
    let watch = StoredValue::new_local(None::<SizeObserver>);
    effect(move || {
        let element = node.get();
        watch.set_value(element.and_then(|element| SizeObserver::start(element.into(), size)));
    });
    size
}

struct SizeObserver {
    observer: ResizeObserver,
    _callback: Closure<dyn FnMut()>,
}

impl SizeObserver {
    fn start(element: Element, size: RwSignal<Size>) -> Option<Self> {
        let watched = element.clone();
        let callback = Closure::<dyn FnMut()>::new(move || {
            let now = measure(&watched);
            if size.get_untracked() != now {
                size.set(now);
            }
        });
        let observer = ResizeObserver::new(callback.as_ref().unchecked_ref()).ok()?;
        observer.observe(&element);
        Some(Self {
            observer,
            _callback: callback,
        })
    }
}

impl Drop for SizeObserver {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

fn measure(element: &Element) -> Size {
    Size {
        width: f64::from(element.client_width()),
        height: f64::from(element.client_height()),
    }
}
