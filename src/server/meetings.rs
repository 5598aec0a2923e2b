//! What is kept of the meetings over a restart: a small file beside the key.
//!
//! The first line is a sum that only the key makes, the others are a meeting each, as JSON. A file that does not fit
//! (another key, another version, half of one) is ignored as a whole. It is written to another file first, which then takes
//! its place, so that there is always a whole one. Names of people, addresses and words are not in it.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use tokio::task::JoinHandle;

use super::{
    files::{replace, with_suffix},
    log_throttle::LogThrottle,
    token::Tokens,
};
use crate::{
    protocol::{ParticipantId, RoomName, Topology},
    room::{MeetingId, MeetingRecord, NetworkMark, RecordChange, ReservedPlace},
};

/// From the end of one writing to the next: least, as a multiple of how long the last one took, and most. Who has been inside
/// for longer than that, and a writing, comes back after a crash however slow the disk is and however busy the machine.
const PAUSE: Duration = Duration::from_millis(100);
const PAUSE_PER_WORK: u32 = 20;
const MOST_PAUSE: Duration = Duration::from_millis(500);
/// A longer file is none of ours, and none is written.
const FILE_BYTES: usize = 64 * 1024 * 1024;
/// 32 bytes as base64url.
const SUM_CHARS: usize = 43;
const MAGIC: &str = "roundtable meetings 1 ";

/// The file, and what has to be in it.
pub struct Meetings {
    place: Option<MeetingsFile>,
    lines: BTreeMap<RoomName, String>,
    /// A writing that goes on; another one has to wait for it.
    writing: Option<JoinHandle<io::Result<()>>>,
}

struct MeetingsFile {
    path: PathBuf,
    tokens: Tokens,
    /// Locked, so that no second server of the same key writes there.
    _lock: File,
    /// A full disk stays full for a while.
    said: LogThrottle,
}

/// A meeting as it is written down.
#[derive(Serialize, Deserialize)]
struct StoredMeeting {
    meeting: String,
    room: RoomName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    host: Option<ParticipantId>,
    locked: bool,
    #[serde(default)]
    topology: Topology,
    inside: Vec<(ParticipantId, u32)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    kicked: Vec<String>,
}

impl Meetings {
    /// Keeps nothing.
    pub fn nowhere() -> Self {
        Self {
            place: None,
            lines: BTreeMap::new(),
            writing: None,
        }
    }

    /// Keeps them beside the key, and gives back what is there.
    ///
    /// # Errors
    /// Another server keeps its meetings there, or the file can't be read. A file that is none of ours is not an error: that is
    /// said in the log.
    pub fn open_beside(key_file: &Path, tokens: &Tokens) -> io::Result<(Self, Vec<MeetingRecord>)> {
        let lock = File::open(key_file)?;
        match lock.try_lock() {
            Err(fs::TryLockError::WouldBlock) => {
                return Err(io::Error::other("another server uses this key"));
            }
            // Some file systems can't lock, and then one server has to be trusted to be the only one.
            Ok(()) | Err(fs::TryLockError::Error(_)) => {}
        }
        let path = with_suffix(key_file, ".meetings");
        let records = read(&path, tokens)?;
        let lines = records.iter().filter_map(|record| {
            let line = write_row(record)?;
            Some((record.room.clone(), line))
        });
        let lines = lines.collect();
        let place = MeetingsFile {
            path,
            tokens: tokens.clone(),
            _lock: lock,
            said: LogThrottle::default(),
        };
        let kept = Self {
            place: Some(place),
            lines,
            writing: None,
        };
        Ok((kept, records))
    }

    /// Whether they are kept at all.
    pub fn is_kept(&self) -> bool {
        self.place.is_some()
    }

    /// Writes what has changed, and how long to wait before the next time. To be awaited to its end or called again.
    pub async fn keep(&mut self, changes: Vec<RecordChange>) -> Duration {
        let begun = Instant::now();
        for change in changes {
            match change {
                RecordChange::Over(room) => {
                    self.lines.remove(&room);
                }
                RecordChange::Kept(record) => {
                    if let Some(line) = write_row(&record) {
                        self.lines.insert(record.room, line);
                    }
                }
            }
        }
        self.written().await;
        if let Some(MeetingsFile { path, tokens, .. }) = &self.place {
            let (path, bytes) = (path.clone(), encode(&self.lines, tokens, FILE_BYTES));
            let write = move || replace(&path, &bytes);
            self.writing = Some(tokio::task::spawn_blocking(write));
        }
        self.written().await;
        pause_after(begun.elapsed())
    }

    /// Waits for the writing that goes on.
    async fn written(&mut self) {
        let Some(writing) = &mut self.writing else {
            return;
        };
        let error = match writing.await {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error),
            Err(error) => Some(io::Error::other(error)),
        };
        self.writing = None;
        if let (Some(error), Some(place)) = (error, &self.place)
            && place.said.is_due()
        {
            tracing::warn!(file = %place.path.display(), %error, "the meetings can't be kept for a restart");
        }
    }
}

/// How long to wait after a writing that took so long.
fn pause_after(work: Duration) -> Duration {
    (work * PAUSE_PER_WORK).clamp(PAUSE, MOST_PAUSE)
}

/// The file, of at most so many bytes: what does not fit is left out, the longest first. What is in it holds.
fn encode(lines: &BTreeMap<RoomName, String>, tokens: &Tokens, most: usize) -> Vec<u8> {
    let head = MAGIC.len() + SUM_CHARS + 1;
    let mut length = head + lines.values().map(|line| line.len() + 1).sum::<usize>();
    let mut left_out = BTreeSet::new();
    if length > most {
        let mut longest: Vec<_> = lines.iter().collect();
        longest.sort_by_key(|(_, line)| Reverse(line.len()));
        for (room, line) in longest {
            if length <= most {
                break;
            }
            length -= line.len() + 1;
            left_out.insert(room);
        }
    }
    let mut body = String::with_capacity(length);
    for (_, line) in lines.iter().filter(|(room, _)| !left_out.contains(room)) {
        body.push_str(line);
        body.push('\n');
    }
    let sum = URL_SAFE_NO_PAD.encode(tokens.sum(body.as_bytes()));
    [MAGIC, &sum, "\n", &body].concat().into_bytes()
}

fn decode(bytes: &[u8], tokens: &Tokens) -> Option<Vec<MeetingRecord>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (head, body) = text.split_once('\n')?;
    let sum = URL_SAFE_NO_PAD.decode(head.strip_prefix(MAGIC)?).ok()?;
    (sum == tokens.sum(body.as_bytes())).then_some(())?;
    body.lines().map(read_row).collect()
}

fn write_row(record: &MeetingRecord) -> Option<String> {
    let row = StoredMeeting {
        meeting: URL_SAFE_NO_PAD.encode(record.meeting.0),
        room: record.room.clone(),
        host: record.host,
        locked: record.locked,
        topology: record.topology,
        inside: record
            .inside
            .iter()
            .map(|one| (one.participant, one.oldest))
            .collect(),
        kicked: record
            .kicked
            .iter()
            .map(|mark| URL_SAFE_NO_PAD.encode(mark.0))
            .collect(),
    };
    serde_json::to_string(&row).ok()
}

fn read_row(line: &str) -> Option<MeetingRecord> {
    let row: StoredMeeting = serde_json::from_str(line).ok()?;
    let code = |text: &String| URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok();
    let inside = row.inside.into_iter();
    let kicked = row.kicked.iter().map(|text| code(text).map(NetworkMark));
    Some(MeetingRecord {
        meeting: MeetingId(code(&row.meeting)?),
        room: row.room,
        host: row.host,
        locked: row.locked,
        topology: row.topology,
        inside: inside
            .map(|(participant, oldest)| ReservedPlace {
                participant,
                oldest,
            })
            .collect(),
        kicked: kicked.collect::<Option<_>>()?,
    })
}

fn read(path: &Path, tokens: &Tokens) -> io::Result<Vec<MeetingRecord>> {
    let length = match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        length => length?.len(),
    };
    let bytes = if length > FILE_BYTES as u64 {
        Vec::new()
    } else {
        fs::read(path)?
    };
    Ok(decode(&bytes, tokens).unwrap_or_else(|| {
        tracing::warn!(
            file = %path.display(),
            "this is no list of meetings of a server with this key, or it is damaged: it is ignored, and people enter anew",
        );
        Vec::new()
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(room: &str) -> MeetingRecord {
        let participant = ParticipantId::from_random([7; 20]);
        MeetingRecord {
            meeting: MeetingId([1; 16]),
            room: RoomName::parse(room).unwrap(),
            host: Some(participant),
            locked: true,
            topology: Topology::Sfu,
            inside: vec![ReservedPlace {
                participant,
                oldest: 3,
            }],
            kicked: vec![NetworkMark([5; 16])],
        }
    }

    #[tokio::test]
    async fn it_is_written_whole_and_read_by_the_same_key_only() {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("resume.key");
        let tokens = Tokens::from_file(&key).unwrap();
        let path = folder.path().join("resume.key.meetings");
        let (mut kept, before) = Meetings::open_beside(&key, &tokens).unwrap();
        assert_eq!(before, []);
        assert!(
            Meetings::open_beside(&key, &tokens).is_err(),
            "one at a time"
        );
        let changes = ["standup", "комната", "over"].map(|room| RecordChange::Kept(record(room)));
        kept.keep(changes.to_vec()).await;
        let over = RoomName::parse("over").unwrap();
        kept.keep(vec![RecordChange::Over(over)]).await;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        drop(kept);
        let again = || Meetings::open_beside(&key, &tokens).unwrap().1;
        assert_eq!(again(), [record("standup"), record("комната")]);

        let whole = fs::read(&path).unwrap();
        assert_eq!(read(&path, &Tokens::ephemeral()).unwrap(), [], "foreign");
        for damage in [
            whole[..whole.len() - 10].to_vec(),
            [&*whole, &b"{}"[..]].concat(),
            String::from_utf8_lossy(&whole)
                .replace("true", "false")
                .into_bytes(),
            Vec::new(),
            vec![0xff; 100],
        ] {
            fs::write(&path, damage).unwrap();
            assert_eq!(again(), [], "damaged");
        }
    }

    #[test]
    fn a_slow_disk_puts_the_next_writing_off_for_no_longer_than_a_moment() {
        let pause = |millis| pause_after(Duration::from_millis(millis)).as_millis();
        assert_eq!([0, 5, 10, 60, 5_000].map(pause), [100, 100, 200, 500, 500]);
    }

    #[test]
    fn what_is_written_can_be_read() {
        let tokens = Tokens::ephemeral();
        let record = |number: usize| MeetingRecord {
            kicked: vec![NetworkMark([5; 16]); number * 10],
            ..record(&format!("room-{number}"))
        };
        let lines = (0..10).map(|number| {
            let record = record(number);
            (record.room.clone(), write_row(&record).unwrap())
        });
        let lines: BTreeMap<_, _> = lines.collect();
        let whole = encode(&lines, &tokens, usize::MAX);
        assert_eq!(decode(&whole, &tokens).unwrap().len(), 10);
        assert_eq!(encode(&lines, &tokens, whole.len()), whole);
        let most = whole.len() - 1;
        let less = encode(&lines, &tokens, most);
        assert!(less.len() <= most);
        let kept: Vec<_> = (0..9).map(record).collect();
        assert_eq!(decode(&less, &tokens).unwrap(), kept, "without the longest");
    }

    #[tokio::test]
    async fn a_key_of_any_name_keeps_its_meetings_apart() {
        let room = |name: &str| name.replace('.', "-");
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.key", "a.pem", "x.meetings"] {
            let key = folder.path().join(name);
            let tokens = Tokens::from_file(&key).unwrap();
            let (mut kept, _) = Meetings::open_beside(&key, &tokens).unwrap();
            kept.keep(vec![RecordChange::Kept(record(&room(name)))])
                .await;
        }
        for name in ["a.key", "a.pem", "x.meetings"] {
            let key = folder.path().join(name);
            let tokens = Tokens::from_file(&key).expect("the key is one still");
            let (_, before) = Meetings::open_beside(&key, &tokens).unwrap();
            assert_eq!(before, [record(&room(name))]);
        }
    }
}
