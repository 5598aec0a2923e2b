//! What the host sets: flags over `ROUNDTABLE_*` variables over a TOML file over the defaults.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use clap::Parser;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

pub use super::public_url::PublicUrl;

use super::{client_deadlines::ClientDeadlines, forwarded::AddressRange, origin::OriginRule};
use crate::protocol;

/// From how many people in a room on media is forwarded: above it, sending to each of the others is more than a home's uplink
/// has.
const SFU_FROM: usize = 5;
/// When no more than so many are left, it goes straight again. Well below [`SFU_FROM`], so that who comes and goes moves nothing.
const MESH_UNTIL: usize = 2;

/// How media goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TopologyRule {
    /// Straight in small rooms, by the SFU in large ones.
    #[default]
    Auto,
    /// Always straight: there is no SFU.
    Mesh,
    /// Always by the SFU.
    Sfu,
}

/// Everything that can be set, each of it optional: one layer of the configuration.
#[derive(Debug, Default, Clone, Parser, Deserialize)]
#[command(name = "roundtable", version, about = "A video meeting that anyone can host with one file", long_about = None)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Layer {
    /// Address and port to listen on [default: 127.0.0.1:3000]
    #[arg(long, env = "ROUNDTABLE_LISTEN", value_name = "ADDRESS:PORT")]
    pub listen: Option<SocketAddr>,

    /// Where people reach this server, for links and previews, as `https://meet.example.org`
    /// [default: what their browser asked for]
    #[arg(long, env = "ROUNDTABLE_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<PublicUrl>,

    /// A web origin whose pages may join rooms here; can be repeated, and * stands for every origin
    /// [default: this server's own pages only]
    #[arg(
        long,
        env = "ROUNDTABLE_ALLOW_ORIGIN",
        value_name = "ORIGIN",
        value_delimiter = ','
    )]
    #[serde(default)]
    pub allow_origin: Option<Vec<OriginRule>>,

    /// A STUN or TURN server for the browsers, as stun:host:port or turn:host:port,user,credential;
    /// can be repeated, in the variable divided by spaces [default: none]
    #[arg(
        long,
        env = "ROUNDTABLE_ICE_SERVER",
        value_name = "URL[,USER,CREDENTIAL]",
        value_delimiter = ' '
    )]
    #[serde(default)]
    pub ice_server: Option<Vec<IceServer>>,

    /// UDP address and port for the media that this server forwards
    /// [default: as --listen; with --public-url, that port at every address]
    #[arg(long, env = "ROUNDTABLE_MEDIA", value_name = "ADDRESS:PORT")]
    pub media: Option<SocketAddr>,

    /// An address at which browsers reach the media port; can be repeated
    /// [default: those of this machine]
    #[arg(
        long,
        env = "ROUNDTABLE_MEDIA_ADDRESS",
        value_name = "ADDRESS",
        value_delimiter = ','
    )]
    #[serde(default)]
    pub media_address: Option<Vec<IpAddr>>,

    /// How media goes: straight from browser to browser in small rooms and by this server in large ones, always
    /// straight (mesh), or always by this server (sfu) [default: auto]
    #[arg(long, env = "ROUNDTABLE_TOPOLOGY", value_name = "auto|mesh|sfu")]
    pub topology: Option<TopologyRule>,

    /// From how many people in a room on this server forwards their media [default: 5]
    #[arg(long, env = "ROUNDTABLE_SFU_FROM", value_name = "NUMBER")]
    pub sfu_from: Option<usize>,

    /// Down to how many people in a room it goes on to do so; fewer than --sfu-from [default: 2]
    #[arg(long, env = "ROUNDTABLE_MESH_UNTIL", value_name = "NUMBER")]
    pub mesh_until: Option<usize>,

    /// How many are heard at a time in a room whose media this server forwards: the loudest [default: 3]
    #[arg(long, env = "ROUNDTABLE_VOICES", value_name = "NUMBER")]
    pub voices: Option<usize>,

    /// Most people whose media is forwarded at one time, in all rooms; the others send it straight to each other.
    /// Each takes up to 1.3 MB of memory [default: 1000]
    #[arg(long, env = "ROUNDTABLE_MAX_FORWARDED", value_name = "NUMBER")]
    pub max_forwarded: Option<usize>,

    /// Most people in one room [default: 8]
    #[arg(long, env = "ROUNDTABLE_MAX_PARTICIPANTS", value_name = "NUMBER")]
    pub max_participants: Option<usize>,

    /// Most rooms at one time [default: 1000]
    #[arg(long, env = "ROUNDTABLE_MAX_ROOMS", value_name = "NUMBER")]
    pub max_rooms: Option<usize>,

    /// Most that may wait to be sent to all clients together, in MiB: of more, those who leave most unread
    /// are cut [default: 64]
    #[arg(long, env = "ROUNDTABLE_MAX_UNSENT", value_name = "MIB")]
    pub max_unsent: Option<usize>,

    /// Most connections that one address may have, for IPv6 one /64; it may open as many anew in ten seconds, load as
    /// many pages and begin five times as many sessions; it is never given more than half of what the system allows [default: 3000]
    #[arg(
        long,
        env = "ROUNDTABLE_MAX_CONNECTIONS_PER_ADDRESS",
        value_name = "NUMBER"
    )]
    pub max_connections_per_address: Option<usize>,

    /// Most people in rooms from one address, for IPv6 from one /64. As many may look into rooms from there, as many may
    /// knock, half as many rooms may be theirs, and as many times a minute they may be refused [default: 500]
    #[arg(long, env = "ROUNDTABLE_MAX_PEOPLE_PER_ADDRESS", value_name = "NUMBER")]
    pub max_people_per_address: Option<usize>,

    /// Addresses for which these two do not hold, as 192.0.2.1 or 192.0.2.0/24; can be repeated
    /// [default: 127.0.0.0/8 and ::1, which are this machine]
    #[arg(
        long,
        env = "ROUNDTABLE_UNLIMITED_ADDRESS",
        value_name = "NETWORK",
        value_delimiter = ','
    )]
    #[serde(default)]
    pub unlimited_address: Option<Vec<AddressRange>>,

    /// A proxy whose word is taken for where its clients come from, by X-Forwarded-For or Forwarded, as 192.0.2.1 or
    /// 10.0.0.0/8; can be repeated, and replaces the default [default: 127.0.0.0/8 and ::1, which are this machine]
    #[arg(
        long,
        env = "ROUNDTABLE_TRUSTED_PROXY",
        value_name = "NETWORK",
        value_delimiter = ','
    )]
    #[serde(default)]
    pub trusted_proxy: Option<Vec<AddressRange>>,

    /// File with the key that resume tokens are signed with; made when it is not there. With it people
    /// keep their place over a restart; the open meetings are noted beside it [default: roundtable/resume.key in the state folder of the user]
    #[arg(long, env = "ROUNDTABLE_KEY_FILE", value_name = "FILE")]
    pub key_file: Option<PathBuf>,

    /// What to log: off, error, warn, info, debug, trace, or by module as roundtable=debug
    /// [default: info]
    #[arg(long, env = "ROUNDTABLE_LOG", value_name = "FILTER")]
    pub log: Option<String>,
}

/// The command line.
#[derive(Debug, Parser)]
#[command(name = "roundtable", version, about = "A video meeting that anyone can host with one file", long_about = None)]
pub struct CommandLine {
    #[command(flatten)]
    flags: Layer,

    /// TOML file with any of these settings, without the dashes before them
    #[arg(long, env = "ROUNDTABLE_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,

    /// Print the settings that hold, as such a file, and end
    #[arg(long)]
    pub print_config: bool,
}

/// The settings that hold.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Settings {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Where people reach this server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_url: Option<PublicUrl>,
    /// Other origins whose pages may join.
    pub allow_origin: Vec<OriginRule>,
    /// STUN and TURN servers for the browsers.
    pub ice_server: Vec<IceServer>,
    /// Where media to be forwarded comes in, over UDP; as `listen` without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media: Option<SocketAddr>,
    /// Addresses at which browsers reach that.
    pub media_address: Vec<IpAddr>,
    /// How media goes.
    pub topology: TopologyRule,
    /// From how many people in a room on media is forwarded.
    pub sfu_from: usize,
    /// When no more than so many are left, it goes straight again.
    pub mesh_until: usize,
    /// How many are heard at a time in a room whose media is forwarded.
    pub voices: usize,
    /// Most people whose media is forwarded at one time.
    pub max_forwarded: usize,
    /// Most people in one room.
    pub max_participants: usize,
    /// Most rooms at one time.
    pub max_rooms: usize,
    /// Most that may wait to be sent to all clients together, in MiB.
    pub max_unsent: usize,
    /// Most connections from one network.
    pub max_connections_per_address: usize,
    /// Most people in rooms from one network.
    pub max_people_per_address: usize,
    /// Networks for which these two do not hold.
    pub unlimited_address: Vec<AddressRange>,
    /// Proxies that are believed where their clients come from.
    pub trusted_proxy: Vec<AddressRange>,
    /// File with the key of the resume tokens; without one they end with the process.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_file: Option<PathBuf>,
    /// What to log.
    pub log: String,
    /// How the server finds out that a client is gone; not for the host to set.
    #[serde(skip)]
    pub heartbeat: Heartbeat,
    /// How long the server waits for a client; not for the host to set.
    #[serde(skip)]
    pub deadlines: ClientDeadlines,
}

/// How often a client is pinged, and how long it may take to answer: the defaults of Socket.IO.
#[derive(Debug, Clone, Copy)]
pub struct Heartbeat {
    /// From ping to ping.
    pub interval: Duration,
    /// From ping to pong.
    pub timeout: Duration,
}

impl Default for Heartbeat {
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(25),
            timeout: Duration::from_secs(20),
        }
    }
}

/// Why there are no settings.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file can't be read.
    #[error("the configuration file {} can't be read: {error}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The file is no TOML, or has settings that do not exist.
    #[error("the configuration file {} does not fit: {error}", path.display())]
    Malformed {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: Box<toml::de::Error>,
    },
    /// A number that makes no sense.
    #[error("{0} must be at least {1}")]
    TooSmall(&'static str, usize),
    /// A number that makes no sense.
    #[error("{0} must be from {1} to {2}")]
    OutOfRange(&'static str, usize, usize),
}

impl CommandLine {
    /// Puts the layers together.
    ///
    /// # Errors
    /// [`ConfigError`] names the file or the setting.
    pub fn settings(self) -> Result<(Settings, bool), ConfigError> {
        let file = self
            .config
            .as_deref()
            .map(Layer::read)
            .transpose()?
            .unwrap_or_default();
        Ok((Settings::from_layers(self.flags, file)?, self.print_config))
    }
}

impl Layer {
    fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|error| ConfigError::Unreadable {
            path: path.to_owned(),
            error,
        })?;
        toml::from_str(&text).map_err(|error| ConfigError::Malformed {
            path: path.to_owned(),
            error: Box::new(error),
        })
    }
}

impl Settings {
    /// From how many people in a room on media is forwarded, and when no more than so many are left it goes straight again;
    /// `None` where it always does.
    pub fn sfu_thresholds(&self) -> Option<(usize, usize)> {
        match self.topology {
            TopologyRule::Mesh => None,
            TopologyRule::Sfu => Some((1, 0)),
            TopologyRule::Auto => Some((self.sfu_from, self.mesh_until)),
        }
    }

    /// Takes each setting from the stronger layer that has it.
    ///
    /// # Errors
    /// [`ConfigError::TooSmall`].
    pub fn from_layers(strong: Layer, weak: Layer) -> Result<Self, ConfigError> {
        let sfu_from = strong.sfu_from.or(weak.sfu_from).unwrap_or(SFU_FROM);
        let mesh_until = strong.mesh_until.or(weak.mesh_until);
        let settings = Self {
            listen: strong
                .listen
                .or(weak.listen)
                .unwrap_or(SocketAddr::from(([127, 0, 0, 1], 3000))),
            public_url: strong.public_url.or(weak.public_url),
            allow_origin: strong
                .allow_origin
                .or(weak.allow_origin)
                .unwrap_or_default(),
            ice_server: strong.ice_server.or(weak.ice_server).unwrap_or_default(),
            media: strong.media.or(weak.media),
            media_address: strong
                .media_address
                .or(weak.media_address)
                .unwrap_or_default(),
            topology: strong.topology.or(weak.topology).unwrap_or_default(),
            sfu_from,
            mesh_until: mesh_until.unwrap_or(MESH_UNTIL.min(sfu_from.saturating_sub(1))),
            voices: strong.voices.or(weak.voices).unwrap_or(3),
            max_forwarded: strong.max_forwarded.or(weak.max_forwarded).unwrap_or(1_000),
            max_participants: strong
                .max_participants
                .or(weak.max_participants)
                .unwrap_or(8),
            max_rooms: strong.max_rooms.or(weak.max_rooms).unwrap_or(1_000),
            max_unsent: strong.max_unsent.or(weak.max_unsent).unwrap_or(64),
            max_connections_per_address: strong
                .max_connections_per_address
                .or(weak.max_connections_per_address)
                .unwrap_or(3_000),
            max_people_per_address: strong
                .max_people_per_address
                .or(weak.max_people_per_address)
                .unwrap_or(500),
            unlimited_address: strong
                .unlimited_address
                .or(weak.unlimited_address)
                .unwrap_or_else(|| AddressRange::LOOPBACK.into()),
            trusted_proxy: strong
                .trusted_proxy
                .or(weak.trusted_proxy)
                .unwrap_or_else(|| AddressRange::LOOPBACK.into()),
            key_file: strong.key_file.or(weak.key_file).or_else(default_key_file),
            log: strong.log.or(weak.log).unwrap_or_else(|| "info".to_owned()),
            heartbeat: Heartbeat::default(),
            deadlines: ClientDeadlines::default(),
        };
        if !(2..=protocol::MOST_PARTICIPANTS).contains(&settings.max_participants) {
            return Err(ConfigError::OutOfRange(
                "max-participants",
                2,
                protocol::MOST_PARTICIPANTS,
            ));
        }
        if settings.sfu_from < 2 {
            return Err(ConfigError::TooSmall("sfu-from", 2));
        }
        if settings.mesh_until >= settings.sfu_from {
            let most = settings.sfu_from.saturating_sub(1);
            return Err(ConfigError::OutOfRange("mesh-until", 0, most));
        }
        if settings.voices < 1 {
            return Err(ConfigError::TooSmall("voices", 1));
        }
        if settings.max_rooms < 1 {
            return Err(ConfigError::TooSmall("max-rooms", 1));
        }
        if !(4..=4_096).contains(&settings.max_unsent) {
            return Err(ConfigError::OutOfRange("max-unsent", 4, 4_096));
        }
        if settings.max_connections_per_address < 8 {
            return Err(ConfigError::TooSmall("max-connections-per-address", 8));
        }
        if settings.max_people_per_address < 2 {
            return Err(ConfigError::TooSmall("max-people-per-address", 2));
        }
        Ok(settings)
    }

    /// The settings as the text of a configuration file; credentials are left out.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).unwrap_or_default()
    }
}

fn default_key_file() -> Option<PathBuf> {
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/state"));
    let state = std::env::var_os("XDG_STATE_HOME")
        .map(PathBuf::from)
        .or_else(home)?;
    Some(state.join("roundtable/resume.key"))
}

/// A STUN or TURN server as it is set: `URL` or `URL,USER,CREDENTIAL`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IceServer(protocol::IceServer);

impl IceServer {
    /// The form on the wire.
    pub fn to_wire(&self) -> protocol::IceServer {
        self.0.clone()
    }
}

impl FromStr for IceServer {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.splitn(3, ',').map(str::trim);
        let urls = parts.next().unwrap_or_default();
        if !["stun:", "stuns:", "turn:", "turns:"]
            .iter()
            .any(|scheme| urls.starts_with(scheme))
        {
            return Err(format!(
                "{text:?} does not begin with stun:, stuns:, turn: or turns:"
            ));
        }
        let (username, credential) = (parts.next(), parts.next());
        if urls.starts_with("turn") && credential.is_none() {
            return Err(format!(
                "{urls} needs a user and a credential: {urls},USER,CREDENTIAL"
            ));
        }
        Ok(Self(protocol::IceServer {
            urls: urls.into(),
            username: username.map(Into::into),
            credential: credential.map(Into::into),
        }))
    }
}

impl fmt::Display for IceServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.urls)?;
        match &self.0.username {
            Some(user) => write!(f, ",{user},(secret)"),
            None => Ok(()),
        }
    }
}

macro_rules! as_text {
    ($($kind:ty),*) => {$(
        impl Serialize for $kind {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $kind {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    )*};
}

as_text!(PublicUrl, IceServer, OriginRule, AddressRange);

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(arguments: &[&str]) -> Result<Layer, clap::Error> {
        Layer::try_parse_from(std::iter::once(&"roundtable").chain(arguments))
    }

    #[test]
    fn flags_are_stronger_than_the_file_and_the_file_than_the_defaults() {
        let file: Layer =
            toml::from_str("max-rooms = 7\nmax-participants = 5\nallow-origin = ['*']").unwrap();
        let settings = Settings::from_layers(flags(&["--max-rooms", "9"]).unwrap(), file).unwrap();
        assert_eq!((settings.max_rooms, settings.max_participants), (9, 5));
        assert_eq!(settings.allow_origin, [OriginRule::Any]);
        assert_eq!(settings.listen, SocketAddr::from(([127, 0, 0, 1], 3000)));
    }

    #[test]
    fn what_is_printed_can_be_read_back_but_for_secrets() {
        let given = flags(&[
            "--ice-server",
            "turn:a:3478,ada,secret",
            "--public-url",
            "https://a.b/",
        ])
        .unwrap();
        let printed = Settings::from_layers(given, Layer::default())
            .unwrap()
            .to_toml();
        assert!(printed.contains("turn:a:3478,ada,(secret)"), "{printed}");
        assert!(!printed.contains("secret\""), "{printed}");
        let again: Layer = toml::from_str(&printed).unwrap();
        assert_eq!(again.public_url.unwrap().as_str(), "https://a.b");
    }

    #[test]
    fn settings_that_make_no_sense_are_refused() {
        for arguments in [
            ["--listen", "here"],
            ["--public-url", "meet.example.org"],
            ["--ice-server", "http://a"],
            ["--ice-server", "turn:a:3478"],
            ["--allow-origin", "example.org"],
            ["--max-participants", "-1"],
            ["--trusted-proxy", "my-proxy"],
            ["--unlimited-address", "10.0.0.0/33"],
        ] {
            assert!(flags(&arguments).is_err(), "{arguments:?}");
        }
        for people in ["1", "201"] {
            let flags = flags(&["--max-participants", people]).unwrap();
            assert!(Settings::from_layers(flags, Layer::default()).is_err());
        }
        assert!(toml::from_str::<Layer>("max-room = 7").is_err());
    }
}
