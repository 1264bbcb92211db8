//! Unique rows by sorting: many distinct values or large counts, sorted unchanged, chunk by chunk.

use std::marker::PhantomData;
use std::ops::Range;

use rayon::prelude::*;

use super::UniqueRows;
use super::dictionary::ValueDictionary;
use super::packed::Obstacle;
use crate::data::columns::{Column, scan};
use crate::data::observations::Observation;

/// Rows per chunk that is sorted.
const ROWS_PER_CHUNK: usize = 1 << 16;

/// The unique rows, in ascending order.
pub(super) fn compress<R: Observation>(
    columns: &[Column<'_>],
    weights: Option<&[f64]>,
    len: usize,
) -> Result<UniqueRows<R>, Obstacle> {
    let chunks: Vec<Vec<(R, f64)>> = (0..len.div_ceil(ROWS_PER_CHUNK))
        .into_par_iter()
        .map(|i| {
            sort_chunk(columns, weights, i * ROWS_PER_CHUNK..((i + 1) * ROWS_PER_CHUNK).min(len))
        })
        .collect::<Result<_, _>>()?;
    // Each chunk is freed as soon as it has been copied.
    let mut rows = Vec::with_capacity(chunks.iter().map(Vec::len).sum());
    for chunk in chunks {
        rows.extend(chunk);
    }
    Ok(of_rows(rows, weights.map_or(len, |w| w.iter().filter(|w| **w > 0.0).count())))
}

/// The unique rows among these, of so many customers.
pub(super) fn of_rows<R: Observation>(mut rows: Vec<(R, f64)>, customers: usize) -> UniqueRows<R> {
    rows.par_sort_unstable_by_key(order);
    merge(&mut rows);
    let mut numbers = [0, 1, 2].map(|_| ValueDictionary::<u32>::new(u32::MAX as usize));
    let number = |dictionary: &mut ValueDictionary<u32>, bits| {
        dictionary.code(bits).expect("fewer than 2^32 distinct values")
    };
    let codes = rows.iter().map(|(row, _)| {
        let key = row.key();
        std::array::from_fn(|i| number(&mut numbers[i], key[i]))
    });
    let codes = codes.collect();
    let weights_of: Vec<f64> = rows.iter().map(|(_, weight)| *weight).collect();
    UniqueRows {
        values: numbers.map(|d| d.values().iter().map(|&bits| f64::from_bits(bits)).collect()),
        codes,
        total_weight: weights_of.iter().sum(),
        weights: weights_of,
        customers,
        row: PhantomData,
    }
}

/// The distinct rows of a chunk in ascending order, without those of weight zero.
fn sort_chunk<R: Observation>(
    columns: &[Column<'_>],
    weights: Option<&[f64]>,
    range: Range<usize>,
) -> Result<Vec<(R, f64)>, Obstacle> {
    let mut rows = Vec::with_capacity(range.len());
    scan(columns, range, |i, values| {
        let row = R::read(&values);
        if !row.is_sound() {
            return Err(Obstacle::Fault);
        }
        let weight = weights.map_or(1.0, |w| w[i]);
        if weight > 0.0 {
            rows.push((row, weight));
        }
        Ok(())
    })?;
    rows.sort_unstable_by_key(order);
    merge(&mut rows);
    rows.shrink_to_fit();
    Ok(rows)
}

/// The sort key: the row, then its weight, so that equal rows are added in one order.
fn order<R: Observation>((row, weight): &(R, f64)) -> ([u64; 3], u64) {
    (row.key(), weight.to_bits())
}

/// Adds up the weights of equal rows next to each other.
fn merge<R: Observation>(rows: &mut Vec<(R, f64)>) {
    rows.dedup_by(|next, kept| {
        let equal = next.0.key() == kept.0.key();
        if equal {
            kept.1 += next.1;
        }
        equal
    });
}

/// Whether rows repeat often enough for compression to pay, judged by a sample.
pub(crate) fn repeats<R: Observation>(columns: &[Column<'_>], len: usize) -> bool {
    const SAMPLE_ROWS: usize = 1 << 13;
    let sampled = len.min(SAMPLE_ROWS);
    let mut keys: Vec<_> = (0..sampled)
        .map(|i| {
            let mut values = [0.0; 3];
            for (value, column) in values.iter_mut().zip(columns) {
                *value = column.get(i * len / sampled);
            }
            R::read(&values).key()
        })
        .collect();
    keys.sort_unstable();
    keys.dedup();
    2 * keys.len() < sampled
}
