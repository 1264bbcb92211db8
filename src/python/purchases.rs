//! Purchases over time.

use numpy::{IntoPyArray, PyArray1, PyReadonlyArray1};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::convert::{interruptible, slice};
use super::summary::{Column, grain, set_customers, values};
use crate::summary::{self, Listed, Tracked, Transactions};

/// Adds the functions to the module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(track_purchases, module)?)?;
    module.add_function(wrap_pyfunction!(list_purchases, module)?)?;
    module.add_function(wrap_pyfunction!(expected_over_time, module)?)
}

/// Counts first and repeated purchases by period; see `src/summary/purchases.rs`.
#[pyfunction]
#[pyo3(signature = (customers, times, *, n_customers=None, unsigned=false, ticks_per_second, collapse,
    periods))]
#[allow(clippy::too_many_arguments)] // keyword-only in Python
fn track_purchases<'py>(
    py: Python<'py>,
    customers: Column<'py>,
    times: PyReadonlyArray1<'py, i64>,
    n_customers: Option<usize>,
    unsigned: bool,
    ticks_per_second: i64,
    collapse: &str,
    periods: usize,
) -> PyResult<Bound<'py, PyDict>> {
    let customers = customers.customers(py, n_customers, unsigned)?;
    let (times, grain) = (slice(&times)?, grain(collapse)?);
    let Tracked { first, repeated, start, counts } = interruptible(py, |stop| {
        let table = Transactions { customers, times, ticks_per_second, amounts: None, stop };
        summary::track(&table, grain, periods)
    })?;
    let result = PyDict::new(py);
    result.set_item("first", first.into_pyarray(py))?;
    result.set_item("repeated", repeated.into_pyarray(py))?;
    result.set_item("start", start)?;
    result.set_item("without_customer", counts.without_customer)?;
    result.set_item("without_date", counts.without_date)?;
    Ok(result)
}

/// Lists the periods in which each customer bought; see `src/summary/purchases.rs`.
#[pyfunction]
#[pyo3(signature = (customers, times, amounts=None, *, n_customers=None, unsigned=false, ticks_per_second,
    collapse, end=None))]
#[allow(clippy::too_many_arguments)] // keyword-only in Python
fn list_purchases<'py>(
    py: Python<'py>,
    customers: Column<'py>,
    times: PyReadonlyArray1<'py, i64>,
    amounts: Option<PyReadonlyArray1<'py, f64>>,
    n_customers: Option<usize>,
    unsigned: bool,
    ticks_per_second: i64,
    collapse: &str,
    end: Option<i64>,
) -> PyResult<Bound<'py, PyDict>> {
    let customers = customers.customers(py, n_customers, unsigned)?;
    let (times, grain) = (slice(&times)?, grain(collapse)?);
    let amounts = amounts.as_ref().map(slice).transpose()?;
    let Listed { customers: mut labels, texts, counts, periods, rows, amounts, start } =
        interruptible(py, |stop| {
            let table = Transactions { customers, times, ticks_per_second, amounts, stop };
            summary::list(&table, grain, end)
        })?;
    let result = PyDict::new(py);
    let values = values(&customers, &mut labels);
    set_customers(&result, labels, values, texts)?;
    result.set_item("counts", counts.into_pyarray(py))?;
    result.set_item("periods", periods.into_pyarray(py))?;
    result.set_item("rows", rows.into_pyarray(py))?;
    result.set_item("amounts", amounts.map(|amounts| amounts.into_pyarray(py)))?;
    result.set_item("start", start)?;
    Ok(result)
}

/// Σ n(f)·E(i − f) over f < i after every so many periods i.
#[pyfunction]
fn expected_over_time<'py>(
    py: Python<'py>,
    began: PyReadonlyArray1<'py, i64>,
    curve: PyReadonlyArray1<'py, f64>,
    every: usize,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let (began, curve) = (slice(&began)?, slice(&curve)?);
    Ok(interruptible(py, |stop| summary::expected_over_time(began, curve, every, stop))?
        .into_pyarray(py))
}
