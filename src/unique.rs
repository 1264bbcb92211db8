//! The compression of many customers into unique rows, each with the weight of those it stands for.

mod dictionary;
mod hashed;
mod packed;

use rayon::prelude::*;

use crate::columns::{Column, scan};
use crate::error::{Error, Fault, Faults, Result};
use crate::rows::Row;

pub(crate) use dictionary::Dictionary;
pub use hashed::{KeyHasher, KeyMap};
use packed::Obstacle;

/// How many rows are gone through in one piece.
const PIECE: usize = 1 << 13;

/// The distinct rows of a table, each with the weight of the customers it stands for.
#[derive(Debug, Clone)]
pub struct UniqueRows<R> {
    /// The distinct rows, in an order that depends on the data alone.
    pub rows: Vec<R>,
    /// The sum of their customers' weights; the number of customers where there are no weights.
    pub weights: Vec<f64>,
    /// The sum over all customers.
    pub total_weight: f64,
    /// The number of customers with a weight above zero.
    pub customers: usize,
}

impl<R: Row> UniqueRows<R> {
    /// Reads, checks and compresses a table of columns.
    ///
    /// Columns of few distinct values (days, weeks, counts) are numbered and sorted, the rows then
    /// being in order of T, x and t_x; others go through a hash table.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::Length`], or [`Error::Rows`] for values that cannot be.
    pub fn new<'a>(
        columns: &[impl Into<Column<'a>> + Copy],
        weights: Option<&[f64]>,
    ) -> Result<Self> {
        let columns: Vec<Column<'a>> = columns.iter().map(|&column| column.into()).collect();
        let len = check_lengths(R::COLUMNS, &columns)?;
        if let Some(weights) = weights {
            check_weights(weights, len)?;
        }
        let unique = match packed::compress(&columns, weights, len) {
            Err(Obstacle::Variety) => hashed::compress(&columns, weights, len),
            other => other,
        };
        let unique = unique.map_err(|_| first_faults::<R>(&columns))?;
        if unique.rows.is_empty() { Err(Error::Empty) } else { Ok(unique) }
    }

    /// The same with all times multiplied by `scale`.
    #[must_use]
    pub fn scaled(mut self, scale: f64) -> Self {
        self.rows.par_chunks_mut(PIECE).with_min_len(2).for_each(|rows| {
            for row in rows {
                *row = row.scaled(scale);
            }
        });
        self
    }

    /// The weighted mean of a quantity.
    #[must_use]
    pub fn mean(&self, quantity: impl Fn(&R) -> f64 + Sync) -> f64 {
        let pieces = self.rows.par_chunks(PIECE).zip(self.weights.par_chunks(PIECE));
        let sums = pieces.with_min_len(2).map(|(rows, weights)| -> f64 {
            rows.iter().zip(weights).map(|(row, weight)| weight * quantity(row)).sum()
        });
        sums.collect::<Vec<f64>>().into_iter().sum::<f64>() / self.total_weight
    }

    /// The longest time in a row.
    #[must_use]
    pub fn longest(&self) -> f64 {
        let longest = |rows: &[R]| rows.iter().map(Row::time).fold(0.0, f64::max);
        self.rows.par_chunks(PIECE).with_min_len(2).map(longest).reduce(|| 0.0, f64::max)
    }
}

/// The error that names the bad rows of a table that has some.
fn first_faults<R: Row>(columns: &[Column<'_>]) -> Error {
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
        }
    }
    faults.into_result()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::Purchases;

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
