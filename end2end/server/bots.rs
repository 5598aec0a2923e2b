//! Bots against the server as it is built: real media by real connections, and what their checks say of it.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
};

use serde_json::Value;

use crate::process::{BINARY, Process, run};

/// Bots in a process of their own.
struct Bots {
    child: Child,
    reports: mpsc::Receiver<Value>,
}

impl Bots {
    fn join(server: SocketAddr, room: &str, count: usize, arguments: &[&str]) -> Self {
        let mut child = Command::new(BINARY)
            .args(["bots", "--json", "--room", room])
            .args(["--server", &format!("http://{server}")])
            .args(["--count", &count.to_string()])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (sender, reports) = mpsc::channel();
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let _ = sender.send(serde_json::from_str(&line).unwrap());
            }
        });
        Self { child, reports }
    }

    fn next(&self) -> Value {
        self.reports.recv().expect("the bots are there still")
    }

    /// Waits until each of them receives so many pictures by so many connections, and somebody's voice; the report.
    fn until_each_receives(&self, pictures: usize, connections: usize) -> Value {
        let each = |number: usize| Value::from(vec![number, number]);
        loop {
            let report = self.next();
            let is_heard = report["sounds"][0].as_u64() > Some(0);
            if is_heard
                && report["pictures"] == each(pictures)
                && report["connections"] == each(connections)
            {
                return report;
            }
        }
    }

    /// Asserts that all that comes is whole and in order.
    fn assert_well(&self) {
        let report = self.next();
        for kind in ["audio", "video"] {
            let found = &report[kind];
            assert!(found["packets"].as_u64() > Some(0), "{report}");
            for fault in ["lost", "doubled", "backwards", "undecodable"] {
                assert_eq!(found[fault], 0, "{fault} of {kind}: {report}");
            }
        }
    }

    fn leave(mut self) {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-INT", &id])
                .status()
                .unwrap()
                .success()
        );
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Bots {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn few_send_straight_to_each_other() {
    let home = tempfile::tempdir().unwrap();
    let server = Process::serve(home.path(), &[]);
    let bots = Bots::join(server.address, "few", 3, &[]);
    bots.until_each_receives(2, 2);
    bots.assert_well();
    bots.leave();
}

#[test]
fn ten_see_nine_and_hear_three_by_one_connection() {
    let home = tempfile::tempdir().unwrap();
    let server = Process::serve(home.path(), &["--max-participants", "10"]);
    let bots = Bots::join(server.address, "ten", 10, &[]);
    // One after the other speaks, for 4 s; after three, nobody hears more.
    let report = loop {
        let report = bots.until_each_receives(9, 1);
        if report["seconds"].as_f64() > Some(18.0) {
            break report;
        }
    };
    assert_eq!(report["sounds"][1], 3, "{report}");
    bots.assert_well();
    bots.leave();
}

#[test]
fn a_room_moves_to_the_sfu_and_back_without_loss() {
    let home = tempfile::tempdir().unwrap();
    let server = Process::serve(home.path(), &[]);
    let first = Bots::join(server.address, "move", 2, &[]);
    first.until_each_receives(1, 1);
    let others = Bots::join(server.address, "move", 3, &[]);
    first.until_each_receives(4, 1);
    others.until_each_receives(4, 1);
    first.assert_well();
    others.assert_well();
    others.leave();
    first.until_each_receives(1, 1);
    first.assert_well();
    first.leave();
}

#[test]
fn what_bots_cannot_do_is_said() {
    for (arguments, words) in [
        (&["bots"][..], "--room"),
        (&["bots", "--room", ""], "--room"),
        (
            &[
                "bots",
                "--room",
                "r",
                "--server",
                "https://meet.example.org",
            ],
            "plain http",
        ),
        (&["bots", "--room", "r", "--count", "many"], "--count"),
    ] {
        let ended = run(arguments, &[]);
        assert!(!ended.status.success(), "{arguments:?}");
        let said = String::from_utf8(ended.stderr).unwrap();
        assert!(
            said.contains(words),
            "{arguments:?} is answered with {said}"
        );
    }
}
