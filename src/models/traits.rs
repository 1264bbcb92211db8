//! Traits of models: the likelihood of one customer, and predictions by kind of model.

use crate::data::observations::{Observation, Periods, Purchases, Spending};
use crate::numerics::number::{Branchless, Plain};
use crate::numerics::vectorized;

pub use crate::likelihood::model::{
    Kernel, Model, Parameter, PenaltyScale, Process, Support, Unit,
};

/// A model of when customers buy and whether they still do.
pub trait TransactionModel<const K: usize>: Model<K, Observation = Purchases> {
    /// Two numbers in the ratio of the likelihoods of a customer who is active at T and of one who has dropped
    /// out; both are finite and not both zero. They should be free of branches and always inlined, as
    /// [`Model::of_history`] should.
    fn active_or_dropped<P: Plain>(&self, theta: &[f64; K], row: &Purchases<P>) -> [P; 2];

    /// P(alive | x, t_x, T): the probability that the customer has not dropped out by T.
    fn probability_alive(&self, theta: &[f64; K], row: &Purchases) -> f64 {
        let mut out = [0.0];
        self.probabilities_alive(
            theta,
            row.values().each_ref().map(std::slice::from_ref),
            &mut out,
        );
        out[0]
    }

    /// [`Self::probability_alive`] of customers given as columns of x, t_x and T; no result depends on the
    /// other customers.
    fn probabilities_alive(&self, theta: &[f64; K], columns: [&[f64]; 3], out: &mut [f64]) {
        let len = out.len();
        let [x, recency, age] = columns.map(|column| &column[..len]);
        vectorized(
            #[inline(always)]
            || {
                for i in 0..len {
                    let row = Purchases::of([x[i], recency[i], age[i]].map(Branchless));
                    let [active, dropped] = self.active_or_dropped(theta, &row);
                    out[i] = (active / (active + dropped)).0;
                }
            },
        );
    }

    /// E\[purchases in (T, T+t\] | x, T, alive at T\]. Depends on the row through x and T only.
    fn expected_if_alive(&self, theta: &[f64; K], frequency: f64, age: f64, t: f64) -> f64;

    /// The distance from T = 0 to the nearest singularity of [`Self::expected_if_alive`] as a function of
    /// T, which is analytic right of minus this, and bounded there by a small multiple of itself at |T +
    /// this|.
    fn age_scale(&self, theta: &[f64; K]) -> f64;

    /// Σₖ wₖ·E(tₖ), E being [`Self::expected_if_alive`], for customers of the same x, given the ascending
    /// times t and the weights w.
    fn weighted_if_alive(
        &self,
        theta: &[f64; K],
        frequency: f64,
        ages: &[f64],
        (times, weights): (&[f64], &[f64]),
        out: &mut [f64],
    ) {
        for (cell, &age) in out.iter_mut().zip(ages) {
            let steps = times.iter().zip(weights);
            *cell = steps.map(|(&t, w)| w * self.expected_if_alive(theta, frequency, age, t)).sum();
        }
    }

    /// E\[repeat purchases in (0, t\]\] of a new customer.
    fn expected_new_customer(&self, theta: &[f64; K], t: f64) -> f64;

    /// P(alive at t) of a new customer, t after the first purchase.
    fn survival(&self, theta: &[f64; K], t: f64) -> f64;

    /// P(X(t) = n): n repeat purchases of a new customer in (0, t\].
    fn pmf(&self, theta: &[f64; K], t: f64, n: f64) -> f64;

    /// P(X(T, T+t) = n | x, t_x, T): n purchases of an observed customer in (T, T+t\].
    fn pmf_conditional(&self, theta: &[f64; K], row: &Purchases, t: f64, n: f64) -> f64;
}

/// A model of the periods in which customers buy, one purchase a period at most.
pub trait PeriodModel<const K: usize>: Model<K, Observation = Periods> {
    /// The probability that the customer is still active `ahead` periods after the last observed.
    fn probability_alive(&self, theta: &[f64; K], row: &Periods, ahead: f64) -> f64;

    /// Expected purchases in the next `ahead` periods.
    fn expected_purchases(&self, theta: &[f64; K], row: &Periods, ahead: f64) -> f64;

    /// The probability of n purchases in the first `periods` periods of a new customer.
    fn pmf(&self, theta: &[f64; K], periods: f64, n: f64) -> f64;
}

/// A model of what customers spend per purchase.
pub trait SpendingModel<const K: usize>: Model<K, Observation = Spending> {
    /// The customer's expected spend per purchase given x purchases of mean m̄; NaN where it is not finite.
    /// It should be free of branches and always inlined, as [`Model::of_history`] should.
    fn expected_spend<P: Plain>(&self, theta: &[f64; K], row: &Spending<P>) -> P;

    /// Multiplies numbers by [`Self::expected_spend`] of customers given as columns of x and m̄.
    fn multiply_by_spend(&self, theta: &[f64; K], [count, mean]: [&[f64]; 2], out: &mut [f64]) {
        let len = out.len();
        let (count, mean) = (&count[..len], &mean[..len]);
        vectorized(
            #[inline(always)]
            || {
                for i in 0..len {
                    let row = Spending { count: Branchless(count[i]), mean: Branchless(mean[i]) };
                    out[i] *= self.expected_spend(theta, &row).0;
                }
            },
        );
    }
}
