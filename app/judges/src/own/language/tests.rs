use super::*;
use proptest::prelude::*;

fn measure(name: &str) -> Option<f64> {
    [("x", 0.5), ("a.b", 2.0), ("zero", 0.0)]
        .into_iter()
        .find_map(|(known, value)| (known == name).then_some(value))
}

fn reckoned(text: &str) -> Result<f64, Mistake> {
    Formula::read(text)?.value(&measure)
}

#[test]
fn formulas_are_reckoned_as_they_are_read() {
    for (text, wanted) in [
        ("1 + 2 * 3", 7.0),
        ("(1 + 2) * 3", 9.0),
        ("8 - 4 - 2", 2.0),
        ("2 ^ 3 ^ 2", 512.0),
        ("-2 ^ 2", -4.0),
        ("2 ^ -1", 0.5),
        ("x * a.b", 1.0),
        ("1e-1 + .5", 0.6),
        ("1 < 2 and 2 < 1", 0.0),
        ("1 < 2 or 2 < 1", 1.0),
        ("not x", 0.0),
        ("!zero", 1.0),
        ("1 != 1", 0.0),
        ("3 >= 3", 1.0),
        ("min(3, 1, 2) + max(3, 1)", 4.0),
        ("clamp(7, 0, 1)", 1.0),
        ("mean(1, 2, 6)", 3.0),
        ("ramp(0.5, 0, 1)", 0.5),
        ("if(x > 0.4, 10, 20)", 10.0),
        // what is not taken is not reckoned
        ("if(zero, 1 / zero, 3)", 3.0),
        ("sqrt(16) + abs(-1) + ln(exp(2)) + sigmoid(0)", 7.5),
    ] {
        let found = reckoned(text).unwrap_or_else(|mistake| panic!("{text}: {mistake:?}"));
        assert!((found - wanted).abs() < 1e-9, "{text}: {found}");
    }
}

#[test]
fn a_mistake_names_its_column() {
    for (text, column, words) in [
        ("", 1, "missing at the end"),
        ("1 +", 4, "missing at the end"),
        ("1 + * 2", 5, "“*” was not expected"),
        ("(1 + 2", 7, "“)” is missing"),
        ("1 2", 3, "“2” was not expected"),
        ("min()", 1, "min takes 1"),
        ("2 * abs(1, 2)", 5, "abs takes 1"),
        ("loop(1)", 1, "no function loop; there are min"),
        ("while x: x", 7, "was not expected"),
        ("1.2.3", 1, "“1.2.3” is no number"),
        ("x; x", 2, "“;” was not expected"),
        ("if(1, 2)", 1, "if takes 3"),
    ] {
        let mistake = Formula::read(text).map(|_| ()).expect_err(text);
        assert_eq!(mistake.column, column, "{text}: {mistake:?}");
        assert!(
            mistake.why.to_string().contains(words),
            "{text}: {}",
            mistake.why
        );
    }
}

#[test]
fn what_is_no_number_is_said_with_its_column() {
    for (text, column, words) in [
        ("1 + x / zero", 7, "divides by zero"),
        ("sqrt(-1)", 1, "no number"),
        ("ln(zero)", 1, "no number"),
        ("10 ^ 400", 4, "no number"),
        ("1 + y", 5, "y is not known"),
        ("ramp(1, 2, 2) / ramp(2, 2, 2)", 17, "no number"),
    ] {
        let mistake = reckoned(text).expect_err(text);
        assert_eq!(mistake.column, column, "{text}: {mistake:?}");
        assert!(
            mistake.why.to_string().contains(words),
            "{text}: {}",
            mistake.why
        );
    }
}

#[test]
fn a_formula_that_is_nested_without_end_is_refused() {
    let deep = "(".repeat(3000);
    assert!(Formula::read(&deep).is_err());
    assert!(Formula::read(&"-".repeat(3000)).is_err());
    assert!(Formula::read(&"1+".repeat(3000)).is_err());
}

#[test]
fn every_name_is_told_with_its_place() {
    let formula = Formula::read("x + min(a.b, x)").expect("right");
    assert_eq!(
        formula.names().collect::<Vec<_>>(),
        [("x", 1), ("a.b", 9), ("x", 14)]
    );
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "[-+*/^()<>=!.,a-z0-9 ]{0,60}|(?:.){0,30}") {
        if let Ok(formula) = Formula::read(&text) {
            let _ = formula.value(&|_| Some(0.5));
        }
    }

    #[test]
    fn sums_and_products_are_those_of_arithmetic(a in -9i32..9, b in -9i32..9, c in 1i32..9) {
        let found = reckoned(&format!("{a} + {b} * {c} - ({a} - {b}) / {c}"));
        let (a, b, c) = (f64::from(a), f64::from(b), f64::from(c));
        prop_assert!((found.expect("a number") - (a + b * c - (a - b) / c)).abs() < 1e-9);
    }
}
