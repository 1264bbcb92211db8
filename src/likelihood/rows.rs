//! The likelihood row by row: values and scores of each customer, at one θ or at one of their own.

use super::model::Model;
use crate::data::observations::Observation;
use crate::error::Result;
use crate::numerics::dual::Dual;
use crate::numerics::number::Branchless;
use crate::numerics::vectorized;
use crate::parallel::interrupt::{Interrupt, in_chunks};

/// Customers per chunk.
const ROWS_PER_CHUNK: usize = 1 << 10;

/// The parameters of customers.
#[derive(Debug, Clone, Copy)]
pub enum Thetas<'a, const K: usize> {
    /// The same for all.
    One([f64; K]),
    /// One θ per customer.
    PerRow(&'a [[f64; K]]),
}

impl<const K: usize> Thetas<'_, K> {
    #[inline(always)]
    fn of(&self, row: usize) -> [f64; K] {
        match self {
            Self::One(theta) => *theta,
            Self::PerRow(thetas) => thetas[row],
        }
    }
}

/// ln L of each customer, without derivatives.
///
/// # Errors
/// [`crate::Error::Interrupted`]
pub fn values<M: Model<K>, const K: usize>(
    model: &M,
    thetas: Thetas<'_, K>,
    rows: &[M::Observation],
    interrupt: &dyn Interrupt,
) -> Result<Vec<f64>> {
    each_row(
        rows,
        interrupt,
        #[inline(always)]
        |i, values| {
            let theta = thetas.of(i).map(Branchless);
            let history = model.of_history(theta, &M::Observation::of(values));
            (history + model.of_count(theta, values[0])).0
        },
    )
}

/// The scores of each customer: the derivatives of ln L in θ.
///
/// # Errors
/// [`crate::Error::Interrupted`]
pub fn scores<M: Model<K>, const K: usize>(
    model: &M,
    thetas: Thetas<'_, K>,
    rows: &[M::Observation],
    interrupt: &dyn Interrupt,
) -> Result<Vec<[f64; K]>> {
    each_row(
        rows,
        interrupt,
        #[inline(always)]
        |i, values| {
            let theta = Dual::variables(thetas.of(i).map(Branchless));
            let history = model.of_history(theta, &M::Observation::of(values));
            (history + model.of_count(theta, values[0])).gradient.map(|slope| slope.0)
        },
    )
}

/// A function of each row, given its number and its values.
fn each_row<R: Observation, T: Send>(
    rows: &[R],
    interrupt: &dyn Interrupt,
    function: impl Fn(usize, [Branchless; 3]) -> T + Sync,
) -> Result<Vec<T>> {
    let chunks = in_chunks(
        rows.chunks(ROWS_PER_CHUNK).enumerate(),
        interrupt,
        || (),
        |(), (chunk, rows)| -> Vec<T> {
            vectorized(
                #[inline(always)]
                || {
                    let numbered = (chunk * ROWS_PER_CHUNK..).zip(rows);
                    numbered.map(|(i, row)| function(i, row.values().map(Branchless))).collect()
                },
            )
        },
    )?;
    Ok(chunks.into_iter().flatten().collect())
}
