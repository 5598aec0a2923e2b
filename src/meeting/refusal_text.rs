//! What the server has refused, in the words of the page.

use crate::{
    protocol::Refused,
    words::{Word, t},
};

/// What to say of something that was refused inside; the server's own sentence where there are no words for it.
pub fn refusal_text(refused: &Refused) -> String {
    match &*refused.code {
        "not-here" => t(Word::RoomNotHere).to_owned(),
        "rate-limited" => t(Word::RoomRateLimited).to_owned(),
        _ => refused.message.to_string(),
    }
}
