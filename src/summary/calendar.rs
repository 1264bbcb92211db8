//! Periods of the calendar: from a timestamp to its period, and back to the start of the period.
//!
//! Timestamps count ticks since 1970-01-01 00:00, a tick being any fraction of a second. Weeks start
//! on Monday; months and years are those of the proleptic Gregorian calendar.

use crate::numerics::{InvariantDivisor, bit_length};

/// Days from 0000-03-01 to 1970-01-01; years are counted from March, so a leap day ends one.
const DAYS_TO_EPOCH: i64 = 719_468;
/// Days in 400 years, after which the calendar repeats.
const DAYS_PER_ERA: i64 = 146_097;

/// The grain at which purchases count as separate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grain {
    /// Every tick of the clock.
    Instant,
    /// Seconds.
    Second,
    /// Hours.
    Hour,
    /// Days.
    Day,
    /// Weeks from Monday to Sunday.
    Week,
    /// Calendar months.
    Month,
    /// Calendar years.
    Year,
}

impl Grain {
    /// The grain of a code: `"s"`, `"h"`, `"D"`, `"W"`, `"M"`, `"Y"`, or `"tick"` for the finest.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Some(match code {
            "tick" => Self::Instant,
            "s" => Self::Second,
            "h" => Self::Hour,
            "D" => Self::Day,
            "W" => Self::Week,
            "M" => Self::Month,
            "Y" => Self::Year,
            _ => return None,
        })
    }
}

/// A grain on a clock of `ticks_per_second`.
///
/// A timestamp becomes a *key* (its day, or the grain if that is finer than a day), and a key becomes a
/// *period* (an ordinal at the grain itself). Keys show how many purchases a coarse grain collapses.
#[derive(Debug, Clone, Copy)]
pub struct Calendar {
    grain: Grain,
    ticks_per_key: i64,
    /// Seconds per so many keys: a quotient of whole numbers, so that it rounds once.
    seconds_per_keys: (f64, f64),
}

impl Calendar {
    /// A calendar for `grain`, with timestamps of `ticks_per_second`.
    #[must_use]
    pub fn new(grain: Grain, ticks_per_second: i64) -> Self {
        let seconds = match grain {
            Grain::Instant | Grain::Second => 1,
            Grain::Hour => 3_600,
            Grain::Day | Grain::Week | Grain::Month | Grain::Year => 86_400,
        };
        let ticks_per_key = if grain == Grain::Instant { 1 } else { seconds * ticks_per_second };
        let seconds_per_keys = match grain {
            Grain::Instant => (1.0, ticks_per_second as f64),
            _ => (seconds as f64, 1.0),
        };
        Self { grain, ticks_per_key, seconds_per_keys }
    }

    /// Reads timestamps from `first` to `last` as keys counted from `base`, which is not after
    /// any of them.
    #[must_use]
    pub fn clock(&self, first: i64, last: i64, base: i64) -> Clock {
        let key = self.key(first);
        // Modulo 2⁶⁴: the first key may begin before all timestamps.
        let origin = key.wrapping_mul(self.ticks_per_key);
        let longest = i128::from(last) - i128::from(key) * i128::from(self.ticks_per_key);
        Clock {
            calendar: *self,
            base,
            origin,
            ahead: key.abs_diff(base),
            ticks: InvariantDivisor::by(self.ticks_per_key.unsigned_abs()),
            near: longest <= i128::from(i64::MAX),
            split: None,
        }
    }

    /// The key of a timestamp.
    #[must_use]
    pub fn key(&self, timestamp: i64) -> i64 {
        timestamp.div_euclid(self.ticks_per_key)
    }

    /// The period of a key.
    #[must_use]
    pub fn period(&self, key: i64) -> i64 {
        match self.grain {
            Grain::Instant | Grain::Second | Grain::Hour | Grain::Day => key,
            // 1970-01-01 was a Thursday: its week began three days before.
            Grain::Week => (key + 3).div_euclid(7),
            Grain::Month => month(key),
            Grain::Year => month(key).div_euclid(12),
        }
    }

    /// Whether every key is a period of its own.
    #[must_use]
    pub fn keys_are_periods(&self) -> bool {
        !matches!(self.grain, Grain::Week | Grain::Month | Grain::Year)
    }

    /// The first key of a period.
    #[must_use]
    pub fn first_key(&self, period: i64) -> i64 {
        match self.grain {
            Grain::Instant | Grain::Second | Grain::Hour | Grain::Day => period,
            Grain::Week => period * 7 - 3,
            Grain::Month => first_day(period),
            Grain::Year => first_day(period * 12),
        }
    }

    /// The last key of a period.
    #[must_use]
    pub fn last_key(&self, period: i64) -> i64 {
        match self.grain {
            Grain::Instant | Grain::Second | Grain::Hour | Grain::Day => period,
            Grain::Week | Grain::Month | Grain::Year => self.first_key(period + 1) - 1,
        }
    }

    /// The duration of so many keys in seconds.
    #[must_use]
    pub fn seconds(&self, keys: u64) -> f64 {
        let (seconds, in_keys) = self.seconds_per_keys;
        keys as f64 * seconds / in_keys
    }

    /// The last timestamp of a key.
    #[must_use]
    pub fn last_tick(&self, key: i64) -> i64 {
        let next = key.checked_add(1).and_then(|next| next.checked_mul(self.ticks_per_key));
        next.map_or(i64::MAX, |next| next - 1)
    }

    /// The timestamp at which a period starts.
    #[must_use]
    pub fn start(&self, period: i64) -> i64 {
        self.first_key(period).saturating_mul(self.ticks_per_key)
    }
}

/// Reads the timestamps of a table as keys.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    calendar: Calendar,
    base: i64,
    origin: i64,
    ahead: u64,
    ticks: InvariantDivisor,
    near: bool,
    /// Keys of later timestamps count one more.
    split: Option<i64>,
}

impl Clock {
    /// The clock with keys of timestamps after `split` increased by one.
    #[must_use]
    pub fn parted(self, split: i64) -> Self {
        Self { split: Some(split), ..self }
    }

    /// The key of one of the timestamps.
    #[inline(always)]
    #[must_use]
    pub fn key(&self, timestamp: i64) -> u64 {
        let key = if self.near {
            let ticks = timestamp.wrapping_sub(self.origin).cast_unsigned();
            self.ahead + self.ticks.of(ticks)
        } else {
            self.calendar.key(timestamp).abs_diff(self.base)
        };
        match self.split {
            Some(split) => key + u64::from(timestamp > split),
            None => key,
        }
    }
}

/// The calendar of an observation period: its origin of keys, and its last period.
#[derive(Debug, Clone, Copy)]
pub struct ObservationPeriod {
    /// The calendar, from times to keys and from keys to periods.
    pub calendar: Calendar,
    /// Where keys are counted from.
    pub base: i64,
    /// The period in which the observation ends.
    pub end: i64,
    /// The number of bits of a key.
    pub bits: u32,
    /// The smallest key, counted from `base`.
    pub low: u64,
    /// The largest key, counted from `base`.
    pub high: u64,
}

impl ObservationPeriod {
    /// The observation from the key of `first`, the first timestamp, to the end of the period of `last`.
    pub fn new(calendar: Calendar, first: i64, last: i64) -> Self {
        let (base, last) = (calendar.key(first), calendar.key(last));
        let end = calendar.period(last);
        // Keys count from the first one, and take as many bits as the last one does.
        let longest = i128::from(calendar.last_key(end)) - i128::from(base);
        let high = u64::try_from(longest).unwrap_or(0);
        Self { calendar, base, end, bits: bit_length(high), low: 0, high }
    }

    /// The largest key, counted from the smallest.
    pub fn longest(&self) -> u64 {
        self.high - self.low
    }
}

/// The month of a day, counted from January of year 0.
///
/// Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
fn month(day: i64) -> i64 {
    let shifted = day + DAYS_TO_EPOCH;
    let era = shifted.div_euclid(DAYS_PER_ERA);
    let day_of_era = shifted.rem_euclid(DAYS_PER_ERA);
    let leaps = day_of_era / 1_460 - day_of_era / 36_524 + day_of_era / 146_096;
    let year_of_era = (day_of_era - leaps) / 365;
    let day_of_year = day_of_era - days_before(year_of_era);
    let months_since_march = (5 * day_of_year + 2) / 153;
    (era * 400 + year_of_era) * 12 + 2 + months_since_march
}

/// The first day of a month that is counted from January of year 0.
fn first_day(month: i64) -> i64 {
    let since_march = month - 2;
    let year = since_march.div_euclid(12);
    let era = year.div_euclid(400);
    let day_of_year = (153 * since_march.rem_euclid(12) + 2) / 5;
    era * DAYS_PER_ERA + days_before(year.rem_euclid(400)) + day_of_year - DAYS_TO_EPOCH
}

/// Days in the first `years` years of an era.
fn days_before(years: i64) -> i64 {
    365 * years + years / 4 - years / 100
}

#[cfg(test)]
mod tests {
    use super::{Calendar, Grain, first_day, month};
    use proptest::prelude::*;

    #[test]
    fn known_days() {
        assert_eq!(month(0), 1970 * 12);
        assert_eq!(month(-1), 1969 * 12 + 11);
        assert_eq!(month(11_016), 2000 * 12 + 1, "2000-02-29");
        assert_eq!(month(11_017), 2000 * 12 + 2, "2000-03-01");
        assert_eq!(first_day(2021 * 12 + 5), 18_779, "2021-06-01");
        assert_eq!(first_day(1900 * 12 + 2) - first_day(1900 * 12 + 1), 28);
    }

    #[test]
    fn weeks_start_on_monday() {
        let week = Calendar::new(Grain::Week, 1);
        // 2021-05-30 was a Sunday, 2021-05-31 a Monday.
        let (sunday, monday) = (18_777, 18_778);
        assert_eq!(week.period(sunday) + 1, week.period(monday));
        assert_eq!(week.first_key(week.period(monday)), monday);
        assert_eq!(week.first_key(week.period(sunday)), sunday - 6);
    }

    #[test]
    fn times_before_the_epoch_round_down() {
        let day = Calendar::new(Grain::Day, 1_000);
        assert_eq!(day.key(-1), -1);
        assert_eq!(day.start(-1), -86_400_000);
    }

    const LONGEST: i64 = i64::MAX / 86_400;

    proptest! {
        #[test]
        fn a_clock_has_the_keys_of_the_calendar(
            first in any::<i64>(), later in any::<u64>(), at in any::<prop::sample::Index>(),
            earlier in 0..LONGEST, ticks in prop::sample::select(vec![1_i64, 1_000, 1_000_000_000]),
        ) {
            let last = first.saturating_add_unsigned(later);
            let range = first.abs_diff(last);
            let inside = first.wrapping_add_unsigned(at.index(usize::MAX) as u64 % range.max(1));
            for grain in [Grain::Instant, Grain::Second, Grain::Hour, Grain::Day, Grain::Month] {
                let calendar = Calendar::new(grain, ticks);
                let base = calendar.key(first).saturating_sub(earlier);
                let clock = calendar.clock(first, last, base);
                for time in [first, last, inside] {
                    let key = calendar.key(time).abs_diff(base);
                    prop_assert_eq!(clock.key(time), key);
                    prop_assert_eq!(clock.parted(inside).key(time), key + u64::from(time > inside));
                }
            }
        }

        #[test]
        fn a_day_is_between_the_starts_of_its_period_and_the_next(day in -4_000_000_i64..4_000_000) {
            for grain in [Grain::Day, Grain::Week, Grain::Month, Grain::Year] {
                let calendar = Calendar::new(grain, 1);
                let period = calendar.period(day);
                prop_assert!(calendar.first_key(period) <= day);
                prop_assert!(day <= calendar.last_key(period));
                prop_assert_eq!(calendar.last_key(period) + 1, calendar.first_key(period + 1));
                prop_assert_eq!(calendar.period(calendar.first_key(period)), period);
            }
        }
    }
}
