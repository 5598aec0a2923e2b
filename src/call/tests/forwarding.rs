//! The way by the SFU.

use super::*;
use crate::protocol::{
    MessageBody, MessageFrom, MessageTo, MissingTrack, ParticipantLeft, Side, TrackMapping,
    TrackSource, TrackSources, Tracks, VideoSubscription,
};

fn sfu() -> ParticipantId {
    ParticipantId::from_random([9; 20])
}

fn place(mid: &str, source: TrackSource) -> TrackMapping {
    TrackMapping {
        mid: mid.into(),
        participant: ben(),
        source,
    }
}

/// Something about the SFU's peer; `number` is its serial.
fn of_sfu(number: u32, event: PeerEvent) -> Input {
    Input::Peer {
        id: sfu(),
        serial: number,
        event,
    }
}

fn told(sources: &[TrackSource]) -> Output {
    let sources = TrackSources::from_iter(sources.iter().copied());
    Output::Emit(ClientEvent::Message(MessageTo {
        to: Some(ben()),
        body: MessageBody::DirectPause { sources },
    }))
}

fn hold(sources: &[TrackSource]) -> Output {
    Output::PauseSending {
        id: ben(),
        sources: TrackSources::from_iter(sources.iter().copied()),
    }
}

fn source(source: TrackSource, mid: Option<&str>) -> Output {
    Output::RouteTrack {
        id: ben(),
        source,
        track: mid.map(|mid| (sfu(), mid.into())),
    }
}

fn asks_for_sfu(output: &Output) -> bool {
    matches!(output, Output::Emit(ClientEvent::SfuRequest(about)) if about.conn_user_socket_id == ben())
}

impl Driver {
    /// Inside, where there is an SFU, with a peer that initiates.
    fn where_an_sfu_is() -> Self {
        let mut driver = Self::new();
        driver.join();
        driver.give(Input::LinkOpened);
        driver.reply(Admission {
            sfu_available: true,
            ..admission()
        });
        driver.event(ServerEvent::ConnInit(PeerRef {
            conn_user_socket_id: ben(),
            generation: Some(1),
        }));
        driver
    }

    fn prepare_sfu(&mut self, generation: u32) -> Vec<Output> {
        self.event(ServerEvent::ConnPrepare(Prepare {
            just_joined_user_socket_id: sfu(),
            generation,
            sfu: true,
        }))
    }

    /// And connected with the SFU; that peer's serial is 2.
    fn with_sfu() -> Self {
        let mut driver = Self::where_an_sfu_is();
        driver.peer(PeerEvent::Connection(ConnectionState::Connected));
        driver.prepare_sfu(1);
        driver.connect_sfu(2);
        driver
    }

    fn connect_sfu(&mut self, serial: u32) -> Vec<Output> {
        let connected = PeerEvent::Connection(ConnectionState::Connected);
        self.give(of_sfu(serial, connected))
    }

    fn carried(&mut self, places: &[TrackMapping]) -> Vec<Output> {
        let places = places.to_vec();
        self.event(ServerEvent::Tracks(Tracks {
            tracks: places,
            missing: Vec::new(),
        }))
    }

    fn missing(&mut self, missing: &[MissingTrack]) -> Vec<Output> {
        self.event(ServerEvent::Tracks(Tracks {
            tracks: Vec::new(),
            missing: missing.to_vec(),
        }))
    }

    fn hears(&mut self, sources: &[TrackSource]) -> Vec<Output> {
        let sources = TrackSources::from_iter(sources.iter().copied());
        self.event(ServerEvent::Message(MessageFrom {
            from: ben(),
            body: MessageBody::DirectPause { sources },
        }))
    }
}

#[test]
fn the_sfu_is_answered_and_not_shown() {
    let mut driver = Driver::where_an_sfu_is();
    let outputs = driver.prepare_sfu(1);
    let create = PeerAction::Create {
        initiator: false,
        ice_servers: Vec::new(),
    };
    let create = Output::Peer {
        id: sfu(),
        serial: 2,
        action: create,
    };
    let ready = Output::Emit(ClientEvent::ConnInit(PeerRef {
        conn_user_socket_id: sfu(),
        generation: Some(1),
    }));
    assert_eq!(outputs, [create, ready]);
    assert_eq!(driver.connect_sfu(2), []);
    driver.give(Input::LinkLost);
    while driver.give(Input::LinkOpened).is_empty() {
        driver.wait(SECOND);
    }
    let back = driver.reply(Admission {
        resumed: true,
        ..admission()
    });
    let closes = |output: &Output| {
        matches!(
            output,
            Output::Peer {
                action: PeerAction::Close,
                ..
            }
        )
    };
    assert!(!back.iter().any(closes), "it outlives a cut socket");
    let left = driver.give(Input::Intent(Intent::Leave));
    assert!(left.iter().any(closes));
    assert!(!left.contains(&Output::Notice(Notice::Gone(sfu()))));
}

#[test]
fn what_flows_is_shown_and_its_owner_is_told_once() {
    let mut driver = Driver::with_sfu();
    let [sound, camera] = [
        place("4", TrackSource::Microphone),
        place("5", TrackSource::Camera),
    ];
    assert_eq!(driver.carried(std::slice::from_ref(&camera)), []);
    assert_eq!(
        driver.give(of_sfu(1, PeerEvent::Flows("5".into()))),
        [],
        "of another peer"
    );
    assert_eq!(
        driver.give(of_sfu(2, PeerEvent::Flows("5".into()))),
        [
            source(TrackSource::Camera, Some("5")),
            told(&[TrackSource::Camera])
        ]
    );
    driver.give(of_sfu(2, PeerEvent::Flows("4".into())));
    assert_eq!(
        driver.carried(&[camera.clone(), sound.clone()]),
        [
            source(TrackSource::Microphone, Some("4")),
            told(&[TrackSource::Microphone, TrackSource::Camera])
        ]
    );
    assert_eq!(driver.carried(&[camera, sound.clone()]), []);
    assert_eq!(
        driver.carried(&[sound]),
        [
            source(TrackSource::Camera, None),
            told(&[TrackSource::Microphone])
        ]
    );
    // A place that is used again flows already.
    assert_eq!(
        driver.carried(&[
            place("4", TrackSource::Microphone),
            place("5", TrackSource::Screen)
        ]),
        [
            source(TrackSource::Screen, Some("5")),
            told(&[TrackSource::Microphone, TrackSource::Screen])
        ]
    );
}

#[test]
fn what_others_get_by_the_sfu_does_not_go_straight_while_the_way_there_is_well() {
    let mut driver = Driver::with_sfu();
    assert_eq!(
        driver.hears(&[TrackSource::Microphone, TrackSource::Camera]),
        [hold(&[TrackSource::Microphone, TrackSource::Camera])]
    );
    assert_eq!(
        driver.hears(&[TrackSource::Microphone]),
        [hold(&[TrackSource::Microphone])]
    );
    driver.give(of_sfu(
        2,
        PeerEvent::Connection(ConnectionState::Disconnected),
    ));
    let later = driver.wait(3 * SECOND);
    assert!(later.contains(&hold(&[])), "{later:?}");
    assert!(
        !later.iter().any(asks_for_sfu),
        "the SFU is the way already"
    );
    assert_eq!(driver.connect_sfu(2), [hold(&[TrackSource::Microphone])]);
}

#[test]
fn all_comes_straight_again_when_the_sfu_is_introduced_anew_or_gone() {
    #[derive(PartialEq)]
    enum How {
        Anew,
        Gone,
        ServerRestarts,
    }
    for how in [How::Anew, How::Gone, How::ServerRestarts] {
        let mut driver = Driver::with_sfu();
        driver.hears(&[TrackSource::Camera]);
        driver.carried(&[place("5", TrackSource::Camera)]);
        driver.give(of_sfu(2, PeerEvent::Flows("5".into())));
        let outputs = if how == How::ServerRestarts {
            driver.give(Input::LinkLost);
            while driver.give(Input::LinkOpened).is_empty() {
                driver.wait(SECOND);
            }
            driver.reply(Admission {
                resumed: true,
                recovering: true,
                ..admission()
            })
        } else if how == How::Gone {
            driver.event(ServerEvent::ParticipantLeft(ParticipantLeft { id: sfu() }))
        } else {
            driver.prepare_sfu(2)
        };
        assert!(!outputs.contains(&Output::Notice(Notice::Gone(sfu()))));
        for expected in [source(TrackSource::Camera, None), told(&[]), hold(&[])] {
            assert!(outputs.contains(&expected), "{expected:?} in {outputs:?}");
        }
    }
}

#[test]
fn a_camera_that_is_wanted_smaller_comes_straight() {
    let mut driver = Driver::with_sfu();
    driver.carried(&[place("5", TrackSource::Camera)]);
    driver.give(of_sfu(2, PeerEvent::Flows("5".into())));
    let want = |video| Input::Intent(Intent::Send(OutgoingMessage::Want { of: ben(), video }));
    let subscription = |video| {
        Output::Emit(ClientEvent::Message(MessageTo {
            to: Some(ben()),
            body: MessageBody::Subscribe { video },
        }))
    };
    assert_eq!(
        driver.give(want(VideoSubscription::Low)),
        [
            subscription(VideoSubscription::Low),
            source(TrackSource::Camera, None),
            told(&[])
        ]
    );
    // The SFU carries it all the same, as if it had not heard.
    assert_eq!(
        driver.carried(&[place("5", TrackSource::Camera)]),
        [subscription(VideoSubscription::Low)]
    );
    assert_eq!(
        driver.give(want(VideoSubscription::Full)),
        [
            subscription(VideoSubscription::Full),
            source(TrackSource::Camera, Some("5")),
            told(&[TrackSource::Camera])
        ]
    );
}

#[test]
fn another_way_is_asked_for_where_there_is_one_and_none_straight() {
    let mut driver = Driver::where_an_sfu_is();
    let outputs = driver.wait(3 * SECOND);
    assert!(!outputs.iter().any(asks_for_sfu));
    let outputs = driver.wait(SECOND);
    assert_eq!(outputs.iter().filter(|it| asks_for_sfu(it)).count(), 1);
    // What arrives by it is as good as a connection.
    driver.prepare_sfu(1);
    driver.connect_sfu(2);
    driver.carried(&[place("5", TrackSource::Camera)]);
    let outputs = driver.give(of_sfu(2, PeerEvent::Flows("5".into())));
    assert!(outputs.contains(&linked(PeerLink::Connected)));
    let outputs = driver.carried(&[]);
    assert!(outputs.contains(&linked(PeerLink::Connecting)));
    let mut driver = Driver::initiating();
    assert!(!driver.wait(100 * SECOND).iter().any(asks_for_sfu));
}

#[test]
fn who_comes_back_is_told_again() {
    let mut driver = Driver::with_sfu();
    driver.carried(&[place("5", TrackSource::Camera)]);
    driver.give(of_sfu(2, PeerEvent::Flows("5".into())));
    let state = |away| {
        ServerEvent::ParticipantState(Member {
            away,
            ..member(ben())
        })
    };
    driver.event(state(true));
    assert!(
        driver
            .event(state(false))
            .contains(&told(&[TrackSource::Camera]))
    );
    driver.carried(&[]);
    driver.event(state(true));
    let outputs = driver.event(state(false));
    assert!(outputs.contains(&told(&[])), "that may have been lost, too");
}

#[test]
fn what_cannot_come_by_the_sfu_is_said_once_and_taken_back() {
    let mut driver = Driver::with_sfu();
    let unfit = |side| Output::Notice(Notice::Unfit(ben(), side));
    let missing = |source, side| MissingTrack {
        participant: ben(),
        source,
        side,
    };
    let camera = missing(TrackSource::Camera, Side::Sender);
    assert_eq!(driver.missing(&[camera]), [unfit(Some(Side::Sender))]);
    assert_eq!(driver.missing(&[camera]), []);
    assert_eq!(
        driver.missing(&[missing(TrackSource::Screen, Side::Receiver)]),
        [unfit(Some(Side::Receiver))]
    );
    assert_eq!(
        driver.missing(&[missing(TrackSource::Microphone, Side::Sender)]),
        [unfit(None)]
    );
    driver.missing(&[camera]);
    assert!(driver.prepare_sfu(2).contains(&unfit(None)));
}
