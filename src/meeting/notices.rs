//! How what the call says becomes what the pages show and speak.

use leptos::prelude::*;
use web_sys::{MediaStream, MediaStreamTrack};

use super::{
    files::file_events::FileEvent,
    handle::Meeting,
    people::person::Person,
    state::{LinkState, MeetingStage, Trouble},
};
use crate::{
    call::{EndReason, Notice, PeerLink, Phase},
    platform::{
        chime::Chime, driver::DriverEvent, peer::put_track, sender_parameters::VideoQuality,
    },
    protocol::{Member, ParticipantId, TrackSource},
    words::{Phrase, Word, say, t},
};

/// Attempts to reach the server before the page says that it is away.
const SILENT_ATTEMPTS: u32 = 3;

/// Shows one thing.
pub fn show(meeting: Meeting, shown: DriverEvent) {
    match shown {
        DriverEvent::Notice { notice, is_news } => show_notice(meeting, notice, is_news),
        DriverEvent::Track(id, slot, track) => show_track(meeting, id, slot, &track),
        DriverEvent::Channel(from, channel) => {
            meeting.handle_file_event(FileEvent::Channel { from, channel })
        }
    }
}

fn show_notice(meeting: Meeting, notice: Notice, is_news: bool) {
    match notice {
        Notice::Phase(phase) => show_phase(meeting, phase),
        Notice::Admitted { you, resumed, .. } => {
            meeting.you.set(Some(you));
            if resumed {
                meeting.announce_text(t(Word::RoomConnectedAgain).to_owned());
            }
        }
        Notice::Member(member) => show_member(meeting, &member, is_news),
        Notice::Gone(id) => {
            if let Some(person) = find(meeting, id) {
                meeting
                    .people
                    .update(|people| people.retain(|other| other.id != id));
                meeting.announce_batched(say(Phrase::RoomLeft {
                    name: &person.spoken_name(),
                }));
                meeting.forget_name(id);
                meeting.with_runtime(|runtime| runtime.voice.forget(id));
                meeting.chime(Chime::Left);
            }
        }
        Notice::Link(id, link) => show_link(meeting, id, link),
        Notice::Unfit(id, unfit) => {
            if let Some(person) = find(meeting, id) {
                person.state.update(|state| state.unsupported = unfit);
            }
        }
        Notice::HostRequest(asked) => meeting.apply_host_request(asked),
        Notice::Lobby(lobby) => meeting.talk.lobby.set(Some(lobby)),
        Notice::Room(rule) => meeting.set_room_state(rule),
        Notice::Waiting(waiting) => meeting.set_waiting(waiting),
        Notice::Chat(change) => meeting.apply_chat_change(change),
        Notice::Reaction { from, reaction } => meeting.show_reaction(from, reaction),
        Notice::Wanted { by, video } => meeting.apply_subscription(by, video),
        Notice::File {
            from,
            author,
            n,
            step,
        } => meeting.handle_file_event(FileEvent::Step {
            from,
            author,
            n,
            step,
        }),
        Notice::Refused(refused) => meeting.handle_refusal(&refused),
    }
}

fn show_phase(meeting: Meeting, phase: Phase) {
    match phase {
        Phase::Idle => {}
        Phase::Locked => meeting.stage.set(MeetingStage::Trouble(Trouble::Locked)),
        Phase::Knocking => meeting.stage.set(MeetingStage::Trouble(Trouble::Knocking)),
        Phase::Joining => {
            meeting.stage.set(MeetingStage::Joining);
            meeting.link.set(LinkState::Connecting);
        }
        Phase::InRoom => {
            if meeting.stage.get_untracked() != MeetingStage::InRoom {
                meeting.start_deferred();
                meeting.number_all();
            }
            meeting.number_self();
            meeting.stage.set(MeetingStage::InRoom);
            meeting.link.set(LinkState::Connected);
            meeting.tell_other_pages(true);
        }
        Phase::Reconnecting { attempt } => {
            if meeting.stage.get_untracked() == MeetingStage::InRoom {
                if meeting.link.get_untracked() != LinkState::Reconnecting {
                    meeting.announce_text(t(Word::RoomReconnecting).to_owned());
                }
                meeting.link.set(LinkState::Reconnecting);
            } else if attempt > SILENT_ATTEMPTS {
                meeting
                    .stage
                    .set(MeetingStage::Trouble(Trouble::ServerUnreachable));
            }
        }
        Phase::Ended(reason) => show_end(meeting, reason),
    }
}

fn show_end(meeting: Meeting, reason: EndReason) {
    meeting.stop_capture();
    meeting.end_call();
    meeting.clear_announcements();
    meeting.tell_other_pages(false);
    meeting.people.set(Vec::new());
    meeting.you.set(None);
    meeting.link.set(LinkState::Idle);
    meeting.stage.set(match reason {
        EndReason::Left => MeetingStage::Left,
        EndReason::Refused(refused) => MeetingStage::Trouble(Trouble::Refused(refused)),
        EndReason::NotAdmitted => MeetingStage::Trouble(Trouble::NotAdmitted),
        EndReason::Kicked => MeetingStage::Trouble(Trouble::Kicked),
        EndReason::MeetingEnded => MeetingStage::Trouble(Trouble::MeetingEnded),
        EndReason::SessionReplaced => MeetingStage::Trouble(Trouble::SessionReplaced),
    });
}

fn show_member(meeting: Meeting, member: &Member, is_news: bool) {
    if let Some(person) = find(meeting, member.id) {
        return update_member(meeting, person, member);
    }
    let number = meeting.number(member.id, member.presence.name.as_ref());
    // Not of whatever happens to run now: the tile frees the signals, at last the end of the meeting.
    let Some(person) = meeting
        .owner
        .try_with_value(|owner| owner.with(|| Person::new(member, number)))
    else {
        return;
    };
    meeting.people.update(|people| people.push(person));
    let level = meeting.choices.receive.get_untracked();
    if level != VideoQuality::Full {
        meeting.set_received_quality_of(person.id, level);
    }
    if is_news {
        meeting.announce_batched(say(Phrase::RoomJoined {
            name: &person.spoken_name(),
        }));
        meeting.chime(Chime::Joined);
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
        meeting.number(member.id, member.presence.name.as_ref()),
    );
    let name = &person.spoken_name();
    if before.0.is_none() && member.hand.is_some() {
        meeting.announce_text(say(Phrase::RoomHandRaised { name }));
        meeting.chime(Chime::Notice);
    }
    if !before.1 && member.presence.screen {
        meeting.announce_text(say(Phrase::RoomShares { name }));
    }
    announce_recording(meeting, before.2, member.presence.recording, name);
}

/// Nobody is recorded without being told, neither who was there before nor who comes.
fn announce_recording(meeting: Meeting, before: bool, now: bool, name: &str) {
    match (before, now) {
        (false, true) => meeting.announce_text(say(Phrase::RoomRecording { name })),
        (true, false) => meeting.announce_text(say(Phrase::RoomRecordingEnded { name })),
        _ => {}
    }
}

fn show_link(meeting: Meeting, id: ParticipantId, link: PeerLink) {
    let Some(person) = find(meeting, id) else {
        return;
    };
    person.state.update(|state| state.link = link);
}

fn show_track(meeting: Meeting, id: ParticipantId, slot: TrackSource, track: &MediaStreamTrack) {
    let Some(person) = find(meeting, id) else {
        return;
    };
    let shown = match slot.is_shared() {
        true => person.screen,
        false => person.stream,
    };
    let stream = shown.get_untracked().or_else(|| MediaStream::new().ok());
    if let Some(stream) = &stream {
        put_track(stream, track);
    }
    shown.set(stream);
}

fn find(meeting: Meeting, id: ParticipantId) -> Option<Person> {
    meeting.person(id)
}
