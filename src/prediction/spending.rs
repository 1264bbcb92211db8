//! Predictions of spending models.

use super::Predictions;
use super::traits::SpendingEngine;
use super::validation::{check_column, parameters_of};
use crate::data::columns::{Column, scan_blocks};
use crate::data::observations::{Observation, Spending};
use crate::data::unique::check_lengths;
use crate::error::{Error, Result};
use crate::models::traits::SpendingModel;

impl<M: SpendingModel<K>, const K: usize> SpendingEngine for Predictions<M, K> {
    fn check<'a>(&self, theta: &[f64], columns: [Column<'a>; 2]) -> Result<[Column<'a>; 2]> {
        parameters_of(&self.model, theta)?;
        match check_lengths(Spending::COLUMNS, &columns) {
            Ok(_) | Err(Error::Empty) => {}
            Err(error) => return Err(error),
        }
        for (name, column) in Spending::COLUMNS.iter().zip(columns) {
            check_column(name, column)?;
        }
        Ok(columns)
    }

    fn multiply(&self, theta: &[f64], columns: [Column<'_>; 2], start: usize, out: &mut [f64]) {
        let Ok(theta) = parameters_of(&self.model, theta) else { return out.fill(f64::NAN) };
        let _: std::result::Result<(), ()> =
            scan_blocks(&columns, start..start + out.len(), |block, [count, mean, _]| {
                let cells = &mut out[block.start - start..block.end - start];
                self.model.multiply_by_spend(&theta, [count, mean], cells);
                Ok(())
            });
    }
}
