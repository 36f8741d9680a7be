//! Opens a judge by what a person types: a server's address or a folder.

use std::path::Path;
use std::sync::Arc;

use retake_core::{Said, said};

use crate::server::{Address, Manners, Secret, ServerJudge};
use crate::{Judge, LocalJudge};

/// The judge of this name. A server is not asked anything yet: one that is down is found out when it is needed, and then
/// the measures score alone.
pub fn open(
    name: &str,
    model: &str,
    key: &Secret,
    manners: &Manners,
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
    if folder.is_dir() {
        return Ok(Arc::new(LocalJudge::open(folder)?));
    }
    Err(said!(
        "{name} is no judge; give the folder of a model, or the address of a server such as http://localhost:8000/v1.",
        name = name
    ))
}
