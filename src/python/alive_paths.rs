//! Bindings of histories of customers as they grow.

use numpy::{IntoPyArray, PyArray1, PyReadonlyArray1};
use pyo3::prelude::*;

use super::arrays::{FloatArray, interruptible, slice};
use crate::statistics::alive_paths::{CustomerPaths, PurchaseTimes, customer_paths};

type Vector<'py> = Bound<'py, PyArray1<f64>>;

/// Adds the function to the module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(histories, module)?)
}

/// Frequency, recency and T of customers at T = 0, 1, …; see `src/statistics/alive_paths.rs`.
#[pyfunction]
fn histories<'py>(
    py: Python<'py>,
    offsets: FloatArray<'py>,
    counts: PyReadonlyArray1<'py, i64>,
    lengths: PyReadonlyArray1<'py, i64>,
) -> PyResult<(Vector<'py>, Vector<'py>, Vector<'py>)> {
    let (offsets, counts, lengths) = (slice(&offsets)?, slice(&counts)?, slice(&lengths)?);
    let paths = PurchaseTimes { offsets, counts, lengths };
    let CustomerPaths { frequency, recency, age, .. } =
        interruptible(py, |interrupt| customer_paths(&paths, None, interrupt))?;
    Ok((frequency.into_pyarray(py), recency.into_pyarray(py), age.into_pyarray(py)))
}
