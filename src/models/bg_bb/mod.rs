//! BG/BB: Fader, Hardie & Shang (2010), Customer-Base Analysis in a Discrete-Time Noncontractual
//! Setting, Marketing Science 29.
//!
//! In each period an active customer buys with probability p, after dropping out for good with probability
//! θ at its start. p ~ Beta(α, β), θ ~ Beta(γ, δ) over customers. With
//!
//! ```text
//! P₀  = (α)ₓ(β)_{t_x−x}/(α+β)_{t_x} · (δ)_{t_x}/(γ+δ)_{t_x}
//! uᵢ  = ∏_{k<i} (β+t_x−x+k)/(α+β+t_x+k) · (δ+t_x+k)/(γ+δ+t_x+k)
//! L   = P₀·{u_{n−t_x} + Σ_{i<n−t_x} uᵢ·γ/(γ+δ+t_x+i)}
//! ```
//!
//! (as printed there, with the common factor taken out): still active after n periods, or dropped out
//! before one of those since the last purchase. No term in the braces underflows while it still matters.

use crate::data::observations::Periods;
use crate::data::table::Table;
use crate::error::{Error, Result};
use crate::models::traits::{Kernel, Model, Parameter, PeriodModel, Process, Unit};
use crate::numerics::ln_beta_survival;
use crate::numerics::number::{Number, Plain};

mod kernel;

/// The most periods, added up over the distinct frequencies, that one evaluation may pass through.
const MAX_STEPS: f64 = 1e8;

/// The model; see the module for its assumptions and source.
#[derive(Debug, Clone, Copy)]
pub struct BgBb;

impl Model<4> for BgBb {
    type Observation = Periods;
    const PARAMETERS: [Parameter; 4] = [
        Parameter::positive("alpha", Process::Purchase, Unit::None),
        Parameter::positive("beta", Process::Purchase, Unit::None),
        Parameter::positive("gamma", Process::Dropout, Unit::None),
        Parameter::positive("delta", Process::Dropout, Unit::None),
    ];

    fn name(&self) -> &'static str {
        "BG/BB"
    }

    /// ln (α)ₓ/(α+β)ₓ
    fn of_count<N: Number>(&self, [alpha, beta, ..]: [N; 4], x: N::Data) -> N {
        ln_beta_survival(beta, alpha, x)
    }

    fn of_history<N: Number>(&self, theta: [N; 4], row: &Periods<N::Data>) -> N {
        let [alpha, beta, gamma, delta] = theta;
        let skipped = row.recency - row.frequency;
        let without = ln_beta_survival(alpha.plus(row.frequency), beta, skipped);
        let (active, dropped_out) = since_last(theta, row);
        without + ln_beta_survival(gamma, delta, row.recency) + (active + dropped_out).ln()
    }

    fn starts(&self, _rows: &Table<'_, Periods>) -> Vec<[f64; 4]> {
        vec![[1.0, 1.0, 0.5, 3.0], [0.5, 2.0, 1.0, 10.0], [3.0, 1.0, 2.0, 2.0]]
    }

    fn check(&self, table: &Table<'_, Periods>) -> Result<()> {
        let Table::Unique(rows) = table else { return Ok(()) };
        if kernel::steps(rows) <= MAX_STEPS {
            return Ok(());
        }
        let value = rows.values[2].iter().copied().fold(0.0, f64::max);
        let expected = "periods so long that distinct frequencies times periods stay below 1e8";
        Err(Error::Setting { name: "n_periods", value, expected })
    }

    fn kernel<'a>(&self, rows: Table<'a, Periods>) -> Box<dyn Kernel<4> + 'a> {
        Box::new(kernel::BgBbKernel::new(&rows.unique()))
    }
}

/// The two terms in braces: active after all n periods, and dropped out before one of them.
fn since_last<N: Number>([alpha, beta, gamma, delta]: [N; 4], row: &Periods<N::Data>) -> (N, N) {
    let (mut active, mut dropped_out) = (N::from(1.0), N::from(0.0));
    let mut period = row.recency;
    while period.float() < row.periods.float() {
        let odds = (gamma + delta).plus(period).recip();
        dropped_out = dropped_out + active * gamma * odds;
        let inactive = beta.plus(period - row.frequency) / (alpha + beta).plus(period);
        active = active * inactive * delta.plus(period) * odds;
        period = period + 1.0;
    }
    (active, dropped_out)
}

impl PeriodModel<4> for BgBb {
    fn probability_alive(&self, theta: &[f64; 4], row: &Periods, ahead: f64) -> f64 {
        let &[_, _, gamma, delta] = theta;
        let (active, dropped_out) = since_last(*theta, row);
        active / (active + dropped_out) * ln_beta_survival(gamma, delta + row.periods, ahead).exp()
    }

    /// P(active)·(α+x)/(α+β+n)·Σⱼ E[(1−θ)ʲ], j = 1 … m: no 0/0 at γ = 1, as the printed form has.
    fn expected_purchases(&self, theta: &[f64; 4], row: &Periods, ahead: f64) -> f64 {
        let &[alpha, beta, gamma, delta] = theta;
        let rate = (alpha + row.frequency) / (alpha + beta + row.periods);
        let (mut survival, mut sum, mut period) = (1.0, 0.0, row.periods);
        while period < row.periods + ahead {
            survival *= (delta + period) / (gamma + delta + period);
            sum += survival;
            period += 1.0;
        }
        self.probability_alive(theta, row, 0.0) * rate * sum
    }

    /// Eq. 8: Σᵢ C(i, x)·(α)ₓ(β)_{i−x}/(α+β)ᵢ over the periods i in which the customer was active, each
    /// term computed from the one before. They may grow without bound from the first, which may underflow:
    /// its logarithm is stored separately, together with the scale of the others.
    fn pmf(&self, &[alpha, beta, gamma, delta]: &[f64; 4], periods: f64, n: f64) -> f64 {
        const LARGE: f64 = 1e200;
        if n > periods {
            return 0.0;
        }
        let mut log = ln_beta_survival(beta, alpha, n) + ln_beta_survival(gamma, delta, n);
        let (mut term, mut sum, mut i) = (1.0, 0.0, n);
        while i < periods {
            let odds = (gamma + delta + i).recip();
            sum += term * gamma * odds;
            let inactive = (beta + (i - n)) / (alpha + beta + i);
            term *= (i + 1.0) / (i + 1.0 - n) * inactive * (delta + i) * odds;
            if term > LARGE {
                term /= LARGE;
                sum /= LARGE;
                log += LARGE.ln();
            }
            i += 1.0;
        }
        ((sum + term).ln() + log).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Fault;

    #[test]
    fn tables_of_too_many_periods_are_refused() {
        let frequency: Vec<f64> = (0..200).map(f64::from).collect();
        let refusal = |periods: f64| {
            let periods = vec![periods; frequency.len()];
            Table::<Periods>::new(&[&frequency[..], &frequency, &periods], None)
                .and_then(|rows| BgBb.check(&rows))
                .err()
        };
        assert_eq!(refusal(1e5), None);
        assert!(matches!(refusal(1e6), Some(Error::Setting { name: "n_periods", .. })));
        let Some(Error::Rows(bad)) = refusal(1e6 + 1.0) else { panic!("not refused by its rows") };
        assert_eq!((bad.fault, bad.column, bad.count), (Fault::TooManyPeriods, "n_periods", 200));
    }
}
