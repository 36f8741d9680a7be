//! The hub that models are published on, through its documented addresses (<https://huggingface.co/docs/hub/api>), its
//! usual variables, and one sentence for whatever goes wrong on the way.

use std::io::Read;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use ureq::http::{Response, StatusCode, header};
use ureq::{Agent, Body};

use super::places::hub_home;
use crate::ModelError;

/// Where the hub is if `HF_ENDPOINT` names no other.
const ENDPOINT: &str = "https://huggingface.co";

/// How long a server may keep silent, where `HF_HUB_DOWNLOAD_TIMEOUT` says nothing.
const PATIENCE: Duration = Duration::from_secs(30);

/// The most that a list of files or a small file may take, bytes.
const MOST_TEXT: u64 = 32 << 20;

/// A way to the hub.
pub(super) struct Hub {
    agent: Agent,
    endpoint: String,
    token: Option<String>,
    patience: Duration,
}

/// What the hub says about a model.
#[derive(Debug, Deserialize)]
pub(super) struct Model {
    /// the version that `main` stands for
    pub(super) sha: String,
    #[serde(default)]
    pub(super) siblings: Vec<Published>,
    #[serde(default, rename = "cardData")]
    pub(super) card: Option<Licence>,
}

/// A file of a model.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Published {
    #[serde(rename = "rfilename")]
    pub(super) name: String,
    #[serde(default)]
    pub(super) size: u64,
    #[serde(default)]
    pub(super) lfs: Option<Large>,
}

/// What is known of a large file.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Large {
    /// in hexadecimal digits
    pub(super) sha256: String,
}

/// The licence in the head of a model's README.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Licence {
    /// short name: "mit", "apache-2.0", "other"
    #[serde(default)]
    pub license: Option<String>,
    /// what "other" is called
    #[serde(default)]
    pub license_name: Option<String>,
    /// where its text is
    #[serde(default)]
    pub license_link: Option<String>,
}

impl Hub {
    /// As the variables of this process say.
    pub(super) fn of_this_machine() -> Result<Self, ModelError> {
        if said("HF_HUB_OFFLINE").is_some_and(|value| {
            ["1", "true", "yes", "on"].contains(&value.to_lowercase().as_str())
        }) {
            return Err(ModelError::Hub(
                "HF_HUB_OFFLINE says that the hub must not be asked; unset it to load a model"
                    .to_owned(),
            ));
        }
        let patience = said("HF_HUB_DOWNLOAD_TIMEOUT")
            .and_then(|seconds| seconds.parse().ok())
            .filter(|seconds| *seconds > 0.0 && *seconds < 1e6)
            .map_or(PATIENCE, Duration::from_secs_f64);
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .user_agent(concat!("retake/", env!("CARGO_PKG_VERSION")))
            .redirect_auth_headers(ureq::config::RedirectAuthHeaders::SameHost)
            .timeout_resolve(Some(patience))
            .timeout_connect(Some(patience))
            .timeout_send_request(Some(patience))
            .timeout_recv_response(Some(patience))
            .timeout_per_read(Some(patience));
        Ok(Self {
            agent: config.build().new_agent(),
            endpoint: said("HF_ENDPOINT").map_or(ENDPOINT.to_owned(), |url| {
                url.trim_end_matches('/').to_owned()
            }),
            token: token(),
            patience,
        })
    }

    /// The files of a model, and its licence.
    pub(super) fn model(&self, name: &str) -> Result<Model, ModelError> {
        let url = format!("{}/api/models/{name}?blobs=true", self.endpoint);
        let mut answer = self.ask(name, &url, 0)?;
        let text = self.text(&mut answer)?;
        serde_json::from_str(&text).map_err(|error| {
            ModelError::Hub(format!(
                "{} does not answer as a model hub does ({error}); HF_ENDPOINT says where the hub is",
                self.endpoint
            ))
        })
    }

    /// A small file.
    pub(super) fn small(&self, name: &str, commit: &str, file: &str) -> Result<String, ModelError> {
        let mut answer = self.file(name, commit, file, 0)?;
        self.text(&mut answer)
    }

    /// A file from one of its bytes on.
    pub(super) fn file(
        &self,
        name: &str,
        commit: &str,
        file: &str,
        from: u64,
    ) -> Result<Response<Body>, ModelError> {
        let url = format!(
            "{}/{name}/resolve/{commit}/{}",
            self.endpoint,
            escaped(file)
        );
        self.ask(name, &url, from)
    }

    /// Why nothing more came.
    pub(super) fn cut(&self, error: &std::io::Error) -> ModelError {
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
        let timed_out = matches!(inner, Some(ureq::Error::Timeout(_)))
            || error.kind() == std::io::ErrorKind::TimedOut;
        let why = match timed_out {
            true => self.silent(),
            false => format!("the connection to {} broke ({error})", self.endpoint),
        };
        ModelError::Hub(format!(
            "{why}; what was loaded is kept, and pulling again goes on from there"
        ))
    }

    fn text(&self, answer: &mut Response<Body>) -> Result<String, ModelError> {
        let mut text = String::new();
        let mut body = answer.body_mut().as_reader().take(MOST_TEXT);
        body.read_to_string(&mut text)
            .map_err(|error| self.cut(&error))?;
        Ok(text)
    }

    fn ask(&self, name: &str, url: &str, from: u64) -> Result<Response<Body>, ModelError> {
        let mut request = self.agent.get(url);
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        if from > 0 {
            request = request.header(header::RANGE, format!("bytes={from}-"));
        }
        let answer = request.call().map_err(|error| self.unreached(&error))?;
        match answer.status() {
            status if status.is_success() => Ok(answer),
            status => Err(ModelError::Hub(self.refusal(name, status, &answer))),
        }
    }

    /// What a refusal means to the person.
    fn refusal(&self, name: &str, status: StatusCode, answer: &Response<Body>) -> String {
        let code = answer
            .headers()
            .get("x-error-code")
            .and_then(|value| value.to_str().ok());
        let page = format!("{}/{name}", self.endpoint);
        match (status.as_u16(), code, &self.token) {
            (_, Some("GatedRepo"), None) | (403, _, None) => format!(
                "{name} is given only to people who accepted its licence: accept it at {page}, make a token there and set HF_TOKEN to it"
            ),
            (_, Some("GatedRepo"), Some(_)) | (403, _, Some(_)) => format!(
                "your token may not read {name}: accept its licence at {page} with the token's account, and let the token read gated models"
            ),
            (401, _, None) => format!(
                "the hub shows {name} to nobody without a token: look whether the name is right, or set HF_TOKEN if the model is private"
            ),
            (401, _, Some(_)) => {
                format!("the hub does not accept your token, or does not know {name}: look at the name, and make a new token at {}/settings/tokens", self.endpoint)
            }
            (404, _, _) => format!("the hub has no model or file of this name; look whether the name is right: {name}"),
            (416, _, _) => format!("the hub has another version of a file of {name} than was begun; pull again"),
            (429, _, _) => "the hub asks for a pause, since too much was asked of it; try again in a few minutes".to_owned(),
            (500.., _, _) => format!("the hub is out of order at the moment (it answers {}); try again later", status.as_u16()),
            _ => format!("the hub refuses with {status}: {name}"),
        }
    }

    fn unreached(&self, error: &ureq::Error) -> ModelError {
        ModelError::Hub(match error {
            ureq::Error::Timeout(_) => self.silent(),
            ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::TimedOut => self.silent(),
            ureq::Error::HostNotFound => format!(
                "{} cannot be found; look whether this machine is online, and what HF_ENDPOINT says",
                self.endpoint
            ),
            ureq::Error::BadUri(_) | ureq::Error::Http(_) => {
                format!("HF_ENDPOINT is no address of a hub: {}", self.endpoint)
            }
            error => format!(
                "{} cannot be reached ({error}); look whether this machine is online",
                self.endpoint
            ),
        })
    }

    fn silent(&self) -> String {
        format!(
            "{} has been silent for {} s; try again, or give it longer with HF_HUB_DOWNLOAD_TIMEOUT=SECONDS",
            self.endpoint,
            self.patience.as_secs_f64()
        )
    }
}

/// From the variable, or the file that Hugging Face's own command line leaves.
fn token() -> Option<String> {
    let typed = ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_HUB_TOKEN"]
        .into_iter()
        .find_map(said);
    let file = || {
        let path = said("HF_TOKEN_PATH")
            .map(Into::into)
            .or_else(|| Some(hub_home()?.join("token")))?;
        std::fs::read_to_string(path).ok()
    };
    let token = typed.or_else(file)?.trim().to_owned();
    // anything else would break the request apart
    let plain = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
    plain.then_some(token)
}

fn said(name: &str) -> Option<String> {
    std::env::var(name)
        .ok()
        .filter(|value| !value.trim().is_empty())
}

/// A path within a model, as it stands in an address.
fn escaped(file: &str) -> String {
    file.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}
