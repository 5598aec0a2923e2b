//! Reactions: the ones to choose from, and those that float over the stage for a while.

use leptos::prelude::*;

use crate::{
    meeting::{Meeting, chat::Floating},
    protocol::Reaction,
    ui::view::{ErasedView, IntoErasedView, press},
    words::{Phrase, Word, say, t},
};

/// The reactions to choose from.
pub fn reaction_picker(meeting: Meeting) -> ErasedView {
    let choice = |reaction: Reaction| {
        let (glyph, label) = describe(reaction);
        view! {
            <button
                class="reaction"
                type="button"
                aria-label=t(label)
                title=t(label)
                on:click=press(move || meeting.talk.react(reaction))
            >
                {glyph}
            </button>
        }
        .erase()
    };
    let choices: Vec<ErasedView> = Reaction::ALL.into_iter().map(choice).collect();
    choices.erase()
}

/// So many at a time are said; more are applause.
const ANNOUNCED: usize = 3;

/// What floats by. Those who do not see it are told by the live region.
pub fn floating_reactions(meeting: Meeting) -> ErasedView {
    let draw = move |floating: Floating| {
        let (glyph, label) = describe(floating.reaction);
        let name = floating.name;
        if meeting.talk.reactions.read_untracked().len() <= ANNOUNCED {
            let reaction = t(label);
            meeting.announcer.announce(say(Phrase::ReactionBy {
                name: &name,
                reaction,
            }));
        }
        view! {
            <span class="floating-reaction" prop:style=format!("--lane:{}", floating.number % 8)>
                <span class="floating-glyph">{glyph}</span>
                <bdi class="floating-name">{name}</bdi>
            </span>
        }
        .erase()
    };
    view! {
        <div class="floating-reactions" aria-hidden="true">
            <For each=move || meeting.talk.reactions.get() key=|floating| floating.number let:floating>
                {draw(floating)}
            </For>
        </div>
    }
    .erase()
}

/// How a reaction looks, and what it is called.
pub fn describe(reaction: Reaction) -> (&'static str, Word) {
    match reaction {
        Reaction::ThumbsUp => ("👍", Word::ReactionThumbsUp),
        Reaction::Clap => ("👏", Word::ReactionClap),
        Reaction::Heart => ("❤️", Word::ReactionHeart),
        Reaction::Laugh => ("😂", Word::ReactionLaugh),
        Reaction::Wow => ("😮", Word::ReactionWow),
        Reaction::Party => ("🎉", Word::ReactionParty),
        Reaction::Thinking => ("🤔", Word::ReactionThinking),
        Reaction::Sad => ("😢", Word::ReactionSad),
    }
}
