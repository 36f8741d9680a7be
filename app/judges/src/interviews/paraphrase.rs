//! The instruction in other words, by the judge itself: an edit whose score depends on how the wish is put is scored with
//! doubt (Co-Reward).

use retake_core::{Instruction, Said, Watch, said};

use super::settings::{whole, words_of};
use crate::parse;
use crate::{Ask, Judge, JudgeError, Part, Prefix};

/// The instruction and so many other ways to put it; why there are none.
pub(super) fn wordings(
    judge: &dyn Judge,
    instruction: &Instruction,
    count: usize,
    watch: &dyn Watch,
) -> Result<Vec<String>, Said> {
    let own = words_of(instruction).to_owned();
    if count == 0 {
        return Ok(vec![own]);
    }
    let question = format!(
        "Put this wish for the editing of a photo into other words, {count} times, each in its own language and with \
         exactly its meaning, nothing added and nothing left out: {own}\n\
         Answer with one JSON object: {{\"answers\": [{count} texts]}}"
    );
    let doubted = |why: Said| {
        said!(
            "The instruction could not be put into other words, so that it was asked in its own only: {why}",
            why = why
        )
    };
    let asked = judge
        .begin(&Prefix::default(), watch)
        .and_then(|conversation| conversation.ask(&[Part::text(question)], &Ask::default(), watch));
    let answer = asked.map_err(|error: JudgeError| doubted(error.said()))?;
    let texts = parse::texts(&whole(&answer), count).map_err(|why| doubted(why.said()))?;
    Ok(std::iter::once(own).chain(texts).collect())
}
