//! What was written. Who reads at its end sees what comes; who has gone back to read stays there, and is told.

use leptos::prelude::*;
use web_sys::HtmlElement;

use super::message::{key, line};
use crate::{
    call::{ChatLine, DeliveryState},
    meeting::{Meeting, files::Files},
    ui::{
        components::draw,
        view::{ElementRef, ErasedView, IntoErasedView, dynamic, effect, press, when},
    },
    words::{Plural, Word, count, t},
};

/// An arrow down.
const DOWN_ICON: &str = "M12 5v14m-6-6 6 6 6-6";
/// Pixels from the end at which one still reads at the end.
const NEAR_END: i32 = 48;

/// The lines, and what tells of new ones.
pub fn chat_lines(meeting: Meeting, files: Option<Files>) -> ErasedView {
    let talking = meeting.talk;
    let list = ElementRef::new();
    let follows = StoredValue::new(true);
    // How many had come when the end was seen last.
    let seen = RwSignal::new(talking.come.get_untracked());
    let go_to_end = move || {
        follows.set_value(true);
        seen.set(talking.come.get_untracked());
        if let Some(list) = list.get_untracked() {
            request_animation_frame(move || list.set_scroll_top(list.scroll_height()));
        }
    };
    let last_own = StoredValue::new(untrack(|| talking.lines.with(|lines| own_number(lines))));
    effect(move || {
        let number = talking.lines.with(|lines| own_number(lines));
        // Who has just sent something wants to see it.
        let is_sent = number > last_own.get_value();
        last_own.set_value(number);
        if list.get().is_some() && (is_sent || follows.get_value()) {
            untrack(go_to_end);
        }
    });
    let scrolled = move || {
        let at_end = list.get_untracked().is_some_and(|list| is_at_end(&list));
        follows.set_value(at_end);
        if at_end {
            seen.set(talking.come.get_untracked());
        }
    };
    // The button goes by being pressed, and the focus with it.
    let read_on = move || {
        go_to_end();
        if let Some(list) = list.get_untracked() {
            let _ = list.focus();
        }
    };
    let new = move || match talking.come.get().saturating_sub(seen.get()) {
        0 => None,
        new => Some(untrack(|| new_lines(new, read_on))),
    };
    view! {
        <div class="chat-log">
            <div
                class="chat-lines"
                tabindex="0"
                role="log"
                aria-label=t(Word::MenuChat)
                aria-live="off"
                node_ref=list
                on:scroll=press(scrolled)
            >
                {when(
                    move || talking.lines.read().is_empty(),
                    || view! { <p class="secondary-text chat-empty">{t(Word::ChatEmpty)}</p> }.erase(),
                )}
                <For each=move || talking.lines.get() key=key let:one>
                    {line(meeting, files, &one)}
                </For>
            </div>
            {dynamic(new)}
        </div>
    }
    .erase()
}

fn new_lines(new: usize, read_on: impl Fn() + 'static) -> ErasedView {
    view! {
        <button class="button button-small chat-new" type="button" on:click=press(read_on)>
            {draw("icon", DOWN_ICON)}
            {count(Plural::ChatNew, new)}
        </button>
    }
    .erase()
}

/// The number of the last line, if it is the person's own.
fn own_number(lines: &[ChatLine]) -> Option<u32> {
    let own = |line: &&ChatLine| {
        matches!(
            line.standing,
            DeliveryState::OnItsWay | DeliveryState::Delivered
        )
    };
    let last = lines.last().filter(own)?;
    Some(last.message.chat.n)
}

fn is_at_end(list: &HtmlElement) -> bool {
    list.scroll_height() - list.scroll_top() - list.client_height() <= NEAR_END
}
