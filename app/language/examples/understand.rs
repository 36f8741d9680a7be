//! Prints what is understood of each argument: `cargo run -p retake-language --example understand -- "warmer sky"`.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use retake_language::{Lexicon, understand};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let lines = if arguments.is_empty() {
        std::io::stdin()
            .lines()
            .map_while(Result::ok)
            .filter(|line| !line.trim().is_empty())
            .collect()
    } else {
        arguments
    };
    for text in lines {
        println!("{text}");
        let understood = match understand(&text, Lexicon::built_in()) {
            Ok(instruction) => instruction.understood,
            Err(error) => {
                println!("    ! {error}");
                continue;
            }
        };
        for goal in &understood.goals {
            println!(
                "    {:?} {:?} {:?}: {} ({})",
                goal.quantity,
                goal.change,
                goal.amount,
                goal.in_words(),
                goal.weight
            );
        }
        for constraint in &understood.constraints {
            println!("    keep {:?}", constraint.keep);
        }
        for part in &understood.generative {
            println!("    generative: {} ({})", part.words, part.kind);
        }
        for (title, words) in [
            ("not understood", understood.not_understood),
            ("styles", understood.styles),
        ] {
            if !words.is_empty() {
                println!("    {title}: {}", words.join(", "));
            }
        }
        for (written, read) in &understood.corrected {
            println!("    {written} was read as {read}");
        }
        if understood.language != "en" {
            println!("    language: {}", understood.language);
        }
    }
}
