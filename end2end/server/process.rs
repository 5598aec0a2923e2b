//! The binary as a process of its own.

use std::{
    fs,
    io::{BufRead, BufReader, Lines},
    net::SocketAddr,
    path::Path,
    process::{Child, ChildStderr, Command, Output, Stdio},
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
    log: Lines<BufReader<ChildStderr>>,
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

    fn spawn(mut command: Command, address: Option<SocketAddr>) -> Self {
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
            log: BufReader::new(child.stderr.take().unwrap()).lines(),
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
        let found = self.log.any(|line| line.unwrap().contains(words));
        assert!(found, "{words:?} is not logged");
    }

    /// The exit code, and what else was logged.
    pub fn end(mut self) -> (Option<i32>, String) {
        let code = self.child.wait().unwrap().code();
        let rest: Vec<_> = self.log.by_ref().map_while(Result::ok).collect();
        (code, rest.join("\n"))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
