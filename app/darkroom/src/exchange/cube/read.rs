//! Reads a `.cube` file line by line.

use super::{Cube, Table, box_size, curve_size, usable};

/// What has been read of a file so far.
#[derive(Default)]
pub(super) struct Reader {
    title: String,
    domain_min: Option<[f32; 3]>,
    domain_max: Option<[f32; 3]>,
    curve: Option<usize>,
    cube: Option<usize>,
    values: Vec<[f32; 3]>,
}

impl Reader {
    /// Takes in one line that says something; the error ends a sentence that begins with the line.
    pub(super) fn line(&mut self, line: &str) -> Result<(), String> {
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim();
        match word {
            "TITLE" => self.title = rest.trim_matches('"').chars().take(200).collect(),
            "DOMAIN_MIN" => self.domain_min = Some(three(rest)?),
            "DOMAIN_MAX" => self.domain_max = Some(three(rest)?),
            // the older spelling of the domain, for all channels at once
            "LUT_1D_INPUT_RANGE" | "LUT_3D_INPUT_RANGE" => {
                let [low, high] = numbers::<2>(rest)?;
                (self.domain_min, self.domain_max) = (Some([low; 3]), Some([high; 3]));
            }
            "LUT_1D_SIZE" => {
                let size = whole(rest)?;
                curve_size(size)?;
                self.curve = Some(size);
            }
            "LUT_3D_SIZE" => {
                let size = whole(rest)?;
                box_size(size)?;
                self.cube = Some(size);
            }
            _ if word.starts_with(|c: char| c.is_ascii_alphabetic()) => {
                // words of other programs say nothing about the colours
                if !self.values.is_empty() {
                    return Err(format!(
                        "says \"{}\" where a colour was expected",
                        shown(word)
                    ));
                }
            }
            _ => {
                if self.values.len() >= self.expected()? {
                    return Err("is one colour more than the size asks for".to_owned());
                }
                self.values.push(three(line)?);
            }
        }
        if self.curve.is_some() && self.cube.is_some() {
            return Err("adds a second table; only one can be used".to_owned());
        }
        Ok(())
    }

    /// How many colours the size asks for.
    fn expected(&self) -> Result<usize, String> {
        match (self.curve, self.cube) {
            (Some(size), _) => Ok(size),
            (None, Some(size)) => Ok(size * size * size),
            (None, None) => Err("comes before the size, LUT_3D_SIZE or LUT_1D_SIZE".to_owned()),
        }
    }

    pub(super) fn finish(self) -> Result<Cube, String> {
        let Ok(expected) = self.expected() else {
            return Err("it says no size, LUT_3D_SIZE or LUT_1D_SIZE".to_owned());
        };
        if self.values.len() != expected {
            return Err(format!(
                "it has {} of {expected} colours",
                self.values.len()
            ));
        }
        Cube {
            title: self.title,
            domain_min: self.domain_min.unwrap_or([0.0; 3]),
            domain_max: self.domain_max.unwrap_or([1.0; 3]),
            table: match self.cube {
                Some(size) => Table::Box {
                    size,
                    values: self.values,
                },
                None => Table::Curve(self.values),
            },
        }
        .checked()
    }
}

fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}

fn numbers<const N: usize>(text: &str) -> Result<[f32; N], String> {
    let mut out = [0.0; N];
    let mut words = text.split_whitespace();
    for out in &mut out {
        let word = words.next().ok_or_else(|| format!("needs {N} numbers"))?;
        let number: Option<f32> = word.parse::<f64>().ok().and_then(usable);
        *out = number.ok_or_else(|| {
            format!(
                "says \"{}\" where a number up to 1000 was expected",
                shown(word)
            )
        })?;
    }
    if words.next().is_some() {
        return Err(format!("has more than {N} numbers"));
    }
    Ok(out)
}

fn three(text: &str) -> Result<[f32; 3], String> {
    numbers::<3>(text)
}

fn whole(text: &str) -> Result<usize, String> {
    text.parse()
        .map_err(|_| format!("says \"{}\" where a size was expected", shown(text)))
}
