//! BG/NBD: Fader, Hardie & Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science 24.
//!
//! While active a customer buys at a Poisson rate λ ~ Gamma(r, α); after every *repeat* purchase
//! the customer drops out with probability p ~ Beta(a, b). A customer without repeat purchases has
//! had no chance to drop out, so P(alive) = 1 there.

super::beta_geometric::beta_geometric_model!(BgNbd, "BG/NBD", 0);
