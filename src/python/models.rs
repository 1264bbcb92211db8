//! Bindings of models: registry, fit, likelihood.

use numpy::{IntoPyArray, PyArray1, PyArray2};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::arrays::{FloatArray, NumberArray, columns, interruptible, slice};
use crate::estimation::{Fit, Options};
use crate::prediction::{self, Engine};

/// Adds the functions to the module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(models, module)?)?;
    module.add_function(wrap_pyfunction!(fit, module)?)?;
    module.add_function(wrap_pyfunction!(log_likelihood, module)?)?;
    module.add_function(wrap_pyfunction!(objective, module)?)
}

/// Every model: its parameters, their processes, their units, its columns.
#[pyfunction]
fn models(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let all = PyDict::new(py);
    for model in prediction::MODELS {
        let parameters = model.parameters();
        let one = PyDict::new(py);
        let names: Vec<_> = parameters.iter().map(|p| p.name).collect();
        let processes: Vec<_> = parameters.iter().map(|p| p.process.name()).collect();
        let units: Vec<_> = parameters.iter().map(|p| p.unit.name()).collect();
        one.set_item("parameters", names)?;
        one.set_item("processes", processes)?;
        one.set_item("units", units)?;
        one.set_item("columns", model.columns())?;
        all.set_item(model.name(), one)?;
    }
    Ok(all)
}

/// Fits a model to its columns.
#[pyfunction]
#[pyo3(signature = (model, columns, weights=None, *, penalizer=0.0, initial=None, lower=None,
                    tolerance=1e-7, max_evaluations=1000,
                    without_purchases=false))]
#[allow(clippy::too_many_arguments)] // the keyword arguments of Python
fn fit<'py>(
    py: Python<'py>,
    model: &str,
    columns: Vec<NumberArray<'py>>,
    weights: Option<FloatArray<'py>>,
    penalizer: f64,
    initial: Option<Vec<f64>>,
    lower: Option<Vec<f64>>,
    tolerance: f64,
    max_evaluations: usize,
    without_purchases: bool,
) -> PyResult<Bound<'py, PyDict>> {
    let model = prediction::find(model)?;
    let columns = self::columns(&columns)?;
    let weights = weights.as_ref().map(slice).transpose()?;
    let options =
        Options { penalizer, initial, lower, tolerance, max_evaluations, without_purchases };
    let fit = interruptible(py, |interrupt| model.fit(&columns, weights, &options, interrupt))?;
    describe(py, model, fit)
}

fn describe<'py>(py: Python<'py>, model: &dyn Engine, fit: Fit) -> PyResult<Bound<'py, PyDict>> {
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

/// ln L of each customer.
#[pyfunction]
fn log_likelihood<'py>(
    py: Python<'py>,
    model: &str,
    params: Vec<f64>,
    columns: Vec<NumberArray<'py>>,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let (model, columns) = (prediction::find(model)?, self::columns(&columns)?);
    Ok(interruptible(py, |interrupt| model.log_likelihood(&params, &columns, interrupt))?
        .into_pyarray(py))
}

/// The objective of a fit, at log θ.
#[pyfunction]
#[pyo3(signature = (model, log_params, columns, weights=None, *, penalizer=0.0))]
fn objective(
    py: Python<'_>,
    model: &str,
    log_params: Vec<f64>,
    columns: Vec<NumberArray<'_>>,
    weights: Option<FloatArray<'_>>,
    penalizer: f64,
) -> PyResult<f64> {
    let (model, columns) = (prediction::find(model)?, self::columns(&columns)?);
    let weights = weights.as_ref().map(slice).transpose()?;
    interruptible(py, |interrupt| {
        model.objective(&log_params, &columns, weights, penalizer, interrupt)
    })
}
