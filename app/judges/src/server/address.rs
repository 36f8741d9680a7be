//! Where a server is: what a person types, and what of it may be shown.

use retake_core::{Said, said};

/// The beginning of a server's addresses.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    /// up to and with "/v1", without a slash behind it; may hold a password
    base: String,
    /// behind a "?", with it; may hold a key
    query: String,
}

impl Address {
    /// Whether this is meant as a server's address, and not as a name or a folder.
    pub fn looks_like_one(text: &str) -> bool {
        text.starts_with("http://") || text.starts_with("https://")
    }

    /// From "http://localhost:8000", ".../v1" or ".../v1/chat/completions".
    pub fn read(text: &str) -> Result<Self, Said> {
        let text = text.trim();
        let host = text.split_once("://").map_or("", |(_, rest)| rest);
        let host = host.split(['/', '?', '#']).next().unwrap_or_default();
        if !Self::looks_like_one(text) || host.is_empty() || text.contains(char::is_whitespace) {
            return Err(said!(
                "A judge's server is given as its address, such as http://localhost:8000/v1."
            ));
        }
        let (path, query) = match text.find(['?', '#']) {
            Some(at) => text.split_at(at),
            None => (text, ""),
        };
        let mut base = path.trim_end_matches('/');
        for end in ["/chat/completions", "/images/edits", "/models"] {
            base = base.strip_suffix(end).unwrap_or(base);
        }
        let base = base.trim_end_matches('/');
        let versioned = base.rsplit('/').next().is_some_and(|last| {
            last.starts_with('v') && last[1..].starts_with(|c: char| c.is_ascii_digit())
        });
        let base = if versioned {
            base.to_owned()
        } else {
            format!("{base}/v1")
        };
        let query = query.split('#').next().unwrap_or_default().to_owned();
        Ok(Self { base, query })
    }

    /// What stands behind a "#" in it: the name of a model.
    pub fn model_in(text: &str) -> Option<&str> {
        let (_, name) = text.trim().split_once('#')?;
        (!name.is_empty()).then_some(name)
    }

    /// The address of one of its doors: "/chat/completions".
    pub(crate) fn of(&self, door: &str) -> String {
        format!("{}{door}{}", self.base, self.query)
    }

    /// For people and records: without password and query.
    pub fn shown(&self) -> String {
        match self.base.split_once("://") {
            Some((scheme, rest)) => {
                let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
                let host = host.rsplit('@').next().unwrap_or(host);
                format!("{scheme}://{host}/{path}")
            }
            None => self.base.clone(),
        }
    }
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.shown())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_understood_with_and_without_its_end() {
        for text in [
            "http://localhost:8000",
            "http://localhost:8000/",
            "http://localhost:8000/v1",
            " http://localhost:8000/v1/chat/completions ",
        ] {
            let address = Address::read(text).expect("an address");
            assert_eq!(
                address.of("/models"),
                "http://localhost:8000/v1/models",
                "{text}"
            );
        }
        let other = Address::read("https://host/api/v3").expect("an address");
        assert_eq!(other.of("/models"), "https://host/api/v3/models");
    }

    #[test]
    fn a_model_may_stand_behind_the_address() {
        let text = "http://localhost:8000/v1#Qwen/Qwen3-VL-4B";
        assert_eq!(Address::model_in(text), Some("Qwen/Qwen3-VL-4B"));
        let address = Address::read(text).expect("an address");
        assert_eq!(address.of("/models"), "http://localhost:8000/v1/models");
        assert_eq!(Address::model_in("http://localhost:8000"), None);
    }

    #[test]
    fn neither_password_nor_query_is_shown() {
        let address =
            Address::read("https://me:secret@host/v1?api-key=secret").expect("an address");
        assert_eq!(
            address.of("/models"),
            "https://me:secret@host/v1/models?api-key=secret"
        );
        assert_eq!(address.shown(), "https://host/v1");
        assert!(!format!("{address:?}").contains("secret"));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in ["", "localhost:8000", "http://", "ftp://host", "http://a b"] {
            assert!(Address::read(text).is_err(), "{text}");
        }
    }
}
