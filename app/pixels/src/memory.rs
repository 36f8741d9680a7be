//! Keeping the memory of one picture for the next.

/// Planes of up to this many bytes stay with the program when they are freed.
const LARGEST: usize = 24 << 20;

/// Says that many pictures will be looked at one after the other. The GNU C library hands a freed plane back to the system,
/// and the next one costs a fault of the memory for each of its pages. It does so no more for anything up to the largest
/// piece that was ever freed, and keeps twice as much (mallopt(3), `M_MMAP_THRESHOLD`); so one of that size is asked for
/// here and freed without ever being touched. Other allocators are left as they are.
pub fn keep_freed() {
    drop(std::hint::black_box(Vec::<u8>::with_capacity(LARGEST)));
}
