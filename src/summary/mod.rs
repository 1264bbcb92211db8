//! From transactions to the customer summary: frequency, recency, T and money, one row a customer.
//!
//! Rows are partitioned into buckets of customers, chunk by chunk, and each bucket is aggregated while
//! it fits the cache. Chunks have a fixed size and are read back in their order, so every result is
//! the same for any number of threads. [`Stream`] does the same with tables that come in pieces.
//!
//! With d₁ < d₂ < … < dₙ the starts of the periods in which a customer bought and e the start of the
//! period in which the observation ends:
//!
//! frequency x = n − 1, recency tₓ = dₙ − d₁, T = e − d₁, and monetary value the mean of the
//! periods' totals over d₂ … dₙ (over all of them when the first purchase is included).

mod answer;
mod calendar;
mod customer;
mod dictionary;
mod expected;
mod found;
mod frame;
mod ids;
mod kinds;
mod listed;
mod order;
mod partition;
mod refunds;
mod row;
mod rules;
mod split;
mod stream;
mod table;
mod tracked;
mod whole;

pub use answer::{Holdout, RowCounts, Summary};
pub use calendar::{Calendar, Grain};
pub use dictionary::{NumberDictionary, TextDictionary};
pub use expected::expected_over_time;
pub use ids::{Text, TextBuffer};
pub use listed::{PurchaseLists, list};
pub use refunds::Refunds;
pub use rules::SummaryOptions;
pub use split::summarize_split;
pub use stream::Stream;
pub use table::{Customers, Transactions};
pub use tracked::{PurchaseCounts, track};
pub use whole::summarize;

/// The code of rows without a customer; they are counted and left out.
pub const NO_CUSTOMER: u32 = u32::MAX;
/// The timestamp of rows without a date; they are counted and left out.
pub const NO_DATE: i64 = i64::MIN;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_ids;
#[cfg(test)]
mod tests_purchases;
