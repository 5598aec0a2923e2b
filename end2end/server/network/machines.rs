//! Machines that are network namespaces, and a server on one of them.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    net::SocketAddr,
    os::fd::AsFd,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use crate::process::{BINARY, Log};

/// Two machines with a cable between them: `eth0` of each, without addresses. They are gone when the test ends.
pub struct Machines {
    server: String,
    guest: String,
}

impl Machines {
    /// `None` where this process may make none, which is said; in CI that is a failure.
    pub fn joined() -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        if let Err(why) = may_make() {
            assert!(
                std::env::var_os("CI").is_none(),
                "network namespaces are needed: {why}"
            );
            eprintln!("SKIPPED: {why}, so there are no network namespaces to test in");
            return None;
        }
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = |role: &str| format!("rt-{}-{number}-{role}", std::process::id());
        let machines = Self {
            server: name("server"),
            guest: name("guest"),
        };
        let (server, guest) = (&machines.server, &machines.guest);
        ip(&format!("netns add {server}"));
        ip(&format!("netns add {guest}"));
        ip(&format!(
            "-n {server} link add eth0 type veth peer name eth0 netns {guest}"
        ));
        for namespace in [server, guest] {
            for link in ["lo", "eth0"] {
                ip(&format!("-n {namespace} link set {link} up"));
            }
        }
        Some(machines)
    }

    /// Changes the server's network by a command of `ip`.
    pub fn server(&self, command: &str) {
        ip(&format!("-n {} {command}", self.server));
    }

    /// Changes the guest's network by a command of `ip`.
    pub fn guest(&self, command: &str) {
        ip(&format!("-n {} {command}", self.guest));
    }

    /// Waits until no address is tentative any more (RFC 4862 section 5.4).
    pub fn settled(&self) {
        let end = Instant::now() + Duration::from_secs(20);
        for namespace in [&self.server, &self.guest] {
            while !output(&format!("-n {namespace} addr show tentative")).is_empty() {
                assert!(Instant::now() < end, "addresses stay tentative");
                std::thread::sleep(Duration::from_millis(50));
            }
        }
    }

    /// Takes IPv6 from the server's machine.
    pub fn without_ipv6(&self) {
        let ended = Command::new("ip")
            .args(["netns", "exec", &self.server, "sh", "-c"])
            .arg("for f in /proc/sys/net/ipv6/conf/*/disable_ipv6; do echo 1 > $f; done")
            .status();
        assert!(ended.unwrap().success());
    }

    /// Has this thread make its sockets on the server's machine.
    pub fn enter_server(&self) {
        enter(&self.server);
    }

    /// Has this thread make its sockets on the guest's machine.
    pub fn enter_guest(&self) {
        enter(&self.guest);
    }
}

impl Drop for Machines {
    fn drop(&mut self) {
        for namespace in [&self.server, &self.guest] {
            let _ = Command::new("ip")
                .args(["netns", "del", namespace])
                .status();
        }
    }
}

/// The binary on the server's machine.
pub struct RoundtableAt {
    /// Where its pages are there.
    pub pages: SocketAddr,
    child: Child,
    log: Log,
    _home: tempfile::TempDir,
}

impl RoundtableAt {
    /// The first of the arguments is `--listen`, with the address after it. Everybody is brought to the SFU.
    pub fn start(machines: &Machines, arguments: &[&str]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut child = Command::new("ip")
            .args(["netns", "exec", &machines.server, BINARY])
            .args(arguments)
            .args(["--topology", "sfu"])
            .env_remove("ROUNDTABLE_LOG")
            .env("HOME", home.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = said.next().expect("an address").unwrap();
        assert!(line.starts_with("Roundtable is at "), "{line}");
        Self {
            pages: arguments[1].parse().unwrap(),
            log: Log::read(child.stderr.take().unwrap()),
            child,
            _home: home,
        }
    }

    /// Reads the log up to a line with these words.
    pub fn log_line(&mut self, words: &str) -> String {
        self.log.line(words)
    }
}

impl Drop for RoundtableAt {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn may_make() -> Result<(), &'static str> {
    if !rustix::process::geteuid().is_root() {
        return Err("this is not run by root");
    }
    match Command::new("ip").arg("-V").output() {
        Ok(_) => Ok(()),
        Err(_) => Err("`ip` (iproute2) is missing"),
    }
}

fn enter(namespace: &str) {
    let file = File::open(format!("/run/netns/{namespace}")).unwrap();
    move_into_link_name_space(file.as_fd(), Some(LinkNameSpaceType::Network)).unwrap();
}

fn ip(command: &str) {
    output(command);
}

fn output(command: &str) -> String {
    let ended = Command::new("ip")
        .args(command.split(' '))
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "ip {command}: {errors}");
    String::from_utf8(ended.stdout).unwrap()
}
