//! The Python face of the engine: conversions, errors, the GIL. No maths here.

#![allow(clippy::needless_pass_by_value)] // pyo3 hands arguments over by value

mod convert;
mod error;
mod heterogeneity;
mod models;
mod scoring;
mod summary;

use pyo3::prelude::*;

/// `tenure._engine`
#[pymodule(gil_used = false)]
fn _engine(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    heterogeneity::register(module)?;
    models::register(module)?;
    scoring::register(module)?;
    summary::register(module)
}
