//! The binary as a process of its own.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, ChildStderr, Command, Output, Stdio},
    sync::mpsc,
    thread,
};

use crate::support::{Response, request};

pub const BINARY: &str = env!("CARGO_BIN_EXE_roundtable");

/// The binary, in an environment that has nothing of its own.
fn binary(file: &Path, home: &Path) -> Command {
    let mut command = Command::new(file);
    command.env_clear().env("HOME", home).current_dir(home);
    command
}

/// Runs to the end with these arguments and variables.
pub fn run(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let home = tempfile::tempdir().unwrap();
    binary(Path::new(BINARY), home.path())
        .args(arguments)
        .envs(variables.iter().copied())
        .output()
        .unwrap()
}

/// A server that runs as a process of its own, and is killed when the test ends early.
pub struct Process {
    child: Child,
    pub address: SocketAddr,
    log: Log,
}

/// What a process logs, read as it comes.
pub struct Log {
    lines: mpsc::Receiver<String>,
    _unread: Option<ChildStderr>,
}

impl Log {
    pub fn read(stderr: ChildStderr) -> Self {
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            let read = BufReader::new(stderr).lines().map_while(Result::ok);
            read.for_each(|line| {
                let _ = sender.send(line);
            });
        });
        Self {
            lines,
            _unread: None,
        }
    }

    /// Nobody reads it: the pipe fills.
    fn unread(stderr: ChildStderr) -> Self {
        Self {
            lines: mpsc::channel().1,
            _unread: Some(stderr),
        }
    }

    /// Reads up to a line with these words.
    pub fn line(&mut self, words: &str) -> String {
        let found = self.lines.iter().find(|line| line.contains(words));
        found.unwrap_or_else(|| panic!("{words:?} is not logged"))
    }

    /// All that comes until the process has ended.
    fn rest(&self) -> String {
        self.lines.iter().collect::<Vec<_>>().join("\n")
    }
}

impl Process {
    /// The server as it was built, with a folder of its own and these arguments.
    pub fn serve(home: &Path, arguments: &[&str]) -> Self {
        Self::start(Path::new(BINARY), home, arguments)
    }

    /// What the process holds in memory, in bytes.
    pub fn resident(&self) -> usize {
        let file = format!("/proc/{}/statm", self.child.id());
        let pages = fs::read_to_string(file).unwrap();
        pages.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
    }

    /// How many files and sockets it has open.
    pub fn descriptors(&self) -> usize {
        let folder = format!("/proc/{}/fd", self.child.id());
        fs::read_dir(folder).unwrap().count()
    }

    pub fn start(file: &Path, home: &Path, arguments: &[&str]) -> Self {
        let mut command = binary(file, home);
        command.args(["--listen", "127.0.0.1:0"]).args(arguments);
        Self::spawn(command, None)
    }

    /// Its log goes to a pipe that nobody reads.
    pub fn with_unread_log(home: &Path, arguments: &[&str]) -> Self {
        let mut command = binary(Path::new(BINARY), home);
        command.args(["--listen", "127.0.0.1:0"]).args(arguments);
        Self::spawn_logging(command, None, Log::unread)
    }

    /// Listens there.
    pub fn listening(at: &str, home: &Path) -> Self {
        let mut command = binary(Path::new(BINARY), home);
        command.args(["--listen", at]);
        Self::spawn(command, None)
    }

    /// With only so many files that may be open: `-S` before the number is a limit that the process may raise.
    pub fn limited(files: &str, home: &Path, arguments: &[&str]) -> Self {
        let mut command = binary(Path::new("/bin/sh"), home);
        let script = format!("ulimit {files}; exec \"$0\" \"$@\"");
        command.args(["-c", &script, BINARY, "--listen", "127.0.0.1:0"]);
        command.args(arguments);
        Self::spawn(command, None)
    }

    /// Where it is said to be by its public URL.
    pub fn behind_proxy(address: SocketAddr, home: &Path, arguments: &[&str]) -> Self {
        let mut command = binary(Path::new(BINARY), home);
        command
            .args(["--listen", &address.to_string()])
            .args(arguments);
        Self::spawn(command, Some(address))
    }

    fn spawn(command: Command, address: Option<SocketAddr>) -> Self {
        Self::spawn_logging(command, address, Log::read)
    }

    fn spawn_logging(
        mut command: Command,
        address: Option<SocketAddr>,
        log: fn(ChildStderr) -> Log,
    ) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = said.next().expect("an address").unwrap();
        let url = line.strip_prefix("Roundtable is at ").unwrap();
        let parse = |url: &str| url.strip_prefix("http://")?.parse().ok();
        Self {
            address: address.or_else(|| parse(url)).expect("an address"),
            log: log(child.stderr.take().unwrap()),
            child,
        }
    }

    /// What the system tells of the process.
    pub fn proc(&self, name: &str) -> std::path::PathBuf {
        format!("/proc/{}/{name}", self.child.id()).into()
    }

    pub fn terminate(&self) {
        let killed = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status();
        assert!(killed.unwrap().success());
    }

    pub async fn get(&self, target: &str) -> Response {
        request(self.address, "GET", target, &[], "").await
    }

    /// Reads the log up to a line with these words.
    pub fn wait_for_log(&mut self, words: &str) {
        self.log.line(words);
    }

    /// The exit code, and what else was logged.
    pub fn end(mut self) -> (Option<i32>, String) {
        let code = self.child.wait().unwrap().code();
        (code, self.log.rest())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
