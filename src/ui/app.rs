//! The root component: which page an address shows.

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    components::{Route, Router, Routes},
    path,
};

use super::{home::Home, room_page::RoomPage, trouble::NotFound};

/// The whole page, inside `<body>`.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <a class="skip" href="#main">
            "Skip to the content"
        </a>
        <Router>
            <Routes fallback=NotFound>
                <Route path=path!("/") view=Home />
                <Route path=path!("/r/:room") view=RoomPage />
            </Routes>
        </Router>
    }
}
