//! How what the call says becomes what the pages show and speak.

use leptos::prelude::*;

use super::{
    files::file_events::FileEvent,
    handle::Meeting,
    lazy,
    people::person::Person,
    state::{LinkState, MeetingStage, Trouble},
};
use crate::{
    call::{EndReason, Notice, PeerLink, Phase, VideoQuality},
    platform::{
        chime::Chime,
        driver::DriverEvent,
        media::{MediaStream, MediaStreamTrack},
        peer::put_track,
    },
    protocol::{HostRequest, Member, ParticipantId, TrackSource},
    words::{Phrase, Word, say, t},
};

/// So many others are many.
const LARGE_MEETING: usize = 8;

/// Shows one thing.
pub fn show(meeting: Meeting, shown: DriverEvent) {
    match shown {
        DriverEvent::Notice { notice, is_news } => show_notice(meeting, notice, is_news),
        DriverEvent::Track(id, source, track) => show_track(meeting, id, source, &track),
        DriverEvent::Channel(from, channel) => {
            meeting.files.handle(FileEvent::Channel { from, channel })
        }
    }
}

fn show_notice(meeting: Meeting, notice: Notice, is_news: bool) {
    match notice {
        Notice::Phase(phase) => show_phase(meeting, phase),
        Notice::Admitted { you, resumed, .. } => {
            meeting.call.you.set(Some(you));
            if resumed {
                meeting.announcer.announce(t(Word::RoomConnectedAgain));
            }
        }
        Notice::Member(member) => show_member(meeting, &member, is_news),
        Notice::Gone(id) => {
            if let Some(person) = meeting.people.find(id) {
                meeting
                    .people
                    .list
                    .update(|people| people.retain(|other| other.id != id));
                announce_coming(
                    meeting,
                    say(Phrase::RoomLeft {
                        name: &person.spoken_name(),
                    }),
                );
                meeting.people.forget_name(id);
                meeting.voice.forget(id);
                meeting.sounds.chime(Chime::Left);
            }
        }
        Notice::Link(id, link) => show_link(meeting, id, link),
        Notice::Unfit(id, unfit) => {
            if let Some(person) = meeting.people.find(id) {
                person.state.update(|state| state.unsupported = unfit);
            }
        }
        Notice::HostRequest(asked) => apply_host_request(meeting, asked),
        Notice::Lobby(lobby) => meeting.talk.lobby.set(Some(lobby)),
        Notice::Room(rule) => meeting.talk.set_room_state(rule),
        Notice::Waiting(waiting) => meeting.talk.set_waiting(waiting),
        Notice::Chat(change) => meeting.talk.apply_chat_change(change),
        Notice::Reaction { from, reaction } => meeting.talk.show_reaction(from, reaction),
        Notice::Wanted { by, video } => meeting.call.limit_sending(Some(by), video.into()),
        Notice::File {
            from,
            author,
            n,
            step,
        } => meeting.files.handle(FileEvent::Step {
            from,
            author,
            n,
            step,
        }),
        Notice::Refused(refused) => meeting.talk.handle_refusal(&refused),
    }
}

fn show_phase(meeting: Meeting, phase: Phase) {
    match phase {
        Phase::Idle => {}
        Phase::Locked => meeting
            .call
            .stage
            .set(MeetingStage::Trouble(Trouble::Locked)),
        Phase::Knocking => meeting
            .call
            .stage
            .set(MeetingStage::Trouble(Trouble::Knocking)),
        Phase::Joining => {
            meeting.call.stage.set(MeetingStage::Joining);
            meeting.call.link.set(LinkState::Connecting);
        }
        Phase::InRoom => {
            if meeting.call.stage.get_untracked() != MeetingStage::InRoom {
                lazy::settle_later(meeting);
                meeting
                    .people
                    .number_all(meeting.talk.rule.get_untracked().host);
            }
            meeting.people.number_self();
            meeting.call.stage.set(MeetingStage::InRoom);
            meeting.call.link.set(LinkState::Connected);
            meeting.other_pages.tell(true);
        }
        Phase::Reconnecting => {
            if meeting.call.link.get_untracked() != LinkState::Reconnecting {
                meeting.announcer.announce(t(Word::RoomReconnecting));
            }
            meeting.call.link.set(LinkState::Reconnecting);
        }
        Phase::ServerAway => meeting
            .call
            .stage
            .set(MeetingStage::Trouble(Trouble::ServerUnreachable)),
        Phase::Ended(reason) => show_end(meeting, reason),
    }
}

fn show_end(meeting: Meeting, reason: EndReason) {
    meeting.devices.stop_capture();
    meeting.sharing.forget();
    meeting.system.release();
    meeting.people.hand.set(None);
    meeting.announcer.clear();
    meeting.other_pages.tell(false);
    meeting.people.list.set(Vec::new());
    meeting.call.you.set(None);
    meeting.call.link.set(LinkState::Idle);
    meeting.call.stage.set(match reason {
        EndReason::Left => MeetingStage::Left,
        EndReason::Refused(refused) => MeetingStage::Trouble(Trouble::Refused(refused)),
        EndReason::NotAdmitted => MeetingStage::Trouble(Trouble::NotAdmitted),
        EndReason::Kicked => MeetingStage::Trouble(Trouble::Kicked),
        EndReason::MeetingEnded => MeetingStage::Trouble(Trouble::MeetingEnded),
        EndReason::SessionReplaced => MeetingStage::Trouble(Trouble::SessionReplaced),
    });
}

fn show_member(meeting: Meeting, member: &Member, is_news: bool) {
    if let Some(person) = meeting.people.find(member.id) {
        return update_member(meeting, person, member);
    }
    let number = meeting
        .people
        .number(member.id, member.presence.name.as_ref());
    // Not of whatever happens to run now: the tile frees the signals, at last the end of the meeting.
    let Some(person) = meeting.call.owned(|| Person::new(member, number)) else {
        return;
    };
    meeting.people.list.update(|people| people.push(person));
    let level = meeting.choices.receive.get_untracked();
    if level != VideoQuality::Full {
        meeting.people.set_received_quality_of(person.id, level);
    }
    if is_news {
        announce_coming(
            meeting,
            say(Phrase::RoomJoined {
                name: &person.spoken_name(),
            }),
        );
        meeting.sounds.chime(Chime::Joined);
    }
    announce_recording(
        meeting,
        false,
        member.presence.recording,
        &person.spoken_name(),
    );
}

/// What others do that can't be overlooked is said.
fn update_member(meeting: Meeting, person: Person, member: &Member) {
    let before = person
        .state
        .with_untracked(|state| (state.hand, state.shares, state.recording));
    person.update(
        member,
        meeting
            .people
            .number(member.id, member.presence.name.as_ref()),
    );
    let name = &person.spoken_name();
    if before.0.is_none() && member.hand.is_some() {
        meeting
            .announcer
            .announce(say(Phrase::RoomHandRaised { name }));
        meeting.sounds.chime(Chime::Notice);
    }
    if !before.1 && member.presence.screen {
        meeting.announcer.announce(say(Phrase::RoomShares { name }));
    }
    announce_recording(meeting, before.2, member.presence.recording, name);
}

/// Nobody is recorded without being told, neither who was there before nor who comes.
fn announce_recording(meeting: Meeting, before: bool, now: bool, name: &str) {
    match (before, now) {
        (false, true) => meeting
            .announcer
            .announce(say(Phrase::RoomRecording { name })),
        (true, false) => meeting
            .announcer
            .announce(say(Phrase::RoomRecordingEnded { name })),
        _ => {}
    }
}

fn show_link(meeting: Meeting, id: ParticipantId, link: PeerLink) {
    let Some(person) = meeting.people.find(id) else {
        return;
    };
    person.state.update(|state| state.link = link);
}

fn show_track(meeting: Meeting, id: ParticipantId, source: TrackSource, track: &MediaStreamTrack) {
    let Some(person) = meeting.people.find(id) else {
        return;
    };
    let shown = match source.is_shared() {
        true => person.screen,
        false => person.stream,
    };
    let stream = shown.get_untracked().or_else(|| MediaStream::new().ok());
    if let Some(stream) = &stream {
        put_track(stream, track);
    }
    shown.set(stream);
}

/// Says that someone has come or gone: where many are, together with others who do.
fn announce_coming(meeting: Meeting, sentence: String) {
    match meeting.people.count() >= LARGE_MEETING {
        true => meeting.announcer.announce_batched(sentence),
        false => meeting.announcer.announce(sentence),
    }
}

/// The host has asked for something, and the others see it done.
fn apply_host_request(meeting: Meeting, request: HostRequest) {
    let word = match request {
        HostRequest::Mute => {
            meeting.devices.set_microphone(false);
            Word::RoomMutedByHost
        }
        HostRequest::LowerHand => {
            meeting.people.hand.set(None);
            Word::RoomHandLoweredByHost
        }
    };
    meeting.announcer.announce(t(word));
}
