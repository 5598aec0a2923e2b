//! What a handle holds besides signals, in the browser only.

use std::{any::Any, marker::PhantomData, rc::Rc};

use leptos::prelude::*;

/// State that stays in the browser's one thread. A handle: copies are the same state, which goes with the meeting.
///
/// All of it is of one type for leptos, which would compile its arena anew for each.
pub struct LocalState<T>(
    StoredValue<Rc<dyn Any>, LocalStorage>,
    PhantomData<fn() -> T>,
);

impl<T: 'static> LocalState<T> {
    /// Keeps this state.
    pub fn new(state: T) -> Self {
        Self(store(Rc::new(state)), PhantomData)
    }

    /// Does something with the state; `None` after the meeting. Nothing is borrowed meanwhile: what is done may lead back here.
    pub fn with<R>(&self, action: impl FnOnce(&T) -> R) -> Option<R> {
        let state = self.get()?;
        Some(action(&state))
    }

    #[inline(never)]
    fn get(&self) -> Option<Rc<T>> {
        Rc::downcast(load(self.0)?).ok()
    }
}

impl<T: Default + 'static> Default for LocalState<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> Clone for LocalState<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for LocalState<T> {}

impl<T> std::fmt::Debug for LocalState<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("LocalState")
    }
}

#[inline(never)]
fn store(state: Rc<dyn Any>) -> StoredValue<Rc<dyn Any>, LocalStorage> {
    StoredValue::new_local(state)
}

#[inline(never)]
fn load(state: StoredValue<Rc<dyn Any>, LocalStorage>) -> Option<Rc<dyn Any>> {
    state.try_with_value(Clone::clone)
}
