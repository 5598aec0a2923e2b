//! Why a camera or microphone could not be had, from what browsers tell.

/// Why a device could not be had (W3C Media Capture section 10.2, the errors of `getUserMedia`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaptureError {
    /// The person, or what the browser remembers of the person, does not allow it.
    Denied,
    /// The person has closed the browser's question.
    Dismissed,
    /// The system does not let the browser use it.
    DeniedBySystem,
    /// There is none.
    NotFound,
    /// Another program has it.
    InUse,
    /// It can't do what was asked of it.
    Constraint,
    /// It does not answer.
    Timeout,
    /// The browser's own words.
    Other(String),
}

/// What is known beside an exception.
#[derive(Debug, Clone, Copy, Default)]
pub struct Circumstances {
    /// Whether the browser says that the page may use all that it asked for.
    pub granted: bool,
    /// Whether the browser lists a device of each kind that was asked for.
    pub listed: bool,
}

impl CaptureError {
    /// Reads the name and the message of an exception. Chromium tells of the system in its message; Safari and
    /// Firefox refuse then what they say is granted, and Firefox on a Mac does not find what it lists.
    pub fn read(name: &str, message: String, known: Circumstances) -> Self {
        match name {
            "NotAllowedError" | "SecurityError" if message.contains("dismissed") => Self::Dismissed,
            "NotAllowedError" if known.granted || message.contains("by system") => {
                Self::DeniedBySystem
            }
            "NotAllowedError" | "SecurityError" => Self::Denied,
            "NotFoundError" if known.listed && message.contains("object can") => {
                Self::DeniedBySystem
            }
            "NotFoundError" => Self::NotFound,
            "AbortError" if message.contains("imeout") => Self::Timeout,
            "NotReadableError" | "AbortError" => Self::InUse,
            "OverconstrainedError" => Self::Constraint,
            _ => Self::Other(message),
        }
    }

    /// Whether somebody or something does not allow it.
    pub fn is_denial(&self) -> bool {
        matches!(self, Self::Denied | Self::Dismissed | Self::DeniedBySystem)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, message: &str, granted: bool, listed: bool) -> CaptureError {
        CaptureError::read(name, message.to_owned(), Circumstances { granted, listed })
    }

    #[test]
    fn who_denies_is_told_apart() {
        let denied = |message, granted| read("NotAllowedError", message, granted, true);
        assert_eq!(denied("Permission denied", false), CaptureError::Denied);
        let dismissed = denied("Permission dismissed", false);
        assert_eq!(dismissed, CaptureError::Dismissed);
        let by_system = denied("Permission denied by system", false);
        assert_eq!(by_system, CaptureError::DeniedBySystem);
        // Firefox and Safari, each for all reasons.
        let firefox =
            "The request is not allowed by the user agent or the platform in the current context.";
        assert_eq!(denied(firefox, false), CaptureError::Denied);
        assert_eq!(denied(firefox, true), CaptureError::DeniedBySystem);
        let not_here = "The object can not be found here.";
        let mac = read("NotFoundError", not_here, true, true);
        assert_eq!(mac, CaptureError::DeniedBySystem);
        let none = read("NotFoundError", not_here, true, false);
        assert_eq!(none, CaptureError::NotFound);
    }

    #[test]
    fn each_cause_is_its_own() {
        let cause = |name, message| read(name, message, true, true);
        let none = cause("NotFoundError", "Requested device not found");
        assert_eq!(none, CaptureError::NotFound);
        let late = cause("AbortError", "Timeout starting video source");
        assert_eq!(late, CaptureError::Timeout);
        let failed = cause("AbortError", "Starting videoinput failed");
        assert_eq!(failed, CaptureError::InUse);
        let busy = cause("NotReadableError", "Could not start video source");
        assert_eq!(busy, CaptureError::InUse);
        let cannot = cause("OverconstrainedError", "");
        assert_eq!(cannot, CaptureError::Constraint);
        let other = cause("TypeError", "no");
        assert_eq!(other, CaptureError::Other("no".to_owned()));
    }
}
