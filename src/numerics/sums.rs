//! Sums over rows with exact derivatives, chunk by chunk in a fixed order.

use rayon::prelude::*;

use super::dual::Dual;

/// Value, gradient and Hessian of a sum over customers.
pub type Sums<const K: usize> = Dual<K>;

/// Rows per chunk. Chunks are added in order, so that the result does not depend on the number of threads.
pub const ROWS_PER_CHUNK: usize = 4096;

/// The sum of `sum_chunk` over consecutive chunks of `0..len`, in parallel where that pays.
pub fn sum_chunks<const K: usize>(
    len: usize,
    sum_chunk: impl Fn(std::ops::Range<usize>) -> Sums<K> + Sync,
) -> Sums<K> {
    let chunks = len.div_ceil(ROWS_PER_CHUNK);
    let range = |i: usize| i * ROWS_PER_CHUNK..((i + 1) * ROWS_PER_CHUNK).min(len);
    let zero = Sums::from(0.0);
    if chunks < 4 {
        return (0..chunks).map(|i| sum_chunk(range(i))).fold(zero, |a, b| a + b);
    }
    let parts: Vec<Sums<K>> = (0..chunks).into_par_iter().map(|i| sum_chunk(range(i))).collect();
    parts.into_iter().fold(zero, |a, b| a + b)
}
