//! Bindings for densities of heterogeneity.

use numpy::{IntoPyArray, PyArray1};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::arrays::detached;
use crate::statistics::mixing_density::{MixingDistribution, density};

/// Adds the functions to the module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(mixing_density, module)?)
}

/// Points from 0 to a quantile, and the density of the distribution at each.
#[pyfunction]
#[pyo3(signature = (distribution, first, second, *, level=0.99, points=100))]
#[allow(clippy::type_complexity)] // two arrays
fn mixing_density<'py>(
    py: Python<'py>,
    distribution: &str,
    first: f64,
    second: f64,
    level: f64,
    points: usize,
) -> PyResult<(Bound<'py, PyArray1<f64>>, Bound<'py, PyArray1<f64>>)> {
    let distribution = MixingDistribution::parse(distribution).ok_or_else(|| {
        PyValueError::new_err(format!("distribution={distribution:?} is not known to the engine"))
    })?;
    let (x, y) = detached(py, || density(distribution, first, second, level, points))?;
    Ok((x.into_pyarray(py), y.into_pyarray(py)))
}
