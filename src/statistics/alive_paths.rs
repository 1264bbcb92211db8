//! Histories of customers at T = 0, 1, … and P(alive) at each: alive paths.

use rayon::prelude::*;

use crate::data::columns::ROWS_PER_BLOCK;
use crate::error::{Error, Result};
use crate::parallel::interrupt::{Interrupt, check_interrupt};

/// Rows per chunk, unless one customer has more.
const ROWS_PER_CHUNK: usize = 1 << 12;
/// The largest number of rows of a result.
const MAX_ROWS: f64 = (1u64 << 31) as f64;
/// Rows between two polls for an interrupt.
const POLL_INTERVAL_ROWS: usize = 1 << 19;

/// Purchases of customers, and the number of times at which each is followed.
#[derive(Debug, Clone, Copy)]
pub struct PurchaseTimes<'a> {
    /// Times of purchases since the first, which is at 0: ascending, customer by customer.
    pub offsets: &'a [f64],
    /// The number of purchases of each customer.
    pub counts: &'a [i64],
    /// The number of times T = 0, 1, … of each customer.
    pub lengths: &'a [i64],
}

/// The histories, a row for each customer and T.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CustomerPaths {
    /// Repeat purchases known at T.
    pub frequency: Vec<f64>,
    /// When the last of them was.
    pub recency: Vec<f64>,
    /// T.
    pub age: Vec<f64>,
    /// P(alive) at T; empty if it was not requested.
    pub alive: Vec<f64>,
}

/// P(alive) of customers given as columns of x, t_x and T.
pub type AliveProbability<'a> = &'a (dyn Fn([&[f64]; 3], &mut [f64]) + Sync);

/// The histories of customers from the first purchase on.
///
/// # Errors
/// [`Error::Length`] if columns do not fit together, [`Error::Setting`] for invalid offsets,
/// [`Error::Interrupted`].
pub fn customer_paths(
    paths: &PurchaseTimes<'_>,
    alive: Option<AliveProbability<'_>>,
    interrupt: &dyn Interrupt,
) -> Result<CustomerPaths> {
    let total = paths.check()?;
    let column = |requested: bool| vec![0.0; if requested { total } else { 0 }];
    let mut found = CustomerPaths {
        frequency: column(true),
        recency: column(true),
        age: column(true),
        alive: column(alive.is_some()),
    };
    let mut left = PathColumns {
        frequency: &mut found.frequency,
        recency: &mut found.recency,
        age: &mut found.age,
        alive: &mut found.alive,
    };
    let (mut offsets, mut customers) = (paths.offsets, 0);
    while customers < paths.counts.len() {
        let mut chunks = Vec::new();
        let mut planned = 0;
        while customers < paths.counts.len() && planned < POLL_INTERVAL_ROWS {
            let from = customers;
            let (mut rows, mut purchases) = (0, 0);
            while customers < paths.counts.len() && rows < ROWS_PER_CHUNK {
                rows += size(paths.lengths[customers]);
                purchases += size(paths.counts[customers]);
                customers += 1;
            }
            let (bought, later) = offsets.split_at(purchases);
            let (cells, after) = left.split_at(rows);
            (offsets, left) = (later, after);
            let counts = &paths.counts[from..customers];
            let lengths = &paths.lengths[from..customers];
            chunks.push((PurchaseTimes { offsets: bought, counts, lengths }, cells));
            planned += rows;
        }
        chunks.into_par_iter().for_each(|(paths, cells)| paths.fill(cells, alive));
        check_interrupt(interrupt)?;
    }
    Ok(found)
}

/// Some rows of the result.
struct PathColumns<'a> {
    frequency: &'a mut [f64],
    recency: &'a mut [f64],
    age: &'a mut [f64],
    alive: &'a mut [f64],
}

impl PathColumns<'_> {
    fn split_at(self, rows: usize) -> (Self, Self) {
        let (frequency, later_frequency) = self.frequency.split_at_mut(rows);
        let (recency, later_recency) = self.recency.split_at_mut(rows);
        let (age, later_age) = self.age.split_at_mut(rows);
        let (alive, later_alive) = self.alive.split_at_mut(rows.min(self.alive.len()));
        (
            Self { frequency, recency, age, alive },
            Self {
                frequency: later_frequency,
                recency: later_recency,
                age: later_age,
                alive: later_alive,
            },
        )
    }
}

fn size(count: i64) -> usize {
    usize::try_from(count).unwrap_or(0)
}

/// The first of T = 0, 1, … at which a purchase is known, whatever the rounding of its time.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // of 0 or more; saturates
fn first_time(offset: f64) -> usize {
    (offset * (1.0 - 1e-12)).ceil() as usize
}

impl PurchaseTimes<'_> {
    /// The number of rows of the result.
    fn check(&self) -> Result<usize> {
        if self.lengths.len() != self.counts.len() {
            let (found, expected) = (self.lengths.len(), self.counts.len());
            return Err(Error::Length { column: "lengths", found, expected });
        }
        let mut left = self.offsets;
        for &count in self.counts {
            let Some((offsets, later)) = left.split_at_checked(size(count)) else {
                let (found, expected) =
                    (self.offsets.len(), self.counts.iter().copied().map(size).sum());
                return Err(Error::Length { column: "offsets", found, expected });
            };
            if offsets.first() != Some(&0.0) || !offsets.is_sorted() {
                return Err(Error::Setting {
                    name: "offsets",
                    value: offsets.first().copied().unwrap_or(f64::NAN),
                    expected: "ascending from 0, customer by customer",
                });
            }
            left = later;
        }
        if !left.is_empty() {
            let (found, expected) = (self.offsets.len(), self.offsets.len() - left.len());
            return Err(Error::Length { column: "offsets", found, expected });
        }
        let rows: f64 = self.lengths.iter().map(|&length| size(length) as f64).sum();
        if rows > MAX_ROWS {
            let expected =
                "fewer rows in all than 2^31: customer_paths customers for fewer periods";
            return Err(Error::Setting { name: "lengths", value: rows, expected });
        }
        Ok(self.lengths.iter().copied().map(size).sum())
    }

    fn fill(&self, rows: PathColumns<'_>, alive: Option<AliveProbability<'_>>) {
        let PathColumns { frequency, recency, age, alive: cells } = rows;
        let (mut purchase, mut row) = (0, 0);
        for (&count, &length) in self.counts.iter().zip(self.lengths) {
            let offsets = &self.offsets[purchase..purchase + size(count)];
            let rows = row..row + size(length);
            (purchase, row) = (purchase + offsets.len(), rows.end);
            let mut left = (&mut frequency[rows.clone()], &mut recency[rows.clone()]);
            let mut from = 0;
            for (known, &last) in offsets.iter().enumerate() {
                // A purchase between two times is known at the second.
                let later = offsets.get(known + 1).map_or(size(length), |next| first_time(*next));
                let until = later.min(size(length));
                let (x, more_x) = left.0.split_at_mut(until - from);
                let (t_x, more_t_x) = left.1.split_at_mut(until - from);
                x.fill(known as f64);
                t_x.fill(last);
                if let Some(first) = t_x.first_mut() {
                    *first = first.min(from as f64);
                }
                (left, from) = ((more_x, more_t_x), until);
            }
            for (t, cell) in age[rows].iter_mut().enumerate() {
                *cell = t as f64;
            }
        }
        let Some(alive) = alive else { return };
        for (block, cells) in cells.chunks_mut(ROWS_PER_BLOCK).enumerate() {
            let rows = block * ROWS_PER_BLOCK..block * ROWS_PER_BLOCK + cells.len();
            alive([&frequency[rows.clone()], &recency[rows.clone()], &age[rows]], cells);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The history known at T, purchase by purchase.
    fn at(offsets: &[f64], t: f64) -> [f64; 3] {
        let known = offsets.iter().filter(|&&offset| offset * (1.0 - 1e-12) <= t);
        let (count, last) = known.fold((0, 0.0), |(n, _), &offset| (n + 1, offset));
        [f64::from(count - 1), last.min(t), t]
    }

    proptest! {
        #[test]
        fn histories_equal_the_definition_at_each_time(
            customers in prop::collection::vec(
                (prop::collection::vec(0.0..40.0_f64, 0..9), 0..5_i64, 0..300_i64), 0..60),
            rounds in any::<bool>(),
        ) {
            let (mut offsets, mut counts, mut lengths) = (vec![], vec![], vec![]);
            let mut expected = vec![];
            for (mut times, grain, length) in customers {
                times.push(0.0);
                times.sort_unstable_by(f64::total_cmp);
                for time in times.iter_mut().filter(|_| rounds) {
                    *time = (*time * grain as f64).floor() / 7.0; // weeks of days, several at once
                }
                expected.extend((0..length).map(|t| at(&times, t as f64)));
                counts.push(i64::try_from(times.len()).unwrap());
                lengths.push(length);
                offsets.extend(times);
            }
            let paths = PurchaseTimes { offsets: &offsets, counts: &counts, lengths: &lengths };
            let sum = |[x, recency, age]: [&[f64]; 3], out: &mut [f64]| {
                for (i, cell) in out.iter_mut().enumerate() {
                    *cell = x[i] + 2.0 * recency[i] + 3.0 * age[i];
                }
            };
            let found = customer_paths(&paths, Some(&sum), &|| false).unwrap();
            let rows = found.frequency.iter().zip(&found.recency).zip(&found.age);
            prop_assert!(rows.map(|((&x, &t_x), &t)| [x, t_x, t]).eq(expected.iter().copied()));
            prop_assert!(found.alive.iter().copied().eq(expected.iter().map(|[x, t_x, t]| x + 2.0 * t_x + 3.0 * t)));
            let without = customer_paths(&paths, None, &|| false).unwrap();
            prop_assert_eq!(&without.recency, &found.recency);
            prop_assert!(without.alive.is_empty());
        }
    }

    #[test]
    fn columns_that_do_not_fit_are_refused() {
        let ask = |offsets: &[f64], counts: &[i64], lengths: &[i64]| {
            customer_paths(&PurchaseTimes { offsets, counts, lengths }, None, &|| false)
        };
        assert!(ask(&[0.0, 1.0], &[2], &[3]).is_ok());
        assert!(ask(&[], &[], &[]).unwrap().age.is_empty());
        assert!(matches!(ask(&[0.0], &[1], &[]), Err(Error::Length { column: "lengths", .. })));
        for (offsets, counts) in [(&[0.0][..], &[2][..]), (&[0.0, 1.0], &[1])] {
            assert!(matches!(ask(offsets, counts, &[3]), Err(Error::Length { .. })));
        }
        for offsets in [[1.0, 2.0], [0.0, f64::NAN], [0.0, -1.0]] {
            assert!(matches!(ask(&offsets, &[2], &[3]), Err(Error::Setting { .. })));
        }
        assert!(matches!(ask(&[], &[0], &[3]), Err(Error::Setting { .. })));
        let paths = PurchaseTimes { offsets: &[0.0], counts: &[1], lengths: &[9] };
        assert_eq!(customer_paths(&paths, None, &|| true), Err(Error::Interrupted));
    }
}
