//! What changes in a page, each kind as one type: leptos compiles its machinery anew for every closure that
//! it is given, and a browser has to load all of that.

use leptos::{
    html::{Custom, ElementType},
    prelude::*,
    tachys::html::node_ref::NodeRefContainer,
};
use web_sys::{Element, HtmlElement};

use super::erased_view::{ErasedView, IntoErasedView};

/// A text that follows signals.
pub type Text = Box<dyn FnMut() -> String + Send>;
/// An attribute without value that follows signals.
pub type Flag = Box<dyn FnMut() -> bool + Send>;

/// A text that follows signals, as a child or as an attribute.
pub fn text(text: impl FnMut() -> String + Send + 'static) -> Text {
    Box::new(text)
}

/// A class, and those beside it that hold now.
pub fn classes(always: &str, others: &[(bool, &str)]) -> String {
    let mut classes = always.to_owned();
    for (holds, class) in others {
        if *holds {
            classes += " ";
            classes += class;
        }
    }
    classes
}

/// An attribute that is there or not.
pub fn flag(flag: impl FnMut() -> bool + Send + 'static) -> Flag {
    Box::new(flag)
}

/// A handler of events.
pub fn on<E>(handler: impl FnMut(E) + 'static) -> Box<dyn FnMut(E)> {
    Box::new(handler)
}

/// A handler that does not care for the event.
pub fn press<E: 'static>(mut action: impl FnMut() + 'static) -> Box<dyn FnMut(E)> {
    Box::new(move |_| action())
}

/// A condition, computed when something that it reads changes.
pub fn memo(condition: impl Fn() -> bool + Send + Sync + 'static) -> Memo<bool> {
    let condition: Box<dyn Fn() -> bool + Send + Sync> = Box::new(condition);
    Memo::new(move |_| condition())
}

/// A part of the page that is made anew when what it reads changes.
pub fn dynamic(view: impl FnMut() -> Option<ErasedView> + Send + 'static) -> ErasedView {
    let view: Box<dyn FnMut() -> Option<ErasedView> + Send> = Box::new(view);
    view.erase()
}

/// A part of the page that is there while a condition holds.
pub fn when(
    condition: impl Fn() -> bool + Send + Sync + 'static,
    view: impl Fn() -> ErasedView + Send + 'static,
) -> ErasedView {
    let condition = memo(condition);
    dynamic(move || condition.get().then(|| untrack(&view)))
}

/// An element of the page, once it is there: leptos's `NodeRef`, for elements of all kinds.
#[derive(Clone, Copy)]
pub struct ElementRef(NodeRef<AnyElement>);

/// To the browser, all of them are of one interface.
type AnyElement = Custom<&'static str>;

impl ElementRef {
    /// None yet.
    pub fn new() -> Self {
        Self(NodeRef::new())
    }

    /// The element, which is followed.
    pub fn get(self) -> Option<HtmlElement> {
        self.0.get()
    }

    /// The element as it is now.
    pub fn get_untracked(self) -> Option<HtmlElement> {
        self.0.try_get_untracked().flatten()
    }
}

impl<E: ElementType> NodeRefContainer<E> for ElementRef {
    fn load(self, element: &Element) {
        NodeRefContainer::<AnyElement>::load(self.0, element);
    }
}
