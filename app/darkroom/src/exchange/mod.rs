//! Recipes in other programs' formats: Lightroom's and Camera Raw's XMP, and `.cube` look-up tables.

pub mod crs;
pub mod cube;
pub mod lut;
