//! The definition of Σ w·ℓ: the likelihood of one customer in dual numbers, row by row.

use super::model::{Kernel, Model};
use crate::data::unique::UniqueRows;
use crate::numerics::dual::Dual;
use crate::numerics::{Sums, sum_chunks};

/// [`Model::log_likelihood`] in dual numbers, row by row. Every other kernel equals it.
pub struct Definition<M: Model<K>, const K: usize> {
    model: M,
    rows: UniqueRows<M::Observation>,
}

impl<M: Model<K>, const K: usize> Definition<M, K> {
    /// The definition over these rows.
    #[must_use]
    pub fn new(model: M, rows: UniqueRows<M::Observation>) -> Self {
        Self { model, rows }
    }
}

impl<M: Model<K>, const K: usize> Kernel<K> for Definition<M, K> {
    fn evaluate(&self, theta: [f64; K]) -> Sums<K> {
        let theta = Dual::variables(theta);
        sum_chunks(self.rows.len(), |range| {
            range.fold(Sums::from(0.0), |sum, i| {
                sum + self.model.log_likelihood(theta, &self.rows.row(i)) * self.rows.weights[i]
            })
        })
    }
}
