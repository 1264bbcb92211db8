//! Σ w·ln(1 + e^ζ) over unique rows of customers who may have dropped out.

use std::ops::Range;

use crate::numerics::{LANES, Lanes, Sums, add_each, exp, ln, ln_1p};

/// Rows filled up with ones of no weight, so that the lanes of vectors are always full.
#[derive(Default)]
pub struct DropoutRows {
    /// The position of T among the distinct T.
    pub ages: Vec<u32>,
    /// The position of t_x among the distinct t_x.
    pub recencies: Vec<u32>,
    /// The weight of each row.
    pub weights: Vec<f64>,
}

/// Rows of one x, or a part of them.
pub struct RowsOfCount {
    /// x
    pub frequency: f64,
    /// The rows.
    pub rows: Range<usize>,
}

/// ln(1 + t/α) with its derivative in α.
#[derive(Clone, Copy)]
pub struct LogAge {
    /// ln(1 + t/α)
    pub value: f64,
    /// The derivative.
    pub d: f64,
}

impl LogAge {
    /// The logarithms of times, whose number is a multiple of [`LANES`].
    #[inline(always)]
    pub fn of(times: &[f64], alpha: f64) -> Vec<Self> {
        let inverse = alpha.recip();
        let mut logs = vec![Self { value: 0.0, d: 0.0 }; times.len()];
        let vectors = times.as_chunks::<LANES>().0.iter();
        for (times, logs) in vectors.zip(logs.as_chunks_mut::<LANES>().0) {
            let relative = Lanes::of(|i| times[i] * inverse);
            let value = Lanes::of(|i| ln_1p(relative[i]));
            let d = Lanes::of(|i| -relative[i] * (alpha + times[i]).recip());
            *logs = std::array::from_fn(|i| Self { value: value[i], d: d[i] });
        }
        logs
    }
}

/// Rows per stage, so that intermediate results stay in the first-level cache.
const ROWS_PER_STAGE: usize = 64;

type Block = [[f64; LANES]; ROWS_PER_STAGE / LANES];

impl DropoutRows {
    /// Σ w·ln(1 + e^ζ) over rows of one x.
    #[inline(always)]
    pub fn dropped(
        &self,
        [r, alpha, a, b]: [f64; 4],
        ln_a: f64,
        group: &RowsOfCount,
        first_dropout: f64,
        [ages, recencies]: [&[LogAge]; 2],
    ) -> Sums<4> {
        const ZERO: Block = [[0.0; LANES]; ROWS_PER_STAGE / LANES];
        let exponent = r + group.frequency;
        let last = b + (group.frequency + first_dropout - 1.0);
        let (odds, fail, twice) = (ln_a - ln(last), last.recip(), 2.0 / alpha);
        // ρ and its derivatives in α.
        let (mut log, mut slope, mut bend) = (ZERO, ZERO, ZERO);
        let mut sums = [Lanes::ZERO; 11];
        let rows = group.rows.clone();
        let columns = self.ages[rows.clone()]
            .chunks(ROWS_PER_STAGE)
            .zip(self.recencies[rows.clone()].chunks(ROWS_PER_STAGE));
        for ((of_age, of_recency), weights) in
            columns.zip(self.weights[rows].chunks(ROWS_PER_STAGE))
        {
            let weights = weights.as_chunks::<LANES>().0;
            let codes = of_age.as_chunks::<LANES>().0.iter().zip(of_recency.as_chunks::<LANES>().0);
            for (n, (of_age, of_recency)) in codes.enumerate() {
                for i in 0..LANES {
                    let (age, recency) =
                        (&ages[of_age[i] as usize], &recencies[of_recency[i] as usize]);
                    log[n][i] = age.value - recency.value;
                    slope[n][i] = age.d - recency.d;
                    bend[n][i] = age.d + recency.d;
                }
            }
            for ((weight, log), (slope, bend)) in
                weights.iter().zip(&log).zip(slope.iter().zip(&bend))
            {
                // One exponential gives ln(1+e^ζ), its derivative and the derivative of that. A sum
                // over customers needs no more than absolute precision, so ln(1+e) does for ln_1p.
                let zeta = Lanes::of(|i| odds + exponent * log[i]);
                let e = Lanes::of(|i| exp(-zeta[i].abs()));
                let inverse = Lanes::of(|i| (1.0 + e[i]).recip());
                let softplus = Lanes::of(|i| zeta[i].max(0.0) + ln(1.0 + e[i]));
                let w = Lanes::of(|i| {
                    weight[i] * if zeta[i] > 0.0 { inverse[i] } else { e[i] * inverse[i] }
                });
                let v = Lanes::of(|i| weight[i] * e[i] * inverse[i] * inverse[i]);
                let (v_log, v_slope) =
                    (Lanes::of(|i| v[i] * log[i]), Lanes::of(|i| v[i] * slope[i]));
                let w_slope = Lanes::of(|i| w[i] * slope[i]);
                let terms = [
                    Lanes::of(|i| weight[i] * softplus[i]),
                    w,
                    Lanes::of(|i| w[i] * log[i]),
                    w_slope,
                    Lanes::of(|i| w_slope[i] * (twice + bend[i])),
                    v,
                    v_log,
                    v_slope,
                    Lanes::of(|i| v_log[i] * log[i]),
                    Lanes::of(|i| v_log[i] * slope[i]),
                    Lanes::of(|i| v_slope[i] * slope[i]),
                ];
                add_each(&mut sums, &terms);
            }
        }
        let [
            value,
            w,
            w_log,
            w_slope,
            w_bend,
            v,
            v_log,
            v_slope,
            v_log_log,
            v_log_slope,
            v_slope_slope,
        ] = sums.map(Lanes::sum);
        // ∂ζ/∂r = ρ, ∂ζ/∂α = (r+x)·∂ρ/∂α, ∂ζ/∂a = 1/a, ∂ζ/∂b = −1/(b+n−1).
        let (p, per_a) = (exponent, a.recip());
        let mut hessian = [[0.0; 4]; 4];
        hessian[0] = [v_log_log, p * v_log_slope + w_slope, v_log * per_a, -fail * v_log];
        hessian[1][1] = p * (p * v_slope_slope - w_bend);
        hessian[1][2] = p * v_slope * per_a;
        hessian[1][3] = -p * fail * v_slope;
        hessian[2][2] = (v - w) * per_a * per_a;
        hessian[2][3] = -fail * v * per_a;
        hessian[3][3] = fail * fail * (v + w);
        Sums { value, gradient: [w_log, p * w_slope, w * per_a, -fail * w], hessian }
    }
}
