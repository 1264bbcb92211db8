//! The Python bindings of the engine: conversions, errors, the GIL, and no mathematics.

#![allow(clippy::needless_pass_by_value)] // pyo3 hands arguments over by value

mod alive_paths;
mod arrays;
mod error;
mod fit;
mod mixing_density;
mod models;
mod parameters;
mod purchases;
mod ranks;
mod simulation;
mod summary;
mod transaction_table;

use pyo3::prelude::*;

/// Uses so many threads from now on.
#[pyfunction]
fn set_threads(py: Python<'_>, threads: usize) -> PyResult<()> {
    py.detach(|| crate::parallel::threads::set(threads)).map_err(PyErr::from)
}

/// The number of threads of the engine.
#[pyfunction]
fn get_threads(py: Python<'_>) -> usize {
    py.detach(crate::parallel::threads::count)
}

/// `tenure._engine`
#[pymodule(gil_used = false)]
fn _engine(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_function(wrap_pyfunction!(set_threads, module)?)?;
    module.add_function(wrap_pyfunction!(get_threads, module)?)?;
    mixing_density::register(module)?;
    simulation::register(module)?;
    models::register(module)?;
    alive_paths::register(module)?;
    purchases::register(module)?;
    ranks::register(module)?;
    summary::register(module)
}
