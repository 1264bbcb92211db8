//! The table of a fit: unique rows where many customers repeat, the dense columns where hardly any do.

use crate::data::columns::Column;
use crate::data::dense::DenseTable;
use crate::data::observations::Observation;
use crate::data::unique::{UniqueRows, check, repeats};
use crate::error::Result;

/// A table of customers, checked.
#[derive(Debug, Clone)]
pub enum Table<'a, R> {
    /// Its distinct rows.
    Unique(UniqueRows<R>),
    /// All rows in place, because most of them are distinct.
    Dense(DenseTable<'a, R>),
}

impl<'a, R: Observation> Table<'a, R> {
    /// Reads and checks a table of columns.
    ///
    /// # Errors
    /// [`crate::Error::Empty`], [`crate::Error::Length`], or [`crate::Error::Rows`] for values that
    /// cannot be.
    pub fn new(
        columns: &[impl Into<Column<'a>> + Copy],
        weights: Option<&'a [f64]>,
    ) -> Result<Self> {
        let (columns, len) = check::<R>(columns, weights)?;
        if let Some(unique) = UniqueRows::numbered(&columns, weights, len)? {
            return Ok(Self::Unique(unique));
        }
        if R::DENSE && !repeats::<R>(&columns, len) {
            return Ok(Self::Dense(DenseTable::new(&columns, weights, len)?));
        }
        Ok(Self::Unique(UniqueRows::sorted(&columns, weights, len)?))
    }

    /// The distinct rows, for models that need them.
    #[must_use]
    pub fn unique(self) -> UniqueRows<R> {
        match self {
            Self::Unique(rows) => rows,
            Self::Dense(dense) => {
                let mut rows = Vec::with_capacity(dense.len());
                dense.rows(0..dense.len(), |row, weight| {
                    if weight > 0.0 {
                        rows.push((row, weight));
                    }
                });
                UniqueRows::of_rows(rows, dense.customers)
            }
        }
    }

    /// The dense rows, for models that gain nothing from repeated ones.
    #[must_use]
    pub fn dense(self) -> DenseTable<'a, R> {
        match self {
            Self::Unique(rows) => DenseTable::copied(rows.iter()),
            Self::Dense(rows) => rows,
        }
    }

    /// The number of rows stored: the distinct ones, or all of them in a dense table.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Unique(rows) => rows.len(),
            Self::Dense(rows) => rows.len(),
        }
    }

    /// Whether it is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The sum of the weights of all customers; their number where there are no weights.
    #[must_use]
    pub fn total_weight(&self) -> f64 {
        match self {
            Self::Unique(rows) => rows.total_weight,
            Self::Dense(rows) => rows.total_weight,
        }
    }

    /// The number of customers with a weight above zero.
    #[must_use]
    pub fn customers(&self) -> usize {
        match self {
            Self::Unique(rows) => rows.customers,
            Self::Dense(rows) => rows.customers,
        }
    }

    /// The same with all times multiplied by `scale`.
    #[must_use]
    pub fn scaled(self, scale: f64) -> Self {
        match self {
            Self::Unique(rows) => Self::Unique(rows.scaled(scale)),
            Self::Dense(rows) => Self::Dense(rows.scaled(scale)),
        }
    }

    /// The longest time in a row; 1 where there are no times.
    #[must_use]
    pub fn longest(&self) -> f64 {
        match self {
            Self::Unique(rows) => rows.longest(),
            Self::Dense(rows) => rows.longest(),
        }
    }

    /// The weighted mean of a quantity.
    #[must_use]
    pub fn mean(&self, quantity: impl Fn(&R) -> f64 + Sync) -> f64 {
        match self {
            Self::Unique(rows) => rows.mean(quantity),
            Self::Dense(rows) => rows.mean(quantity),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::observations::{Periods, Purchases};
    use crate::error::Error;

    const ROWS: usize = 40_000;

    /// Customers whose T are multiples of a fraction, or all distinct.
    fn table(days: bool) -> [Vec<f64>; 3] {
        let age = (0..ROWS).map(|i| {
            if days { (i % 300) as f64 } else { (i as f64 * 0.618_033_988_749_895).fract() }
        });
        let age: Vec<f64> = age.map(|age| 30.0 + age).collect();
        [vec![1.0; ROWS], age.iter().map(|age| 0.5 * age).collect(), age]
    }

    fn columns(of: &[Vec<f64>; 3]) -> [&[f64]; 3] {
        of.each_ref().map(Vec::as_slice)
    }

    #[test]
    fn distinct_rows_are_dense_and_others_compressed() {
        let continuous = table(false);
        let dense = Table::<Purchases>::new(&columns(&continuous), None).unwrap();
        assert!(matches!(&dense, Table::Dense(rows) if rows.len() == ROWS));
        let unique = UniqueRows::<Purchases>::new(&columns(&continuous), None).unwrap();
        assert_eq!((unique.len(), unique.longest()), (ROWS, dense.longest()));
        assert!((dense.mean(|row| row.age) / unique.mean(|row| row.age) - 1.0).abs() < 1e-12);
        assert_eq!(dense.scaled(0.5).longest(), 0.5 * unique.longest());

        // Too many purchases to be packed, in a table of many equal rows.
        let mut days = table(true);
        days[0][7] = 70_000.0;
        let weights = vec![0.5; ROWS];
        let few = Table::<Purchases>::new(&columns(&days), Some(&weights)).unwrap();
        let Table::Unique(rows) = &few else { panic!("dense") };
        assert_eq!((rows.len(), rows.total_weight, rows.customers), (301, 0.5 * ROWS as f64, ROWS));
        let (_, weight) = rows.iter().find(|(row, _)| row.frequency == 70_000.0).unwrap();
        assert_eq!(weight, 0.5);
    }

    #[test]
    fn faults_of_dense_rows_are_named() {
        let mut columns_of = table(false);
        columns_of[1][39_999] = 99.0;
        let error = Table::<Purchases>::new(&columns(&columns_of), None).unwrap_err();
        let Error::Rows(bad) = &error else { panic!("{error}") };
        assert_eq!((bad.column, &bad.rows), ("recency", &vec![39_999]));
        let none = vec![0.0; ROWS];
        let empty = Table::<Purchases>::new(&columns(&table(false)), Some(&none)).map(|_| ());
        assert_eq!(empty, Err(Error::Weightless));
    }

    #[test]
    fn rows_of_periods_are_never_dense() {
        let periods: Vec<f64> = (0..ROWS).map(|i| i as f64).collect();
        let columns = [&vec![0.0; ROWS][..], &vec![0.0; ROWS], &periods];
        let table = Table::<Periods>::new(&columns, None).unwrap();
        assert!(matches!(table, Table::Unique(rows) if rows.len() == ROWS));
    }
}
