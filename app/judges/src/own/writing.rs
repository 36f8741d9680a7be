//! A formula as text again: the fewest parentheses that read as the same formula.

use super::language::{FUNCTIONS, Formula, IF, Node, ROWS, Tree};

/// How tightly a value binds that has signs before it, and one that has none.
const SIGNED: usize = ROWS.len();
const WHOLE: usize = SIGNED + 1;

impl std::fmt::Display for Formula {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&text(&self.0, 0))
    }
}

/// A tree where something that binds at least so tightly must stand.
fn text(tree: &Tree, least: usize) -> String {
    let (binds, words) = match &tree.node {
        Node::Number(number) => (WHOLE, number.to_string()),
        Node::Name(name) => (WHOLE, name.clone()),
        Node::Minus(inner) => (SIGNED, format!("-{}", text(inner, SIGNED))),
        Node::Not(inner) => (SIGNED, format!("not {}", text(inner, SIGNED))),
        Node::Two("^", a, b) => (SIGNED, format!("{} ^ {}", text(a, WHOLE), text(b, SIGNED))),
        Node::Two(sign, a, b) => {
            let row = ROWS.iter().position(|row| row.contains(sign)).unwrap_or(0);
            let words = format!("{} {sign} {}", text(a, row), text(b, row + 1));
            (row, words)
        }
        Node::Call(which, values) => (WHOLE, call(FUNCTIONS[*which].name, values)),
        Node::If(parts) => (WHOLE, call(IF, parts.as_slice())),
    };
    match binds < least {
        true => format!("({words})"),
        false => words,
    }
}

fn call(name: &str, values: &[Tree]) -> String {
    let values: Vec<String> = values.iter().map(|value| text(value, 0)).collect();
    format!("{name}({})", values.join(", "))
}
