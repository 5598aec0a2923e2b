//! What the SFU has to know of what participants say to each other.

use super::{Output, room::Room};
use crate::{
    protocol::{MessageBody, MessageTo, ParticipantId, VideoSubscription},
    sfu::SfuCommand,
};

/// What the SFU has to know of what participants say to each other.
pub(super) fn sfu_subscription(
    room: &mut Room,
    you: ParticipantId,
    say: &MessageTo,
) -> Option<Output> {
    let (of, MessageBody::Subscribe { video }) = (say.to?, &say.body) else {
        return None;
    };
    room.sfu_of(you)?;
    Some(Output::Sfu(SfuCommand::SetSubscription {
        participant: you,
        of,
        camera: *video == VideoSubscription::Full,
    }))
}
