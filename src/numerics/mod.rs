//! Numerics: numbers with and without derivatives, quadrature, and special functions at extreme arguments
//! that no crate covers: ratios of gamma functions, the negative binomial in both tails, expectations under
//! a beta distribution, and integrals over time.

mod beta;
pub mod dual;
mod elementary;
mod gamma;
mod integers;
mod interpolation;
mod lanes;
mod negative_binomial;
pub mod number;
mod quadrature;
mod sums;
mod unimodal;

pub use beta::{Falling, LogitBeta, beta_expectation, beta_tails};
pub use elementary::{exp, exp_m1_near_zero, ln, ln_1p, vectorized};
pub use gamma::{
    deviance, exp_less_line, ln_beta_density, ln_beta_survival, ln_gamma, ln_gamma_density_at_mode,
    ln_inverse_beta, ln_pochhammer, ln_ratio, stirling_remainder,
};
pub use integers::{InvariantDivisor, bit_length};
pub use interpolation::{COARSE, FINE, Panels, evaluate};
pub use lanes::{LANES, Lanes, add_each, filled};
pub use negative_binomial::{ln_nbd_pmf, nbd_upper_tail};
pub use quadrature::{EIGHT, FOUR, MAX_TIME_RATIO, SIXTEEN, TWELVE, TWO, decay_integral};
pub use sums::{ROWS_PER_CHUNK, Sums, sum_chunks};
pub use unimodal::{Unimodal, peak, quantile, walk};
