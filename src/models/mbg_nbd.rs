//! MBG/NBD: Batislam, Denizel & Filiztekin (2007), Empirical validation and comparison of models
//! for customer base analysis, Int. J. of Research in Marketing 24; Hoppe & Wagner (2007).
//!
//! As BG/NBD, but the customer may also drop out right after the *first* purchase, so that
//! customers who never came back need not be alive.
//!
//! The likelihood, the kernels and the predictions are in the folder `beta_geometric`, for both models.

use super::beta_geometric::BetaGeometric;

/// MBG/NBD: a customer may drop out after each purchase, the first one included.
pub const MBG_NBD: BetaGeometric = BetaGeometric { name: "MBG/NBD", first_dropout: 1.0 };
