//! Predictions at many draws of the parameters, reduced block by block to mean, standard deviation and
//! quantiles.

use std::ops::Range;

use super::validation::check_finite;
use crate::error::{Error, Result};
use crate::parallel::interrupt::{Interrupt, in_chunks};

/// Predictions that are kept at a time.
const VALUES_PER_BLOCK: usize = 1 << 22;
/// Customers per chunk of a reduction.
const ROWS_PER_CHUNK: usize = 1 << 6;

/// Draws of the parameters of a model, and the quantiles over them that are wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct Draws {
    theta: Vec<f64>,
    parameters: usize,
    quantiles: Vec<f64>,
}

impl Draws {
    /// Draws of so many parameters each, one after another.
    ///
    /// # Errors
    /// No draw, and quantiles that are not from 0 to 1.
    pub fn new(theta: Vec<f64>, parameters: usize, quantiles: Vec<f64>) -> Result<Self> {
        if parameters == 0 || theta.is_empty() {
            let (name, expected) = ("the number of draws", "above 0");
            return Err(Error::Setting { name, value: 0.0, expected });
        }
        match quantiles.iter().find(|level| !(0.0..=1.0).contains(*level)) {
            Some(&value) => {
                Err(Error::Setting { name: "quantiles", value, expected: "from 0 to 1" })
            }
            None => Ok(Self { theta, parameters, quantiles }),
        }
    }

    /// The number of draws.
    #[must_use]
    pub fn len(&self) -> usize {
        self.theta.len() / self.parameters
    }

    /// Whether there are none, which never is the case.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.theta.is_empty()
    }

    /// One draw.
    #[must_use]
    pub fn get(&self, draw: usize) -> &[f64] {
        &self.theta[draw * self.parameters..(draw + 1) * self.parameters]
    }

    /// The number of results per customer: mean, standard deviation and the quantiles.
    #[must_use]
    pub fn width(&self) -> usize {
        2 + self.quantiles.len()
    }

    /// Mean, standard deviation and quantiles over the draws of what `predict` answers for a draw and some
    /// customers: a row for each of `len` customers and one for their sum. Only the answers of one block of
    /// customers are kept at a time.
    ///
    /// # Errors
    /// Those of `predict`, [`Error::Interrupted`], and results that are not finite.
    pub fn reduce(
        &self,
        len: usize,
        interrupt: &dyn Interrupt,
        predict: impl Fn(usize, Range<usize>) -> Result<Vec<f64>> + Sync,
    ) -> Result<Vec<f64>> {
        let width = self.width();
        let mut out = vec![0.0; (len + 1) * width];
        let (of_customers, of_total) = out.split_at_mut(len * width);
        let mut totals = vec![0.0; self.len()];
        let rows_per_block = (VALUES_PER_BLOCK / self.len()).max(1);
        for (block, cells) in of_customers.chunks_mut(rows_per_block * width).enumerate() {
            let start = block * rows_per_block;
            let range = start..start + cells.len() / width;
            let answers = |(): &mut (), draw| predict(draw, range.clone());
            let answers: Result<Vec<Vec<f64>>> =
                in_chunks(0..self.len(), interrupt, || (), answers)?.into_iter().collect();
            let answers = answers?;
            for (total, answers) in totals.iter_mut().zip(&answers) {
                *total += answers.iter().sum::<f64>();
            }
            let chunks = cells.chunks_mut(ROWS_PER_CHUNK * width).enumerate();
            let workspace = || Vec::with_capacity(answers.len());
            in_chunks(chunks, interrupt, workspace, |values: &mut Vec<f64>, (chunk, cells)| {
                for (row, cells) in cells.chunks_mut(width).enumerate() {
                    values.clear();
                    values.extend(answers.iter().map(|of| of[chunk * ROWS_PER_CHUNK + row]));
                    self.describe(values, cells);
                }
            })?;
        }
        self.describe(&mut totals, of_total);
        check_finite("predictions over draws", &out)?;
        Ok(out)
    }

    /// Writes mean, standard deviation and quantiles of values, which it sorts.
    fn describe(&self, values: &mut [f64], out: &mut [f64]) {
        values.sort_unstable_by(f64::total_cmp);
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let mean = mean.clamp(values[0], values[values.len() - 1]);
        let square = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
        (out[0], out[1]) = (mean, square.sqrt());
        for (cell, level) in out[2..].iter_mut().zip(&self.quantiles) {
            *cell = quantile(values, *level);
        }
    }
}

/// The quantile of sorted values, interpolated linearly between neighbours.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // between 0 and the length
fn quantile(sorted: &[f64], level: f64) -> f64 {
    let place = level * (sorted.len() - 1) as f64;
    let below = place.floor();
    let i = below as usize;
    let next = sorted[(i + 1).min(sorted.len() - 1)];
    sorted[i] + (place - below) * (next - sorted[i])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parallel::interrupt::interrupt_after;

    fn draws(count: u32) -> Draws {
        let theta = (0..count).map(f64::from).collect();
        Draws::new(theta, 1, vec![0.0, 0.25, 0.5, 1.0]).unwrap()
    }

    #[test]
    fn customers_and_their_sum_are_described() {
        let draws = draws(5);
        let predict = |draw: usize, rows: Range<usize>| {
            Ok(rows.map(|row| (row + 1) as f64 * draws.get(draw)[0]).collect())
        };
        let found = draws.reduce(200, &|| false, predict).unwrap();
        let expected =
            |scale: f64| [2.0, 2f64.sqrt(), 0.0, 1.0, 2.0, 4.0].map(|value| value * scale);
        for (row, found) in found.chunks(6).enumerate() {
            let scale = if row < 200 { (row + 1) as f64 } else { 20_100.0 };
            for (found, expected) in found.iter().zip(expected(scale)) {
                assert!((found - expected).abs() <= 1e-14 * scale, "{row} {found} {expected}");
            }
        }
    }

    #[test]
    fn blocks_do_not_matter() {
        let many = draws(1 << 12);
        let predict = |draw: usize, rows: Range<usize>| {
            Ok(rows.map(|row| ((row * 7 + draw * 13) % 101) as f64).collect())
        };
        let rows = 2 * (VALUES_PER_BLOCK >> 12) + 5;
        let found = many.reduce(rows, &|| false, predict).unwrap();
        for row in [0, 1023, 1024, 2048, rows - 1] {
            let one = many.reduce(1, &|| false, |draw, _| predict(draw, row..row + 1)).unwrap();
            assert_eq!(found[row * 6..row * 6 + 6], one[..6]);
        }
    }

    #[test]
    fn an_interrupt_and_errors_stop_it() {
        let draws = draws(100);
        let one = |_, rows: Range<usize>| Ok(vec![1.0; rows.len()]);
        for polls in 0..3 {
            let found = draws.reduce(10, &interrupt_after(polls), one);
            assert_eq!(found, Err(Error::Interrupted));
        }
        let failing = |draw, rows: Range<usize>| {
            if draw == 99 { Err(Error::Empty) } else { Ok(vec![1.0; rows.len()]) }
        };
        assert_eq!(draws.reduce(10, &|| false, failing), Err(Error::Empty));
        let infinite = |_, rows: Range<usize>| Ok(vec![f64::INFINITY; rows.len()]);
        assert!(matches!(draws.reduce(1, &|| false, infinite), Err(Error::Rows(_))));
        assert!(matches!(Draws::new(vec![], 1, vec![]), Err(Error::Setting { .. })));
        assert!(matches!(Draws::new(vec![1.0], 1, vec![1.5]), Err(Error::Setting { .. })));
    }
}
