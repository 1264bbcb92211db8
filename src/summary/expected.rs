//! What is expected of customers who began one after another.

use crate::error::{Error, Result};
use crate::parallel::interrupt::{Interrupt, in_chunks};

/// What is expected of customers up to the end of every `every`-th period: Σ n(f)·E(i − f) over f < i
/// after i periods, n(f) of them having begun in period f. `curve` holds E(1), E(2), ….
///
/// # Errors
/// [`Error::Length`] when the columns differ in length, [`Error::Setting`] when `every` is 0,
/// [`Error::Interrupted`].
pub fn expected_over_time(
    began: &[i64],
    curve: &[f64],
    every: usize,
    interrupt: &dyn Interrupt,
) -> Result<Vec<f64>> {
    /// Ends that are added up in one piece.
    const ENDS_PER_CHUNK: usize = 1 << 9;
    if curve.len() != began.len() {
        let (found, expected) = (curve.len(), began.len());
        return Err(Error::Length { column: "curve", found, expected });
    }
    if every == 0 {
        return Err(Error::Setting { name: "every", value: 0.0, expected: "1 or more" });
    }
    let mut sums = vec![0.0; began.len() / every];
    let pieces = sums.chunks_mut(ENDS_PER_CHUNK).enumerate();
    in_chunks(
        pieces,
        interrupt,
        || (),
        |(), (piece, sums)| {
            let before = piece * ENDS_PER_CHUNK;
            for (from, &customers) in began[..(before + sums.len()) * every].iter().enumerate() {
                if customers != 0 {
                    // The first end after `from`, and the ages then and every so often later.
                    let first = before.max(from / every);
                    let ages = curve[(first + 1) * every - from - 1..].iter().step_by(every);
                    for (sum, expected) in sums[first - before..].iter_mut().zip(ages) {
                        *sum += customers as f64 * expected;
                    }
                }
            }
        },
    )?;
    Ok(sums)
}
