//! Sky: what is blue, or bright and pale, or a bright glow; smooth; and connected to the upper edge. A pale or glowing
//! sky must also be among the brightest things of the photo, which studio backdrops and walls are not.

use super::Detected;
use super::features::{Features, components, flood, percentile};
use super::position::smoothstep;

/// How much a colour may be sky: clear blue, and cloud or glow.
fn colour_scores(f: &Features, i: usize) -> (f32, f32) {
    let (l, chroma, hue) = (f.lab.l[i], f.lab.chroma(i), f.hue_deg(i));
    let blue = smoothstep(205.0, 225.0, hue)
        * (1.0 - smoothstep(286.0, 298.0, hue))
        * smoothstep(3.0, 9.0, chroma)
        * (1.0 - smoothstep(52.0, 66.0, chroma))
        * smoothstep(2.0, 8.0, l);
    let cloud = smoothstep(55.0, 72.0, l) * (1.0 - smoothstep(12.0, 20.0, chroma));
    // from magenta over red and orange to yellow: dusk, dawn and the sun
    let warm = f32::from(u8::from(!(112.0..300.0).contains(&hue)));
    let glow = warm * smoothstep(60.0, 80.0, l) * (1.0 - smoothstep(60.0, 80.0, chroma));
    (blue, cloud.max(glow))
}

pub(super) fn detect(f: &Features) -> Detected {
    let (width, height) = (f.width, f.height);
    let scores: Vec<(f32, f32)> = (0..f.len()).map(|i| colour_scores(f, i)).collect();
    // clouds have contrast, but nothing in the sky has fine detail
    let detail = f.blurred(&f.detail, 0.006);
    let smooth: Vec<f32> = f
        .texture
        .iter()
        .zip(&detail)
        .map(|(&t, &d)| (1.0 - smoothstep(3.5, 9.0, t)) * (1.0 - smoothstep(1.0, 2.2, d)))
        .collect();
    let score: Vec<f32> = scores
        .iter()
        .zip(&smooth)
        .map(|(&(blue, pale), &smooth)| blue.max(pale) * (0.25 + 0.75 * smooth))
        .collect();

    let top = (height / 40).max(1);
    let seeds: Vec<usize> = (0..top * width)
        .filter(|&i| score[i] > 0.5 && smooth[i] > 0.5)
        .collect();
    // the sky grows lighter towards the horizon: what is greyish and much darker than all of its upper edge is far
    // hills in blue air
    let darkest = percentile(seeds.iter().map(|&i| f.lab.l[i]).collect(), 0.1) - 25.0;
    let inside: Vec<bool> = (0..f.len())
        .map(|i| score[i] > 0.4 && (f.lab.l[i] > darkest || f.lab.chroma(i) > 24.0))
        .collect();
    let step = |i: usize, j: usize| {
        let d = [
            f.lab.l[i] - f.lab.l[j],
            f.lab.a[i] - f.lab.a[j],
            f.lab.b[i] - f.lab.b[j],
        ];
        (d[0] * d[0] + d[1] * d[1] + d[2] * d[2]).sqrt() < 16.0
    };
    let mut sky = vec![false; f.len()];
    let mut group = flood(&inside, width, seeds, &mut sky, step);
    if group.is_empty() {
        return Detected {
            mask: vec![0.0; f.len()],
            confidence: 0.0,
        };
    }
    let surely: Vec<bool> = (0..f.len())
        .map(|i| inside[i] && score[i] > 0.5 && smooth[i] > 0.5)
        .collect();
    let mut newest = group.clone();
    while !newest.is_empty() {
        let beyond = across(f, &newest, &sky, &surely);
        newest = flood(&inside, width, beyond, &mut sky, step);
        group.extend(&newest);
    }
    let likely = likelier_sky(f, &sky, &scores);
    let calm: Vec<bool> = inside.iter().zip(&likely).map(|(&i, &l)| i && l).collect();
    sky.fill(false);
    let group = flood(&calm, width, group, &mut sky, step);
    if group.is_empty() {
        return Detected {
            mask: vec![0.0; f.len()],
            confidence: 0.0,
        };
    }
    let rim: Vec<bool> = scores
        .iter()
        .zip(&likely)
        .map(|(s, &l)| l && s.0.max(s.1) > 0.4)
        .collect();
    grow(&mut sky, &rim, width);
    fill_holes(&mut sky, &scores, width);
    let confidence = confidence(f, &sky, &scores, &smooth);
    let keep = smoothstep(0.2, 0.4, confidence);
    let mask = sky.iter().map(|&s| if s { keep } else { 0.0 }).collect();
    Detected { mask, confidence }
}

/// Widest thing that the sky goes on behind, as a share of the long edge, with the soft rim it has in the features.
const CABLE: f32 = 0.04;

/// Where the sky goes on behind a cable, a mast or a branch: surely sky, straight across from some that was found, of
/// the same colour, and not darker, as water under a thin shore would be.
fn across(f: &Features, from: &[usize], sky: &[bool], surely: &[bool]) -> Vec<usize> {
    let (width, height) = (f.width, f.height);
    let reach = ((CABLE * width.max(height) as f32) as usize).max(2);
    let alike = |i: usize, j: usize| {
        let (l, a, b) = (
            f.lab.l[j] - f.lab.l[i],
            f.lab.a[j] - f.lab.a[i],
            f.lab.b[j] - f.lab.b[i],
        );
        l > -3.0 && (l * l + a * a + b * b).sqrt() < 8.0
    };
    let mut found = Vec::new();
    for &i in from.iter().filter(|&&i| surely[i]) {
        let (x, y) = (i % width, i / width);
        let ways: [&mut dyn Iterator<Item = usize>; 3] = [
            &mut (1..=reach.min(x)).map(|d| i - d),
            &mut (1..=reach.min(width - 1 - x)).map(|d| i + d),
            &mut (1..=reach.min(height - 1 - y)).map(|d| i + d * width),
        ];
        for way in ways {
            // straight on through the sky there is nothing to cross
            let mut beyond = way.skip_while(|&j| sky[j]);
            if let Some(j) = beyond.find(|&j| surely[j])
                && !sky[j]
                && alike(i, j)
            {
                found.push(j);
            }
        }
    }
    found
}

/// Whose colour occurs more in the sky than on the ground: rock in blue shade and blossom in the
/// sun are told from the sky they touch by the rock and blossom elsewhere.
fn likelier_sky(f: &Features, sky: &[bool], scores: &[(f32, f32)]) -> Vec<bool> {
    let bins = f.bins();
    let weights = |wanted: bool| sky.iter().map(move |&s| f32::from(u8::from(s == wanted)));
    let (above, below) = (
        bins.histogram(weights(true)),
        bins.histogram(weights(false)),
    );
    let ratio: Vec<f32> = (0..f.len())
        .map(|i| {
            let (a, b) = (bins.share(&above, i) + 1e-5, bins.share(&below, i) + 1e-5);
            a / (a + b)
        })
        .collect();
    let ratio = f.blurred(&ratio, 0.006);
    // what glows far less than the sky does is lit by it
    let level = percentile(
        (0..f.len())
            .filter(|&i| sky[i])
            .map(|i| f.lab.l[i])
            .collect(),
        0.5,
    );
    (0..f.len())
        .map(|i| ratio[i] > 0.5 && (scores[i].0 > 0.3 || f.lab.l[i] > level - 22.0))
        .collect()
}

/// Up to the very edge: next to a ridge the sky looks textured, because the window that texture is measured in holds
/// the ridge too. That window is three points wide to either side.
fn grow(sky: &mut [bool], into: &[bool], width: usize) {
    for _ in 0..3 {
        let before = sky.to_vec();
        for i in (0..sky.len()).filter(|&i| into[i] && !before[i]) {
            let x = i % width;
            sky[i] = (x > 0 && before[i - 1])
                || (x + 1 < width && before[i + 1])
                || (i >= width && before[i - width])
                || (i + width < before.len() && before[i + width]);
        }
    }
}

/// Sky-coloured patches that the sky surrounds (clouds' rims, the sun) are sky too; a balloon or a bird is not.
fn fill_holes(sky: &mut [bool], scores: &[(f32, f32)], width: usize) {
    let outside: Vec<bool> = sky.iter().map(|s| !s).collect();
    let height = sky.len() / width;
    for hole in components(&outside, width, 0) {
        let at_border = hole.iter().any(|&i| {
            let (x, y) = (i % width, i / width);
            x == 0 || x + 1 == width || y + 1 == height
        });
        let like_sky = hole
            .iter()
            .map(|&i| scores[i].0.max(scores[i].1))
            .sum::<f32>()
            / hole.len() as f32;
        if !at_border && (like_sky > 0.5 || hole.len() <= 4) && hole.len() * 50 < sky.len() {
            for i in hole {
                sky[i] = true;
            }
        }
    }
}

fn confidence(f: &Features, sky: &[bool], scores: &[(f32, f32)], smooth: &[f32]) -> f32 {
    let (width, height) = (f.width, f.height);
    let inside: Vec<usize> = (0..f.len()).filter(|&i| sky[i]).collect();
    let count = inside.len() as f32;
    let mean = |value: &dyn Fn(usize) -> f32| inside.iter().map(|&i| value(i)).sum::<f32>() / count;
    let share = count / f.len() as f32;
    let edge = |y: usize| (0..width).filter(|&x| sky[y * width + x]).count() as f32 / width as f32;
    let top = (0..(height / 40).max(1)).map(edge).fold(0.0, f32::max);
    let bottom = edge(height - 1);
    let blue = mean(&|i| scores[i].0);
    let is_blue = smoothstep(0.15, 0.45, blue);
    // a pale sky is the light source itself: little else is brighter, and it is bright
    let level = percentile(inside.iter().map(|&i| f.lab.l[i]).collect(), 0.5);
    let ground: Vec<usize> = (0..f.len()).filter(|&i| !sky[i]).collect();
    let brighter =
        ground.iter().filter(|&&i| f.lab.l[i] > level - 4.0).count() as f32 / f.len() as f32;
    let under = percentile(ground.iter().map(|&i| f.lab.l[i]).collect(), 0.5);
    let pale = (1.0 - smoothstep(0.015, 0.07, brighter))
        * smoothstep(8.0, 30.0, level - under)
        * smoothstep(62.0, 80.0, level);
    let pale = pale * smoothstep(0.01, 0.08, share);
    let kind = is_blue.max(pale);
    let size = smoothstep(0.008, 0.05, share) * smoothstep(0.08, 0.35, top);
    let calm = smoothstep(0.45, 0.75, mean(&|i| smooth[i]));
    // sky all the way down is a wall, unless it is nearly all there is
    let ends = 1.0 - 0.8 * smoothstep(0.15, 0.6, bottom);
    kind * size * calm * ends
}
