//! Predictions of spending models.

use super::validation::{Parameters, check_column};
use super::{Predictions, Theta};
use crate::data::columns::{Column, scan_blocks};
use crate::data::observations::{Observation, Spending};
use crate::data::unique::check_lengths;
use crate::error::{Error, Result};
use crate::models::traits::SpendingModel;
use crate::parallel::interrupt::{Interrupt, in_chunks};

/// Customers per chunk of expected spend.
const ROWS_PER_CHUNK: usize = 1 << 14;

/// Predictions of a spending model. `columns` are frequency and monetary_value.
pub trait SpendingEngine: Sync {
    /// Fails for bad parameters or data.
    ///
    /// # Errors
    /// Bad parameters or data.
    fn check(&self, theta: Theta<'_>, columns: [Column<'_>; 2]) -> Result<()>;

    /// Multiplies the numbers of customers from `start` on by their expected spend per purchase.
    fn multiply(&self, theta: Theta<'_>, columns: [Column<'_>; 2], start: usize, out: &mut [f64]);

    /// Expected spend per purchase of each customer; NaN where the model has no finite mean.
    ///
    /// # Errors
    /// Bad parameters or data.
    fn expected_spend(
        &self,
        theta: Theta<'_>,
        columns: [Column<'_>; 2],
        interrupt: &dyn Interrupt,
    ) -> Result<Vec<f64>> {
        self.check(theta, columns)?;
        let mut out = vec![1.0; columns[0].len()];
        let chunks = out.chunks_mut(ROWS_PER_CHUNK).enumerate();
        in_chunks(
            chunks,
            interrupt,
            || (),
            |(), (chunk, out)| self.multiply(theta, columns, chunk * ROWS_PER_CHUNK, out),
        )?;
        Ok(out)
    }
}

impl<M: SpendingModel<K>, const K: usize> SpendingEngine for Predictions<M, K> {
    fn check(&self, theta: Theta<'_>, columns: [Column<'_>; 2]) -> Result<()> {
        Parameters::new(&self.model, theta, columns[0].len())?;
        match check_lengths(Spending::COLUMNS, &columns) {
            Ok(_) | Err(Error::Empty) => {}
            Err(error) => return Err(error),
        }
        for (name, column) in Spending::COLUMNS.iter().zip(columns) {
            check_column(name, column)?;
        }
        Ok(())
    }

    fn multiply(&self, theta: Theta<'_>, columns: [Column<'_>; 2], start: usize, out: &mut [f64]) {
        let sets = match theta {
            Theta::Same(theta) => theta.as_chunks::<K>().0,
            Theta::Each(sets) => &sets.as_chunks::<K>().0[start..start + out.len()],
        };
        let _: std::result::Result<(), ()> =
            scan_blocks(&columns, start..start + out.len(), |block, [count, mean, _]| {
                let cells = block.start - start..block.end - start;
                if let (Theta::Same(_), [theta]) = (theta, sets) {
                    self.model.multiply_by_spend(theta, [count, mean], &mut out[cells]);
                    return Ok(());
                }
                for (k, i) in cells.enumerate() {
                    let row = [&count[k..=k], &mean[k..=k]];
                    self.model.multiply_by_spend(&sets[i], row, &mut out[i..=i]);
                }
                Ok(())
            });
    }
}

/// The expected spend per purchase that multiplies expected purchases.
#[derive(Clone, Copy)]
pub struct SpendFactor<'a> {
    /// The spending model.
    pub model: &'a dyn SpendingEngine,
    /// The parameters of the model.
    pub theta: Theta<'a>,
    /// The columns of the model, one row per customer.
    pub columns: [Column<'a>; 2],
}

impl SpendFactor<'_> {
    /// Fails unless there are `customers` rows that the model can predict for.
    pub(super) fn check(&self, customers: usize) -> Result<()> {
        self.model.check(self.theta, self.columns)?;
        let expected = self.columns[0].len();
        if expected == customers {
            Ok(())
        } else {
            Err(Error::Length { column: "T", found: customers, expected })
        }
    }

    /// Multiplies the numbers of customers from `start` on.
    pub(super) fn multiply(&self, start: usize, out: &mut [f64]) {
        self.model.multiply(self.theta, self.columns, start, out);
    }
}
