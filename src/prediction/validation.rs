//! Parameters, rows and numbers from outside, checked.

use std::ops::Range;

use rayon::prelude::*;

use super::arguments::{Schedule, Theta};
use crate::data::columns::{Column, scan, scan_blocks};
use crate::data::observations::{Observation, Periods};
use crate::data::unique::check_lengths;
use crate::error::{Error, Fault, Faults, Result};
use crate::models::traits::Model;
use crate::numerics::vectorized;

/// Numbers per chunk of a check.
const VALUES_PER_CHUNK: usize = 1 << 14;

/// As many parameters as the model has, each positive.
pub fn parameters_of<M: Model<K>, const K: usize>(model: &M, theta: &[f64]) -> Result<[f64; K]> {
    let array: [f64; K] = theta.try_into().map_err(|_| Error::ParameterCount {
        model: model.name(),
        expected: K,
        found: theta.len(),
    })?;
    for (value, parameter) in array.iter().zip(&M::PARAMETERS) {
        if !(value.is_finite() && *value > 0.0) {
            return Err(Error::Parameter {
                model: model.name(),
                name: parameter.name,
                value: *value,
            });
        }
    }
    Ok(array)
}

/// The parameters of each customer.
pub enum Parameters<'a, const K: usize> {
    Same([f64; K]),
    Each(&'a [[f64; K]]),
}

impl<'a, const K: usize> Parameters<'a, K> {
    /// # Errors
    /// Parameters that cannot be, and other numbers of them than `len` sets of K.
    pub fn new<M: Model<K>>(model: &M, theta: Theta<'a>, len: usize) -> Result<Self> {
        let sets = match theta {
            Theta::Same(theta) => return parameters_of(model, theta).map(Self::Same),
            Theta::Each(sets) => sets.as_chunks().0,
        };
        if sets.len() != len {
            return Err(Error::Length { column: "params", found: sets.len(), expected: len });
        }
        let mut faults = Faults::default();
        for (i, theta) in sets.iter().enumerate() {
            for (&value, parameter) in theta.iter().zip(&M::PARAMETERS) {
                if !(value.is_finite() && value > 0.0) {
                    faults.note(Fault::NotPositive, parameter.name, i, value);
                }
            }
        }
        faults.into_result().map(|()| Self::Each(sets))
    }

    /// Those of one customer.
    pub fn of(&self, i: usize) -> [f64; K] {
        match self {
            Self::Same(theta) => *theta,
            Self::Each(sets) => sets[i],
        }
    }
}

/// Observations to fit to, or to evaluate the likelihood of.
pub fn read_all<R: Observation>(columns: &[Column<'_>]) -> Result<Vec<R>> {
    let len = check_lengths(R::COLUMNS, columns)?;
    let mut faults = Faults::default();
    let mut rows = Vec::with_capacity(len);
    scan(columns, 0..len, |i, values| {
        let row = R::read(&values);
        if let Some((fault, column, value)) = row.fault() {
            faults.note(fault, column, i, value);
        }
        rows.push(row);
        Ok::<(), Error>(())
    })?;
    faults.into_result()?;
    Ok(rows)
}

/// Times: finite numbers of zero or more.
pub fn check_times(name: &'static str, times: &[f64]) -> Result<()> {
    check_column(name, times.into())
}

/// Finite numbers of zero or more.
pub fn check_column(name: &'static str, column: Column<'_>) -> Result<()> {
    let chunks = (0..column.len()).into_par_iter().step_by(VALUES_PER_CHUNK);
    if chunks
        .all(|start| all_countable(column, start..(start + VALUES_PER_CHUNK).min(column.len())))
    {
        return Ok(());
    }
    let mut faults = Faults::default();
    scan(&[column], 0..column.len(), |i, [value, ..]| {
        if !value.is_finite() {
            faults.note(Fault::NotFinite, name, i, value);
        } else if value < 0.0 {
            faults.note(Fault::Negative, name, i, value);
        }
        Ok::<(), Error>(())
    })?;
    faults.into_result()
}

#[allow(clippy::needless_bitwise_bool, clippy::manual_range_contains)] // lazy ones branch
fn all_countable(column: Column<'_>, range: Range<usize>) -> bool {
    scan_blocks(&[column], range, |_, [values, ..]| {
        let wrong = vectorized(
            #[inline(always)]
            || {
                let mut wrong = 0u64;
                for &value in values {
                    wrong |= u64::from(!((value >= 0.0) & (value < f64::INFINITY)));
                }
                wrong
            },
        );
        if wrong == 0 { Ok(()) } else { Err(()) }
    })
    .is_ok()
}

/// Whether these are all finite.
pub fn all_finite(results: &[f64]) -> bool {
    vectorized(
        #[inline(always)]
        || {
            let mut not_finite = 0u64;
            for answer in results {
                not_finite |= u64::from(!answer.is_finite());
            }
            not_finite == 0
        },
    )
}

/// Checks that all results are finite; `what` is their name.
///
/// # Errors
/// [`Error::Rows`] with those that are not.
pub fn check_finite(what: &'static str, results: &[f64]) -> Result<()> {
    let mut faults = Faults::default();
    if !all_finite(results) {
        for (i, &answer) in results.iter().enumerate().filter(|(_, answer)| !answer.is_finite()) {
            faults.note(Fault::NoNumber, what, i, answer);
        }
    }
    faults.into_result()
}

/// Times and numbers of purchases, one for all `len` results or one for each.
pub fn check_counts(t: &[f64], n: &[f64], len: usize) -> Result<()> {
    check_times("t", t)?;
    check_times("n", n)?;
    if let Some(i) = n.iter().position(|n| n.fract() != 0.0) {
        return Err(Error::Setting { name: "n", value: n[i], expected: "a whole number" });
    }
    check_length("t", t, len)?;
    check_length("n", n, len)
}

/// One value for all or one for each.
pub fn check_length(column: &'static str, values: &[f64], len: usize) -> Result<()> {
    let found = values.len();
    if found == len || found == 1 {
        Ok(())
    } else {
        Err(Error::Length { column, found, expected: len })
    }
}

/// Whole numbers of periods, not too many.
pub fn check_periods(name: &'static str, periods: &[f64]) -> Result<()> {
    check_times(name, periods)?;
    match periods.iter().find(|p| p.fract() != 0.0 || **p > Periods::MOST) {
        Some(&value) => {
            Err(Error::Setting { name, value, expected: "a whole number of at most 1,000,000" })
        }
        None => Ok(()),
    }
}

/// Numbers of periods ahead, one for all `len` customers or one for each.
pub fn check_ahead(periods: &[f64], len: usize) -> Result<()> {
    check_periods("m_periods_in_future", periods)?;
    check_length("m_periods_in_future", periods, len)
}

/// Ascending times of zero or more, with as many discounts.
pub fn check_schedule((times, discounts): &Schedule) -> Result<()> {
    check_times("t", times)?;
    check_times("discounts", discounts)?;
    if discounts.len() != times.len() {
        let (found, expected) = (discounts.len(), times.len());
        return Err(Error::Length { column: "discounts", found, expected });
    }
    if let Some(i) = (1..times.len()).find(|&i| times[i] < times[i - 1]) {
        let (name, value) = ("t", times[i]);
        return Err(Error::Setting { name, value, expected: "in ascending order" });
    }
    Ok(())
}

/// The one value for all, or the one for each.
pub fn pick(values: &[f64], i: usize) -> f64 {
    values[if values.len() == 1 { 0 } else { i }]
}
