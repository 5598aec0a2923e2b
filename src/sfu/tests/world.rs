//! An SFU and participants that are real peers, with time and network in the test's hand.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    net::SocketAddr,
    time::{Duration, Instant},
};

use str0m::{
    Candidate, Event, Rtc, RtcConfig,
    change::SdpOffer,
    format::Codec,
    media::{KeyframeRequestKind, Mid},
    net::{Protocol, Receive, Transmit},
    rtp::{ExtensionValues, RtpPacket, RtpWrite, Vp8Descriptor},
};

use super::link::Link;
use crate::{
    protocol::{
        MediaKind, MissingTrack, ParticipantId, RoomName, Sdp, Signal, TrackMapping, TrackSource,
    },
    sfu::{Input, Output, Sfu},
    sfu::{SfuCommand, SfuEvent},
};

/// How many are heard at a time.
pub const VOICES: usize = 3;
/// One step of time.
const STEP: Duration = Duration::from_millis(5);

/// Everything.
pub struct World {
    pub now: Instant,
    pub sfu: Sfu,
    pub clients: BTreeMap<ParticipantId, Client>,
    /// What the SFU has said to whom no client is.
    pub lost: usize,
    /// How many datagrams the SFU has sent to each address, and how many bytes.
    pub sent: BTreeMap<SocketAddr, (usize, usize)>,
    /// Datagrams that set out for the SFU.
    wire: Wire,
    /// Datagrams under way, by when they arrive and in the order in which they set out.
    under_way: BTreeMap<(Instant, u64), Flight>,
    set_out: u64,
    /// The address of the SFU that others see, and the machine's own one behind it.
    pub nat: Option<(SocketAddr, SocketAddr)>,
    /// From where the SFU has sent.
    pub sent_from: BTreeSet<SocketAddr>,
}

/// Datagrams with where they come from and where they go to.
pub type Wire = VecDeque<(SocketAddr, SocketAddr, Vec<u8>)>;

/// A datagram under way.
struct Flight {
    source: SocketAddr,
    destination: SocketAddr,
    bytes: Vec<u8>,
    is_to_sfu: bool,
}

/// A participant's browser.
pub struct Client {
    pub rtc: Rtc,
    pub address: SocketAddr,
    /// The way to the SFU, and the way back.
    pub up: Link,
    pub down: Link,
    /// From where others see it send, when that is not its address: a NAT is in between.
    pub seen_at: Option<SocketAddr>,
    /// Whether it answers the checks of others.
    pub answers_checks: bool,
    pub room: RoomName,
    pub generation: u32,
    pub connected: bool,
    /// What it was told that is carried, every time.
    pub carried: Vec<Vec<TrackMapping>>,
    /// What it was told last that is not carried.
    pub missing: Vec<MissingTrack>,
    pub offers: Vec<String>,
    /// Whether it answers.
    pub answers: bool,
    /// Whether it rejects all pictures.
    pub answers_without_video: bool,
    pub received: Vec<(Mid, RtpPacket)>,
    /// The sources that a key frame was asked for.
    pub asked: Vec<TrackSource>,
    seq: [u64; 4],
    /// How loud it says that its sounds are, in decibels.
    pub level: Option<i8>,
}

pub fn who(number: u8) -> ParticipantId {
    ParticipantId::from_random([number; 20])
}

pub fn room(name: &str) -> RoomName {
    RoomName::parse(name).unwrap()
}

pub fn sfu_address() -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 1], 4000))
}

/// A picture's packet with a tag.
pub fn picture(key_frame: bool, id: u16, tag: u8) -> Vec<u8> {
    let [high, low] = (id | 0x8000).to_be_bytes();
    vec![0x90, 0x80, high, low, u8::from(!key_frame), tag]
}

impl World {
    pub fn new() -> Self {
        Self {
            now: Instant::now(),
            sfu: Sfu::new(vec![sfu_address()], VOICES, [7; 32]).unwrap(),
            clients: BTreeMap::new(),
            lost: 0,
            sent: BTreeMap::new(),
            wire: VecDeque::new(),
            under_way: BTreeMap::new(),
            set_out: 0,
            nat: None,
            sent_from: BTreeSet::new(),
        }
    }

    /// With these participants in one room, connected.
    pub fn with(numbers: impl IntoIterator<Item = u8>) -> Self {
        let mut world = Self::new();
        for number in numbers {
            world.enter(number, "here");
        }
        world.run(2_000);
        assert!(world.clients.values().all(|client| client.connected));
        world
    }

    pub fn enter(&mut self, number: u8, name: &str) {
        self.introduce(number, name, 1);
    }

    /// Somebody enters, and has not answered yet.
    pub fn enter_silently(&mut self, number: u8) {
        let port = u16::from(number);
        let address = SocketAddr::from(([198, 51, 100, 1], port));
        let mut client = Client::new(self.now, address, room("here"), 1);
        client.answers = false;
        self.clients.insert(who(number), client);
        self.task(SfuCommand::Begin {
            room: room("here"),
            participant: who(number),
            generation: 1,
        });
        self.client(number).answers = true;
    }

    pub fn introduce(&mut self, number: u8, name: &str, generation: u32) {
        let port = u16::from(number) + 100 * generation as u16;
        let address = SocketAddr::from(([198, 51, 100, 1], port));
        let client = Client::new(self.now, address, room(name), generation);
        self.clients.insert(who(number), client);
        self.task(SfuCommand::Begin {
            room: room(name),
            participant: who(number),
            generation,
        });
    }

    pub fn task(&mut self, task: SfuCommand) {
        self.sfu.handle_input(self.now, Input::Task(task));
        self.settle();
    }

    pub fn signal(&mut self, number: u8, signal: Signal) {
        let participant = who(number);
        let generation = self.client(number).generation;
        self.task(SfuCommand::Signal {
            participant,
            generation,
            signal,
        });
    }

    pub fn leave(&mut self, number: u8) {
        self.clients.remove(&who(number));
        self.task(SfuCommand::End(who(number)));
    }

    pub fn client(&mut self, number: u8) -> &mut Client {
        self.clients.get_mut(&who(number)).unwrap()
    }

    pub fn datagram(&mut self, source: SocketAddr, bytes: &[u8]) {
        let input = Input::Datagram {
            source,
            destination: sfu_address(),
            bytes,
        };
        self.sfu.handle_input(self.now, input);
        self.settle();
    }

    /// Has somebody send something, and the rest go on for a step.
    pub fn send(&mut self, number: u8, source: TrackSource, payload: &[u8]) {
        let now = self.now;
        self.client(number).send(now, source, payload);
        self.run(20);
    }

    /// Has somebody send something that does not arrive yet.
    pub fn hold(&mut self, number: u8, source: TrackSource, payload: &[u8]) -> Wire {
        let now = self.now;
        let mut held = Wire::new();
        let client = self.client(number);
        client.send(now, source, payload);
        client.wake(now, &mut held);
        held
    }

    /// A datagram arrives that was held.
    pub fn arrive(&mut self, source: SocketAddr, destination: SocketAddr, bytes: &[u8]) {
        let input = Input::Datagram {
            source,
            destination,
            bytes,
        };
        self.sfu.handle_input(self.now, input);
        self.settle();
    }

    /// Sends sounds, tagged with the sender's number.
    pub fn speak(&mut self, number: u8, count: usize) {
        for _ in 0..count {
            self.send(number, TrackSource::Microphone, &[number, 1, 2, 3]);
        }
    }

    /// Sends pictures, tagged with the sender's number: key frames when asked for one.
    pub fn show(&mut self, number: u8, source: TrackSource, count: usize) {
        for _ in 0..count {
            let client = self.client(number);
            let asked = client.asked.contains(&source);
            client.asked.retain(|other| *other != source);
            let id = client.next(source) as u16;
            self.send(number, source, &picture(asked, id, number));
        }
    }

    /// Lets time pass.
    pub fn run(&mut self, milliseconds: u64) {
        let end = self.now + Duration::from_millis(milliseconds);
        while self.now < end {
            self.now += STEP;
            for client in self.clients.values_mut() {
                client.wake(self.now, &mut self.wire);
            }
            self.settle();
        }
    }

    /// Carries datagrams and words until there are none.
    pub fn settle(&mut self) {
        loop {
            self.words();
            if let Some((source, destination, bytes)) = self.wire.pop_front() {
                let mut clients = self.clients.values_mut();
                let client = clients.find(|client| client.outside() == source);
                let arrival = match client {
                    Some(client) => client.up.carry(self.now, bytes.len()),
                    None => Some(self.now),
                };
                let flight = Flight {
                    source,
                    destination,
                    bytes,
                    is_to_sfu: true,
                };
                self.fly(arrival, flight);
            } else if let Some(flight) = self.arrived() {
                self.land(flight);
            } else if self.sfu.poll_timeout().is_some_and(|due| due <= self.now) {
                self.sfu.handle_input(self.now, Input::Timeout);
            } else {
                return;
            }
        }
    }

    /// What is not lost arrives: at once, or later.
    fn fly(&mut self, arrival: Option<Instant>, flight: Flight) {
        match arrival {
            Some(at) if at <= self.now => self.land(flight),
            Some(at) => {
                self.set_out += 1;
                self.under_way.insert((at, self.set_out), flight);
            }
            None => {}
        }
    }

    /// The next that has been under way and is due.
    fn arrived(&mut self) -> Option<Flight> {
        let first = self.under_way.first_entry()?;
        (first.key().0 <= self.now).then(|| first.remove())
    }

    fn land(&mut self, flight: Flight) {
        let Flight {
            source,
            destination,
            bytes,
            is_to_sfu,
        } = flight;
        if !is_to_sfu {
            let mut clients = self.clients.values_mut();
            if let Some(client) = clients.find(|client| client.outside() == destination) {
                client.receive(self.now, source, &bytes, &mut self.wire);
            }
            return;
        }
        let input = Input::Datagram {
            source,
            destination: self.inside(destination),
            bytes: &bytes,
        };
        self.sfu.handle_input(self.now, input);
        if self.sfu.is_flush_due() {
            self.sfu.handle_input(self.now, Input::Timeout);
        }
    }

    /// Where a datagram to this address arrives.
    fn inside(&self, destination: SocketAddr) -> SocketAddr {
        let nat = self.nat.filter(|(public, _)| *public == destination);
        nat.map_or(destination, |(_, own)| own)
    }

    /// From where others see a datagram come.
    fn outside(&self, source: SocketAddr) -> SocketAddr {
        let nat = self.nat.filter(|(_, own)| *own == source);
        nat.map_or(source, |(public, _)| public)
    }

    fn words(&mut self) {
        while let Some(output) = self.sfu.poll_output() {
            match output {
                Output::Transmit {
                    source,
                    destination,
                    bytes,
                } => {
                    self.sent_from.insert(source);
                    let source = self.outside(source);
                    let (count, size) = self.sent.entry(destination).or_default();
                    *count += 1;
                    *size += bytes.len();
                    let mut clients = self.clients.values_mut();
                    if let Some(client) = clients.find(|client| client.outside() == destination) {
                        let arrival = client.down.carry(self.now, bytes.len());
                        let flight = Flight {
                            source,
                            destination,
                            bytes,
                            is_to_sfu: false,
                        };
                        self.fly(arrival, flight);
                    }
                }
                Output::Say {
                    room,
                    participant,
                    says,
                } => self.say(room, participant, says),
            }
        }
    }

    fn say(&mut self, room: RoomName, participant: ParticipantId, says: SfuEvent) {
        let Some(client) = self.clients.get_mut(&participant) else {
            self.lost += 1;
            return;
        };
        assert_eq!(room, client.room);
        match says {
            SfuEvent::Tracks(carried) => {
                client.carried.push(carried.tracks);
                client.missing = carried.missing;
            }
            SfuEvent::Signal {
                generation,
                signal: Signal::Offer { sdp },
            } => {
                assert_eq!(generation, client.generation);
                client.offers.push(sdp.as_str().to_owned());
                if client.answers {
                    let signal = client.answer(&mut self.wire);
                    let task = SfuCommand::Signal {
                        participant,
                        generation,
                        signal,
                    };
                    self.sfu.handle_input(self.now, Input::Task(task));
                }
            }
            SfuEvent::Signal {
                signal: Signal::Candidate { candidate },
                ..
            } => {
                let candidate = Candidate::from_sdp_string(&candidate.candidate).unwrap();
                client.rtc.add_remote_candidate(candidate);
            }
            SfuEvent::Signal { signal, .. } => panic!("the SFU does not say this: {signal:?}"),
        }
    }
}

impl Client {
    fn new(now: Instant, address: SocketAddr, room: RoomName, generation: u32) -> Self {
        let mut rtc = RtcConfig::new().set_rtp_mode(true).build(now);
        rtc.add_local_candidate(Candidate::host(address, "udp").unwrap());
        Self {
            rtc,
            address,
            up: Link::new(now, 2 * u64::from(address.port())),
            down: Link::new(now, 2 * u64::from(address.port()) + 1),
            seen_at: None,
            answers_checks: true,
            room,
            generation,
            connected: false,
            carried: Vec::new(),
            missing: Vec::new(),
            offers: Vec::new(),
            answers: true,
            answers_without_video: false,
            received: Vec::new(),
            asked: Vec::new(),
            seq: [64_000; 4],
            level: None,
        }
    }

    pub fn outside(&self) -> SocketAddr {
        self.seen_at.unwrap_or(self.address)
    }

    /// The names of the sections of the last offer.
    pub fn mids(&self) -> Vec<Mid> {
        let offer = self.offers.last().unwrap().lines();
        let mids = offer.filter_map(|line| line.strip_prefix("a=mid:"));
        mids.map(|mid| Mid::from(mid.trim())).collect()
    }

    /// Answers the last offer.
    pub fn answer(&mut self, wire: &mut Wire) -> Signal {
        let offer = SdpOffer::from_sdp_string(self.offers.last().unwrap()).unwrap();
        let answer = self.rtc.sdp_api().accept_offer(offer).unwrap();
        self.drain(wire);
        let mut sdp = answer.to_sdp_string();
        if self.answers_without_video {
            sdp = sdp.replace("m=video 9 ", "m=video 0 ");
        }
        let sdp = Sdp::parse(sdp).unwrap();
        Signal::Answer { sdp }
    }

    /// What is carried, as it was last told.
    pub fn downtracks(&self) -> &[TrackMapping] {
        self.carried.last().map_or(&[], Vec::as_slice)
    }

    /// The name of the downtrack that carries this.
    pub fn downtrack(&self, from: u8, source: TrackSource) -> Option<Mid> {
        let mut downtracks = self.downtracks().iter();
        let downtrack = downtracks
            .find(|downtrack| downtrack.participant == who(from) && downtrack.source == source)?;
        Some(Mid::from(&*downtrack.mid))
    }

    /// What has come in a downtrack.
    pub fn heard(&self, mid: Mid) -> Vec<&RtpPacket> {
        let packets = self.received.iter();
        let packets = packets.filter(|(at, _)| *at == mid);
        packets.map(|(_, packet)| packet).collect()
    }

    /// Asks for a key frame of what comes in a downtrack.
    pub fn request(&mut self, mid: Mid) {
        let mut direct = self.rtc.direct_api();
        let stream = direct.stream_rx_by_mid(mid, None).unwrap();
        stream.request_keyframe(KeyframeRequestKind::Pli);
    }

    /// The sequence number of what is sent next.
    pub fn next(&self, source: TrackSource) -> u64 {
        self.seq[source as usize]
    }

    pub fn send(&mut self, now: Instant, source: TrackSource, payload: &[u8]) {
        let codec = match source.kind() {
            MediaKind::Audio => Codec::Opus,
            MediaKind::Video => Codec::Vp8,
        };
        let params = self.rtc.codec_config();
        let pt = params.find(|params| params.spec().codec == codec);
        let pt = pt.unwrap().pt();
        let mid = self.mids()[source as usize];
        let seq = &mut self.seq[source as usize];
        let time = (*seq as u32).wrapping_mul(960);
        let mut direct = self.rtc.direct_api();
        let stream = direct.stream_tx_by_mid(mid, None).unwrap();
        // As browsers do: pictures are kept for a while, and sent again when they are asked for.
        let packet = RtpWrite::new(pt, (*seq).into(), time, now, payload)
            .marker(true)
            .nackable(source.kind() == MediaKind::Video)
            .ext_vals(ExtensionValues {
                audio_level: self.level,
                voice_activity: self.level.map(|_| true),
                ..ExtensionValues::default()
            });
        stream.write_rtp(packet);
        *seq += 1;
    }

    /// What it sends in this source is another stream from now on.
    pub fn renew_stream(&mut self, source: TrackSource) {
        let mid = self.mids()[source as usize];
        let mut direct = self.rtc.direct_api();
        let (ssrc, rtx) = (direct.new_ssrc(), direct.new_ssrc());
        direct.reset_stream_tx(mid, None, ssrc, Some(rtx)).unwrap();
    }

    fn wake(&mut self, now: Instant, wire: &mut Wire) {
        self.drain(wire);
        self.rtc.handle_input(str0m::Input::Timeout(now)).unwrap();
        self.drain(wire);
    }

    fn receive(&mut self, now: Instant, source: SocketAddr, bytes: &[u8], wire: &mut Wire) {
        let received = Receive::new(Protocol::Udp, source, self.address, bytes).unwrap();
        let input = str0m::Input::Receive(now, received);
        self.rtc.handle_input(input).unwrap();
        self.drain(wire);
    }

    fn drain(&mut self, wire: &mut Wire) {
        loop {
            match self.rtc.poll_output().unwrap() {
                str0m::Output::Timeout(_) => return,
                str0m::Output::Transmit(transmit) => {
                    let Transmit {
                        destination,
                        contents,
                        ..
                    } = transmit;
                    let is_answer = contents.first_chunk() == Some(&[1, 1]);
                    if self.answers_checks || !is_answer {
                        wire.push_back((self.outside(), destination, contents.to_vec()));
                    }
                }
                str0m::Output::Event(event) => self.handle_event(event),
            }
        }
    }

    fn handle_event(&mut self, event: Event) {
        match event {
            Event::Connected => self.connected = true,
            Event::RtpPacket(packet) => {
                let mut direct = self.rtc.direct_api();
                let mid = direct.stream_rx(&packet.header.ssrc).unwrap().mid();
                self.received.push((mid, packet));
            }
            Event::KeyframeRequest(request) => {
                let mids = self.mids();
                let at = mids.iter().position(|mid| *mid == request.mid);
                self.asked.push(TrackSource::ALL[at.unwrap()]);
            }
            _ => {}
        }
    }
}

/// Whether a key frame begins with this.
pub fn is_key_frame(packet: &RtpPacket) -> bool {
    Vp8Descriptor::parse(&packet.payload).is_ok_and(|vp8| vp8.starts_keyframe(&packet.payload))
}
