//! BG/NBD: Fader, Hardie & Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science 24.
//!
//! While active a customer buys at a Poisson rate λ ~ Gamma(r, α); after every *repeat* purchase
//! the customer drops out with probability p ~ Beta(a, b). A customer without repeat purchases
//! cannot have dropped out, so P(alive) = 1 there.
//!
//! The likelihood, the kernels and the predictions are in the folder `beta_geometric`, for both models.

use super::beta_geometric::BetaGeometric;

/// BG/NBD: a customer may drop out after each repeat purchase.
pub const BG_NBD: BetaGeometric = BetaGeometric { name: "BG/NBD", first_dropout: 0.0 };
