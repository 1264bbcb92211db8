//! The kernel of models without one of their own: their likelihood in dual numbers, in vectors of customers.

use super::{Kernel, Model};
use crate::data::dense::{DenseTable, PartialSum, RowBlock};
use crate::data::observations::Observation;
use crate::data::table::Table;
use crate::likelihood::counts::CountWeights;
use crate::numerics::dual::Dual;
use crate::numerics::number::Branchless;
use crate::numerics::{LANES, Lanes, Sums};

/// Σ w·ℓ: [`Model::of_count`] once for each distinct count, [`Model::of_history`] in a loop over customers
/// that compiles to vector instructions.
pub struct DefaultKernel<'a, M: Model<K>, const K: usize> {
    model: M,
    rows: DenseTable<'a, M::Observation>,
    counts: CountWeights,
}

impl<'a, M: Model<K>, const K: usize> DefaultKernel<'a, M, K> {
    /// The kernel of these rows.
    #[must_use]
    pub fn new(model: M, rows: Table<'a, M::Observation>) -> Self {
        let rows = rows.dense();
        let counts = CountWeights::new(&rows);
        Self { model, rows, counts }
    }
}

/// The sum over some rows, at θ.
struct HistorySums<'m, M: Model<K>, const K: usize> {
    model: &'m M,
    theta: [f64; K],
    /// ln L, summed lane by lane.
    value: Lanes,
    /// Its gradient.
    gradient: [Lanes; K],
    /// The upper triangle of its Hessian.
    hessian: [[Lanes; K]; K],
}

impl<M: Model<K>, const K: usize> PartialSum<K> for HistorySums<'_, M, K> {
    #[inline(always)]
    fn add(&mut self, block: RowBlock<'_>) {
        let [a, b, c] = block.columns;
        // Made here, so that derivatives of 0 and 1 are known when the loop is compiled.
        let theta = Dual::variables(self.theta.map(Branchless));
        for (((a, b), c), weight) in a.iter().zip(b).zip(c).zip(block.weights) {
            // A loop with all derivatives in its body, which compiles to vectors of rows.
            for i in 0..LANES {
                let row = M::Observation::of([a.0[i], b.0[i], c.0[i]].map(Branchless));
                let term = self.model.of_history(theta, &row);
                let weight = weight.0[i];
                let add = |sum: &mut f64, term: Branchless| *sum = term.0.mul_add(weight, *sum);
                add(&mut self.value.0[i], term.value);
                let mut j = 0;
                while j < K {
                    add(&mut self.gradient[j].0[i], term.gradient[j]);
                    let mut k = j;
                    while k < K {
                        add(&mut self.hessian[j][k].0[i], term.hessian[j][k]);
                        k += 1;
                    }
                    j += 1;
                }
            }
        }
    }

    #[inline(always)]
    fn finish(self) -> Sums<K> {
        Sums {
            value: self.value.sum(),
            gradient: self.gradient.map(Lanes::sum),
            hessian: self.hessian.map(|row| row.map(Lanes::sum)),
        }
    }
}

impl<M: Model<K>, const K: usize> Kernel<K> for DefaultKernel<'_, M, K> {
    fn evaluate(&self, theta: [f64; K]) -> Sums<K> {
        let histories = self.rows.sum(
            #[inline(always)]
            || HistorySums {
                model: &self.model,
                theta,
                value: Lanes::ZERO,
                gradient: [Lanes::ZERO; K],
                hessian: [[Lanes::ZERO; K]; K],
            },
        );
        let theta = Dual::variables(theta);
        let counts = self.counts.iter().fold(Sums::from(0.0), |sum, (count, weight)| {
            sum + self.model.of_count(theta, count) * weight
        });
        (histories + counts).mirrored()
    }
}
