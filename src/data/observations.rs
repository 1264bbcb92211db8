//! Observations: the data of one customer that a model sees.

use crate::error::Fault;
use crate::numerics::number::Plain;

/// The data of one customer, as a model sees it.
pub trait Observation: Copy + Send + Sync + 'static {
    /// The names of the columns that an observation is read from, in order. The first is a count; where it
    /// is 0, the second is 0 too.
    const COLUMNS: &'static [&'static str];
    /// Whether the second and the third column are times; fits run with the largest in the third
    /// scaled to 1.
    const TIMED: bool;
    /// Whether the first column counts repeat purchases, without which nothing is to be estimated.
    const REPEATS: bool = true;
    /// Whether its models go through rows one by one too, which need not be compressed then.
    const DENSE: bool = true;
    /// The same data in other numbers.
    type Of<P: Plain>: Copy;

    /// Reads a row from the columns' values.
    fn read(values: &[f64]) -> Self;
    /// The row of these values, a third one zero where there are two columns.
    fn of<P: Plain>(values: [P; 3]) -> Self::Of<P>;
    /// The values of the columns, a third one zero where there are two.
    fn values(&self) -> [f64; 3];
    /// Bits that are equal exactly when two rows are.
    fn key(&self) -> [u64; 3] {
        self.values().map(f64::to_bits)
    }
    /// The first fault of the observation, if any: the fault, its column and the value.
    fn fault(&self) -> Option<(Fault, &'static str, f64)>;
    /// Whether nothing is: [`Self::fault`] is none.
    fn is_sound(&self) -> bool {
        self.fault().is_none()
    }
    /// The observed time and the number of purchases in it, if the model's rates are estimated from these.
    fn observed(&self) -> Option<[f64; 2]> {
        None
    }
    /// The number of densities in time of which the likelihood is a product: scaling time by s multiplies
    /// the likelihood by s to the power of minus this.
    fn time_densities(&self) -> f64;
}

/// Whether a number of 0 or more has no fraction: adding 2⁵² rounds it off. (`fract` is a call into
/// the C library on many processors.)
#[inline]
#[allow(clippy::needless_bitwise_bool)] // lazy ones branch
fn is_whole(value: f64) -> bool {
    const SHIFT: f64 = (1u64 << 52) as f64;
    ((value + SHIFT) - SHIFT == value) | (value >= SHIFT)
}

/// 2⁵³: above it, a float cannot represent one purchase more.
pub const MOST_PURCHASES: f64 = (1u64 << 53) as f64;

/// A customer's purchases: (x, t_x, T) in the papers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Purchases<P = f64> {
    /// x: number of repeat purchases.
    pub frequency: P,
    /// t_x: time from the first to the last purchase.
    pub recency: P,
    /// T: time from the first purchase to the end of observation.
    pub age: P,
}

impl Purchases {
    /// Whether [`Self::impossible`] finds nothing, without a branch.
    #[must_use]
    #[inline]
    #[allow(clippy::needless_bitwise_bool, clippy::manual_range_contains)] // lazy ones branch
    pub fn is_possible(&self) -> bool {
        let Self { frequency, recency, age } = *self;
        (frequency >= 0.0)
            & (frequency <= MOST_PURCHASES)
            & (recency >= 0.0)
            & (recency <= age)
            & (age < f64::INFINITY)
    }

    /// The first fault that no table may contain, whether to fit or to predict.
    #[must_use]
    pub fn impossible(&self) -> Option<(Fault, &'static str, f64)> {
        let columns = <Self as Observation>::COLUMNS.iter().copied();
        let values = self.values();
        for (value, column) in values.into_iter().zip(columns) {
            if !value.is_finite() {
                return Some((Fault::NotFinite, column, value));
            }
        }
        if self.frequency > MOST_PURCHASES {
            return Some((Fault::TooManyPurchases, "frequency", self.frequency));
        }
        if self.age < 0.0 {
            return Some((Fault::Negative, "T", self.age));
        }
        if self.recency > self.age {
            return Some((Fault::RecencyBeyondAge, "recency", self.recency));
        }
        if self.recency < 0.0 {
            return Some((Fault::NegativeRecency, "recency", self.recency));
        }
        if self.frequency < 0.0 {
            return Some((Fault::Negative, "frequency", self.frequency));
        }
        None
    }
}

impl Observation for Purchases {
    type Of<P: Plain> = Purchases<P>;
    const COLUMNS: &'static [&'static str] = &["frequency", "recency", "T"];
    const TIMED: bool = true;

    fn read(values: &[f64]) -> Self {
        // Adding zero turns −0 into 0, so that equal rows have equal bits.
        Self { frequency: values[0] + 0.0, recency: values[1] + 0.0, age: values[2] + 0.0 }
    }
    #[inline(always)]
    fn of<P: Plain>([frequency, recency, age]: [P; 3]) -> Purchases<P> {
        Purchases { frequency, recency, age }
    }
    fn values(&self) -> [f64; 3] {
        [self.frequency, self.recency, self.age]
    }
    #[inline]
    #[allow(clippy::needless_bitwise_bool)] // lazy ones branch
    fn is_sound(&self) -> bool {
        let started = (self.frequency > 0.0) | (self.recency == 0.0);
        self.is_possible() & is_whole(self.frequency) & started
    }
    fn fault(&self) -> Option<(Fault, &'static str, f64)> {
        self.impossible().or_else(|| {
            if !is_whole(self.frequency) {
                Some((Fault::NotWhole, "frequency", self.frequency))
            } else if self.frequency == 0.0 && self.recency != 0.0 {
                Some((Fault::RecencyWithoutFrequency, "recency", self.recency))
            } else {
                None
            }
        })
    }
    fn observed(&self) -> Option<[f64; 2]> {
        Some([self.age, self.frequency])
    }

    fn time_densities(&self) -> f64 {
        self.frequency
    }
}

/// A customer's purchases in discrete time: (x, t_x, n) in the papers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Periods<P = f64> {
    /// x: periods with a purchase.
    pub frequency: P,
    /// t_x: the last period with a purchase, 0 for none.
    pub recency: P,
    /// n: periods observed.
    pub periods: P,
}

impl Periods {
    /// The most periods; likelihood and predictions are sums over them.
    pub const MOST: f64 = 1e6;
}

impl Observation for Periods {
    type Of<P: Plain> = Periods<P>;
    const COLUMNS: &'static [&'static str] = &["frequency", "recency", "n_periods"];
    const TIMED: bool = false;
    const DENSE: bool = false;

    fn read(values: &[f64]) -> Self {
        Self { frequency: values[0] + 0.0, recency: values[1] + 0.0, periods: values[2] + 0.0 }
    }
    #[inline(always)]
    fn of<P: Plain>([frequency, recency, periods]: [P; 3]) -> Periods<P> {
        Periods { frequency, recency, periods }
    }
    fn values(&self) -> [f64; 3] {
        [self.frequency, self.recency, self.periods]
    }
    fn fault(&self) -> Option<(Fault, &'static str, f64)> {
        let values = self.values();
        let in_time = Purchases { frequency: values[0], recency: values[1], age: values[2] };
        let (fault, column, value) = in_time.fault().or_else(|| {
            let whole = |&(value, _): &(f64, &str)| !is_whole(value);
            let named = values.into_iter().zip(Self::COLUMNS.iter().copied());
            let fraction = named.into_iter().find(whole);
            let crowded = self.frequency > self.recency;
            let endless = self.periods > Self::MOST;
            fraction
                .map(|(value, column)| (Fault::NotWholePeriods, column, value))
                .or_else(|| {
                    crowded.then_some((Fault::MoreThanOneAPeriod, "frequency", self.frequency))
                })
                .or_else(|| endless.then_some((Fault::TooManyPeriods, "n_periods", self.periods)))
        })?;
        Some((fault, if column == "T" { "n_periods" } else { column }, value))
    }
    fn observed(&self) -> Option<[f64; 2]> {
        Some([self.periods, self.frequency])
    }

    fn time_densities(&self) -> f64 {
        0.0
    }
}

/// A customer's spending: (x, m̄) in the papers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spending<P = f64> {
    /// x: number of purchases the mean is taken over.
    pub count: P,
    /// m̄: mean spend per purchase.
    pub mean: P,
}

impl Observation for Spending {
    type Of<P: Plain> = Spending<P>;
    const COLUMNS: &'static [&'static str] = &["frequency", "monetary_value"];
    const TIMED: bool = false;
    const REPEATS: bool = false;

    fn read(values: &[f64]) -> Self {
        Self { count: values[0] + 0.0, mean: values[1] + 0.0 }
    }
    #[inline(always)]
    fn of<P: Plain>([count, mean, _]: [P; 3]) -> Spending<P> {
        Spending { count, mean }
    }
    fn values(&self) -> [f64; 3] {
        [self.count, self.mean, 0.0]
    }
    #[inline]
    #[allow(clippy::needless_bitwise_bool, clippy::manual_range_contains)] // lazy ones branch
    fn is_sound(&self) -> bool {
        let Self { count, mean } = *self;
        let finite = (count <= MOST_PURCHASES) & (mean < f64::INFINITY);
        finite & (mean > 0.0) & (count > 0.0) & is_whole(count)
    }
    fn fault(&self) -> Option<(Fault, &'static str, f64)> {
        let (count, mean) = (self.count, self.mean);
        let [frequency, monetary_value] = ["frequency", "monetary_value"];
        if !mean.is_finite() {
            Some((Fault::NotFinite, monetary_value, mean))
        } else if mean <= 0.0 {
            Some((Fault::NotPositive, monetary_value, mean))
        } else if !count.is_finite() {
            Some((Fault::NotFinite, frequency, count))
        } else if count > MOST_PURCHASES {
            Some((Fault::TooManyPurchases, frequency, count))
        } else if !is_whole(count) {
            Some((Fault::NotWhole, frequency, count))
        } else if count < 0.0 {
            Some((Fault::Negative, frequency, count))
        } else if count == 0.0 {
            Some((Fault::SpendWithoutPurchases, frequency, count))
        } else {
            None
        }
    }
    fn time_densities(&self) -> f64 {
        0.0
    }
}
