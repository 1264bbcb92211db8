//! How customers differ, as a curve to draw.

use numpy::{IntoPyArray, PyArray1};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::convert::detached;
use crate::heterogeneity::{self, Law};

/// Adds the functions to the module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(heterogeneity_density, module)?)
}

/// Points from 0 to a quantile, and the density of the law at each.
#[pyfunction]
#[pyo3(signature = (law, first, second, *, level=0.99, points=100))]
#[allow(clippy::type_complexity)] // two arrays
fn heterogeneity_density<'py>(
    py: Python<'py>,
    law: &str,
    first: f64,
    second: f64,
    level: f64,
    points: usize,
) -> PyResult<(Bound<'py, PyArray1<f64>>, Bound<'py, PyArray1<f64>>)> {
    let law = Law::parse(law)
        .ok_or_else(|| PyValueError::new_err(format!("law={law:?} is not known to the engine")))?;
    let (x, y) = detached(py, || heterogeneity::density(law, first, second, level, points))?;
    Ok((x.into_pyarray(py), y.into_pyarray(py)))
}
