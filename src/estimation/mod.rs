//! Estimation, written once for all models: objective, trust-region search, information, fit report.

mod evaluation;
mod fit;
mod information;
mod newton;
mod objective;
mod options;
mod safeguards;
mod subsampling;
mod trust_region;

pub use evaluation::Evaluation;
pub use fit::{Fit, fit};
pub use information::{Information, covariance};
pub use newton::Precision;
pub use objective::Objective;
pub use options::Options;
pub use trust_region::{Ending, Search, search};
