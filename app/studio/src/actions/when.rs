//! When actions can be done.

use crate::cx::Cx;

pub(super) fn always(_: &Cx<'_>) -> bool {
    true
}

pub(super) fn open(cx: &Cx<'_>) -> bool {
    cx.session().is_some()
}

pub(super) fn has_take(cx: &Cx<'_>) -> bool {
    cx.focus().is_some()
}

pub(super) fn has_mask(cx: &Cx<'_>) -> bool {
    cx.session()
        .is_some_and(|session| session.desk().mask.is_some())
}
