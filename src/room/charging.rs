//! What one participant may have the server and the others do, and what others may have it do.
//!
//! What is refused here is refused with [`Refusal::RateLimited`]: it may be tried again a while later. Each limit that many
//! share lets everyone's first through, so that who floods uses up the share of nobody else.

use std::time::Duration;

use super::room::Room;
use crate::protocol::{
    MessageBody, ParticipantId, QUESTIONS_OF_PAIR, QUESTIONS_TO_ONE, RENEWALS_OF_PAIR,
    RENEWALS_OF_TARGET, Rate, RateLimiter, Refusal, SENT_FOR_ONE, SENT_IN_ROOM, SHOWN_OF_ONE,
};

impl Room {
    /// Whether something of a participant may be sent to so many now; then it counts. What goes to one is counted where
    /// it comes in.
    pub fn charge_fan_out(&mut self, now: Duration, who: ParticipantId, many: usize) -> bool {
        let Some(participant) = self.participants.get_mut(&who) else {
            return false;
        };
        let cost = u32::try_from(many).unwrap_or(u32::MAX);
        if cost <= 1 || participant.budget.shown.take(now, &SHOWN_OF_ONE) {
            return true;
        }
        let fits = participant.budget.sent.fits(now, &SENT_FOR_ONE, cost)
            && self.sent.take_many(now, &SENT_IN_ROOM, cost);
        if fits {
            participant.budget.sent.charge(now, &SENT_FOR_ONE, cost);
        }
        fits
    }

    /// Counts something that is said to one, or to all others.
    pub fn charge_message(
        &mut self,
        now: Duration,
        you: ParticipantId,
        to: Option<ParticipantId>,
        body: &MessageBody,
    ) -> Result<(), Refusal> {
        if let (Some(to), MessageBody::ChatSync { .. }) = (to, body) {
            self.charge_chat_sync(now, you, to)?;
        }
        let many = to.map_or_else(|| self.participants.len().saturating_sub(1), |_| 1);
        let participant = self.participants.get_mut(&you).ok_or(Refusal::NotInRoom)?;
        let fits =
            participant.budget.take_message(now, body) && self.charge_fan_out(now, you, many);
        fits.then_some(()).ok_or(Refusal::RateLimited)
    }

    /// Counts an introduction anew that one of a pair asks for and the other has to follow.
    pub fn charge_restart(
        &mut self,
        now: Duration,
        you: ParticipantId,
        other: ParticipantId,
    ) -> Result<(), Refusal> {
        let pair = self.pairs.find(you, other);
        let pair = pair.ok_or(Refusal::NotHere(other))?;
        // The SFU has no place.
        let target = self.participants.get_mut(&other);
        let shared =
            target.map(|participant| (&mut participant.budget.renewals, RENEWALS_OF_TARGET));
        take_of_pair(now, (&mut pair.renewals, RENEWALS_OF_PAIR), shared)
    }

    /// Counts a question for the chat.
    fn charge_chat_sync(
        &mut self,
        now: Duration,
        you: ParticipantId,
        other: ParticipantId,
    ) -> Result<(), Refusal> {
        let pair = self.pairs.find(you, other);
        let pair = pair.ok_or(Refusal::NotHere(other))?;
        let target = self.participants.get_mut(&other);
        let shared =
            target.map(|participant| (&mut participant.budget.questions, QUESTIONS_TO_ONE));
        take_of_pair(now, (&mut pair.questions, QUESTIONS_OF_PAIR), shared)
    }
}

/// Takes one of a pair's limit and, unless the pair has had none lately, one of what its target has in common with
/// all others.
fn take_of_pair(
    now: Duration,
    (pair, of_pair): (&mut RateLimiter, Rate),
    shared: Option<(&mut RateLimiter, Rate)>,
) -> Result<(), Refusal> {
    let is_first = pair.is_idle(now);
    if !pair.fits(now, &of_pair, 1) {
        return Err(Refusal::RateLimited);
    }
    if let Some((target, of_target)) = shared
        && !is_first
        && !target.take(now, &of_target)
    {
        return Err(Refusal::RateLimited);
    }
    pair.charge(now, &of_pair, 1);
    Ok(())
}
