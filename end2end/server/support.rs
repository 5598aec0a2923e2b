//! A server of one's own, and a client that writes frames by hand.

use std::{
    collections::VecDeque,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use futures_util::{SinkExt, StreamExt};
use roundtable::server::{
    self,
    config::{Layer, Settings},
    supervision::Supervisor,
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream},
    sync::oneshot,
    task::JoinHandle,
    time::timeout,
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, client_async, connect_async,
    tungstenite::{self, Message, client::IntoClientRequest},
};

/// Longest wait for something that has to come.
pub const SOON: Duration = Duration::from_secs(10);

/// A server in this process.
pub struct Server {
    pub address: SocketAddr,
    /// Looks after its SFU.
    pub sfu: Supervisor,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<()>,
    _state: Option<tempfile::TempDir>,
}

/// Settings whose key is in a folder of its own.
pub fn settings(folder: &tempfile::TempDir) -> Settings {
    let layer = Layer {
        key_file: Some(folder.path().join("resume.key")),
        ..Layer::default()
    };
    Settings::from_layers(layer, Layer::default()).unwrap()
}

impl Server {
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = settings(&folder);
        change(&mut settings);
        Self {
            _state: Some(folder),
            ..Self::on(SocketAddr::from(([127, 0, 0, 1], 0)), settings).await
        }
    }

    pub async fn on(address: SocketAddr, settings: Settings) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let server = server::Server::open(listener, settings).await.unwrap();
        let sfu = server.sfu_supervisor();
        let running = tokio::spawn(server.run(async {
            let _ = stopped.await;
        }));
        Self {
            address,
            sfu,
            stop: Some(stop),
            running,
            _state: None,
        }
    }

    /// Ends it as SIGTERM does, and waits for the end.
    pub async fn stop(mut self) {
        self.stop.take().unwrap().send(()).unwrap();
        timeout(Duration::from_secs(5), &mut self.running)
            .await
            .expect("ends within five seconds")
            .unwrap();
    }

    pub async fn client(&self) -> Client {
        Client::connect(self.address).await
    }

    /// One plain request to this server.
    pub async fn request(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Response {
        request(self.address, method, target, headers, body).await
    }
}

/// A connection from an address of this machine.
pub async fn stream_from(address: SocketAddr, from: IpAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((from, 0).into()).unwrap();
    socket.connect(address).await.unwrap()
}

/// One plain request: status, head and body.
pub async fn request(
    address: SocketAddr,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Response {
    let stream = TcpStream::connect(address).await.unwrap();
    request_on(stream, address, method, target, headers, body).await
}

/// One plain request on a connection that ends with it.
pub async fn request_on(
    mut stream: TcpStream,
    address: SocketAddr,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Response {
    let mut head =
        format!("{method} {target} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n");
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    head += &format!("content-length: {}\r\n\r\n{body}", body.len());
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    timeout(SOON, stream.read_to_end(&mut bytes))
        .await
        .expect("an answer")
        .unwrap();
    Response::parse(&bytes)
}

/// A connection for one request after the other.
pub struct KeptAlive {
    stream: TcpStream,
    address: SocketAddr,
}

impl KeptAlive {
    /// From an address of this machine.
    pub async fn connect(address: SocketAddr, from: IpAddr) -> Self {
        let stream = stream_from(address, from).await;
        Self { stream, address }
    }

    pub async fn ask(
        &mut self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Response {
        let mut head = format!("{method} {target} HTTP/1.1\r\nhost: {}\r\n", self.address);
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        head += &format!("content-length: {}\r\n\r\n{body}", body.len());
        self.stream.write_all(head.as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        loop {
            let read = timeout(SOON, self.stream.read_buf(&mut bytes))
                .await
                .expect("an answer");
            assert_ne!(read.unwrap(), 0, "the connection has ended");
            if !bytes.windows(4).any(|four| four == b"\r\n\r\n") {
                continue;
            }
            let response = Response::parse(&bytes);
            let length = response
                .head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            if length.expect("a length").parse() == Ok(response.body.len()) {
                return response;
            }
        }
    }
}

/// What a plain request is answered.
pub struct Response {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Response {
    fn parse(bytes: &[u8]) -> Self {
        let end = bytes
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .expect("a head");
        let head = String::from_utf8(bytes[..end].to_vec())
            .unwrap()
            .to_lowercase();
        let status = head[9..12].parse().unwrap();
        let mut body = bytes[end + 4..].to_vec();
        if head.contains("transfer-encoding: chunked") {
            body = dechunk(&body);
        }
        Self { status, head, body }
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

fn dechunk(mut bytes: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    loop {
        let line = bytes.windows(2).position(|two| two == b"\r\n").unwrap();
        let length =
            usize::from_str_radix(std::str::from_utf8(&bytes[..line]).unwrap(), 16).unwrap();
        if length == 0 {
            return whole;
        }
        whole.extend(&bytes[line + 2..line + 2 + length]);
        bytes = &bytes[line + 4 + length..];
    }
}

/// A connection whose kernel takes little that is not read.
pub async fn small_buffer(address: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    socket.connect(address).await.unwrap()
}

/// A client on a WebSocket.
pub struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    acks: u32,
    /// Events that came while a reply was waited for.
    earlier: VecDeque<(String, Value)>,
}

impl Client {
    /// Opens the transport and enters the namespace.
    pub async fn connect(address: SocketAddr) -> Self {
        let mut client = Self::open(address).await;
        client.send_text("40").await;
        assert!(client.text().await.starts_with("40{"));
        client
    }

    /// The same, from another address of this machine: 127.0.0.`host`.
    pub async fn connect_from(address: SocketAddr, host: u8) -> Self {
        let from = IpAddr::from([127, 0, 0, host]);
        Self::try_connect(address, from, &[]).await.unwrap()
    }

    /// Opens the transport, and no more.
    pub async fn open(address: SocketAddr) -> Self {
        let url = format!("ws://{address}/socket.io/?EIO=4&transport=websocket");
        let (socket, _) = connect_async(url).await.unwrap();
        let mut client = Self {
            socket,
            acks: 0,
            earlier: VecDeque::new(),
        };
        assert!(client.text().await.starts_with("0{"));
        client
    }

    /// Enters the namespace from an address of this machine; or the status that is answered, 0 for none.
    pub async fn try_connect(
        address: SocketAddr,
        from: IpAddr,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, u16> {
        let url = format!("ws://{address}/socket.io/?EIO=4&transport=websocket");
        let mut request = url.into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().append(*name, value.parse().unwrap());
        }
        let stream = MaybeTlsStream::Plain(stream_from(address, from).await);
        let socket = match timeout(SOON, client_async(request, stream))
            .await
            .expect("an answer")
        {
            Ok((socket, _)) => socket,
            Err(tungstenite::Error::Http(response)) => return Err(response.status().as_u16()),
            Err(_) => return Err(0),
        };
        let mut client = Self {
            socket,
            acks: 0,
            earlier: VecDeque::new(),
        };
        assert!(client.text().await.starts_with("0{"));
        client.send_text("40").await;
        assert!(client.text().await.starts_with("40{"));
        Ok(client)
    }

    /// Opens the transport on a connection whose kernel takes little that is not read.
    pub async fn with_small_buffer(address: SocketAddr) -> Self {
        let stream = small_buffer(address).await;
        let url = format!("ws://{address}/socket.io/?EIO=4&transport=websocket");
        let (socket, _) = client_async(url, MaybeTlsStream::Plain(stream))
            .await
            .unwrap();
        let mut client = Self {
            socket,
            acks: 0,
            earlier: VecDeque::new(),
        };
        assert!(client.text().await.starts_with("0{"));
        client.send_text("40").await;
        assert!(client.text().await.starts_with("40{"));
        client
    }

    /// Begins to make a WebSocket of a session that was opened by polling: opens one, and says no more.
    pub async fn begin_upgrade(address: SocketAddr, target: &str) -> Self {
        let target = target.replace("polling", "websocket");
        let stream = small_buffer(address).await;
        let url = format!("ws://{address}{target}");
        let (socket, _) = client_async(url, MaybeTlsStream::Plain(stream))
            .await
            .unwrap();
        Self {
            socket,
            acks: 0,
            earlier: VecDeque::new(),
        }
    }

    /// Makes a WebSocket of a session that was opened by polling, and enters the namespace.
    pub async fn upgrade(address: SocketAddr, poller: &Poller) -> Self {
        let mut client = Self::begin_upgrade(address, poller.target()).await;
        client.probe().await;
        client.send_text("5").await;
        client.send_text("40").await;
        assert!(client.text().await.starts_with("40{"));
        client
    }

    /// Asks whether the WebSocket carries anything, and hears that it does.
    pub async fn probe(&mut self) {
        self.send_text("2probe").await;
        assert_eq!(self.text().await, "3probe");
    }

    /// Its connection, for bytes that are no frame, or less than one.
    pub fn stream(&mut self) -> &mut MaybeTlsStream<TcpStream> {
        self.socket.get_mut()
    }

    /// Tries to open the transport from a page of another origin.
    pub async fn from_origin(address: SocketAddr, origin: &str) -> Result<(), u16> {
        let url = format!("ws://{address}/socket.io/?EIO=4&transport=websocket");
        let mut request = url.into_client_request().unwrap();
        request
            .headers_mut()
            .insert("origin", origin.parse().unwrap());
        match connect_async(request).await {
            Ok(_) => Ok(()),
            Err(tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    pub async fn send_text(&mut self, text: impl Into<String>) {
        self.socket.send(Message::text(text.into())).await.unwrap();
    }

    /// Sends what the other end may refuse to read.
    pub async fn try_send(&mut self, message: Message) -> bool {
        self.socket.send(message).await.is_ok()
    }

    pub async fn emit(&mut self, name: &str, payload: Value) {
        self.send_text(format!("42{}", json!([name, payload])))
            .await;
    }

    /// Sends an event that asks for a reply, and waits for that.
    pub async fn ask(&mut self, name: &str, payload: Value) -> Value {
        self.acks += 1;
        let number = self.acks;
        self.send_text(format!("42{number}{}", json!([name, payload])))
            .await;
        let prefix = format!("43{number}");
        loop {
            let text = self.text().await;
            if let Some(reply) = text.strip_prefix(&prefix) {
                return serde_json::from_str::<Value>(reply).unwrap()[0].take();
            }
            self.earlier.extend(parse_event(&text));
        }
    }

    /// Enters a room by name and state, and gives the reply.
    pub async fn enter(&mut self, room: &str) -> Value {
        let reply = self
            .ask("create-session", json!({ "room": room, "name": "Ada" }))
            .await;
        assert_eq!(reply["ok"], true, "{reply}");
        reply
    }

    /// Asks for something, as [`ask`](Self::ask), that has to be granted.
    pub async fn granted(&mut self, name: &str, payload: Value) -> Value {
        let reply = self.ask(name, payload).await;
        assert_eq!(reply["ok"], true, "{name}: {reply}");
        reply
    }

    /// Asks for something that has to be refused, and gives the code.
    pub async fn refused(&mut self, name: &str, payload: Value) -> String {
        let reply = self.ask(name, payload).await;
        assert_eq!(reply["ok"], false, "{name}: {reply}");
        assert!(
            reply["message"]
                .as_str()
                .is_some_and(|words| words.len() > 10)
        );
        reply["code"].as_str().unwrap().to_owned()
    }

    /// Nothing has come that was not read; and the channel is alive.
    pub async fn has_heard_all(&mut self) {
        self.has_heard_all_but("nothing").await;
    }

    /// Nothing has come that was not read, other than events of a name; and the channel is alive.
    pub async fn has_heard_all_but(&mut self, name: &str) {
        self.refused("are-you-there", json!({})).await;
        self.earlier.retain(|(event, _)| event != name);
        assert_eq!(self.earlier, []);
    }

    /// Whether an event of a name has come and was not read.
    pub fn has_heard(&self, name: &str) -> bool {
        self.earlier.iter().any(|(event, _)| event == name)
    }

    /// The next event of a name; others before it are passed over.
    pub async fn expect(&mut self, name: &str) -> Value {
        loop {
            let (event, payload) = self.event().await;
            if event == name {
                return payload;
            }
        }
    }

    /// The next event.
    pub async fn event(&mut self) -> (String, Value) {
        if let Some(event) = self.earlier.pop_front() {
            return event;
        }
        loop {
            if let Some(event) = parse_event(&self.text().await) {
                return event;
            }
        }
    }

    /// The next frame that is no ping.
    pub async fn text(&mut self) -> String {
        self.frame().await.expect("a frame, not the end")
    }

    /// The next frame that is no ping, or `None` when the server closes.
    pub async fn frame(&mut self) -> Option<String> {
        loop {
            match timeout(SOON, self.socket.next())
                .await
                .expect("a frame in time")
            {
                Some(Ok(Message::Text(text))) if text == "2" => {
                    let _ = self.socket.send(Message::text("3")).await;
                }
                Some(Ok(Message::Text(text))) => return Some(text.to_string()),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    /// Waits for the end, whatever comes before it.
    pub async fn closed(&mut self) {
        while self.frame().await.is_some() {}
    }

    /// Cuts the connection without a word.
    pub fn cut(self) {
        drop(self.socket);
    }
}

/// A client that polls.
pub struct Poller {
    address: SocketAddr,
    target: String,
}

impl Poller {
    /// Opens a session, and no more.
    pub async fn open(address: SocketAddr) -> Self {
        let target = "/socket.io/?EIO=4&transport=polling".to_owned();
        let open = request(address, "GET", &target, &[], "").await.text();
        let open: Value = serde_json::from_str(open.strip_prefix('0').unwrap()).unwrap();
        assert_eq!(open["upgrades"], json!(["websocket"]));
        Self {
            address,
            target: format!("{target}&sid={}", open["sid"].as_str().unwrap()),
        }
    }

    /// Opens a session and enters the namespace.
    pub async fn connect(address: SocketAddr) -> Self {
        let poller = Self::open(address).await;
        poller.send("40").await;
        poller.expect("40{").await;
        poller
    }

    /// The path and query of the session.
    pub fn target(&self) -> &str {
        &self.target
    }

    pub async fn send(&self, packet: &str) {
        let sent = self.try_send(packet).await;
        assert_eq!((sent.status, sent.text().as_str()), (200, "ok"));
    }

    /// Sends what may be refused.
    pub async fn try_send(&self, packet: &str) -> Response {
        let headers = [("content-type", "text/plain;charset=UTF-8")];
        request(self.address, "POST", &self.target, &headers, packet).await
    }

    pub async fn poll(&self) -> Vec<String> {
        let polled = request(self.address, "GET", &self.target, &[], "").await;
        assert_eq!(polled.status, 200);
        polled.text().split('\u{1e}').map(str::to_owned).collect()
    }

    pub async fn expect(&self, start: &str) -> String {
        for _ in 0..20 {
            if let Some(packet) = self
                .poll()
                .await
                .into_iter()
                .find(|packet| packet.starts_with(start))
            {
                return packet;
            }
        }
        panic!("no {start}");
    }
}

fn parse_event(text: &str) -> Option<(String, Value)> {
    let mut event: Value = serde_json::from_str(text.strip_prefix("42")?).unwrap();
    Some((event[0].as_str().unwrap().to_owned(), event[1].take()))
}

/// Two people in a room of their own, introduced to each other, who must not notice anything.
pub struct Bystanders {
    older: Client,
    newer: Client,
    newer_id: String,
    older_id: String,
    said: u32,
}

impl Bystanders {
    pub async fn enter(server: &Server, room: &str) -> Self {
        Self::enter_at(server.address, room).await
    }

    pub async fn enter_at(address: SocketAddr, room: &str) -> Self {
        let (older, newer) = (
            Client::connect(address).await,
            Client::connect(address).await,
        );
        Self::meet(older, newer, room).await
    }

    /// Two who are connected enter a room.
    pub async fn meet(mut older: Client, mut newer: Client, room: &str) -> Self {
        let older_id = id(&older.enter(room).await);
        let newer_id = id(&newer.enter(room).await);
        introduce(&mut older, &mut newer).await;
        Self {
            older,
            newer,
            newer_id,
            older_id,
            said: 0,
        }
    }

    /// The id of one of them.
    pub fn id(&self) -> &str {
        &self.older_id
    }

    /// Each says something, and the other hears just that next.
    pub async fn still_talk(&mut self) {
        self.said += 1;
        let signal =
            json!({ "type": "candidate", "candidate": { "candidate": format!("{}", self.said) } });
        let to = |id: &str| json!({ "connUserSocketId": id, "signal": signal });
        self.older.emit("conn-signal", to(&self.newer_id)).await;
        self.newer.emit("conn-signal", to(&self.older_id)).await;
        for client in [&mut self.older, &mut self.newer] {
            let (name, heard) = client.event().await;
            assert_eq!(
                (name.as_str(), &heard["signal"]["candidate"]["candidate"]),
                ("conn-signal", &signal["candidate"]["candidate"])
            );
        }
    }
}

impl Bystanders {
    /// As [`still_talk`](Self::still_talk), in a room where others are heard, too.
    pub async fn still_talk_amid_others(&mut self) {
        self.said += 1;
        let words = self.said.to_string();
        let signal = json!({ "type": "candidate", "candidate": { "candidate": words } });
        let to = |id: &str| json!({ "connUserSocketId": id, "signal": signal });
        self.older.emit("conn-signal", to(&self.newer_id)).await;
        self.newer.emit("conn-signal", to(&self.older_id)).await;
        for client in [&mut self.older, &mut self.newer] {
            let heard = client.expect("conn-signal").await;
            assert_eq!(heard["signal"]["candidate"]["candidate"], words);
        }
    }

    /// How many states of others one of them has been told that it has not read.
    pub async fn hear_states(&mut self) -> usize {
        let mut states = 0;
        for client in [&mut self.newer, &mut self.older] {
            states = 0;
            client.refused("are-you-there", json!({})).await;
            let silence = Duration::from_millis(300);
            while let Ok((event, _)) = timeout(silence, client.event()).await {
                states += usize::from(event == "participant-state");
            }
        }
        states
    }
}

/// Brings two who are in one room through the introduction.
pub async fn introduce(older: &mut Client, newer: &mut Client) {
    let prepare = older.expect("conn-prepare").await;
    older
        .emit(
            "conn-init",
            json!({ "connUserSocketId": prepare["justJoinedUserSocketId"] }),
        )
        .await;
    newer.expect("conn-init").await;
}

/// The own id in a reply to `create-session`.
pub fn id(reply: &Value) -> String {
    reply["you"].as_str().unwrap().to_owned()
}

/// A signal to someone.
pub fn signal_to(id: &str) -> Value {
    json!({ "connUserSocketId": id, "signal": { "type": "renegotiate", "renegotiate": true } })
}
