//! One file a model; what two share stands in `beta_geometric`.

mod beta_geometric;
mod bg_bb;
mod bg_nbd;
#[cfg(test)]
mod contract;
mod counts;
mod gamma_gamma;
mod mbg_nbd;
mod pareto_nbd;
mod silence;

pub use bg_bb::BgBb;
pub use bg_nbd::BgNbd;
pub use gamma_gamma::GammaGamma;
pub use mbg_nbd::MbgNbd;
pub use pareto_nbd::ParetoNbd;
