//! Parameters, rows and numbers from outside, checked.

use std::ops::Range;

use rayon::prelude::*;

use crate::data::columns::{Column, scan, scan_blocks};
use crate::data::observations::Observation;
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
    for (column, found) in [("t", t.len()), ("n", n.len())] {
        if found != len && found != 1 {
            return Err(Error::Length { column, found, expected: len });
        }
    }
    Ok(())
}

/// The one value for all, or the one for each.
pub fn pick(values: &[f64], i: usize) -> f64 {
    values[if values.len() == 1 { 0 } else { i }]
}
