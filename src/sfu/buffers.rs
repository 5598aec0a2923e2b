//! How much the system keeps of what comes and goes while the SFU is busy.

use std::io;

use socket2::SockRef;

/// Bytes that are to wait in the socket at most, each way: half a second of what a core forwards. The system's own 212 kB
/// lose packets at three quarters of its load.
const BUFFER_BYTES: usize = 4 * 1024 * 1024;
/// What the kernel's own records of a datagram take of that on Linux, which therefore doubles what is asked for and says
/// so (socket(7)).
const DOUBLED: usize = if cfg!(target_os = "linux") { 2 } else { 1 };

/// Asks for buffers of some megabytes, and warns when the system grants less.
pub(super) fn enlarge(socket: SockRef<'_>) {
    let asked = [
        (
            socket.set_recv_buffer_size(BUFFER_BYTES),
            socket.recv_buffer_size(),
            "net.core.rmem_max",
        ),
        (
            socket.set_send_buffer_size(BUFFER_BYTES),
            socket.send_buffer_size(),
            "net.core.wmem_max",
        ),
    ];
    for (set, granted, setting) in asked {
        if let Some(kilobytes) = shortfall(set, granted) {
            tracing::warn!(
                "the system grants the media port a buffer of {kilobytes} kB instead of {} kB, so packets are lost \
                 when many people send: on Linux, sysctl -w {setting}={BUFFER_BYTES} grants it",
                BUFFER_BYTES / 1024,
            );
        }
    }
}

/// The size in kB of a buffer that is smaller than what was asked for.
fn shortfall(set: io::Result<()>, granted: io::Result<usize>) -> Option<usize> {
    let granted = granted.unwrap_or(0) / DOUBLED;
    (set.is_err() || granted < BUFFER_BYTES).then_some(granted / 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_gets_as_much_as_the_system_allows() {
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let before = SockRef::from(&socket).recv_buffer_size().unwrap();
        enlarge(SockRef::from(&socket));
        let after = SockRef::from(&socket).recv_buffer_size().unwrap();
        assert!(after >= before);
        if let Ok(most) = std::fs::read_to_string("/proc/sys/net/core/rmem_max") {
            let most: usize = most.trim().parse().unwrap();
            assert_eq!(after / DOUBLED, most.min(BUFFER_BYTES));
        }
    }

    #[test]
    fn less_than_what_was_asked_for_is_said() {
        assert_eq!(shortfall(Ok(()), Ok(DOUBLED * BUFFER_BYTES)), None);
        assert_eq!(shortfall(Ok(()), Ok(DOUBLED * 212_992)), Some(208));
        assert_eq!(
            shortfall(Err(io::ErrorKind::PermissionDenied.into()), Ok(0)),
            Some(0)
        );
    }
}
