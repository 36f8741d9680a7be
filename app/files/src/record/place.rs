//! Paths in records. JSON is Unicode and file names need not be: a name that is no UTF-8 is written as a `file://`
//! address with its bytes percent-encoded (RFC 8089, RFC 3986 §2.1), so that it can be found again.

use std::path::{Path, PathBuf};

const SCHEME: &str = "file://";

/// The absolute path as it stands in a record.
pub fn place_text(path: &Path) -> String {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    match path.to_str() {
        Some(text) => text.to_owned(),
        None => address(&path),
    }
}

/// The path that a record's text means.
pub fn place_path(text: &str) -> PathBuf {
    // an absolute path does not begin like this
    match text.strip_prefix(SCHEME) {
        Some(encoded) => from_bytes(decoded(encoded)),
        None => PathBuf::from(text),
    }
}

#[cfg(unix)]
fn address(path: &Path) -> String {
    use std::os::unix::ffi::OsStrExt;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    path.as_os_str()
        .as_bytes()
        .iter()
        .fold(SCHEME.to_owned(), |mut text, &byte| {
            if plain(byte) {
                text.push(char::from(byte));
            } else {
                text.push_str(&format!("%{byte:02X}"));
            }
            text
        })
}

/// Unpaired surrogates have no address; the nearest readable name stands for them.
#[cfg(not(unix))]
fn address(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[cfg(unix)]
fn from_bytes(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    PathBuf::from(std::ffi::OsString::from_vec(bytes))
}

#[cfg(not(unix))]
fn from_bytes(bytes: Vec<u8>) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(&bytes).into_owned())
}

/// `%41` is `A`; a percent sign without two digits stands for itself.
fn decoded(text: &str) -> Vec<u8> {
    let digit = |byte: Option<&u8>| byte.and_then(|&b| char::from(b).to_digit(16));
    let bytes = text.as_bytes();
    let (mut out, mut i) = (Vec::with_capacity(bytes.len()), 0);
    while i < bytes.len() {
        match (bytes[i], digit(bytes.get(i + 1)), digit(bytes.get(i + 2))) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                i += 3;
            }
            (byte, ..) => {
                out.push(byte);
                i += 1;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_readable_path_stays_readable() {
        for text in ["/a/käse 100%.jpg", "/a/file:/b%41.png"] {
            assert_eq!(place_text(Path::new(text)), text);
            assert_eq!(place_path(text), Path::new(text));
        }
    }

    #[cfg(unix)]
    #[test]
    fn any_bytes_come_back_as_they_were() {
        use std::os::unix::ffi::OsStrExt;
        let all: Vec<u8> = (1..=255).filter(|&byte| byte != b'/').collect();
        for name in [&b"caf\xe9 100%.jpg"[..], &all, b"%FF\xff%"] {
            let path = Path::new("/photos").join(std::ffi::OsStr::from_bytes(name));
            let text = place_text(&path);
            assert!(
                text.is_ascii() && text.starts_with("file:///photos/"),
                "{text}"
            );
            assert_eq!(place_path(&text), path);
        }
    }
}
