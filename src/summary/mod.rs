//! From transactions to the customer summary: frequency, recency, T and money, one row per customer.
//!
//! Rows are partitioned into buckets of customers, chunk by chunk, and each bucket is aggregated while it
//! fits the cache. Chunks have a fixed size and are read back in order, so every result is the same for any
//! number of threads. [`Stream`] does the same with tables that arrive in chunks.
//!
//! With d₁ < d₂ < … < dₙ the starts of the periods in which a customer bought and e the start of the
//! period in which the observation ends:
//!
//! frequency x = n − 1, recency tₓ = dₙ − d₁, T = e − d₁, and monetary value the mean of the
//! periods' totals over d₂ … dₙ (over all of them when the first purchase is included).

mod calendar;
mod customer_totals;
mod holdout;
mod ids;
mod options;
mod over_time;
mod purchase_lists;
mod result;
mod row_counts;
mod rows;
mod streaming;
mod summarize;
mod table;
#[cfg(test)]
mod tests;

pub use calendar::{Calendar, Grain};
pub use holdout::summarize_split;
pub use ids::{NumberDictionary, Text, TextBuffer, TextDictionary};
pub use options::{Refunds, SummaryOptions};
pub use over_time::{PurchaseCounts, expected_over_time, track};
pub use purchase_lists::{PurchaseLists, list};
pub use result::{Holdout, Summary};
pub use row_counts::RowCounts;
pub use streaming::Stream;
pub use summarize::summarize;
pub use table::{Customers, Transactions};

/// The code of rows without a customer; they are counted and left out.
pub const NO_CUSTOMER: u32 = u32::MAX;
/// The timestamp of rows without a date; they are counted and left out.
pub const NO_DATE: i64 = i64::MIN;
