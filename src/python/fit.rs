//! Conversion of a fit to Python.

use numpy::PyArray2;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::estimation::Fit;
use crate::prediction::Engine;

/// The results of a fit by their names in `FitResult`.
pub fn describe<'py>(
    py: Python<'py>,
    model: &dyn Engine,
    fit: Fit,
) -> PyResult<Bound<'py, PyDict>> {
    let named = |flags: &[bool]| -> Vec<&'static str> {
        let marked = model.parameters().iter().zip(flags).filter(|(_, flag)| **flag);
        marked.map(|(parameter, _)| parameter.name).collect()
    };
    let dict = PyDict::new(py);
    dict.set_item("params", fit.params)?;
    dict.set_item("scale", fit.scale)?;
    dict.set_item("log_likelihood", fit.log_likelihood)?;
    dict.set_item("objective", fit.objective)?;
    dict.set_item("log_params", fit.log_params)?;
    dict.set_item("hessian", PyArray2::from_vec2(py, &fit.hessian)?)?;
    dict.set_item("covariance", PyArray2::from_vec2(py, &fit.covariance)?)?;
    dict.set_item("converged", fit.ending.converged())?;
    dict.set_item("reason", fit.ending.describe())?;
    dict.set_item("evaluations", fit.evaluations)?;
    dict.set_item("gradient_norm", fit.gradient_norm)?;
    dict.set_item("condition", fit.information.condition)?;
    dict.set_item("eigenvalues", fit.information.eigenvalues)?;
    dict.set_item("at_boundary", named(&fit.at_boundary))?;
    dict.set_item("not_identified", named(&fit.information.not_identified))?;
    dict.set_item("weakly_identified", named(&fit.information.weakly_identified))?;
    dict.set_item("rows", fit.customers)?;
    dict.set_item("unique_rows", fit.unique_rows)?;
    dict.set_item("weight", fit.weight)?;
    Ok(dict)
}
