//! What a word that asks is worth beside the words around it: some only describe, some say the direction of the next.

use retake_core::{Change, Quantity};

use crate::goals::Manner;
use crate::heads::{Ask, Heads};
use crate::lexicon::Role;
use crate::read::{Item, Kind};
use crate::sense::{Sense, Word};

/// "a dark vignette", "a soft glow": the adjective describes the effect.
pub(super) fn absorbed(head: &crate::heads::Head, next: Option<&crate::heads::Head>) -> bool {
    let describes = matches!(&head.ask, Ask::Attribute(changes, false) if changes.iter().all(|(q, _)| matches!(q, Quantity::Lightness | Quantity::Sharpness | Quantity::Texture)));
    let effect = next.is_some_and(|n| {
        n.at == head.at + 1
            && matches!(
                n.ask,
                Ask::Name(
                    Quantity::Vignette
                        | Quantity::Glow
                        | Quantity::Grain
                        | Quantity::Fade
                        | Quantity::Contrast
                )
            )
    });
    let soft = matches!(&head.ask, Ask::Attribute(changes, false) if changes.iter().all(|(q, _)| *q == Quantity::Sharpness));
    let style = next.is_some_and(|n| n.at == head.at + 1 && matches!(n.ask, Ask::Style(_)));
    describes && effect || soft && style
}

/// "una viñeta suave": the adjective after the effect describes it.
pub(super) fn described_effect(
    head: &crate::heads::Head,
    last: Option<&crate::heads::Head>,
) -> bool {
    let describes = matches!(&head.ask, Ask::Attribute(changes, false)
        if changes.iter().all(|(q, _)| matches!(q, Quantity::Sharpness | Quantity::Texture | Quantity::Contrast)));
    let effect = last.is_some_and(|l| {
        l.at + 1 == head.at
            && matches!(
                l.ask,
                Ask::Name(Quantity::Vignette | Quantity::Glow | Quantity::Grain | Quantity::Fade)
            )
    });
    describes && effect
}

/// "暗角淡一点": an effect that is to be paler is to be less.
pub(super) fn fades(head: &crate::heads::Head, last: Option<&crate::heads::Head>) -> bool {
    let pale = matches!(&head.ask, Ask::Attribute(changes, false)
        if changes.as_slice() == [(Quantity::Saturation, Change::Lower)]);
    let effect = last.is_some_and(|l| {
        l.at + 1 == head.at
            && l.modifiers.direction.is_none()
            && matches!(
                l.ask,
                Ask::Name(Quantity::Vignette | Quantity::Glow | Quantity::Grain | Quantity::Fade)
            )
    });
    pale && effect
}

/// "make the night sky darker", "make the panorama warmer": a style after its article, before another wish, says which
/// photo it is.
pub(super) fn names_the_photo(
    head: &crate::heads::Head,
    next: Option<&crate::heads::Head>,
    items: &[Item],
) -> bool {
    let made = items[..head.at].iter().any(|i| i.is(Word::Make))
        && !items[..head.at].iter().any(|i| i.is(Word::To))
        && !items.iter().any(|i| i.is(Word::Crop));
    let article = head.at > 0 && items[head.at - 1].plays(Role::Determiner);
    let photo = items.get(head.at + 1).is_some_and(|i| i.is(Word::Photo));
    let wish = next.is_some_and(|n| match n.ask {
        Ask::Attribute(..) | Ask::Colour(..) => true,
        Ask::Style(_) => photo,
        _ => false,
    });
    made && article && wish && matches!(head.ask, Ask::Style(_) | Ask::Aspect(_))
}

/// "dreh den Kontrast hoch": what is turned is a knob, not the picture.
pub(super) fn turned_up(head: &crate::heads::Head, said: &Heads) -> bool {
    head.ask == Ask::Rotate
        && said
            .heads
            .iter()
            .any(|h| matches!(h.ask, Ask::Name(_) | Ask::Tone(_) | Ask::Attribute(..)))
        && !said
            .heads
            .iter()
            .any(|h| matches!(h.modifiers.number, Some((_, _, Some(Word::Degrees)))))
}

/// "invert the colours": a verb that nobody knows does not mean more of them.
pub(super) fn of_an_unknown_verb(head: &crate::heads::Head, items: &[Item]) -> bool {
    let named = matches!(head.ask, Ask::Name(_) | Ask::Colours | Ask::Tone(_));
    let m = &head.modifiers;
    let plain = m.direction.is_none() && m.number.is_none() && m.times.is_none();
    let plain = plain && !m.too_much && !m.too_little && !m.removed && !m.recovered;
    let verb = head.at >= 2
        && items[head.at - 1].is(Word::Filler)
        && items[head.at - 2].kind == Kind::Unknown
        && items[..head.at - 2].iter().all(|i| i.is(Word::Filler));
    named && plain && verb
}

/// "golden hour light", "Wes Anderson colours": the noun adds nothing to the style.
pub(super) fn noun_of_style(head: &crate::heads::Head, last: Option<&crate::heads::Head>) -> bool {
    let noun = matches!(
        head.ask,
        Ask::Name(Quantity::Lightness | Quantity::Exposure) | Ask::Colours | Ask::Cast
    );
    let plain = head.modifiers.direction.is_none() && head.modifiers.number.is_none();
    noun && plain && last.is_some_and(|l| l.at + 1 == head.at && matches!(l.ask, Ask::Style(_)))
}

/// "mute the colours slightly": what stands after an idle noun belongs to the word before it.
pub(super) fn taking_over(
    head: &crate::heads::Head,
    next: Option<&crate::heads::Head>,
    said: &Heads,
) -> crate::heads::Head {
    let mut head = head.clone();
    if let Some(next) = next
        && matches!(head.ask, Ask::Attribute(..))
        && colourless_noun(&next.ask, said)
    {
        let (own, late) = (&mut head.modifiers, &next.modifiers);
        own.degree = own.degree.or(late.degree);
        own.number = own.number.or(late.number);
        own.times = own.times.or(late.times);
        own.complete |= late.complete;
    }
    head
}

/// "smooth out the noise": what is smoothed is the fault.
pub(super) fn smooths_a_fault(
    head: &crate::heads::Head,
    next: Option<&crate::heads::Head>,
) -> bool {
    let smooths = matches!(&head.ask, Ask::Attribute(changes, false) if changes.iter().all(|&(q, c)| c == Change::Lower && matches!(q, Quantity::Texture | Quantity::Sharpness)));
    smooths && next.is_some_and(|n| matches!(n.ask, Ask::Name(Quantity::Noise | Quantity::Haze)))
}

/// "soften the contrast": there is to be less of what is softened.
pub(super) fn softens(
    head: &crate::heads::Head,
    next: &crate::heads::Head,
    items: &[Item],
) -> bool {
    let soft = matches!(&head.ask, Ask::Attribute(changes, false)
        if changes.iter().all(|(q, _)| *q == Quantity::Sharpness));
    let named = matches!(
        next.ask,
        Ask::Name(
            Quantity::Contrast
                | Quantity::Saturation
                | Quantity::Clarity
                | Quantity::Vignette
                | Quantity::Grain
                | Quantity::Texture
        ) | Ask::Colours
    );
    let verb = items.get(head.at).is_some_and(|item| item.verb);
    soft && named && verb && next.modifiers.direction.is_none()
}

/// "a warmer white balance", "brighter exposure", "warm colours": the noun adds nothing to the adjective.
pub(super) fn colourless_noun(ask: &Ask, said: &Heads) -> bool {
    let noun = match ask {
        Ask::Name(Quantity::Exposure | Quantity::Lightness | Quantity::Warmth)
        | Ask::Colours
        | Ask::Cast => true,
        Ask::Attribute(changes, true) => changes.iter().all(|(q, _)| *q == Quantity::Cast),
        _ => false,
    };
    noun && said.heads.iter().any(|h| h.ask != *ask && matches!(&h.ask, Ask::Attribute(changes, _) if !changes.iter().all(|(q, _)| *q == Quantity::Cast)))
}

/// "assombris le ciel bleu": a colour after its place, beside another wish, says which place.
pub(super) fn described_colour(
    head: &crate::heads::Head,
    index: usize,
    said: &Heads,
    manner: &Manner<'_>,
) -> bool {
    matches!(head.ask, Ask::Colour(_, false))
        && index > 0
        && !manner.made
        && !head.modifiers.compared
        && matches!(said.heads[index - 1].ask, Ask::Attribute(..))
        && manner.items[said.heads[index - 1].at..head.at]
            .iter()
            .any(|i| matches!(i.kind, Kind::Sense(Sense::Region(_))))
}
