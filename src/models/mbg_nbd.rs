//! MBG/NBD: Batislam, Denizel & Filiztekin (2007), Empirical validation and comparison of models
//! for customer base analysis, Int. J. of Research in Marketing 24; Hoppe & Wagner (2007).
//!
//! As BG/NBD, but the customer may also drop out right after the *first* purchase, so that
//! customers who never came back need not be alive.

super::beta_geometric::beta_geometric_model!(MbgNbd, "MBG/NBD", 1);
