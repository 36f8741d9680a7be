//! From degrees, numbers and units to an amount that fits the quantity.

use retake_core::{Amount, Change, Degree, Quantity, Scale};

use crate::heads::Modifiers;
use crate::sense::Word;

/// A change with its amount.
pub(crate) struct Measured {
    pub(crate) quantity: Quantity,
    pub(crate) change: Change,
    pub(crate) amount: Amount,
}

/// How far a quantity should go, after what the words around it say.
pub(crate) fn measured(
    quantity: Quantity,
    change: Change,
    modifiers: &Modifiers,
    stops_without_number: bool,
) -> Measured {
    let plain = modifiers.degree.unwrap_or(if modifiers.removed {
        Degree::Strong
    } else {
        Degree::Moderate
    });
    let with = |quantity, change, amount| Measured {
        quantity,
        change,
        amount,
    };
    if change == Change::Set {
        return with(quantity, change, set_amount(quantity, modifiers));
    }
    if let Some(times) = modifiers.times {
        let change = if times < 1.0 { Change::Lower } else { change };
        let share = if times < 1.0 {
            1.0 - times
        } else {
            times - 1.0
        };
        return with(
            quantity,
            change,
            relative(quantity, share.min(10.0), change),
        );
    }
    let (value, sign, unit) = match modifiers.number {
        Some(number) => number,
        None if stops_without_number => (1.0, None, Some(Word::Stops)),
        None => return with(quantity, change, Amount::Degree(plain)),
    };
    let change = match sign {
        Some(true) => Change::Raise,
        Some(false) => Change::Lower,
        None => change,
    };
    let value = value.abs();
    let tonal = matches!(quantity, Quantity::Lightness | Quantity::Exposure);
    match unit {
        Some(Word::Stops) if tonal => {
            with(Quantity::Exposure, change, Amount::Units(value.min(10.0)))
        }
        Some(Word::Percent) if quantity == Quantity::Exposure => with(
            Quantity::Lightness,
            change,
            relative(Quantity::Lightness, value / 100.0, change),
        ),
        Some(Word::Percent)
            if quantity == Quantity::Saturation && change == Change::Lower && value >= 99.5 =>
        {
            with(Quantity::Monochrome, Change::Set, Amount::default())
        }
        Some(Word::Percent) => with(
            quantity,
            change,
            relative(quantity, (value / 100.0).min(10.0), change),
        ),
        Some(Word::Kelvin) => kelvin(value, sign.is_some() || value < 1500.0, change),
        None if tonal && value <= 5.0 && (sign.is_some() || quantity == Quantity::Exposure) => {
            with(Quantity::Exposure, change, Amount::Units(value))
        }
        // "by half"
        None if value < 1.0 && sign.is_none() => {
            with(quantity, change, relative(quantity, value, change))
        }
        // a slider of one end of the tones moves less of the picture
        None if matches!(
            quantity,
            Quantity::Highlights | Quantity::Shadows | Quantity::Whites | Quantity::Blacks
        ) =>
        {
            let degree = degree_of(0.6 * value / 100.0);
            with(quantity, change, Amount::Degree(degree))
        }
        // sliders run to 100: "contrast +20"
        None => with(quantity, change, Amount::Degree(degree_of(value / 100.0))),
        _ => with(quantity, change, Amount::Degree(plain)),
    }
}

fn relative(quantity: Quantity, share: f32, change: Change) -> Amount {
    // nothing can lose more than all it has
    let share = if change == Change::Lower {
        share.min(1.0)
    } else {
        share
    };
    let has_a_size =
        quantity == Quantity::Lightness || matches!(quantity.info().scale, Scale::Factor(_));
    if has_a_size {
        Amount::Relative(share)
    } else {
        Amount::Degree(degree_of(share))
    }
}

pub(crate) fn degree_of(share: f32) -> Degree {
    match share {
        s if s <= 0.12 => Degree::Slight,
        s if s <= 0.35 => Degree::Moderate,
        s if s <= 0.65 => Degree::Strong,
        _ => Degree::Extreme,
    }
}

fn set_amount(quantity: Quantity, modifiers: &Modifiers) -> Amount {
    match (quantity, modifiers.number) {
        (Quantity::Straighten, Some((value, sign, _))) => {
            let value = if sign == Some(false) { -value } else { value };
            Amount::Units(value.clamp(-45.0, 45.0))
        }
        _ => Amount::default(),
    }
}

/// A white balance in kelvin, as raw developers mean it: a higher number gives a warmer picture. Light is compared on the
/// mired scale (10⁶/K), on which equal steps look alike; daylight of 5500 K leaves the colours and only asks them neutral.
/// A signed or a small number ("+500 K", "300 kelvin cooler") is a shift from there.
/// 0.13 b* a mired is the slope of b* of a mid grey under the von Kries adaptation between Planckian lights near 5500 K.
fn kelvin(kelvin: f32, shift: bool, change: Change) -> Measured {
    let kelvin = match change {
        Change::Lower if shift => 5500.0 - kelvin,
        _ if shift => 5500.0 + kelvin,
        _ => kelvin,
    };
    let mired = 1e6 / 5500.0 - 1e6 / kelvin.clamp(1000.0, 40_000.0);
    if mired.abs() < 6.0 && !shift {
        return Measured {
            quantity: Quantity::Cast,
            change: Change::Lower,
            amount: Amount::default(),
        };
    }
    let change = if mired > 0.0 {
        Change::Raise
    } else {
        Change::Lower
    };
    Measured {
        quantity: Quantity::Warmth,
        change,
        amount: Amount::Units((0.13 * mired.abs()).clamp(1.0, 30.0)),
    }
}
