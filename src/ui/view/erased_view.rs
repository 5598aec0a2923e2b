//! A view of one type, whatever it is made of. On the server it is leptos's `AnyView`. In the browser it is
//! built once and replaced as a whole, never compared with another: the code for comparing would be a
//! fifth of what a browser has to load. What changes inside of it are closures, as ever.

/// A view, erased.
pub use imp::ErasedView;

/// Makes a [`ErasedView`].
pub trait IntoErasedView {
    /// Erases the type of a view.
    fn erase(self) -> ErasedView;
}

#[cfg(not(target_arch = "wasm32"))]
mod imp {
    use leptos::prelude::{AnyView, IntoAny};

    pub type ErasedView = AnyView;

    impl<V: IntoAny> super::IntoErasedView for V {
        fn erase(self) -> ErasedView {
            self.into_any()
        }
    }
}

#[cfg(target_arch = "wasm32")]
mod imp {
    use leptos::tachys::{
        html::attribute::{Attribute, any_attribute::AnyAttribute},
        hydration::Cursor,
        renderer::types::{Element, Node},
        view::{Mountable, Position, PositionState, Render, RenderHtml, add_attr::AddAnyAttr},
    };

    pub struct ErasedView(Box<dyn FnOnce() -> ErasedState + Send>);

    pub struct ErasedState(Box<dyn MountedView>);

    /// What a mounted view needs of [`Mountable`].
    trait MountedView {
        fn mount(&mut self, parent: &Element, before: Option<&Node>);
        fn unmount(&mut self);
        fn insert_before_this(&self, other: &mut dyn Mountable) -> bool;
    }

    impl<V> super::IntoErasedView for V
    where
        V: Render + Send + 'static,
        V::State: 'static,
    {
        fn erase(self) -> ErasedView {
            ErasedView(Box::new(move || ErasedState(Box::new(self.build()))))
        }
    }

    impl<M: Mountable> MountedView for M {
        fn mount(&mut self, parent: &Element, before: Option<&Node>) {
            Mountable::mount(self, parent, before);
        }

        fn unmount(&mut self) {
            Mountable::unmount(self);
        }

        fn insert_before_this(&self, other: &mut dyn Mountable) -> bool {
            Mountable::insert_before_this(self, other)
        }
    }

    impl Mountable for ErasedState {
        fn mount(&mut self, parent: &Element, before: Option<&Node>) {
            self.0.mount(parent, before);
        }

        fn unmount(&mut self) {
            self.0.unmount();
        }

        fn insert_before_this(&self, other: &mut dyn Mountable) -> bool {
            self.0.insert_before_this(other)
        }

        fn elements(&self) -> Vec<Element> {
            Vec::new()
        }
    }

    impl Render for ErasedView {
        type State = ErasedState;

        fn build(self) -> ErasedState {
            (self.0)()
        }

        fn rebuild(self, state: &mut ErasedState) {
            let mut new = self.build();
            Mountable::insert_before_this(state, &mut new);
            Mountable::unmount(state);
            *state = new;
        }
    }

    impl AddAnyAttr for ErasedView {
        type Output<A: Attribute> = Self;

        fn add_any_attr<A: Attribute>(self, _: A) -> Self {
            self
        }
    }

    // The browser renders no HTML and adopts none.
    impl RenderHtml for ErasedView {
        type AsyncOutput = Self;
        type Owned = Self;

        const MIN_LENGTH: usize = 0;

        fn dry_resolve(&mut self) {}

        async fn resolve(self) -> Self {
            self
        }

        fn to_html_with_buf(
            self,
            _: &mut String,
            _: &mut Position,
            _: bool,
            _: bool,
            _: Vec<AnyAttribute>,
        ) {
        }

        fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) -> ErasedState {
            self.build()
        }

        fn into_owned(self) -> Self {
            self
        }
    }
}
