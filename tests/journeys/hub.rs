//! A small hub on this machine, with the addresses of the real one, for models that are pulled in tests.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sha2::{Digest, Sha256};

/// The version that the hub has.
pub(super) const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";
/// What it has.
pub(super) const NAME: &str = "somebody/small-pix2pix";

/// What the hub does wrong.
#[derive(Clone, Default)]
pub(super) struct Faults {
    /// breaks the connection within a file of this ending, after so many bytes, once
    pub(super) cut: Option<(&'static str, usize)>,
    /// sends other bytes than it promises for a file of this ending, once
    pub(super) swapped: Option<&'static str>,
    /// says nothing more within a file of this ending
    pub(super) silent: Option<&'static str>,
    /// answers everything with this status, and this code in the head
    pub(super) refuses: Option<(u16, &'static str)>,
    /// promises files of this many bytes more than there are
    pub(super) larger: u64,
}

/// A request that came: its path, its `Range` and its `Authorization`.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) path: String,
    pub(super) range: Option<String>,
    pub(super) token: Option<String>,
}

/// A hub with one model.
pub(super) struct Hub {
    pub(super) address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    pub(super) files: BTreeMap<String, Vec<u8>>,
}

impl Hub {
    /// Serves the files of a checkpoint, and some that no editor needs.
    pub(super) fn of(model: &Path, faults: Faults) -> Self {
        let mut files = BTreeMap::new();
        gather(model, "", &mut files);
        let more: [(&str, &[u8]); 4] = [
            ("README.md", b"---\nlicense: mit\n---\n"),
            ("unet/diffusion_pytorch_model.bin", b"a pickle"),
            (
                "unet/diffusion_pytorch_model.fp16.safetensors",
                b"the same, less exactly",
            ),
            ("everything-in-one.ckpt", b"a pickle"),
        ];
        files.extend(more.map(|(name, bytes)| (name.to_owned(), bytes.to_vec())));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (served, heard) = (files.clone(), asked.clone());
        let faults = Arc::new(Mutex::new(faults));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (served, heard, faults) = (served.clone(), heard.clone(), faults.clone());
                std::thread::spawn(move || answer(stream, &served, &heard, &faults));
            }
        });
        Self {
            address,
            asked,
            files,
        }
    }

    /// What was asked so far.
    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("requests").clone()
    }
}

fn gather(folder: &Path, within: &str, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let name = format!("{within}{}", entry.file_name().to_string_lossy());
        match entry.path().is_dir() {
            true => gather(&entry.path(), &format!("{name}/"), files),
            false => {
                files.insert(name, std::fs::read(entry.path()).expect("a file"));
            }
        }
    }
}

fn answer(
    mut stream: TcpStream,
    files: &BTreeMap<String, Vec<u8>>,
    heard: &Mutex<Vec<Asked>>,
    faults: &Mutex<Faults>,
) -> Option<()> {
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    let path = lines.next()?.ok()?.split(' ').nth(1)?.to_owned();
    let head: Vec<String> = lines
        .map_while(Result::ok)
        .take_while(|line| !line.is_empty())
        .collect();
    let field = |name: &str| {
        head.iter().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name)
                .then(|| value.trim().to_owned())
        })
    };
    let (range, token) = (field("range"), field("authorization"));
    let asked = Asked {
        path: path.clone(),
        range: range.clone(),
        token,
    };
    heard.lock().ok()?.push(asked);
    let mut wrong = faults.lock().ok()?;
    if let Some((status, code)) = wrong.refuses {
        return respond(
            &mut stream,
            status,
            &format!("X-Error-Code: {code}\r\n"),
            b"",
        );
    }
    if path.starts_with(&format!("/api/models/{NAME}")) {
        return respond(&mut stream, 200, "", about(files, wrong.larger).as_bytes());
    }
    let Some(bytes) = path
        .strip_prefix(&format!("/{NAME}/resolve/{COMMIT}/"))
        .and_then(|name| files.get(name))
    else {
        return respond(&mut stream, 404, "X-Error-Code: RepoNotFound\r\n", b"");
    };
    let from: usize = range
        .and_then(|range| {
            range
                .strip_prefix("bytes=")?
                .strip_suffix('-')?
                .parse()
                .ok()
        })
        .unwrap_or(0);
    let mut rest = bytes.get(from..)?.to_vec();
    let (status, length) = (if from > 0 { 206 } else { 200 }, rest.len());
    if wrong.swapped.is_some_and(|ending| path.ends_with(ending)) {
        wrong.swapped = None;
        rest.reverse();
    }
    let mut pause = None;
    if let Some((_, after)) = wrong.cut.filter(|(ending, _)| path.ends_with(ending)) {
        wrong.cut = None;
        rest.truncate(after);
    }
    if wrong.silent.is_some_and(|ending| path.ends_with(ending)) {
        rest.truncate(length / 2);
        pause = Some(Duration::from_secs(60));
    }
    drop(wrong);
    write!(
        stream,
        "HTTP/1.1 {status} Fine\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    )
    .ok()?;
    stream.write_all(&rest).ok()?;
    stream.flush().ok()?;
    pause.into_iter().for_each(std::thread::sleep);
    Some(())
}

fn respond(stream: &mut TcpStream, status: u16, more: &str, body: &[u8]) -> Option<()> {
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status} Said\r\n{more}Content-Length: {length}\r\nConnection: close\r\n\r\n"
    )
    .ok()?;
    stream.write_all(body).ok()
}

/// What the hub says about its model.
fn about(files: &BTreeMap<String, Vec<u8>>, larger: u64) -> String {
    let siblings: Vec<serde_json::Value> = files
        .iter()
        .map(|(name, bytes)| {
            let size = bytes.len() as u64 + larger;
            let mut file = serde_json::json!({ "rfilename": name, "size": size });
            if name.ends_with(".safetensors") {
                let sha256: String = Sha256::digest(bytes)
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect();
                file["lfs"] =
                    serde_json::json!({ "sha256": sha256, "size": size, "pointerSize": 134 });
            }
            file
        })
        .collect();
    serde_json::json!({
        "id": NAME, "sha": COMMIT, "gated": false, "siblings": siblings,
        "cardData": { "license": "other", "license_name": "small-licence", "license_link": "LICENSE.md" },
    })
    .to_string()
}
