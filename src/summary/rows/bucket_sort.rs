//! The rows of one bucket sorted by customer and key, by counting wherever that is possible.

use bytemuck::Zeroable;

use super::period_totals::{Purchase, refund_rule};
use super::{Amount, PackedRow, Stamp};
use crate::numerics::bit_length;
use crate::summary::calendar::ObservationPeriod;
use crate::summary::options::Refunds;
use crate::summary::row_counts::RowCounts;

/// Bits per digit: a core can write to this many streams without losing track.
const DIGIT_BITS: u32 = 12;
/// The largest number of passes over the keys; longer keys are compared, customer by customer.
const MAX_PASSES: u32 = 3;
/// The number of rows from which counting is faster than comparing.
const MIN_ROWS_FOR_COUNTING: usize = 64;

/// The rows of one bucket, sorted; its buffers are reused for the next.
#[derive(Debug)]
pub struct BucketSort<S: Stamp, A: Amount> {
    rows: Vec<PackedRow<S, A>>,
    other: Vec<PackedRow<S, A>>,
    ends: Vec<u32>,
}

impl<S: Stamp, A: Amount> Default for BucketSort<S, A> {
    fn default() -> Self {
        Self { rows: Vec::new(), other: Vec::new(), ends: Vec::new() }
    }
}

impl<S: Stamp, A: Amount> BucketSort<S, A> {
    /// A bucket's rows by customer and key, in the order of the table where both are equal. Numbers are
    /// below `n_customers`.
    pub fn sort(
        &mut self,
        parts: &[&[PackedRow<S, A>]],
        n_customers: usize,
        observation: &ObservationPeriod,
    ) -> &[PackedRow<S, A>] {
        let last = n_customers.max(1) as u64 - 1;
        let total: usize = parts.iter().map(|part| part.len()).sum();
        if total < MIN_ROWS_FOR_COUNTING {
            self.gather(parts);
            self.rows.sort_by_key(|row| row.stamp);
        } else if digits(observation.longest()) == 1 && digits(last) == 1 {
            self.by_two_digits(parts, last, observation);
        } else {
            self.by_many_digits(parts, last, observation.bits);
        }
        &self.rows
    }

    fn gather(&mut self, parts: &[&[PackedRow<S, A>]]) {
        self.rows.clear();
        for part in parts {
            self.rows.extend_from_slice(part);
        }
    }

    /// Keys are one digit, numbers another: one pass counts both.
    #[allow(clippy::cast_possible_truncation)] // keys have few bits
    fn by_two_digits(
        &mut self,
        parts: &[&[PackedRow<S, A>]],
        last: u64,
        observation: &ObservationPeriod,
    ) {
        let (n_keys, n_numbers) = (digit(observation.longest(), 0).0, digit(last, 0).0);
        let key = |stamp: S| {
            stamp.key(observation.bits).wrapping_sub(observation.low) as usize & (n_keys - 1)
        };
        let number = |stamp: S| stamp.number(observation.bits) as usize & (n_numbers - 1);
        self.ends.clear();
        self.ends.resize(n_keys + n_numbers, 0);
        let (keys, numbers) = self.ends.split_at_mut(n_keys);
        let mut before = S::zeroed();
        let (mut in_order, mut keys_in_order) = (true, true);
        for part in parts {
            for row in *part {
                let stamp = row.stamp;
                in_order &= before <= stamp;
                keys_in_order &= before.key(observation.bits) <= stamp.key(observation.bits);
                keys[key(stamp)] += 1;
                numbers[number(stamp)] += 1;
                before = stamp;
            }
        }
        if in_order {
            return self.gather(parts);
        }
        if keys_in_order {
            return place(parts, numbers, number, &mut self.rows);
        }
        place(parts, keys, key, &mut self.other);
        place(&[&self.other], numbers, number, &mut self.rows);
    }

    #[allow(clippy::cast_possible_truncation)] // but the digit is cut off anyway
    fn by_many_digits(&mut self, parts: &[&[PackedRow<S, A>]], last: u64, key_bits: u32) {
        let scan = RowScan::at(parts, key_bits);
        if scan.in_order {
            return self.gather(parts);
        }
        let passes = if scan.keys_in_order { 0 } else { digits(scan.high - scan.low) };
        let by_counting = passes <= MAX_PASSES;
        let mut given = Some(parts);
        if by_counting {
            for pass in 0..passes {
                let (n, shift) = digit(scan.high - scan.low, pass);
                let key = |stamp: S| (stamp.key(key_bits) - scan.low) >> shift;
                self.pass(given.take(), n, |stamp| key(stamp) as usize & (n - 1));
            }
        }
        for pass in 0..digits(last) {
            let (n, shift) = digit(last, pass);
            let digit = |stamp: S| (stamp.number(key_bits) >> shift) as usize & (n - 1);
            self.pass(given.take(), n, digit);
        }
        if !by_counting {
            let number = |row: &PackedRow<S, A>| row.stamp.number(key_bits);
            for rows in self.rows.chunk_by_mut(|a, b| number(a) == number(b)) {
                rows.sort_by_key(|row| row.stamp);
            }
        }
    }

    /// Sorts the rows, or those given, by a digit below `n`; the sort is stable.
    fn pass(&mut self, given: Option<&[&[PackedRow<S, A>]]>, n: usize, digit: impl Fn(S) -> usize) {
        let Self { rows, other, ends } = self;
        std::mem::swap(rows, other);
        let own = [other.as_slice()];
        let parts = given.unwrap_or(&own);
        ends.clear();
        ends.resize(n, 0);
        for part in parts {
            for row in *part {
                ends[digit(row.stamp)] += 1;
            }
        }
        place(parts, ends, digit, rows);
    }
}

/// Moves rows to the positions given by the counts of their digits; the sort is stable.
fn place<S: Stamp, A: Amount>(
    parts: &[&[PackedRow<S, A>]],
    counts: &mut [u32],
    digit: impl Fn(S) -> usize,
    sorted: &mut Vec<PackedRow<S, A>>,
) {
    let mut start = 0;
    for count in &mut *counts {
        start += std::mem::replace(count, start);
    }
    sorted.resize(start as usize, PackedRow::zeroed());
    // Starts for now; each advances as its rows are placed.
    for part in parts {
        for row in *part {
            let at = &mut counts[digit(row.stamp)];
            sorted[*at as usize] = *row;
            *at += 1;
        }
    }
}

/// The number of digits of numbers up to `most`, at least one.
fn digits(most: u64) -> u32 {
    bit_length(most).div_ceil(DIGIT_BITS).max(1)
}

/// The number of values of a digit of numbers up to `most`, and the shift of the digit at `place`.
fn digit(most: u64, place: u32) -> (usize, u32) {
    let width = bit_length(most).div_ceil(digits(most));
    (1 << width, place * width)
}

/// The order and extremes of a bucket's rows.
struct RowScan {
    low: u64,
    high: u64,
    keys_in_order: bool,
    in_order: bool,
}

impl RowScan {
    fn at<S: Stamp, A: Amount>(parts: &[&[PackedRow<S, A>]], key_bits: u32) -> Self {
        let mut scan = Self { low: u64::MAX, high: 0, keys_in_order: true, in_order: true };
        let mut before = S::zeroed();
        for part in parts {
            for row in *part {
                let (stamp, key) = (row.stamp, row.stamp.key(key_bits));
                scan.keys_in_order &= before.key(key_bits) <= key;
                scan.in_order &= before <= stamp;
                scan.low = scan.low.min(key);
                scan.high = scan.high.max(key);
                before = stamp;
            }
        }
        scan
    }
}

/// Buffers that a thread reuses for every bucket.
#[derive(Debug)]
pub struct BucketWorkspace<S: Stamp, A: Amount> {
    order: BucketSort<S, A>,
    purchases: Vec<Purchase>,
}

impl<S: Stamp, A: Amount> Default for BucketWorkspace<S, A> {
    fn default() -> Self {
        Self { order: BucketSort::default(), purchases: Vec::new() }
    }
}

/// The sorted rows of a bucket, and what is needed to add them up.
pub struct SortedBucket<'a, S: Stamp, A: Amount> {
    /// The rows.
    pub rows: &'a [PackedRow<S, A>],
    /// A buffer for one customer's purchases.
    pub purchases: &'a mut Vec<Purchase>,
    /// The treatment of negative amounts; [`Refunds::Keep`] if there are none.
    pub refunds: Refunds,
    /// Counts of the refunds.
    pub counts: RowCounts,
}

impl<S: Stamp, A: Amount> BucketWorkspace<S, A> {
    /// Sorts the rows of a bucket.
    pub fn sort(
        &mut self,
        parts: &[&[PackedRow<S, A>]],
        n_customers: usize,
        refunds: Refunds,
        observation: &ObservationPeriod,
    ) -> SortedBucket<'_, S, A> {
        let Self { order, purchases } = self;
        let rows = order.sort(parts, n_customers, observation);
        let mut counts = RowCounts::default();
        let refunds = refund_rule(refunds, rows, &mut counts);
        SortedBucket { rows, purchases, refunds, counts }
    }
}

/// A task on the rows of a bucket, whatever the kind of its customers' ids.
pub trait BucketTask<A: Amount>: Sync {
    /// Buffers that a thread reuses for every bucket.
    type Workspace<S: Stamp>: Default + Send;
    /// The output of the task.
    type Output: Send;
    /// Runs the task on one bucket, whose customers' numbers are below `n_customers`; also returns the
    /// numbers of the customers in the output.
    fn bucket<S: Stamp>(
        &self,
        parts: &[&[PackedRow<S, A>]],
        n_customers: usize,
        workspace: &mut Self::Workspace<S>,
    ) -> (Vec<u32>, Self::Output);
}
