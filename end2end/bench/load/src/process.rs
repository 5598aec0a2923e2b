//! What the kernel knows of a process: CPU time and resident memory (proc(5)).

use std::time::Duration;

use anyhow::{Context, Result};

/// `USER_HZ`: the unit of times in `/proc/PID/stat`, 100 on every Linux that matters here.
const TICK: Duration = Duration::from_millis(10);

/// CPU time that a process has used, all its threads together.
pub fn cpu_time(pid: u32) -> Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).context("the server is gone")?;
    // The second field, the name, is in brackets and may hold blanks.
    let (_, fields) = stat.rsplit_once(')').context("an odd /proc/PID/stat")?;
    let mut times = fields.split_whitespace().skip(11).map(str::parse::<u32>);
    let user = times.next().context("no utime")??;
    let system = times.next().context("no stime")??;
    Ok(TICK * (user + system))
}

/// Resident memory of a process, in KiB.
pub fn resident_kib(pid: u32) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).context("the server is gone")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
