//! Bindings of rank scores and rank correlation.

use numpy::{IntoPyArray, PyArray1, PyReadonlyArray1};
use pyo3::prelude::*;

use super::arrays::{FloatArray, detached, slice};
use crate::statistics;

/// Adds the functions to the module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(rank_scores, module)?)?;
    module.add_function(wrap_pyfunction!(spearman, module)?)
}

/// One more than the number of limits below 2·rank − 2, for every value.
#[pyfunction]
fn rank_scores<'py>(
    py: Python<'py>,
    values: FloatArray<'py>,
    limits: PyReadonlyArray1<'py, u64>,
) -> PyResult<Bound<'py, PyArray1<i64>>> {
    let (values, limits) = (slice(&values)?, limits.as_slice()?);
    Ok(detached(py, || statistics::rank_scores::rank_scores(values, limits))?.into_pyarray(py))
}

/// Spearman's rank correlation with its two-sided p-value.
#[pyfunction]
fn spearman(py: Python<'_>, a: FloatArray<'_>, b: FloatArray<'_>) -> PyResult<(f64, f64)> {
    let (a, b) = (slice(&a)?, slice(&b)?);
    detached(py, || statistics::correlation::spearman(a, b))
}
