//! Which browser on which system one has, from what the browser calls itself: only for what is said of its buttons.

/// The two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Platform {
    /// The browser.
    pub browser: Browser,
    /// The system.
    pub system: System,
}

/// A family of browsers whose buttons are alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Browser {
    /// Chrome, Edge, Opera and many more.
    Chromium,
    /// Firefox.
    Firefox,
    /// Safari.
    Safari,
}

/// A system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// A Mac.
    Mac,
    /// Windows.
    Windows,
    /// A phone or tablet with Android.
    Android,
    /// An iPhone or iPad.
    Ios,
    /// Another one, Linux most likely.
    Other,
}

impl Platform {
    /// Reads the name. An iPad calls itself a Mac; it can be touched.
    pub fn of(agent: &str, touches: bool) -> Self {
        let has = |word| agent.contains(word);
        let system = if has("Android") {
            System::Android
        } else if has("iPhone") || has("iPad") || (has("Macintosh") && touches) {
            System::Ios
        } else if has("Macintosh") {
            System::Mac
        } else if has("Windows") {
            System::Windows
        } else {
            System::Other
        };
        // Chromium calls itself Safari too.
        let browser = if has("Firefox/") {
            Browser::Firefox
        } else if has("Safari/") && !has("Chrome/") && !has("Chromium/") {
            Browser::Safari
        } else {
            Browser::Chromium
        };
        Self { browser, system }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_and_systems_are_told_apart() {
        let of = |agent, touches| {
            let Platform { browser, system } = Platform::of(agent, touches);
            (browser, system)
        };
        let chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
        assert_eq!(of(chrome, true), (Browser::Chromium, System::Windows));
        let android = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36";
        assert_eq!(of(android, true), (Browser::Chromium, System::Android));
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        assert_eq!(of(firefox, false), (Browser::Firefox, System::Other));
        let safari = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15";
        assert_eq!(of(safari, false), (Browser::Safari, System::Mac));
        assert_eq!(of(safari, true), (Browser::Safari, System::Ios));
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1";
        assert_eq!(of(phone, true).1, System::Ios);
    }
}
