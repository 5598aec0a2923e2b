//! A WebSocket client (RFC 6455) of text frames, by hand: it must cost less than any server that it
//! measures. It checks what a comparison needs and trusts the rest, as only local servers are met.

use std::{
    io::{Error, ErrorKind, Result},
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};

/// Each connection of a machine to one listener takes a port of its source address: with eight
/// addresses there are enough of them.
const SOURCES: u32 = 8;
/// Masks payloads. It is fixed but not zero, since a server may skip a mask of zeros.
const MASK: [u8; 4] = [0x5a, 0xc3, 0x17, 0xe9];
const TEXT: u8 = 0x1;
const CLOSE: u8 = 0x8;
const PING: u8 = 0x9;

/// An open WebSocket.
pub struct Link {
    stream: TcpStream,
    input: Vec<u8>,
    /// Where in `input` the first frame that was not taken begins.
    taken: usize,
}

impl Link {
    /// Connects to the server's Socket.IO endpoint; `nth` chooses the source address.
    pub async fn open(server: SocketAddr, nth: u32) -> Result<Self> {
        let source = Ipv4Addr::from(u32::from(Ipv4Addr::LOCALHOST) + nth % SOURCES);
        let socket = TcpSocket::new_v4()?;
        socket.set_reuseaddr(true)?;
        socket.bind(SocketAddr::new(IpAddr::V4(source), 0))?;
        let mut stream = socket.connect(server).await?;
        stream.set_nodelay(true)?;
        stream.write_all(upgrade_request(server).as_bytes()).await?;
        let mut link = Self { stream, input: Vec::new(), taken: 0 };
        link.read_upgrade_response().await?;
        Ok(link)
    }

    /// Sends what [`append_text`] made.
    pub async fn write(&mut self, frames: &[u8]) -> Result<()> {
        self.stream.write_all(frames).await
    }

    /// Waits until there is more to take.
    pub async fn read(&mut self) -> Result<()> {
        self.input.drain(..self.taken);
        self.taken = 0;
        self.input.reserve(4096);
        match self.stream.read_buf(&mut self.input).await? {
            0 => Err(ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }

    /// Takes the next text message, if it has arrived whole.
    pub fn take(&mut self) -> Result<Option<&str>> {
        let rest = self.input.get(self.taken..).unwrap_or_default();
        let Some(frame) = Frame::parse(rest) else { return Ok(None) };
        match frame.opcode {
            TEXT => {
                let start = self.taken + frame.header;
                self.taken = start + frame.payload;
                let payload = self.input.get(start..self.taken).unwrap_or_default();
                std::str::from_utf8(payload)
                    .map(Some)
                    .map_err(|error| Error::new(ErrorKind::InvalidData, error))
            }
            CLOSE => Err(ErrorKind::ConnectionReset.into()),
            PING => Err(Error::other("no server here sends pings of the WebSocket's own")),
            opcode => Err(Error::other(format!("a frame of the unexpected kind {opcode:#x}"))),
        }
    }

    /// Says goodbye and waits for the server to close, so that the port is free again at once.
    pub async fn close(mut self, last: &str) -> Result<()> {
        let mut frames = Vec::new();
        append_text(&mut frames, last);
        frames.extend([0x80 | CLOSE, 0x80]);
        frames.extend(MASK);
        self.write(&frames).await?;
        let mut rest = [0; 512];
        while self.stream.read(&mut rest).await? > 0 {}
        Ok(())
    }

    async fn read_upgrade_response(&mut self) -> Result<()> {
        loop {
            self.read().await?;
            let Some(end) = self.input.windows(4).position(|bytes| bytes == b"\r\n\r\n") else { continue };
            if !self.input.starts_with(b"HTTP/1.1 101") {
                let line = String::from_utf8_lossy(self.input.get(..end).unwrap_or_default()).into_owned();
                return Err(Error::other(format!("no upgrade: {line}")));
            }
            self.taken = end + 4;
            return Ok(());
        }
    }
}

/// Appends a masked text frame.
pub fn append_text(out: &mut Vec<u8>, text: &str) {
    let length = text.len();
    out.push(0x80 | TEXT);
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short @ ..=125), _) => out.push(0x80 | short),
        (_, Ok(middle)) => {
            out.push(0x80 | 126);
            out.extend(middle.to_be_bytes());
        }
        _ => {
            out.push(0x80 | 127);
            out.extend((length as u64).to_be_bytes());
        }
    }
    out.extend(MASK);
    out.extend(text.bytes().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
}

/// Where a frame of the server's lies: unmasked and whole.
struct Frame {
    opcode: u8,
    header: usize,
    payload: usize,
}

impl Frame {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let [first, second, rest @ ..] = bytes else { return None };
        let (header, payload) = match second & 0x7f {
            126 => (4, usize::from(u16::from_be_bytes(*rest.first_chunk()?))),
            127 => (10, usize::try_from(u64::from_be_bytes(*rest.first_chunk()?)).ok()?),
            short => (2, usize::from(short)),
        };
        (bytes.len() >= header + payload).then_some(Self { opcode: first & 0x0f, header, payload })
    }
}

fn upgrade_request(server: SocketAddr) -> String {
    format!(
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n\
         Host: {server}\r\n\
         Connection: Upgrade\r\n\
         Upgrade: websocket\r\n\
         User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36\r\n\
         Origin: http://{server}\r\n\
         Accept-Encoding: gzip, deflate, br, zstd\r\n\
         Accept-Language: en-US,en;q=0.9\r\n\
         Cache-Control: no-cache\r\n\
         Pragma: no-cache\r\n\
         Sec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n"
    )
}
