//! Talk in a room: passed on to whoever is there, and forgotten.

use std::time::Duration;

use super::{ConnectionId, Rooms, forwarding::overhear, rooms::locate};
use crate::protocol::{
    Body, CHATS_PER_SECOND, REACTIONS_PER_SECOND, Refusal, Said, Say, ServerEvent, TALK_BURST,
};

/// How fast one participant talks: of each kind that others can't help but see, the moment at which what was
/// said would be used up at the sustained rate (the generic cell rate algorithm, ITU-T I.371).
#[derive(Debug, Default)]
pub(super) struct Pace {
    chats: Duration,
    reactions: Duration,
}

impl Pace {
    /// Whether this may be said now; then it counts.
    pub fn take(&mut self, now: Duration, body: &Body) -> bool {
        let (used_up, rate) = match body {
            Body::Chat(_) => (&mut self.chats, CHATS_PER_SECOND),
            Body::React { .. } => (&mut self.reactions, REACTIONS_PER_SECOND),
            Body::Have { .. }
            | Body::History { .. }
            | Body::Want { .. }
            | Body::Carried { .. }
            | Body::File { .. } => return true,
        };
        let each = Duration::from_secs(1) / rate;
        let next = now.max(*used_up) + each;
        let fits = next <= now + each * TALK_BURST;
        if fits {
            *used_up = next;
        }
        fits
    }
}

impl Rooms {
    pub(super) fn handle_say(
        &mut self,
        now: Duration,
        connection: ConnectionId,
        say: Say,
    ) -> Result<(), Refusal> {
        let (room, you) = locate(&mut self.rooms, &self.seated, connection)?;
        if let Some(to) = say.to {
            room.seat(you, to)?;
        }
        let seat = room.seats.get_mut(&you).ok_or(Refusal::NotInRoom)?;
        if !seat.pace.take(now, &say.body) {
            return Err(Refusal::SlowDown);
        }
        self.outputs.extend(overhear(room, you, &say));
        let others = say.to.map_or_else(|| room.in_order(you), |to| vec![to]);
        for other in others {
            let said = Said {
                from: you,
                body: say.body.clone(),
            };
            room.tell(other, ServerEvent::Said(said), &mut self.outputs);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Reaction, VideoWish};

    #[test]
    fn the_burst_then_the_rate_and_what_is_for_one_is_free() {
        let react = Body::React {
            reaction: Reaction::Wow,
        };
        let mut pace = Pace::default();
        let mut said = |millis: u64, body: &Body| {
            let now = Duration::from_millis(1_000_000 + millis);
            (0..1_000).filter(|_| pace.take(now, body)).count()
        };
        assert_eq!(said(0, &react), TALK_BURST as usize);
        assert_eq!(said(99, &react), 0);
        assert_eq!(said(100, &react), 1);
        assert_eq!(said(1_100, &react), REACTIONS_PER_SECOND as usize);
        assert_eq!(said(60_000, &react), TALK_BURST as usize);
        let want = Body::Want {
            video: VideoWish::Low,
        };
        assert_eq!(said(60_000, &want), 1_000);
    }
}
