//! Bindings of the simulation.

use numpy::{IntoPyArray, PyArray1, PyReadonlyArray1, PyReadwriteArray1, PyReadwriteArray2};
use pyo3::prelude::*;

use super::arrays::{FloatArray, interruptible, slice};
use crate::statistics::simulation::Simulation;

/// Adds the function to the module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(advance_simulation, module)?)
}

/// Advances simulated customers to their next purchases; see `src/statistics/simulation.rs`. The arrays
/// from `waits` on are changed in place.
#[pyfunction]
#[allow(clippy::too_many_arguments)] // columns
fn advance_simulation<'py>(
    py: Python<'py>,
    customers: PyReadonlyArray1<'py, i64>,
    rate: FloatArray<'py>,
    allowed: FloatArray<'py>,
    until: FloatArray<'py>,
    mut waits: PyReadwriteArray2<'py, f64>,
    mut clock: PyReadwriteArray1<'py, f64>,
    mut purchases: PyReadwriteArray1<'py, f64>,
    mut frequency: PyReadwriteArray1<'py, f64>,
    mut recency: PyReadwriteArray1<'py, f64>,
) -> PyResult<Bound<'py, PyArray1<i64>>> {
    let mut simulation = Simulation {
        rate: slice(&rate)?,
        allowed: slice(&allowed)?,
        until: slice(&until)?,
        clock: clock.as_slice_mut()?,
        purchases: purchases.as_slice_mut()?,
        frequency: frequency.as_slice_mut()?,
        recency: recency.as_slice_mut()?,
    };
    let (customers, waits) = (slice(&customers)?, waits.as_slice_mut()?);
    let more = interruptible(py, |interrupt| simulation.advance(customers, waits, interrupt))?;
    Ok(more.into_pyarray(py))
}
