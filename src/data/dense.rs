//! Dense tables, for rows most of which are distinct: the caller's columns in place, read block by block.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::ops::Range;

use rayon::prelude::*;

use crate::data::columns::{Column, ROWS_PER_BLOCK, scan, scan_blocks};
use crate::data::observations::Observation;
use crate::data::unique::first_faults;
use crate::error::Result;
use crate::numerics::{LANES, Lanes, vectorized};
use crate::numerics::{Sums, sum_chunks};

/// Rows per chunk of a pass over the table.
const ROWS_PER_CHUNK: usize = 1 << 16;

/// A column that is borrowed, or of the table's own.
#[derive(Debug, Clone)]
enum ColumnStorage<'a> {
    Borrowed(Column<'a>),
    Owned(Vec<f64>),
}

impl ColumnStorage<'_> {
    fn column(&self) -> Column<'_> {
        match self {
            Self::Borrowed(column) => *column,
            Self::Owned(numbers) => Column::F64(numbers),
        }
    }
}

/// The rows of a table in place, checked.
#[derive(Debug, Clone)]
pub struct DenseTable<'a, R> {
    columns: Vec<ColumnStorage<'a>>,
    weights: Option<Cow<'a, [f64]>>,
    len: usize,
    /// The factor by which times are multiplied when they are read.
    scale: f64,
    /// The largest number in the last column, before scaling.
    largest: f64,
    /// The sum over all customers.
    pub total_weight: f64,
    /// The number of customers with a weight above zero.
    pub customers: usize,
    row: PhantomData<R>,
}

/// Some rows, filled up with copies of the last one that weigh nothing.
#[derive(Clone, Copy)]
pub struct RowBlock<'b> {
    /// The values of each column, a third one zero where there are two.
    pub columns: [&'b [Lanes]; 3],
    /// The weight of each row: the number of customers it represents.
    pub weights: &'b [Lanes],
}

/// A sum over some rows. Its functions must always be inlined into code that is compiled for the
/// instruction set in use.
pub trait PartialSum<const K: usize> {
    /// Adds rows.
    fn add(&mut self, block: RowBlock<'_>);
    /// The sums over the rows that have been added; the lower triangle of the Hessian may be missing.
    fn finish(self) -> Sums<K>;
}

impl RowBlock<'_> {
    /// The largest number of vectors in a block.
    pub const MAX_VECTORS: usize = 32;
}

impl<'a, R: Observation> DenseTable<'a, R> {
    /// Checks the rows of columns of one length, and weights that have been checked.
    ///
    /// # Errors
    /// [`crate::Error::Rows`] for values that cannot be.
    pub fn new(columns: &[Column<'a>], weights: Option<&'a [f64]>, len: usize) -> Result<Self> {
        let chunks = (0..len.div_ceil(ROWS_PER_CHUNK)).into_par_iter();
        let largest: Option<Vec<f64>> =
            chunks.map(|i| largest::<R>(columns, chunk_range(i, len))).collect();
        let Some(largest) = largest else { return Err(first_faults::<R>(columns)) };
        let columns = columns.iter().map(|&column| ColumnStorage::Borrowed(column)).collect();
        let largest = largest.into_iter().fold(0.0, f64::max);
        Ok(Self::of(columns, weights.map(Cow::Borrowed), [len as f64, 1.0, largest]))
    }

    /// A copy of sound rows and their weights.
    pub fn copied(rows: impl Iterator<Item = (R, f64)> + Clone) -> Self {
        let column = |i: usize| -> Vec<f64> {
            rows.clone().map(|(row, _)| f64::from_bits(row.key()[i])).collect()
        };
        let columns: Vec<Vec<f64>> = (0..R::COLUMNS.len()).map(column).collect();
        let weights: Vec<f64> = rows.map(|(_, weight)| weight).collect();
        let largest = columns.last().map_or(0.0, |last| last.iter().copied().fold(0.0, f64::max));
        let len = weights.len() as f64;
        let columns = columns.into_iter().map(ColumnStorage::Owned).collect();
        Self::of(columns, Some(Cow::Owned(weights)), [len, 1.0, largest])
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a length
    fn of(
        columns: Vec<ColumnStorage<'a>>,
        weights: Option<Cow<'a, [f64]>>,
        [len, scale, largest]: [f64; 3],
    ) -> Self {
        let (total_weight, customers) = match &weights {
            None => (len, len as usize),
            Some(weights) => (weights.iter().sum(), weights.iter().filter(|w| **w > 0.0).count()),
        };
        let len = len as usize;
        Self { columns, weights, len, scale, largest, total_weight, customers, row: PhantomData }
    }

    /// The number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The table with all times multiplied by `scale`, in addition to earlier scaling.
    #[must_use]
    pub fn scaled(mut self, scale: f64) -> Self {
        if R::TIMED {
            self.scale *= scale;
        }
        self
    }

    /// The longest time in a row; 1 where there are no times.
    #[must_use]
    pub fn longest(&self) -> f64 {
        if R::TIMED { self.largest * self.scale } else { 1.0 }
    }

    /// Every k-th row, copied, so that about `size` rows remain.
    #[must_use]
    pub fn sample(&self, size: usize) -> DenseTable<'static, R> {
        // An odd step rarely coincides with a period in the order of the table.
        let step = (self.len / size.max(1)).max(1) | 1;
        let picked = || (step / 2..self.len).step_by(step);
        let column = |held: &ColumnStorage<'_>| {
            let column = held.column();
            ColumnStorage::Owned(picked().map(|i| column.get(i)).collect())
        };
        let columns = self.columns.iter().map(column).collect();
        let weights = self.weights.as_ref().map(|weights| picked().map(|i| weights[i]).collect());
        DenseTable::of(columns, weights, [picked().count() as f64, self.scale, self.largest])
    }

    /// The weighted mean of a quantity.
    #[must_use]
    pub fn mean(&self, quantity: impl Fn(&R) -> f64 + Sync) -> f64 {
        let sums = self.map_chunks(|range| {
            let mut sum = 0.0;
            self.rows(range, |row, weight| sum += weight * quantity(&row));
            sum
        });
        sums.into_iter().sum::<f64>() / self.total_weight
    }

    /// Calls `each` with every row in a range and its weight, in order.
    pub fn rows(&self, range: Range<usize>, mut each: impl FnMut(R, f64)) {
        let times = if R::TIMED { self.scale } else { 1.0 };
        let all = scan::<std::convert::Infallible>(&self.borrowed(), range, |i, [a, b, c]| {
            let weight = self.weights.as_ref().map_or(1.0, |weights| weights[i]);
            each(R::read(&[a, b * times, c * times]), weight);
            Ok(())
        });
        match all {
            Ok(()) => (),
        }
    }

    /// The results of `work` for consecutive parts of the rows, in order.
    pub fn map_chunks<T: Send>(&self, work: impl Fn(Range<usize>) -> T + Sync + Send) -> Vec<T> {
        (0..self.len.div_ceil(ROWS_PER_CHUNK))
            .into_par_iter()
            .map(|i| work(chunk_range(i, self.len)))
            .collect()
    }

    /// The sums over all rows, a few at a time, compiled for the instruction set in use and in parallel
    /// where that pays: each chunk of rows is added to a partial sum of its own.
    pub fn sum<P: PartialSum<K>, const K: usize>(&self, start: impl Fn() -> P + Sync) -> Sums<K> {
        sum_chunks(self.len, |range| {
            vectorized(
                #[inline(always)]
                || {
                    let mut partial = start();
                    self.each_block(
                        range,
                        #[inline(always)]
                        |block| partial.add(block),
                    );
                    partial.finish()
                },
            )
        })
    }

    fn borrowed(&self) -> Vec<Column<'_>> {
        self.columns.iter().map(ColumnStorage::column).collect()
    }

    /// Calls `each` with all rows in a range, a few at a time. (It has a loop of its own because code
    /// called in a function that is not inlined is not compiled for the instruction set in use.)
    #[inline(always)]
    fn each_block(&self, range: Range<usize>, mut each: impl FnMut(RowBlock<'_>)) {
        let mut block = [[Lanes::ZERO; RowBlock::MAX_VECTORS]; 4];
        let mut buffer = [0.0; ROWS_PER_BLOCK];
        let scales = if R::TIMED { [1.0, self.scale, self.scale] } else { [1.0; 3] };
        let mut start = range.start;
        while start < range.end {
            let rows = start..(start + RowBlock::MAX_VECTORS * LANES).min(range.end);
            let vectors = rows.len().div_ceil(LANES);
            for ((cells, held), scale) in block.iter_mut().zip(&self.columns).zip(scales) {
                let numbers = held.column().block(rows.clone(), &mut buffer);
                let last = numbers.last().map_or(0.0, |last| last * scale);
                fill(&mut cells[..vectors], numbers, scale, last);
            }
            match &self.weights {
                Some(weights) => fill(&mut block[3][..vectors], &weights[rows.clone()], 1.0, 0.0),
                None => fill_ones(&mut block[3][..vectors], rows.len()),
            }
            let [a, b, c, weights] = block.each_ref().map(|cells| &cells[..vectors]);
            each(RowBlock { columns: [a, b, c], weights });
            start = rows.end;
        }
    }
}

#[inline(always)]
fn fill(cells: &mut [Lanes], numbers: &[f64], scale: f64, padding: f64) {
    let (whole, rest) = numbers.as_chunks::<LANES>();
    for (cell, numbers) in cells.iter_mut().zip(whole) {
        *cell = Lanes(*numbers) * scale;
    }
    if !rest.is_empty() {
        cells[whole.len()] = Lanes::of(|i| if i < rest.len() { rest[i] * scale } else { padding });
    }
}

#[inline(always)]
fn fill_ones(cells: &mut [Lanes], ones: usize) {
    for (cell, start) in cells.iter_mut().zip((0..).step_by(LANES)) {
        *cell = Lanes::of(|i| f64::from(u8::from(start + i < ones)));
    }
}

fn chunk_range(i: usize, len: usize) -> Range<usize> {
    i * ROWS_PER_CHUNK..((i + 1) * ROWS_PER_CHUNK).min(len)
}

/// The largest number in the last column of sound rows; `None` where some are not.
fn largest<R: Observation>(columns: &[Column<'_>], range: Range<usize>) -> Option<f64> {
    let mut largest = 0.0f64;
    let sound = scan_blocks(columns, range, |_, [a, b, c]| {
        let unsound = vectorized(
            #[inline(always)]
            || {
                let mut unsound = 0;
                for ((a, b), c) in a.iter().zip(b).zip(c) {
                    unsound |= u64::from(!R::read(&[*a, *b, *c]).is_sound());
                    largest = largest.max(*c);
                }
                unsound
            },
        );
        if unsound == 0 { Ok(()) } else { Err(()) }
    });
    sound.ok().map(|()| largest)
}
