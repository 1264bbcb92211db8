//! The calendar of an observation.

use super::Calendar;
use super::row::bits;

/// The calendar of an observation: where its keys are counted from, and the period it ends in.
#[derive(Debug, Clone, Copy)]
pub struct ObservationPeriod {
    /// How times become keys, and keys periods.
    pub calendar: Calendar,
    /// Where keys are counted from.
    pub base: i64,
    /// The period in which the observation ends.
    pub end: i64,
    /// How many bits keys take.
    pub bits: u32,
    /// The smallest key, counted from `base`.
    pub low: u64,
    /// The largest key, counted alike.
    pub high: u64,
}

impl ObservationPeriod {
    /// Of keys from that of `first`, the first timestamp, to the end of the period of `last`.
    pub fn new(calendar: Calendar, first: i64, last: i64) -> Self {
        let (base, last) = (calendar.key(first), calendar.key(last));
        let end = calendar.period(last);
        // Keys count from the first one, and take as many bits as the last one does.
        let longest = i128::from(calendar.last_key(end)) - i128::from(base);
        let high = u64::try_from(longest).unwrap_or(0);
        Self { calendar, base, end, bits: bits(high), low: 0, high }
    }

    /// The largest key, counted from the smallest.
    pub fn longest(&self) -> u64 {
        self.high - self.low
    }
}
