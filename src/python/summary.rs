//! Transactions to customer summary.

use numpy::{IntoPyArray, PyReadonlyArray1};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::convert::detached;
use crate::summary::{self, Grain, Options, Refunds, Transactions};

/// Adds the functions to the module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(summarize_transactions, module)?)
}

/// Summarises transactions by customer; see `src/summary/mod.rs` for the definitions.
#[pyfunction]
#[pyo3(signature = (customers, times, amounts=None, *, n_customers, ticks_per_second, collapse, unit,
    multiplier=1.0, end=None, whole_period=false, refunds="net", include_first=false))]
#[allow(clippy::too_many_arguments)] // keyword-only in Python
fn summarize_transactions<'py>(
    py: Python<'py>,
    customers: PyReadonlyArray1<'py, u32>,
    times: PyReadonlyArray1<'py, i64>,
    amounts: Option<PyReadonlyArray1<'py, f64>>,
    n_customers: usize,
    ticks_per_second: i64,
    collapse: &str,
    unit: f64,
    multiplier: f64,
    end: Option<i64>,
    whole_period: bool,
    refunds: &str,
    include_first: bool,
) -> PyResult<Bound<'py, PyDict>> {
    let table = Transactions {
        customers: customers.as_slice()?,
        times: times.as_slice()?,
        amounts: amounts.as_ref().map(PyReadonlyArray1::as_slice).transpose()?,
        n_customers,
    };
    let options = Options {
        ticks_per_second,
        collapse: Grain::parse(collapse).ok_or_else(|| unknown("collapse", collapse))?,
        end,
        whole_period,
        unit,
        multiplier,
        refunds: match refunds {
            "keep" => Refunds::Keep,
            "drop" => Refunds::Drop,
            "net" => Refunds::Net,
            other => return Err(unknown("refunds", other)),
        },
        include_first,
    };
    let summary = detached(py, || summary::summarize(&table, &options))?;
    let result = PyDict::new(py);
    result.set_item("customers", summary.customers.into_pyarray(py))?;
    result.set_item("frequency", summary.frequency.into_pyarray(py))?;
    result.set_item("recency", summary.recency.into_pyarray(py))?;
    result.set_item("T", summary.age.into_pyarray(py))?;
    let money = summary.monetary_value.map(|money| money.into_pyarray(py));
    result.set_item("monetary_value", money)?;
    result.set_item("end", summary.end)?;
    let counts = summary.counts;
    for (name, count) in [
        ("without_customer", counts.without_customer),
        ("without_date", counts.without_date),
        ("after_end", counts.after_end),
        ("same_day", counts.same_key),
        ("collapsed", counts.collapsed),
        ("refunds", counts.refunds),
        ("cancelled", counts.cancelled),
        ("unmatched_refunds", counts.unmatched),
        ("zero_amounts", counts.zero),
        ("without_purchase", counts.without_purchase),
    ] {
        result.set_item(name, count)?;
    }
    Ok(result)
}

fn unknown(option: &str, value: &str) -> PyErr {
    PyValueError::new_err(format!("{option}={value:?} is not known to the engine"))
}
