//! Compression of many customers into unique rows with weights.

mod dictionary;
mod numbering;
mod packed;
mod radix;
mod sorted;

use std::marker::PhantomData;

use rayon::prelude::*;

use crate::data::columns::{Column, scan};
use crate::data::observations::{MOST_PURCHASES, Observation};
use crate::error::{Error, Fault, Faults, Result};

use packed::Obstacle;
pub(crate) use sorted::repeats;

/// Rows per chunk of a pass over the table.
const ROWS_PER_CHUNK: usize = 1 << 13;

/// The distinct rows of a table, each with the weight of the customers it represents.
#[derive(Debug, Clone)]
pub struct UniqueRows<R> {
    /// The values of each column, where every one of them, or nearly, is in some row.
    pub values: [Vec<f64>; 3],
    /// The distinct rows, by the positions of their values, in an order that depends on the data
    /// alone.
    pub codes: Vec<[u32; 3]>,
    /// The sum of their customers' weights; the number of customers where there are no weights.
    pub weights: Vec<f64>,
    /// The sum over all customers.
    pub total_weight: f64,
    /// The number of customers with a weight above zero.
    pub customers: usize,
    row: PhantomData<R>,
}

impl<R: Observation> UniqueRows<R> {
    /// Reads, checks and compresses a table of columns.
    ///
    /// Columns of few distinct values (days, weeks, counts) are numbered and sorted, so that equal rows end
    /// up next to each other; others are sorted unchanged.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::Length`], or [`Error::Rows`] for impossible values.
    pub fn new<'a>(
        columns: &[impl Into<Column<'a>> + Copy],
        weights: Option<&[f64]>,
    ) -> Result<Self> {
        let (columns, len) = check::<R>(columns, weights)?;
        match Self::numbered(&columns, weights, len)? {
            Some(unique) => Ok(unique),
            None => Self::sorted(&columns, weights, len),
        }
    }

    /// The unique rows of checked columns; `None` where these have too many distinct values to be
    /// numbered.
    pub(crate) fn numbered(
        columns: &[Column<'_>],
        weights: Option<&[f64]>,
        len: usize,
    ) -> Result<Option<Self>> {
        match packed::compress(columns, weights, len) {
            Err(Obstacle::Variety) => Ok(None),
            found => Self::filled(columns, found).map(Some),
        }
    }

    /// The unique rows of checked columns of any values.
    pub(crate) fn sorted(
        columns: &[Column<'_>],
        weights: Option<&[f64]>,
        len: usize,
    ) -> Result<Self> {
        Self::filled(columns, sorted::compress(columns, weights, len))
    }

    /// The unique rows of individual rows with weights.
    pub(crate) fn of_rows(rows: Vec<(R, f64)>, customers: usize) -> Self {
        sorted::of_rows(rows, customers)
    }

    fn filled(columns: &[Column<'_>], found: std::result::Result<Self, Obstacle>) -> Result<Self> {
        let unique = found.map_err(|_| first_faults::<R>(columns))?;
        if unique.codes.is_empty() { Err(Error::Empty) } else { Ok(unique) }
    }

    /// The number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether it is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// One of the rows.
    #[must_use]
    #[inline]
    pub fn row(&self, i: usize) -> R {
        self.decoded(&self.codes[i])
    }

    /// The rows with their weights.
    pub fn iter(&self) -> impl Iterator<Item = (R, f64)> + Clone {
        let rows = self.codes.iter().map(|codes| self.decoded(codes));
        rows.zip(self.weights.iter().copied())
    }

    #[inline]
    fn decoded(&self, &[a, b, c]: &[u32; 3]) -> R {
        let [first, second, third] = &self.values;
        R::read(&[first[a as usize], second[b as usize], third[c as usize]])
    }

    /// Some of the rows, with weights of their own and no more values than they need.
    #[must_use]
    #[allow(clippy::cast_possible_truncation)] // fewer values than 2³²
    pub fn some(&self, rows: &[usize], weights: Vec<f64>) -> Self {
        let mut codes: Vec<[u32; 3]> = rows.iter().map(|&row| self.codes[row]).collect();
        let values = std::array::from_fn(|column| {
            let all = &self.values[column];
            let mut used = vec![false; all.len()];
            for row in &codes {
                used[row[column] as usize] = true;
            }
            let (mut numbers, mut kept) = (vec![0; all.len()], Vec::new());
            for ((number, &value), _) in numbers.iter_mut().zip(all).zip(used).filter(|(_, u)| *u) {
                *number = kept.len() as u32;
                kept.push(value);
            }
            for row in &mut codes {
                row[column] = numbers[row[column] as usize];
            }
            kept
        });
        let (total_weight, customers) = (weights.iter().sum(), codes.len());
        Self { values, codes, weights, total_weight, customers, row: PhantomData }
    }

    /// The same with all times multiplied by `scale`.
    #[must_use]
    pub fn scaled(mut self, scale: f64) -> Self {
        if R::TIMED {
            for time in self.values[1..].iter_mut().flatten() {
                *time *= scale;
            }
        }
        self
    }

    /// The longest time in a row; 1 where there are no times.
    #[must_use]
    pub fn longest(&self) -> f64 {
        if R::TIMED { self.values[2].iter().copied().fold(0.0, f64::max) } else { 1.0 }
    }

    /// The weighted mean of a quantity.
    #[must_use]
    pub fn mean(&self, quantity: impl Fn(&R) -> f64 + Sync) -> f64 {
        let chunks =
            self.codes.par_chunks(ROWS_PER_CHUNK).zip(self.weights.par_chunks(ROWS_PER_CHUNK));
        let sums = chunks.with_min_len(2).map(|(codes, weights)| -> f64 {
            codes
                .iter()
                .zip(weights)
                .map(|(row, weight)| weight * quantity(&self.decoded(row)))
                .sum()
        });
        sums.collect::<Vec<f64>>().into_iter().sum::<f64>() / self.total_weight
    }
}

/// The columns of a table and their length, after a check of lengths and weights.
///
/// # Errors
/// [`Error::Empty`], [`Error::Weightless`], [`Error::Length`], or [`Error::Rows`] for impossible weights.
pub fn check<'a, R: Observation>(
    columns: &[impl Into<Column<'a>> + Copy],
    weights: Option<&[f64]>,
) -> Result<(Vec<Column<'a>>, usize)> {
    let columns: Vec<Column<'a>> = columns.iter().map(|&column| column.into()).collect();
    let len = check_lengths(R::COLUMNS, &columns)?;
    if let Some(weights) = weights {
        check_weights(weights, len)?;
    }
    Ok((columns, len))
}

/// The error that names the bad rows of a table that has some.
pub(crate) fn first_faults<R: Observation>(columns: &[Column<'_>]) -> Error {
    let mut faults = Faults::default();
    let len = columns.first().map_or(0, Column::len);
    let noted = scan::<()>(columns, 0..len, |i, values| {
        if let Some((fault, column, value)) = R::read(&values).fault() {
            faults.note(fault, column, i, value);
        }
        Ok(())
    });
    noted.ok().and_then(|()| faults.into_result().err()).unwrap_or(Error::Empty)
}

/// The one length of all columns.
///
/// # Errors
/// [`Error::Empty`] or [`Error::Length`].
pub fn check_lengths(names: &[&'static str], columns: &[Column<'_>]) -> Result<usize> {
    let len = columns.first().map_or(0, Column::len);
    for (column, name) in columns.iter().zip(names) {
        if column.len() != len {
            return Err(Error::Length { column: name, found: column.len(), expected: len });
        }
    }
    if len == 0 { Err(Error::Empty) } else { Ok(len) }
}

fn check_weights(weights: &[f64], len: usize) -> Result<()> {
    if weights.len() != len {
        return Err(Error::Length { column: "weights", found: weights.len(), expected: len });
    }
    let mut faults = Faults::default();
    for (row, &weight) in weights.iter().enumerate() {
        if !weight.is_finite() {
            faults.note(Fault::NotFinite, "weights", row, weight);
        } else if weight < 0.0 {
            faults.note(Fault::Negative, "weights", row, weight);
        } else if weight > MOST_PURCHASES {
            faults.note(Fault::TooHeavy, "weights", row, weight);
        }
    }
    faults.into_result()?;
    if weights.iter().any(|weight| *weight > 0.0) { Ok(()) } else { Err(Error::Weightless) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::observations::Purchases;

    #[test]
    fn equal_rows_become_one_with_their_weights() {
        let x = [1.0, 0.0, 1.0, -0.0];
        let recency = [2.0, 0.0, 2.0, 0.0];
        let age = [3.0, 3.0, 3.0, 3.0];
        let columns: [&[f64]; 3] = [&x, &recency, &age];
        let unique = UniqueRows::<Purchases>::new(&columns, None).unwrap();
        assert_eq!(unique.weights, [2.0, 2.0]);
        let unique = UniqueRows::<Purchases>::new(&columns, Some(&[0.5, 0.0, 1.0, 0.0])).unwrap();
        assert_eq!((unique.weights, unique.customers), (vec![1.5], 2));
    }

    #[test]
    fn faults_name_column_rows_and_values() {
        let columns: [&[f64]; 3] = [&[1.0, 1.0, 2.0], &[4.0, 1.0, 9.0], &[3.0, 3.0, 3.0]];
        let error = UniqueRows::<Purchases>::new(&columns, None).unwrap_err();
        let Error::Rows(bad) = &error else { panic!("{error}") };
        assert_eq!((bad.column, bad.count), ("recency", 2));
        assert_eq!((&bad.rows, &bad.values), (&vec![0, 2], &vec![4.0, 9.0]));
        assert!(error.to_string().starts_with("Some values in recency vector are larger"));
    }

    #[test]
    fn lengths_must_agree() {
        let columns: [&[f64]; 3] = [&[1.0], &[0.5, 0.5], &[3.0]];
        let error = UniqueRows::<Purchases>::new(&columns, None).unwrap_err();
        assert_eq!(error, Error::Length { column: "recency", found: 2, expected: 1 });
    }
}
