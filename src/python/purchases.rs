//! Bindings of purchases over time.

use numpy::{IntoPyArray, PyArray1, PyReadonlyArray1};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::arrays::{interruptible, slice};
use super::transaction_table::{
    TransactionTable, grain, refunds_rule, set_counts, set_customers, values,
};
use crate::summary::{self, PurchaseCounts, PurchaseLists, Transactions};

/// Adds the functions to the module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(track_purchases, module)?)?;
    module.add_function(wrap_pyfunction!(list_purchases, module)?)?;
    module.add_function(wrap_pyfunction!(expected_over_time, module)?)
}

/// RowCounts first and repeated purchases by period; see `src/summary/over_time.rs`.
#[pyfunction]
#[pyo3(signature = (table, *, collapse, periods))]
fn track_purchases<'py>(
    py: Python<'py>,
    table: TransactionTable<'py>,
    collapse: &str,
    periods: usize,
) -> PyResult<Bound<'py, PyDict>> {
    let table = table.transactions(py)?;
    let grain = grain(collapse)?;
    let PurchaseCounts { first, repeated, start, counts } = interruptible(py, |interrupt| {
        summary::track(&Transactions { interrupt, ..table }, grain, periods)
    })?;
    let result = PyDict::new(py);
    result.set_item("first", first.into_pyarray(py))?;
    result.set_item("repeated", repeated.into_pyarray(py))?;
    result.set_item("start", start)?;
    set_counts(&result, &counts)?;
    Ok(result)
}

/// Lists the periods in which each customer bought; see `src/summary/purchase_lists.rs`.
#[pyfunction]
#[pyo3(signature = (table, *, collapse, end=None, refunds="keep"))]
fn list_purchases<'py>(
    py: Python<'py>,
    table: TransactionTable<'py>,
    collapse: &str,
    end: Option<i64>,
    refunds: &str,
) -> PyResult<Bound<'py, PyDict>> {
    let table = table.transactions(py)?;
    let (grain, refunds) = (grain(collapse)?, refunds_rule(refunds)?);
    let PurchaseLists { customers: mut labels, texts, counts, periods, rows, amounts, start, met } =
        interruptible(py, |interrupt| {
            summary::list(&Transactions { interrupt, ..table }, grain, end, refunds)
        })?;
    let result = PyDict::new(py);
    let values = values(&table.customers, &mut labels);
    set_customers(&result, labels, values, texts)?;
    result.set_item("counts", counts.into_pyarray(py))?;
    result.set_item("periods", periods.into_pyarray(py))?;
    result.set_item("rows", rows.into_pyarray(py))?;
    result.set_item("amounts", amounts.map(|amounts| amounts.into_pyarray(py)))?;
    result.set_item("start", start)?;
    set_counts(&result, &met)?;
    Ok(result)
}

/// Σ n(f)·E(i − f) over f < i after every `every` periods i.
#[pyfunction]
fn expected_over_time<'py>(
    py: Python<'py>,
    began: PyReadonlyArray1<'py, i64>,
    curve: PyReadonlyArray1<'py, f64>,
    every: usize,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let (began, curve) = (slice(&began)?, slice(&curve)?);
    Ok(interruptible(py, |interrupt| summary::expected_over_time(began, curve, every, interrupt))?
        .into_pyarray(py))
}
