//! Skin in a colour that skin does not have. Human skin of every tone lies in a narrow range of hues
//! (Xiao et al. 2017, "Characterising the variations in ethnic skin colours", fig. 4: CIELAB hue angles of about 40–75°).

use retake_core::{Mask, decimals, said};

use super::cast::Allowed;
use crate::asked::Leave;
use crate::finding::{Finding, saturating};
use crate::scene::{After, Before};
use crate::tiles;

/// Hue angles in degrees that pass in any light.
const HUES: (f32, f32) = (22.0, 84.0);
/// Chroma that passes in any light.
const CHROMA: (f32, f32) = (6.0, 46.0);

/// How far a colour lies from all skin: degrees, and chroma counted as degrees.
fn strangeness(a: f32, b: f32) -> f32 {
    let hue = b.atan2(a).to_degrees();
    let chroma = a.hypot(b);
    let off = |value: f32, (low, high): (f32, f32)| (low - value).max(value - high).max(0.0);
    // a hue means less where there is little colour
    off(hue, HUES).min(120.0) * (chroma / 12.0).min(1.0) + 1.5 * off(chroma, CHROMA)
}

pub(super) fn find(before: &Before<'_>, after: &After) -> Finding {
    let Some(skin) = &before.side.skin else {
        return Finding::none("skin");
    };
    let (source, edit) = (before.lab(), &after.lab);
    let relief = before.asked.relief(Leave::Skin);
    // skin in an asked light is skin
    let allowed = Allowed::by(before);
    let mut map = vec![0.0f32; source.len()];
    let sums = tiles::sum(before.width(), before.height(), |i| {
        let weight = skin.values[i];
        if weight < 0.3 {
            return None;
        }
        let (sa, sb) = (source.a[i], source.b[i]);
        let (da, db) = allowed.beyond(edit.a[i] - sa, edit.b[i] - sb);
        let more = strangeness(sa + da, sb + db) - strangeness(sa, sb);
        let more = more.max(0.0) * (1.0 - relief.at(i));
        map[i] = weight * (more / 40.0).min(1.0);
        Some([
            weight * more.min(90.0),
            weight * edit.a[i],
            weight * edit.b[i],
            weight,
        ])
    });
    let (cost, spread) = tiles::jackknife(&sums, |s| {
        let share = (s[3] / source.len().max(1) as f64 / 0.02).min(1.0) as f32;
        saturating((s[0] / s[3].max(1.0)) as f32 - 4.0, 22.0, 0.55) * share
    });
    let total = tiles::total(&sums);
    let (a, b) = (
        (total[1] / total[3].max(1.0)) as f32,
        (total[2] / total[3].max(1.0)) as f32,
    );
    Finding {
        id: "skin",
        text: said!(
            "Skin: hue {hue}°, chroma {chroma}; skin lies between {low}° and {high}°.",
            hue = decimals(b.atan2(a).to_degrees(), 0),
            chroma = decimals(a.hypot(b), 0),
            low = decimals(HUES.0, 0),
            high = decimals(HUES.1, 0)
        ),
        cost,
        spread,
        map: Some(Mask {
            width: before.width(),
            height: before.height(),
            values: map,
        }),
    }
}
