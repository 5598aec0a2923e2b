//! Answers as peers write them, brought into the form that the connection takes.
//!
//! An answer has a section for each of the offer's, in the same order (RFC 3264 section 6). Beyond that, honest peers
//! differ: a rejected section (port 0) may have no name, or keep it in the group, and its attributes mean nothing
//! (RFC 8843 section 7.3.2, RFC 9429 section 5.3.1); there may be no group at all, though all sections share one transport;
//! a direction that is left out is `sendrecv` (RFC 8866 section 6.7). All of this is mended here; what is left is checked
//! before anything is changed.

use std::collections::BTreeSet;

use crate::protocol::MediaKind;

/// What is said of one transport, without which there is no connection.
const TRANSPORT: [&str; 3] = ["a=ice-ufrag:", "a=ice-pwd:", "a=fingerprint:"];
const DIRECTIONS: [&str; 4] = ["a=sendrecv", "a=sendonly", "a=recvonly", "a=inactive"];

/// Why an answer is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AnswerError {
    /// It is none to this offer.
    Foreign,
    /// It takes no section: the peer knows none of the formats.
    NothingTaken,
    /// Its sections are to have transports of their own, which were not offered.
    ManyTransports,
}

/// One section, after its first line.
struct Section<'a> {
    mid: &'a str,
    kind: MediaKind,
    /// Its first line and its attributes, when it is not rejected.
    taken: Option<(String, Vec<&'a str>)>,
}

/// Rewrites an answer to an offer of sections of these kinds and names.
pub(super) fn canonical<'a, 'b: 'a>(
    answer: &'a str,
    offered: impl ExactSizeIterator<Item = (MediaKind, &'b str)>,
) -> Result<String, AnswerError> {
    let mut lines = answer.lines().map(str::trim_end).peekable();
    let mut session = Vec::new();
    while let Some(line) = lines.next_if(|line| !line.starts_with("m=")) {
        session.push(line);
    }
    let mut sections = Vec::with_capacity(offered.len());
    for (kind, mid) in offered {
        let first = lines.next().ok_or(AnswerError::Foreign)?;
        let mut attributes = Vec::new();
        while let Some(line) = lines.next_if(|line| !line.starts_with("m=")) {
            attributes.push(line);
        }
        sections.push(Section::read(kind, mid, first, attributes)?);
    }
    if lines.next().is_some() {
        return Err(AnswerError::Foreign);
    }
    check_transport(&session, &sections)?;
    Ok(write(&session, &sections))
}

impl<'a> Section<'a> {
    fn read(
        kind: MediaKind,
        mid: &'a str,
        first: &'a str,
        attributes: Vec<&'a str>,
    ) -> Result<Self, AnswerError> {
        let mut names = attributes
            .iter()
            .filter_map(|line| line.strip_prefix("a=mid:"));
        let is_named = names.next().is_none_or(|name| name == mid) && names.next().is_none();
        let mut words = first.strip_prefix("m=").unwrap_or_default().splitn(4, ' ');
        let name = words.next() == Some(kind.as_str());
        let port = words.next().and_then(|port| port.parse::<u16>().ok());
        let (true, true, Some(port)) = (is_named, name, port) else {
            return Err(AnswerError::Foreign);
        };
        let shares_transport = attributes.contains(&"a=bundle-only");
        if port == 0 && !shares_transport {
            return Ok(Self {
                mid,
                kind,
                taken: None,
            });
        }
        let (Some("UDP/TLS/RTP/SAVPF"), Some(formats)) = (words.next(), words.next()) else {
            return Err(AnswerError::Foreign);
        };
        let first = format!("m={} 9 UDP/TLS/RTP/SAVPF {formats}", kind.as_str());
        Ok(Self {
            mid,
            kind,
            taken: Some((first, attributes)),
        })
    }

    fn attributes(&self) -> &[&'a str] {
        self.taken
            .as_ref()
            .map_or(&[], |(_, attributes)| attributes)
    }
}

/// All sections that are taken have one transport, and it is described.
fn check_transport(session: &[&str], sections: &[Section<'_>]) -> Result<(), AnswerError> {
    if sections.iter().all(|section| section.taken.is_none()) {
        return Err(AnswerError::NothingTaken);
    }
    let of_sections = sections.iter().flat_map(|section| section.attributes());
    let all: Vec<_> = session.iter().chain(of_sections).collect();
    let [name, ..] = TRANSPORT;
    let names = all.iter().filter_map(|line| line.strip_prefix(name));
    let names: BTreeSet<_> = names.collect();
    if names.len() > 1 {
        return Err(AnswerError::ManyTransports);
    }
    let is_described = TRANSPORT
        .iter()
        .all(|prefix| all.iter().any(|line| line.starts_with(prefix)));
    match is_described {
        true => Ok(()),
        false => Err(AnswerError::Foreign),
    }
}

fn write(session: &[&str], sections: &[Section<'_>]) -> String {
    let mut text = String::new();
    let mut put = |line: &str| {
        text.push_str(line);
        text.push_str("\r\n");
    };
    let kept = |line: &&&str| !is_dropped(line);
    session.iter().filter(kept).for_each(|line| put(line));
    let taken = sections.iter().filter(|section| section.taken.is_some());
    let group = taken.fold("a=group:BUNDLE".to_owned(), |group, section| {
        group + " " + section.mid
    });
    put(&group);
    let is_direction = |line: &&&str| DIRECTIONS.contains(*line);
    let default = session.iter().find(is_direction).unwrap_or(&"a=sendrecv");
    for section in sections {
        let mid = format!("a=mid:{}", section.mid);
        let Some((first, attributes)) = &section.taken else {
            // The number of a format is only there because the line needs one.
            put(&format!(
                "m={} 0 UDP/TLS/RTP/SAVPF 0",
                section.kind.as_str()
            ));
            put("c=IN IP4 0.0.0.0");
            put(&mid);
            put("a=inactive");
            continue;
        };
        put(first);
        let kept = attributes.iter().filter(kept);
        kept.for_each(|line| put(line));
        if !attributes.iter().any(|line| is_direction(&line)) {
            put(default);
        }
        put(&mid);
    }
    text
}

/// What is written anew, and candidates: an ICE-lite agent sends only to where it was asked from (RFC 8445 section 2.5),
/// and keeps no list of what somebody names.
fn is_dropped(line: &str) -> bool {
    const DROPPED: [&str; 5] = [
        "a=group:",
        "a=mid:",
        "a=candidate:",
        "a=remote-candidates:",
        "a=bundle-only",
    ];
    DROPPED.iter().any(|prefix| line.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::select};

    use super::*;

    const HEAD: &str = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
    const TAKEN: &str =
        "a=ice-ufrag:u\r\na=ice-pwd:p\r\na=fingerprint:sha-256 AA\r\na=setup:active\r\n";

    fn offered() -> impl ExactSizeIterator<Item = (MediaKind, &'static str)> {
        [(MediaKind::Audio, "0"), (MediaKind::Video, "1")].into_iter()
    }

    fn sections(audio: &str, video: &str) -> String {
        format!("{HEAD}m=audio {audio}m=video {video}")
    }

    #[test]
    fn what_is_in_order_says_the_same_as_before() {
        let audio = format!("9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=sendonly\r\n{TAKEN}");
        let video = format!("9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=inactive\r\n{TAKEN}");
        let text = canonical(&sections(&audio, &video), offered()).unwrap();
        assert!(text.contains("a=group:BUNDLE 0 1\r\n"));
        assert_eq!(text.matches("a=mid:").count(), 2);
        assert!(text.contains("a=sendonly\r\n") && text.contains("a=inactive\r\n"));
        assert!(!text.contains("a=sendrecv"));
        assert_eq!(canonical(&text, offered()).unwrap(), text);
    }

    #[test]
    fn a_rejected_section_leaves_the_group_and_keeps_its_place() {
        let audio = format!("9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=sendonly\r\n{TAKEN}");
        for video in [
            "0 UDP/TLS/RTP/SAVPF 96\r\n",
            "0 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=ice-ufrag:other\r\n",
            "0 RTP/AVP 31\r\nc=IN IP4 0.0.0.0\r\na=inactive\r\n",
        ] {
            for group in ["", "a=group:BUNDLE 0\r\n", "a=group:BUNDLE 0 1\r\n"] {
                let answer =
                    sections(&audio, video).replace("t=0 0\r\n", &format!("t=0 0\r\n{group}"));
                let text = canonical(&answer, offered()).unwrap();
                assert!(text.contains("a=group:BUNDLE 0\r\n"), "{text}");
                assert!(text.contains("m=video 0 "), "{text}");
                assert!(text.ends_with("a=mid:1\r\na=inactive\r\n"), "{text}");
            }
        }
    }

    #[test]
    fn what_is_left_out_is_put_in() {
        let audio = format!("9 UDP/TLS/RTP/SAVPF 111\r\n{TAKEN}");
        let video = format!("0 UDP/TLS/RTP/SAVPF 96\r\na=bundle-only\r\n{TAKEN}");
        let text = canonical(&sections(&audio, &video), offered()).unwrap();
        assert!(
            text.contains("a=sendrecv\r\na=mid:0\r\nm=video 9 "),
            "{text}"
        );
    }

    #[test]
    fn what_cannot_be_used_is_told_apart() {
        let taken = format!("9 UDP/TLS/RTP/SAVPF 111\r\n{TAKEN}");
        let rejected = "0 UDP/TLS/RTP/SAVPF 96\r\n";
        let other = taken.replace("a=ice-ufrag:u", "a=ice-ufrag:v");
        for (answer, misfit) in [
            (sections(rejected, rejected), AnswerError::NothingTaken),
            (sections(&taken, &other), AnswerError::ManyTransports),
            (
                sections(&taken, "9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\n"),
                AnswerError::Foreign,
            ),
            (sections(&taken, "9 RTP/AVP 96\r\n"), AnswerError::Foreign),
            (
                sections(&taken, "x UDP/TLS/RTP/SAVPF 96\r\n"),
                AnswerError::Foreign,
            ),
            (
                sections("9 UDP/TLS/RTP/SAVPF 111\r\n", rejected),
                AnswerError::Foreign,
            ),
            (
                format!("{}m=audio {taken}", sections(&taken, &taken)),
                AnswerError::Foreign,
            ),
            (format!("{HEAD}m=audio {taken}"), AnswerError::Foreign),
            (
                format!("{HEAD}m=video {taken}m=audio {taken}"),
                AnswerError::Foreign,
            ),
            (String::new(), AnswerError::Foreign),
        ] {
            assert_eq!(canonical(&answer, offered()), Err(misfit), "{answer}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_answered_what_comes_out_is_stable(
            lines in proptest::collection::vec(0..20_usize, 0..30),
        ) {
            let words = [
                "v=0", "m=audio 9 UDP/TLS/RTP/SAVPF 111", "m=video 9 UDP/TLS/RTP/SAVPF 96", "m=video 0 X 1",
                "m=audio 0 UDP/TLS/RTP/SAVPF", "a=mid:0", "a=mid:1", "a=mid:", "a=ice-ufrag:u", "a=ice-pwd:p",
                "a=fingerprint:sha-256 AA", "a=sendonly", "a=inactive", "a=bundle-only", "a=group:BUNDLE 0 1",
                "a=candidate:1", "", "m=", "m=audio", "\u{7f}",
            ];
            let answer: String = lines.iter().map(|at| format!("{}\r\n", words[*at])).collect();
            if let Ok(text) = canonical(&answer, offered()) {
                prop_assert_eq!(canonical(&text, offered()).unwrap(), text);
            }
        }

        #[test]
        fn what_is_taken_is_brought_into_a_form_that_is_stable(
            audio in select(&["", "a=sendrecv\r\n", "a=sendonly\r\n", "a=recvonly\r\n", "a=inactive\r\n"][..]),
            video in select(&["9 UDP/TLS/RTP/SAVPF 96\r\n", "0 UDP/TLS/RTP/SAVPF 96\r\n", "0 RTP/AVP 31\r\n"][..]),
            group in select(&["", "a=group:BUNDLE 0\r\n", "a=group:BUNDLE 0 1\r\n"][..]),
            is_named: bool,
        ) {
            let name = |mid| if is_named { format!("a=mid:{mid}\r\n") } else { String::new() };
            let audio = format!("9 UDP/TLS/RTP/SAVPF 111\r\n{}{audio}{TAKEN}", name(0));
            let video = format!("{video}{}{TAKEN}", name(1));
            let answer = sections(&audio, &video).replace("t=0 0\r\n", &format!("t=0 0\r\n{group}"));
            let text = canonical(&answer, offered()).unwrap();
            prop_assert_eq!(canonical(&text, offered()).unwrap(), text);
        }
    }
}
