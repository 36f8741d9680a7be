//! Opens a judge by what a person types: a server's address, a folder, or a GGUF file in one.

use std::path::Path;
use std::sync::Arc;

use retake_core::{Said, said};
use retake_vision::qwen_vl::Density;

use crate::server::{Address, Manners, Secret, ServerJudge};
use crate::{Judge, LocalJudge};

/// The judge of this name. A server is not asked anything yet: one that is down is found out when it is needed, and then
/// the measures score alone. A model in process is held as densely as is asked, or as its files have it.
pub fn open(
    name: &str,
    model: &str,
    key: &Secret,
    manners: &Manners,
    density: Option<Density>,
) -> Result<Arc<dyn Judge>, Said> {
    if Address::looks_like_one(name) {
        let address = Address::read(name)?;
        let model = Address::model_in(name).unwrap_or(model);
        return Ok(Arc::new(ServerJudge::new(
            address,
            model,
            key.clone(),
            manners.clone(),
        )));
    }
    let folder = Path::new(name);
    let blocks = folder.extension().is_some_and(|ending| ending == "gguf");
    if folder.is_dir() || (blocks && folder.is_file()) {
        return Ok(Arc::new(LocalJudge::open(folder, density)?));
    }
    Err(said!(
        "{name} is no judge; give the folder of a model, or the address of a server such as http://localhost:8000/v1.",
        name = name
    ))
}
