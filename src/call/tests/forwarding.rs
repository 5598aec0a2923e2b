//! The way by the SFU.

use super::*;
use crate::protocol::{
    Empty, FileStep, MessageBody, MessageFrom, MessageTo, MissingTrack, ParticipantLeft, Side,
    Topology, TrackMapping, TrackSource, TrackSources, Tracks, VideoSubscription,
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

fn room_state(topology: Topology) -> RoomState {
    RoomState {
        topology,
        ..RoomState::default()
    }
}

fn release(of: ParticipantId, generation: u32) -> Output {
    Output::Emit(ClientEvent::PeerRelease(PeerRef {
        conn_user_socket_id: of,
        generation: Some(generation),
    }))
}

fn request(generation: Option<u32>) -> Output {
    Output::Emit(ClientEvent::PeerRequest(PeerRef {
        conn_user_socket_id: ben(),
        generation,
    }))
}

fn asks_for_sfu(output: &Output) -> bool {
    matches!(output, Output::Emit(ClientEvent::SfuRequest(about)) if about.conn_user_socket_id == ben())
}

impl Driver {
    /// Inside, where there is an SFU, with a peer that initiates.
    fn where_an_sfu_is() -> Self {
        Self::in_a_room(Topology::Mesh)
    }

    fn in_a_room(topology: Topology) -> Self {
        let mut driver = Self::new();
        driver.join();
        driver.give(Input::LinkOpened);
        driver.reply(Admission {
            sfu_available: true,
            state: room_state(topology),
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

    /// In an SFU room, and connected with the SFU; that peer's serial is 2.
    fn with_sfu() -> Self {
        let mut driver = Self::in_a_room(Topology::Sfu);
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
            told(&[TrackSource::Microphone, TrackSource::Camera]),
            release(ben(), 1)
        ]
    );
    assert_eq!(driver.carried(&[camera, sound.clone()]), []);
    assert_eq!(
        driver.carried(&[sound]),
        [
            source(TrackSource::Camera, None),
            told(&[TrackSource::Microphone]),
            request(Some(1))
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

/// Both sources of Ben's arrive by the SFU: the microphone in section 4, the camera in section 5.
fn both_arrive(driver: &mut Driver) -> Vec<Output> {
    let [sound, camera] = [
        place("4", TrackSource::Microphone),
        place("5", TrackSource::Camera),
    ];
    driver.carried(&[sound, camera]);
    driver.give(of_sfu(2, PeerEvent::Flows("4".into())));
    driver.give(of_sfu(2, PeerEvent::Flows("5".into())))
}

fn closed(driver: &mut Driver, generation: u32) -> Vec<Output> {
    driver.event(ServerEvent::PeerClosed(PeerRef {
        conn_user_socket_id: ben(),
        generation: Some(generation),
    }))
}

#[test]
fn a_connection_is_released_when_everything_arrives_by_the_sfu_and_closed_when_both_say_so() {
    let mut driver = Driver::with_sfu();
    assert!(both_arrive(&mut driver).contains(&release(ben(), 1)));
    // What is missing again is needed again.
    assert!(
        driver
            .carried(&[place("4", TrackSource::Microphone)])
            .contains(&request(Some(1)))
    );
    let outputs = driver.carried(&[
        place("4", TrackSource::Microphone),
        place("5", TrackSource::Camera),
    ]);
    assert!(outputs.contains(&release(ben(), 1)));
    // The server may not have heard it.
    driver.give(Input::LinkLost);
    while driver.give(Input::LinkOpened).is_empty() {
        driver.wait(SECOND);
    }
    let back = driver.reply(Admission {
        resumed: true,
        sfu_available: true,
        state: room_state(Topology::Sfu),
        ..admission()
    });
    assert!(back.contains(&release(ben(), 1)));

    let outputs = closed(&mut driver, 1);
    assert!(outputs.contains(&act(PeerAction::Close)), "{outputs:?}");
    assert!(
        !outputs
            .iter()
            .any(|output| matches!(output, Output::Notice(_)))
    );
    assert_eq!(closed(&mut driver, 1), []);
    assert_eq!(driver.wait(100 * SECOND), []);
    // A camera that is not carried is missed after a while, and asked for again and again.
    driver.carried(&[place("4", TrackSource::Microphone)]);
    assert_eq!(driver.wait(3 * SECOND), []);
    assert_eq!(driver.wait(SECOND), [request(None)]);
    assert_eq!(driver.wait(20 * SECOND), [request(None), request(None)]);
    let carried = [
        place("4", TrackSource::Microphone),
        place("5", TrackSource::Camera),
    ];
    driver.carried(&carried);
    assert_eq!(driver.wait(100 * SECOND), []);
}

#[test]
fn a_camera_that_is_wanted_small_keeps_its_connection_and_one_that_is_not_wanted_needs_none() {
    let mut driver = Driver::with_sfu();
    both_arrive(&mut driver);
    let want = |video| Input::Intent(Intent::Send(OutgoingMessage::Want { of: ben(), video }));
    let small = driver.give(want(VideoSubscription::Low));
    assert!(small.contains(&request(Some(1))), "{small:?}");
    let none = driver.give(want(VideoSubscription::None));
    assert!(none.contains(&release(ben(), 1)), "{none:?}");
}

#[test]
fn files_have_a_connection_for_as_long_as_they_travel() {
    let mut driver = Driver::with_sfu();
    both_arrive(&mut driver);
    closed(&mut driver, 1);
    let keep = |keep| Input::Intent(Intent::KeepDirect { with: ben(), keep });
    let ask = || {
        Input::Intent(Intent::Send(OutgoingMessage::File {
            to: ben(),
            author: ben(),
            n: 1,
            step: FileStep::Ask,
        }))
    };
    assert_eq!(driver.give(keep(true)), [request(None)]);
    assert_eq!(
        driver.give(ask()),
        [],
        "there is nothing yet over which it could come"
    );
    driver.event(ServerEvent::ConnInit(PeerRef {
        conn_user_socket_id: ben(),
        generation: Some(2),
    }));
    let asked = Output::Emit(ClientEvent::Message(MessageTo {
        to: Some(ben()),
        body: MessageBody::File {
            author: ben(),
            n: 1,
            step: FileStep::Ask,
        },
    }));
    let connected = driver.give(Input::Peer {
        id: ben(),
        serial: 3,
        event: PeerEvent::Connection(ConnectionState::Connected),
    });
    assert!(connected.contains(&asked), "{connected:?}");
    assert!(driver.give(ask()).contains(&asked));
    assert_eq!(driver.wait(100 * SECOND), []);
    assert_eq!(driver.give(keep(false)), []);
    assert_eq!(driver.wait(29 * SECOND), [], "there may be another one");
    assert_eq!(driver.wait(SECOND), [release(ben(), 2)]);
}

#[test]
fn who_finds_no_way_to_the_sfu_says_so() {
    let mut driver = Driver::in_a_room(Topology::Sfu);
    driver.peer(PeerEvent::Connection(ConnectionState::Connected));
    driver.prepare_sfu(1);
    let unreachable = Output::Emit(ClientEvent::SfuUnreachable(Empty {}));
    assert!(!driver.wait(3 * SECOND).contains(&unreachable));
    assert!(driver.wait(SECOND).contains(&unreachable));
    // One that was there and is lost.
    driver.connect_sfu(2);
    driver.give(of_sfu(2, PeerEvent::Connection(ConnectionState::Failed)));
    assert!(driver.wait(5 * SECOND).contains(&unreachable));
}

#[test]
fn who_has_no_connection_of_its_own_is_as_well_connected_as_the_sfu() {
    let mut driver = Driver::in_a_room(Topology::Sfu);
    let cleo = ParticipantId::from_random([7; 20]);
    driver.prepare_sfu(1);
    let outputs = driver.event(ServerEvent::ParticipantState(member(cleo)));
    let link = |link| Output::Notice(Notice::Link(cleo, link));
    assert!(outputs.contains(&link(PeerLink::Connecting)));
    assert!(driver.connect_sfu(2).contains(&link(PeerLink::Connected)));
}

#[test]
fn in_a_mesh_again_what_arrives_straight_is_shown_from_there_and_the_sfu_is_released() {
    let mut driver = Driver::with_sfu();
    both_arrive(&mut driver);
    driver.hears(&[TrackSource::Camera]);
    closed(&mut driver, 1);
    driver.event(ServerEvent::RoomState(room_state(Topology::Mesh)));
    driver.event(ServerEvent::ConnInit(PeerRef {
        conn_user_socket_id: ben(),
        generation: Some(2),
    }));
    let peer = |event| Input::Peer {
        id: ben(),
        serial: 3,
        event,
    };
    let connected = PeerEvent::Connection(ConnectionState::Connected);
    let outputs = driver.give(peer(connected));
    let no_more = |output: &Output| matches!(output, Output::RouteTrack { track: None, .. });
    assert!(
        !outputs.iter().any(no_more),
        "nothing has come straight yet"
    );
    let camera = driver.give(peer(PeerEvent::Arrives(TrackSource::Camera)));
    assert_eq!(camera, [source(TrackSource::Camera, None)]);
    let sound = driver.give(peer(PeerEvent::Arrives(TrackSource::Microphone)));
    assert_eq!(
        sound,
        [source(TrackSource::Microphone, None), release(sfu(), 1)]
    );
    assert_eq!(driver.wait(100 * SECOND), [], "once");
    let gone = driver.event(ServerEvent::ParticipantLeft(ParticipantLeft { id: sfu() }));
    assert_eq!(gone.len(), 1, "{gone:?}");
}
