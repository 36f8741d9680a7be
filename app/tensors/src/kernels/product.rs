//! Matrix products into parts of a larger matrix, in safe clothes. With `patches/lanes.rs` the one place where the kernels are
//! unsafe: the product takes pointers and strides, and several threads write side by side into one matrix.

#![expect(
    unsafe_code,
    reason = "gemm takes pointers; every access is checked against the slices here, and strips of columns never overlap"
)]

use std::marker::PhantomData;

use gemm::Parallelism;
use rayon::prelude::*;

/// A matrix to read: `rows × columns`, in any order that two strides can say.
#[derive(Clone, Copy)]
pub(super) struct Matrix<'a> {
    values: &'a [f32],
    rows: usize,
    columns: usize,
    row_stride: usize,
    column_stride: usize,
}

impl<'a> Matrix<'a> {
    /// Panics if the slice is too short for it.
    pub(super) fn new(
        values: &'a [f32],
        (rows, columns): (usize, usize),
        (row_stride, column_stride): (usize, usize),
    ) -> Self {
        assert!(rows > 0 && columns > 0, "a matrix of {rows} × {columns}");
        let last = (rows - 1) * row_stride + (columns - 1) * column_stride;
        assert!(last < values.len(), "a matrix beyond its slice");
        Self {
            values,
            rows,
            columns,
            row_stride,
            column_stride,
        }
    }

    /// Row after row.
    pub(super) fn by_rows(values: &'a [f32], rows: usize, columns: usize) -> Self {
        Self::new(values, (rows, columns), (columns, 1))
    }

    /// Rows for columns.
    pub(super) fn transposed(self) -> Self {
        Self {
            rows: self.columns,
            columns: self.rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
            ..self
        }
    }
}

/// A matrix to write: rows of neighbouring values that lie `row_stride` apart.
pub(super) struct Target<'a> {
    start: *mut f32,
    rows: usize,
    columns: usize,
    row_stride: usize,
    _borrowed: PhantomData<&'a mut [f32]>,
}

// SAFETY: a target is an exclusive borrow of the values in its rows, like the `&mut [f32]` it was made from; `strips`
// gives no value to two targets.
unsafe impl Send for Target<'_> {}

impl<'a> Target<'a> {
    /// Panics if the slice is too short for it.
    pub(super) fn new(
        values: &'a mut [f32],
        rows: usize,
        columns: usize,
        row_stride: usize,
    ) -> Self {
        assert!(rows > 0 && columns > 0 && columns <= row_stride);
        assert!((rows - 1) * row_stride + columns <= values.len());
        Self {
            start: values.as_mut_ptr(),
            rows,
            columns,
            row_stride,
            _borrowed: PhantomData,
        }
    }

    /// Side by side, at most `width` columns each: (first column, strip).
    pub(super) fn strips(self, width: usize) -> Vec<(usize, Target<'a>)> {
        (0..self.columns)
            .step_by(width.max(1))
            .map(|first| {
                let strip = Target {
                    // SAFETY: `first` is less than `columns`, so the pointer stays within the first row.
                    start: unsafe { self.start.add(first) },
                    columns: width.min(self.columns - first),
                    ..self
                };
                (first, strip)
            })
            .collect()
    }

    /// One of its rows.
    pub(super) fn row(&mut self, row: usize) -> &mut [f32] {
        assert!(row < self.rows);
        // SAFETY: the row lies within the slice that the target was made from, and `&mut self` makes it the only borrow.
        unsafe {
            std::slice::from_raw_parts_mut(self.start.add(row * self.row_stride), self.columns)
        }
    }

    /// Fills each row with its own value.
    pub(super) fn fill_rows(&mut self, value: impl Fn(usize) -> f32) {
        for row in 0..self.rows {
            self.row(row).fill(value(row));
        }
    }

    /// Fills all rows with the same values.
    pub(super) fn fill_with(&mut self, values: &[f32]) {
        for row in 0..self.rows {
            self.row(row).copy_from_slice(values);
        }
    }

    /// Becomes `scale · a · b`, added to what is there if `add`. Panics if the sizes do not fit.
    pub(super) fn product(
        &mut self,
        a: Matrix<'_>,
        b: Matrix<'_>,
        scale: f32,
        add: bool,
        threads: Threads,
    ) {
        assert!(a.rows == self.rows && b.columns == self.columns && a.columns == b.rows);
        // SAFETY: `Matrix::new` and `Target::new` have checked that every element lies within its slice, the sizes
        // agree, and the target is borrowed exclusively.
        unsafe {
            gemm::gemm(
                self.rows,
                self.columns,
                a.columns,
                self.start,
                1,
                self.row_stride as isize,
                add,
                a.values.as_ptr(),
                a.column_stride as isize,
                a.row_stride as isize,
                b.values.as_ptr(),
                b.column_stride as isize,
                b.row_stride as isize,
                1.0,
                scale,
                false,
                false,
                false,
                match threads {
                    Threads::One => Parallelism::None,
                    Threads::All => Parallelism::Rayon(rayon::current_num_threads()),
                },
            );
        }
    }
}

/// Whether a product spreads over the processor, or is itself one of many that do.
#[derive(Clone, Copy, Debug)]
pub(super) enum Threads {
    /// this one only
    One,
    /// all of rayon's
    All,
}

/// A buffer for a thread's own use, kept from one piece of work to the next.
pub(super) fn with_buffer<R>(length: usize, work: impl FnOnce(&mut [f32]) -> R) -> R {
    thread_local! {
        static BUFFER: std::cell::RefCell<Vec<f32>> = const { std::cell::RefCell::new(Vec::new()) };
    }
    BUFFER.with_borrow_mut(|buffer| {
        if buffer.len() < length {
            buffer.resize(length, 0.0);
        }
        work(&mut buffer[..length])
    })
}

/// Does all of them, on all threads.
pub(super) fn side_by_side<T: Send>(work: Vec<T>, each: impl Fn(T) + Send + Sync) {
    work.into_par_iter().with_max_len(1).for_each(each);
}
