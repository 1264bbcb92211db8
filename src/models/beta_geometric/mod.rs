//! The beta-geometric family: BG/NBD, and MBG/NBD, where a customer may drop out after the first purchase too.
//!
//! With n = x + s chances to drop out up to the last purchase (s = 0 for BG/NBD, 1 for MBG/NBD),
//!
//! ```text
//! L = E[(1−p)ⁿ] · Γ(r+x)/Γ(r) · αʳ/(α+T)^{r+x} · {1 + [n>0]·e^ζ}
//! e^ζ = a/(b+n−1) · ((α+T)/(α+t_x))^{r+x}
//! E[(1−p)ⁿ] = (b)ₙ/(a+b)ₙ
//! ```
//!
//! (Fader, Hardie & Lee 2005, eq. 6; Batislam et al. 2007; rearranged.) The posterior of an
//! active customer is λ ~ Gamma(r+x, α+T), p ~ Beta(a, b+n), from which all predictions follow.

use crate::data::observations::Purchases;
use crate::data::table::Table;
use crate::models::traits::{Kernel, Model, Parameter, Process, TransactionModel, Unit};
use crate::numerics::number::{Number, Plain, ln_1p_ratio};
use crate::numerics::{
    MAX_TIME_RATIO, beta_expectation, ln_beta_survival, ln_nbd_pmf, ln_pochhammer, nbd_upper_tail,
};

mod dense;
mod dropout_rows;
mod expected_purchases;
mod kernel;
mod survival;

use dense::BetaGeometricDenseKernel;
use kernel::BetaGeometricKernel;
use survival::survival;

/// The chances to drop out that the customer certainly survived: all but the last. Fractions of a purchase,
/// which predictions accept as lifetimes does, have none.
#[inline(always)]
fn chances_before_last<P: Plain>(chances: P) -> P {
    P::where_positive(chances - 1.0, chances - 1.0, P::from(0.0))
}

/// E = (r+x)·ln((α+T)/(α+t_x)), the logarithm by which an active customer is less likely for every time
/// since the last purchase without another.
#[inline(always)]
fn inactivity<N: Number>([r, alpha, ..]: [N; 4], row: &Purchases<N::Data>) -> N {
    r.plus(row.frequency) * ln_1p_ratio(row.age - row.recency, alpha.plus(row.recency))
}

/// Beyond this exponent, P(alive) is zero.
const MAX_EXPONENT: f64 = 700.0;

fn pmf(&[r, alpha, a, b]: &[f64; 4], t: f64, n: f64, first_dropout: f64) -> f64 {
    let (c, chances) = ((t / alpha).min(MAX_TIME_RATIO), n + first_dropout);
    let survival = ln_beta_survival(a, b, chances);
    let still_active = (survival + ln_nbd_pmf(r, c, n)).exp();
    if chances > 0.0 {
        // E[p(1−p)^{n−1}] = E[(1−p)ⁿ]·a/(b+n−1): dropped out at the n-th purchase.
        still_active
            + (survival + (a / (b + chances_before_last(chances))).ln()).exp()
                * nbd_upper_tail(r, c, n)
    } else {
        still_active
    }
}

/// [`expected_purchases::expected_purchases_of`] for one c.
fn expected_purchases(size: f64, c: f64, a: f64, b: f64) -> f64 {
    let mut answer = [0.0];
    expected_purchases::expected_purchases_of(size, &[c], a, b, &mut answer);
    answer[0]
}

/// [`expected_purchases::expected_purchases_of`] as an integral over p.
fn expected_purchases_integral(size: f64, c: f64, a: f64, b: f64) -> f64 {
    beta_expectation(a, b, &expected_purchases::ExpectedPurchases { size, c })
}

/// The model in which a customer may drop out after each repeat purchase, or after the first purchase as
/// well.
#[derive(Debug, Clone, Copy)]
pub struct BetaGeometric {
    /// The name in messages and saved files.
    pub(super) name: &'static str,
    /// The number of chances to drop out at the first purchase: 0 or 1.
    pub(super) first_dropout: f64,
}

impl Model<4> for BetaGeometric {
    type Observation = Purchases;
    const PARAMETERS: [Parameter; 4] = [
        Parameter::positive("r", Process::Purchase, Unit::None),
        Parameter::positive("alpha", Process::Purchase, Unit::Time),
        Parameter::positive("a", Process::Dropout, Unit::None),
        Parameter::positive("b", Process::Dropout, Unit::None),
    ];

    fn name(&self) -> &'static str {
        self.name
    }

    /// ln E\[(1−p)ⁿ\] + ln Γ(r+x)/Γ(r) − x·ln α.
    fn of_count<N: Number>(&self, [r, alpha, a, b]: [N; 4], x: N::Data) -> N {
        const SUM_UP_TO: f64 = 24.0;
        let survival = ln_beta_survival(a, b, x + self.first_dropout);
        if x.float() > SUM_UP_TO {
            return survival + ln_pochhammer(r, N::constant(x)) - alpha.ln().times(x);
        }
        let (mut purchases, mut k) = (N::from(0.0), 0.0);
        while k < x.float() {
            purchases = purchases + ((r + k) / alpha).ln();
            k += 1.0;
        }
        survival + purchases
    }

    /// ln{e^{−E} + \[n>0\]·a/(b+n−1)} − (r+x)·ln(1 + t_x/α), in which nothing cancels.
    #[inline(always)]
    fn of_history<N: Number>(&self, theta: [N; 4], row: &Purchases<N::Data>) -> N {
        let [r, alpha, a, b] = theta;
        let chances = row.frequency + self.first_dropout;
        let until_last = r.plus(row.frequency) * ln_1p_ratio(row.recency, alpha);
        let dropped_out = a.ln() - b.plus(chances_before_last(chances)).ln();
        let never = N::Data::from(-MAX_TIME_RATIO);
        let possible = N::Data::where_positive(chances, N::Data::from(0.0), never);
        (-inactivity(theta, row)).ln_add_exp(dropped_out.plus(possible)) - until_last
    }

    fn starts(&self, rows: &Table<'_, Purchases>) -> Vec<[f64; 4]> {
        let age = rows.mean(|row| row.age).max(f64::MIN_POSITIVE);
        let rate = (rows.mean(|row| row.frequency) / age).max(1e-3 / age);
        let at = |r: f64, a: f64, b: f64| [r, r / rate, a, b];
        vec![at(0.5, 0.5, 2.0), at(3.0, 0.05, 1.0), at(0.2, 2.0, 2.0), at(1.0, 5.0, 50.0)]
    }

    fn kernel<'a>(&self, rows: Table<'a, Purchases>) -> Box<dyn Kernel<4> + 'a> {
        match rows {
            Table::Unique(rows) => BetaGeometricKernel::boxed(*self, rows),
            Table::Dense(rows) => Box::new(BetaGeometricDenseKernel::new(rows, self.first_dropout)),
        }
    }
}

impl TransactionModel<4> for BetaGeometric {
    /// The likelihoods over that of a customer who has dropped out, times a/(b+n−1).
    #[inline(always)]
    fn active_or_dropped<P: Plain>(&self, theta: &[f64; 4], row: &Purchases<P>) -> [P; 2] {
        let [_, _, a, b] = theta.map(P::from);
        let chances = row.frequency + self.first_dropout;
        let exponent = inactivity(theta.map(P::from), row);
        let active = (b + chances_before_last(chances)) * (-exponent).exp();
        let active = P::where_positive(exponent - MAX_EXPONENT, P::from(0.0), active);
        let one = P::from(1.0);
        [P::where_positive(chances, active, one), P::where_positive(chances, a, P::from(0.0))]
    }

    fn expected_if_alive(
        &self,
        &[r, alpha, a, b]: &[f64; 4],
        frequency: f64,
        age: f64,
        t: f64,
    ) -> f64 {
        let b = b + frequency + self.first_dropout;
        expected_purchases(r + frequency, t / (alpha + age), a, b)
    }

    fn age_scale(&self, &[_, alpha, _, _]: &[f64; 4]) -> f64 {
        alpha
    }

    fn weighted_if_alive(
        &self,
        &[r, alpha, a, b]: &[f64; 4],
        frequency: f64,
        ages: &[f64],
        steps: (&[f64], &[f64]),
        out: &mut [f64],
    ) {
        let rates: Vec<f64> = ages.iter().map(|age| (alpha + age).recip()).collect();
        let beta = [a, b + frequency + self.first_dropout];
        expected_purchases::weighted_expected_purchases(r + frequency, beta, &rates, steps, out);
    }

    fn expected_new_customer(&self, &[r, alpha, a, b]: &[f64; 4], t: f64) -> f64 {
        let stays = if self.first_dropout > 0.0 { b / (a + b) } else { 1.0 };
        stays * expected_purchases(r, t / alpha, a, b + self.first_dropout)
    }

    fn survival(&self, theta: &[f64; 4], t: f64) -> f64 {
        survival(theta, t, self.first_dropout)
    }

    fn pmf(&self, theta: &[f64; 4], t: f64, n: f64) -> f64 {
        pmf(theta, t, n, self.first_dropout)
    }

    /// Given that the customer is alive at T, λ ~ Gamma(r+x, α+T) and p ~ Beta(a, b+n), and there is no
    /// dropout at T itself: the purchases after T are those of a new BG/NBD customer of these parameters.
    fn pmf_conditional(&self, theta: &[f64; 4], row: &Purchases, t: f64, n: f64) -> f64 {
        let &[r, alpha, a, b] = theta;
        let chances = row.frequency + self.first_dropout;
        let if_alive = [r + row.frequency, alpha + row.age, a, b + chances];
        let [active, dropped] = self.active_or_dropped(theta, row);
        let without_purchase = if n == 0.0 { dropped } else { 0.0 };
        (without_purchase + active * pmf(&if_alive, t, n, 0.0)) / (active + dropped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::{BG_NBD, MBG_NBD};
    use proptest::prelude::*;

    proptest! {
        /// Sum and integral are the same number wherever both can be had.
        #[test]
        fn sum_and_integral_agree(
            ln_size in -10.0f64..5.0, ln_c in -6.0f64..1.0,
            ln_a in -13.0f64..13.0, ln_b in -13.0f64..13.0,
        ) {
            let [size, c, a, b] = [ln_size, ln_c, ln_a, ln_b].map(f64::exp);
            let (sum, integral) =
                (expected_purchases(size, c, a, b), expected_purchases_integral(size, c, a, b));
            prop_assert!((sum / integral - 1.0).abs() < 1e-10, "{sum} {integral}");
        }

        #[test]
        fn masses_sum_to_one(
            ln_r in -2.0f64..2.0, ln_t in -3.0f64..1.0, ln_a in -3.0f64..3.0, ln_b in -3.0f64..3.0,
        ) {
            let theta = [ln_r.exp(), 1.0, ln_a.exp(), ln_b.exp()];
            for first_dropout in [0.0, 1.0] {
                let masses = (0..400).map(|n| pmf(&theta, ln_t.exp(), f64::from(n), first_dropout));
                let total: f64 = masses.sum();
                prop_assert!((total - 1.0).abs() < 1e-11, "{total}");
            }
        }
    }

    /// Where p hardly varies: (1 − (1+pc)^{−R})/p; without dropout: Rc, as in NBD.
    #[test]
    fn huge_parameters_have_their_limits() {
        for (a, b) in [(1e12, 1e13), (1e16, 3e16), (1e16, 1e18)] {
            let (p, size, c): (f64, f64, f64) = (a / (a + b), 2.5, 3000.0);
            let expected = (1.0 - (1.0 + p * c).powf(-size)) / p;
            let found = expected_purchases(size, c, a, b);
            assert!((found / expected - 1.0).abs() < 1e-9, "{a} {b}: {found} {expected}");
        }
        let found = expected_purchases(2.5, 3000.0, 1e-9, 1e16);
        assert!((found / 7500.0 - 1.0).abs() < 1e-12, "{found}");
    }

    /// Fractions of a purchase below one have as many chances to drop out as in lifetimes.
    #[test]
    fn p_alive_of_fractions_of_a_purchase_is_a_probability() {
        for frequency in [0.1, 0.5, 0.7, 0.9] {
            let row = Purchases { frequency, recency: 1.0, age: 20.0 };
            let theta = [0.24, 4.4, 0.8, 0.3];
            let found = BG_NBD.probability_alive(&theta, &row);
            let odds: f64 = 0.8 / 0.3 * (24.4f64 / 5.4).powf(0.24 + frequency);
            assert!((found * (1.0 + odds) - 1.0).abs() < 1e-14, "{found}");
        }
    }

    #[test]
    fn mean_of_the_masses_is_the_expectation() {
        let theta = [0.7, 3.0, 1.0, 2.4];
        for model in [BG_NBD, MBG_NBD] {
            let mean: f64 =
                (0..2000).map(|n| f64::from(n) * model.pmf(&theta, 9.0, f64::from(n))).sum();
            assert!((mean / model.expected_new_customer(&theta, 9.0) - 1.0).abs() < 1e-11);
        }
    }
}
