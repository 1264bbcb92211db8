//! Options of a summary.

use super::calendar::Grain;
use crate::error::{Error, Result};

/// The treatment of negative amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refunds {
    /// A row like any other: it counts as a purchase and its amount is added up.
    Keep,
    /// Leave the row out.
    Drop,
    /// Take it off the customer's latest purchases up to then; a purchase taken back in full is none.
    Net,
}

impl Refunds {
    /// The rule of a code: `"keep"`, `"drop"` or `"net"`.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Some(match code {
            "keep" => Self::Keep,
            "drop" => Self::Drop,
            "net" => Self::Net,
            _ => return None,
        })
    }
}
/// Options of a summary.
#[derive(Debug, Clone, Copy)]
pub struct SummaryOptions {
    /// Purchases within one such period count as one.
    pub collapse: Grain,
    /// Whether the whole period in which the observation ends belongs to it, as in lifetimes, or
    /// only its days (hours, …) up to the end.
    pub whole_period: bool,
    /// Seconds in the unit of recency and T.
    pub unit: f64,
    /// Recency and T are divided by this once more.
    pub multiplier: f64,
    /// The treatment of negative amounts.
    pub refunds: Refunds,
    /// Whether frequency and monetary value include the first purchase.
    pub include_first: bool,
}

impl SummaryOptions {
    /// Checks that clock and units are positive.
    ///
    /// # Errors
    /// [`Error::Setting`] when they are not.
    pub(super) fn check(&self, ticks_per_second: i64) -> Result<()> {
        let settings = [
            ("ticks_per_second", ticks_per_second as f64),
            ("unit", self.unit),
            ("multiplier", self.multiplier),
        ];
        settings.into_iter().try_for_each(|(name, value)| check_positive(name, value))
    }
}

/// Checks that a setting is a positive number.
///
/// # Errors
/// [`Error::Setting`] when it is not.
pub fn check_positive(name: &'static str, value: f64) -> Result<()> {
    if value.is_finite() && value > 0.0 {
        return Ok(());
    }
    Err(Error::Setting { name, value, expected: "a positive finite number" })
}
