//! The driver with real sockets.

use std::{net::SocketAddr, sync::Arc, time::Instant};

use str0m::{
    Candidate, Event, RtcConfig,
    change::SdpOffer,
    format::Codec,
    media::Mid,
    net::{Protocol, Receive},
    rtp::RtpWrite,
};
use tokio::{
    net::UdpSocket,
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    time::{Duration, sleep_until, timeout},
};

use super::world::{room, who};
use crate::{
    protocol::{ParticipantId, Sdp, Signal},
    sfu::{
        SfuCommand, SfuEvent,
        driver::{Driver, Port, Queue},
    },
};

#[tokio::test]
async fn media_goes_through_a_real_port() {
    let port = Port::open("[::]:0".parse().unwrap()).unwrap();
    let number = port.bound().next().unwrap().port();
    let mut addresses = Some(vec![SocketAddr::from(([127, 0, 0, 1], number))]);
    let reached = move |_| addresses.take();
    let tell = Arc::new(Queue::default());
    let (said, mut heard) = unbounded_channel();
    let say = move |_, participant, says| drop(said.send((participant, says)));
    let driver = Driver::new(port, 3, reached).unwrap();
    let sfu = tokio::spawn({
        let queue = tell.clone();
        async move { driver.run(&queue, say).await }
    });

    let (to_one, one) = unbounded_channel();
    let (to_two, two) = unbounded_channel();
    tokio::spawn(async move {
        while let Some((participant, says)) = heard.recv().await {
            let to: &UnboundedSender<_> = if participant == who(1) {
                &to_one
            } else {
                &to_two
            };
            let _ = to.send(says);
        }
    });
    let both = async {
        let speaker = client(who(1), tell.clone(), one, true);
        let listener = client(who(2), tell.clone(), two, false);
        tokio::select! {
            () = speaker => panic!("the speaker goes on"),
            () = listener => {}
        }
    };
    timeout(Duration::from_secs(20), both).await.unwrap();
    assert!(!sfu.is_finished());
    sfu.abort();
}

/// A participant that speaks, or is done when it has heard something.
async fn client(
    id: ParticipantId,
    sfu: Arc<Queue>,
    mut says: UnboundedReceiver<SfuEvent>,
    speaks: bool,
) {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    let mut rtc = RtcConfig::new().set_rtp_mode(true).build(Instant::now());
    rtc.add_local_candidate(Candidate::host(address, "udp").unwrap());
    // It has to hear of the time once to begin.
    rtc.handle_input(str0m::Input::Timeout(Instant::now()))
        .unwrap();
    sfu.push(SfuCommand::Begin {
        room: room("here"),
        participant: id,
        generation: 1,
    });
    let mut microphone = None;
    let mut heard = 0;
    let mut seq = 0;
    let mut buffer = [0; 2048];
    let mut beat = tokio::time::interval(Duration::from_millis(20));
    loop {
        let due = loop {
            match rtc.poll_output().unwrap() {
                str0m::Output::Timeout(at) => break at,
                str0m::Output::Transmit(transmit) => {
                    socket
                        .send_to(&transmit.contents, transmit.destination)
                        .await
                        .unwrap();
                }
                str0m::Output::Event(Event::RtpPacket(packet)) => {
                    assert_eq!(packet.payload[..], [7, 7]);
                    heard += 1;
                }
                str0m::Output::Event(_) => {}
            }
        };
        if heard >= 10 {
            return;
        }
        tokio::select! {
            received = socket.recv_from(&mut buffer) => {
                let (length, source) = received.unwrap();
                let received = Receive::new(Protocol::Udp, source, address, &buffer[..length]).unwrap();
                rtc.handle_input(str0m::Input::Receive(Instant::now(), received)).unwrap();
            }
            word = says.recv() => {
                if let SfuEvent::Signal { generation, signal: Signal::Offer { sdp } } = word.unwrap() {
                    let first = sdp.as_str().lines().find_map(|line| line.strip_prefix("a=mid:"));
                    microphone = first.map(|mid| Mid::from(mid.trim()));
                    let offer = SdpOffer::from_sdp_string(sdp.as_str()).unwrap();
                    let answer = rtc.sdp_api().accept_offer(offer).unwrap();
                    let sdp = Sdp::parse(answer.to_sdp_string()).unwrap();
                    sfu.push(SfuCommand::Signal { participant: id, generation, signal: Signal::Answer { sdp } });
                }
            }
            _ = beat.tick(), if speaks && rtc.is_connected() => {
                let params = rtc.codec_config().find(|params| params.spec().codec == Codec::Opus);
                let pt = params.unwrap().pt();
                seq += 1;
                let packet = RtpWrite::new(pt, seq.into(), seq as u32 * 960, Instant::now(), [7, 7].as_slice());
                rtc.direct_api().stream_tx_by_mid(microphone.unwrap(), None).unwrap().write_rtp(packet);
            }
            () = sleep_until(due.into()) => {
                rtc.handle_input(str0m::Input::Timeout(Instant::now())).unwrap();
            }
        }
    }
}
