//! Pareto/NBD: Schmittlein, Morrison & Colombo (1987), Counting Your Customers: Who Are They and
//! What Will They Do Next?, Management Science 33; Fader & Hardie (2005), note 009.
//!
//! While a customer is alive, purchases follow a Poisson process with rate λ; the lifetime is
//! exponential with rate μ. λ ~ Gamma(r, α) and μ ~ Gamma(s, β) over customers, independently.
//! With p = r + x,
//!
//! ```text
//! L = Γ(r+x)/Γ(r)·αʳβˢ·{(α+T)^{−p}(β+T)^{−s} + s∫_{t_x}^T (α+y)^{−p}(β+y)^{−s−1} dy}
//! ```
//!
//! alive at T, or dropped out at some y since the last purchase. The integral is computed directly: both
//! terms are positive, and nothing overflows or cancels where the printed forms with ₂F₁ do. Given that the
//! customer is alive at T, λ ~ Gamma(r+x, α+T) and μ ~ Gamma(s, β+T), from which all predictions follow.

use crate::data::observations::Purchases;
use crate::data::table::Table;
use crate::models::traits::{
    Kernel, Model, Parameter, PenaltyScale, Process, TransactionModel, Unit,
};
use crate::numerics::number::{Number, Plain, ln_1p_ratio};
use crate::numerics::{MAX_TIME_RATIO, decay_integral, ln_nbd_pmf, ln_pochhammer};

mod attrition_moments;
mod central_rows;
mod dense;
mod dropout_integral;
mod integrand;
mod kernel;
mod p_alive;
mod quadrature_rules;

use dropout_integral::dropout_after;
use p_alive::{log_odds_dropped_out, p_alive_at};

/// The model; see the module for its assumptions and source.
#[derive(Debug, Clone, Copy)]
pub struct ParetoNbd;

impl Model<4> for ParetoNbd {
    type Observation = Purchases;
    const PARAMETERS: [Parameter; 4] = [
        Parameter::positive("r", Process::Purchase, Unit::None),
        Parameter::positive("alpha", Process::Purchase, Unit::Time),
        Parameter::positive("s", Process::Dropout, Unit::None),
        Parameter::positive("beta", Process::Dropout, Unit::Time),
    ];
    const PENALTY: PenaltyScale = PenaltyScale::Sum;

    fn name(&self) -> &'static str {
        "Pareto/NBD"
    }

    /// ln Γ(r+x)/Γ(r) − x·ln α
    fn of_count<N: Number>(&self, [r, alpha, ..]: [N; 4], x: N::Data) -> N {
        ln_pochhammer(r, N::constant(x)) - alpha.ln().times(x)
    }

    /// The logarithm of the terms in braces, in which nothing cancels.
    #[inline(always)]
    fn of_history<N: Number>(&self, theta: [N; 4], row: &Purchases<N::Data>) -> N {
        let [r, alpha, s, beta] = theta;
        let until_last = r.plus(row.frequency) * ln_1p_ratio(row.recency, alpha)
            + s * ln_1p_ratio(row.recency, beta);
        let never = N::Data::from(-MAX_TIME_RATIO);
        let possible = N::Data::where_positive(row.age - row.recency, N::Data::from(0.0), never);
        let dropped_out = ln_dropped_out(theta, row).plus(possible);
        (-inactivity(theta, row)).ln_add_exp(dropped_out) - until_last
    }

    fn starts(&self, rows: &Table<'_, Purchases>) -> Vec<[f64; 4]> {
        let age = rows.mean(|row| row.age).max(f64::MIN_POSITIVE);
        let rate = (rows.mean(|row| row.frequency) / age).max(1e-3 / age);
        let at = |r: f64, s: f64, beta: f64| [r, r / rate, s, beta * age];
        vec![at(0.5, 0.6, 0.5), at(3.0, 0.2, 1.0), at(0.2, 2.0, 1.0), at(1.0, 5.0, 20.0)]
    }

    fn kernel<'a>(&self, rows: Table<'a, Purchases>) -> Box<dyn Kernel<4> + 'a> {
        match rows {
            Table::Unique(rows) => Box::new(kernel::ParetoNbdKernel::new(&rows)),
            Table::Dense(rows) => Box::new(dense::ParetoNbdDenseKernel::new(rows)),
        }
    }
}

/// ln of the second term over (α+t_x)^{−p}(β+t_x)^{−s}: dropped out at some time in (t_x, T). Where that is
/// empty, a time of 1 is taken instead.
#[inline(always)]
fn ln_dropped_out<N: Number>([r, alpha, s, beta]: [N; 4], row: &Purchases<N::Data>) -> N {
    let since_last = row.age - row.recency;
    let until = N::Data::where_positive(since_last, since_last, N::Data::from(1.0));
    let (rate, scale) = (alpha.plus(row.recency), beta.plus(row.recency));
    let integral = decay_integral([rate, r.plus(row.frequency), scale, s + 1.0], until);
    (s / scale).ln() + integral.ln()
}

/// ln of (α+t_x)^{−p}(β+t_x)^{−s} over (α+T)^{−p}(β+T)^{−s}.
#[inline(always)]
fn inactivity<N: Number>([r, alpha, s, beta]: [N; 4], row: &Purchases<N::Data>) -> N {
    let since_last = row.age - row.recency;
    r.plus(row.frequency) * ln_1p_ratio(since_last, alpha.plus(row.recency))
        + s * ln_1p_ratio(since_last, beta.plus(row.recency))
}

/// E\[(1 − e^{−μt})/μ\] for μ ~ Gamma(s, β): the time still alive out of the next t,
/// ∫₀ᵗ (1 + y/β)^{−s} dy = β·L·(e^{(1−s)L} − 1)/((1−s)L) with L = ln(1 + t/β). No 0/0 at s = 1.
fn expected_lifetime(s: f64, beta: f64, t: f64) -> f64 {
    let log = (t / beta).ln_1p();
    let z = (1.0 - s) * log;
    let mean = if z == 0.0 { 1.0 } else { z.exp_m1() / z };
    beta * log * mean
}

impl TransactionModel<4> for ParetoNbd {
    #[inline(always)]
    fn active_or_dropped<P: Plain>(&self, theta: &[f64; 4], row: &Purchases<P>) -> [P; 2] {
        let theta = theta.map(P::from);
        let zeta = ln_dropped_out(theta, row) + inactivity(theta, row);
        let small = P::where_positive(zeta, -zeta, zeta).exp();
        let one = P::from(1.0);
        let dropped = P::where_positive(zeta, one, small);
        let (since_last, none) = (row.age - row.recency, P::from(0.0));
        let active = P::where_positive(zeta, small, one);
        [P::where_positive(since_last, active, one), P::where_positive(since_last, dropped, none)]
    }

    fn probability_alive(&self, theta: &[f64; 4], row: &Purchases) -> f64 {
        p_alive_at(log_odds_dropped_out(theta, row))
    }

    fn probabilities_alive(&self, theta: &[f64; 4], columns: [&[f64]; 3], out: &mut [f64]) {
        p_alive::probabilities_alive(theta, columns, out);
    }

    fn expected_if_alive(
        &self,
        &[r, alpha, s, beta]: &[f64; 4],
        frequency: f64,
        age: f64,
        t: f64,
    ) -> f64 {
        (r + frequency) * (expected_lifetime(s, beta + age, t) / (alpha + age))
    }

    fn age_scale(&self, &[_, alpha, _, beta]: &[f64; 4]) -> f64 {
        alpha.min(beta)
    }

    fn expected_new_customer(&self, &[r, alpha, s, beta]: &[f64; 4], t: f64) -> f64 {
        r * (expected_lifetime(s, beta, t) / alpha)
    }

    /// E\[e^{−μt}\] = (β/(β+t))^s.
    fn survival(&self, &[_, _, s, beta]: &[f64; 4], t: f64) -> f64 {
        (-s * (t / beta).ln_1p()).exp()
    }

    fn pmf(&self, theta: &[f64; 4], t: f64, n: f64) -> f64 {
        let &[r, alpha, s, beta] = theta;
        if t == 0.0 {
            return f64::from(n == 0.0);
        }
        let still_active = (ln_nbd_pmf(r, t / alpha, n) - s * (t / beta).ln_1p()).exp();
        let left = if n == 0.0 {
            s / beta * decay_integral([alpha, r, beta, s + 1.0], t)
        } else {
            dropout_after(theta, t, n)
        };
        still_active + left
    }

    fn pmf_conditional(&self, theta: &[f64; 4], row: &Purchases, t: f64, n: f64) -> f64 {
        let &[r, alpha, s, beta] = theta;
        let zeta = log_odds_dropped_out(theta, row);
        let if_alive = [r + row.frequency, alpha + row.age, s, beta + row.age];
        let without_purchase = if n == 0.0 { p_alive_at(-zeta) } else { 0.0 };
        without_purchase + p_alive_at(zeta) * self.pmf(&if_alive, t, n)
    }
}
