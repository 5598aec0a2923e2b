//! What is asked of the bots.

use std::net::{IpAddr, Ipv4Addr};

use clap::Args;
use url::Url;

use crate::protocol::RoomName;

/// Has people who are none join a room: real WebRTC clients that show recorded pictures, speak in turn, and check what they
/// receive. To try a server, and to see a full room.
#[derive(Debug, Clone, Args)]
pub struct BotsConfig {
    /// Where the server is, as a browser on this machine reaches it
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:3000")]
    pub server: Url,

    /// Which room they join
    #[arg(long, value_name = "NAME", value_parser = room_name)]
    pub room: RoomName,

    /// How many join it
    #[arg(long, value_name = "NUMBER", default_value_t = 4)]
    pub count: usize,

    /// As many rooms of as many, with numbers behind their names
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub rooms: usize,

    /// How many in a room have their camera on [default: all]
    #[arg(long, value_name = "NUMBER")]
    pub cameras: Option<usize>,

    /// How many in a room have their microphone on [default: all]
    #[arg(long, value_name = "NUMBER")]
    pub microphones: Option<usize>,

    /// Instead of recorded pictures, so many packets of 1,200 bytes a second, which tell how long they were under way
    #[arg(long, value_name = "NUMBER")]
    pub video_packets: Option<u32>,

    /// Instead of a recorded voice, packets of so many bytes, which tell how long they were under way
    #[arg(long, value_name = "BYTES")]
    pub audio_bytes: Option<usize>,

    /// How many join each second
    #[arg(long, value_name = "NUMBER", default_value_t = 10)]
    pub join_rate: u32,

    /// After how many seconds they leave [default: when they are interrupted]
    #[arg(long, value_name = "SECONDS")]
    pub seconds: Option<u64>,

    /// The address that their media leaves from
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    pub media_address: IpAddr,

    /// Report in JSON, a line each second
    #[arg(long)]
    pub json: bool,

    /// What to log, as for the server
    #[arg(
        long,
        env = "ROUNDTABLE_LOG",
        value_name = "FILTER",
        default_value = "warn"
    )]
    pub log: String,
}

fn room_name(text: &str) -> Result<RoomName, String> {
    RoomName::parse(text).map_err(|error| error.to_string())
}
