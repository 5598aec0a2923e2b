//! Origins of the web (RFC 6454), compared as browsers compare them: scheme and host without case, the port that the
//! scheme implies left out, names in other scripts as punycode, IPv6 hosts in their short form.

use std::{fmt, str::FromStr};

use url::Url;

/// Scheme, host and port of a site, such as `https://meet.example.org`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(Box<str>);

impl PublicUrl {
    /// As a browser writes it in the header `Origin`, without a slash at the end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The site that a page is of, by the address of the page.
    pub fn of_page(address: &str) -> Option<Self> {
        let origin = Url::parse(address).ok()?.origin();
        origin
            .is_tuple()
            .then(|| Self(origin.ascii_serialization().into()))
    }

    /// Whether a request with this header `Host`, made with this site's scheme, is for this site.
    pub fn is_asked_as(&self, host: &str) -> bool {
        let scheme = self.0.split("://").next().unwrap_or_default();
        format!("{scheme}://{host}").parse().as_ref() == Ok(self)
    }

    /// Whether it is what browsers reach at its host by `https://` without a port.
    pub fn is_https_at_its_own_port(&self) -> bool {
        Url::parse(&self.0).is_ok_and(|url| url.scheme() == "https" && url.port().is_none())
    }
}

impl FromStr for PublicUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || format!("{text:?} is no address like https://meet.example.org");
        // A URL parser mends what it can: these are typing errors rather than addresses.
        let is_plain = !text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\');
        let url = Url::parse(text).map_err(|_| bad())?;
        let is_whole = matches!(url.scheme(), "http" | "https") && text.contains("://");
        let is_site = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if is_plain && is_whole && is_site {
            Ok(Self(url.origin().ascii_serialization().into()))
        } else {
            Err(bad())
        }
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_site_has_one_form() {
        for (text, origin) in [
            ("https://Meet.Example.org:443", "https://meet.example.org"),
            ("HTTPS://meet.example.org/", "https://meet.example.org"),
            ("http://meet.example.org:80", "http://meet.example.org"),
            ("http://meet.example.org:443", "http://meet.example.org:443"),
            (
                "https://meet.example.org:08443",
                "https://meet.example.org:8443",
            ),
            ("https://bücher.example", "https://xn--bcher-kva.example"),
            (
                "https://xn--bcher-kva.example",
                "https://xn--bcher-kva.example",
            ),
            ("http://[2001:DB8:0:0:0:0:0:1]:80", "http://[2001:db8::1]"),
            ("http://[::1]:3000/", "http://[::1]:3000"),
            ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
        ] {
            assert_eq!(
                text.parse::<PublicUrl>().unwrap().as_str(),
                origin,
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_site_is_refused() {
        for text in [
            "",
            "null",
            "meet.example.org",
            "https:meet.example.org",
            "https://",
            "https://a/b",
            "https://a?b",
            "https://a#b",
            "https://ada@a",
            "https://ada:secret@a",
            "https://a b",
            "https://a\n",
            "https:\\\\a",
            "https://a:99999",
            "https://[::1",
            "ftp://a",
            "file:///a",
        ] {
            assert!(text.parse::<PublicUrl>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_host_is_read_with_the_scheme_of_the_site() {
        let site: PublicUrl = "https://meet.example.org".parse().unwrap();
        for host in [
            "meet.example.org",
            "MEET.example.org",
            "meet.example.org:443",
        ] {
            assert!(site.is_asked_as(host), "{host}");
        }
        for host in [
            "meet.example.org:80",
            "example.org",
            "",
            "ada@meet.example.org",
            "127.0.0.1:3000",
        ] {
            assert!(!site.is_asked_as(host), "{host}");
        }
    }

    #[test]
    fn a_page_is_of_its_site() {
        let of = |page| PublicUrl::of_page(page).map(|site| site.as_str().to_owned());
        assert_eq!(
            of("https://A.example:443/r/b?c#d").as_deref(),
            Some("https://a.example")
        );
        assert_eq!(of("about:blank"), None);
        assert_eq!(of("r/a"), None);
    }

    #[test]
    fn https_may_be_all_that_a_host_speaks_only_at_its_own_port() {
        for (text, is) in [
            ("https://a.example", true),
            ("https://a.example:443", true),
            ("https://a.example:8443", false),
            ("http://a.example", false),
        ] {
            assert_eq!(
                text.parse::<PublicUrl>()
                    .unwrap()
                    .is_https_at_its_own_port(),
                is,
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn its_form_is_read_as_itself(
            text in "https?://[a-zA-Z][a-z0-9]{0,8}(\\.[a-zäöü][a-z0-9]{0,8}){0,2}(:[0-9]{1,4})?/?",
        ) {
            let site: PublicUrl = text.parse().unwrap();
            prop_assert_eq!(site.as_str().parse::<PublicUrl>(), Ok(site.clone()));
            prop_assert_eq!(PublicUrl::of_page(&format!("{site}/r/a")), Some(site));
        }

        #[test]
        fn no_text_is_too_strange(text in "(https?://)?\\PC{0,20}(:[0-9]{1,5})?/?") {
            let parsed = text.parse::<PublicUrl>();
            prop_assert!(text.starts_with("http") || parsed.is_err());
        }
    }
}
