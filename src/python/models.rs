//! Models: fit, likelihood, predictions.

use numpy::ndarray::Array2;
use numpy::{IntoPyArray, PyArray1, PyArray2};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::arrays::{FloatArray, NumberArray, columns, detached, finite, interruptible, slice};
use crate::estimation::{Fit, Options};
use crate::prediction::{self, Engine, Schedule, SpendFactor};

type Vector<'py> = Bound<'py, PyArray1<f64>>;

/// Adds the functions to the module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(models, module)?)?;
    module.add_function(wrap_pyfunction!(fit, module)?)?;
    module.add_function(wrap_pyfunction!(log_likelihood, module)?)?;
    module.add_function(wrap_pyfunction!(objective, module)?)?;
    module.add_function(wrap_pyfunction!(probability_alive, module)?)?;
    module.add_function(wrap_pyfunction!(expected_purchases, module)?)?;
    module.add_function(wrap_pyfunction!(expected_purchases_over, module)?)?;
    module.add_function(wrap_pyfunction!(purchases_ahead, module)?)?;
    module.add_function(wrap_pyfunction!(expected_purchases_new_customer, module)?)?;
    module.add_function(wrap_pyfunction!(survival, module)?)?;
    module.add_function(wrap_pyfunction!(purchase_pmf, module)?)?;
    module.add_function(wrap_pyfunction!(purchase_pmf_conditional, module)?)?;
    module.add_function(wrap_pyfunction!(periods_alive, module)?)?;
    module.add_function(wrap_pyfunction!(periods_expected, module)?)?;
    module.add_function(wrap_pyfunction!(periods_pmf, module)?)?;
    module.add_function(wrap_pyfunction!(discounted_purchases, module)?)?;
    module.add_function(wrap_pyfunction!(expected_spend, module)?)?;
    module.add_function(wrap_pyfunction!(spearman, module)?)
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

/// P(alive) of each customer.
#[pyfunction]
#[pyo3(signature = (model, params, frequency, recency, T))]
#[allow(non_snake_case)] // T is the column's name
fn probability_alive<'py>(
    py: Python<'py>,
    model: &str,
    params: Vec<f64>,
    frequency: NumberArray<'py>,
    recency: NumberArray<'py>,
    T: NumberArray<'py>,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let model = prediction::find(model)?.transactions()?;
    let columns = [frequency.column()?, recency.column()?, T.column()?];
    Ok(interruptible(py, |interrupt| model.probability_alive(&params, columns, interrupt))?
        .into_pyarray(py))
}

/// Expected purchases of each customer in the next t.
#[pyfunction]
#[pyo3(signature = (model, params, t, frequency, recency, T))]
#[allow(non_snake_case)] // T is the column's name
fn expected_purchases<'py>(
    py: Python<'py>,
    model: &str,
    params: Vec<f64>,
    t: FloatArray<'py>,
    frequency: NumberArray<'py>,
    recency: NumberArray<'py>,
    T: NumberArray<'py>,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let model = prediction::find(model)?.transactions()?;
    let (t, columns) = (slice(&t)?, [frequency.column()?, recency.column()?, T.column()?]);
    Ok(interruptible(py, |interrupt| model.expected_purchases(&params, t, columns, interrupt))?
        .into_pyarray(py))
}

/// P(alive) of each customer, and for each schedule of times and discounts Σₖ dₖ·(E(tₖ) − E(tₖ₋₁)).
#[pyfunction]
#[pyo3(signature = (model, params, schedules, frequency, recency, T))]
#[allow(non_snake_case)] // T is the column's name
fn purchases_ahead<'py>(
    py: Python<'py>,
    model: &str,
    params: Vec<f64>,
    schedules: Vec<Schedule>,
    frequency: NumberArray<'py>,
    recency: NumberArray<'py>,
    T: NumberArray<'py>,
) -> PyResult<(Vector<'py>, Vec<Vector<'py>>)> {
    let model = prediction::find(model)?.transactions()?;
    let columns = [frequency.column()?, recency.column()?, T.column()?];
    let (alive, sums) =
        interruptible(py, |interrupt| model.ahead(&params, &schedules, columns, interrupt))?;
    let sums = sums.into_iter().map(|sum| sum.into_pyarray(py)).collect();
    Ok((alive.into_pyarray(py), sums))
}

/// Expected purchases of each customer (rows) in each horizon (columns).
#[pyfunction]
#[pyo3(signature = (model, params, horizons, frequency, recency, T))]
#[allow(non_snake_case)] // T is the column's name
fn expected_purchases_over<'py>(
    py: Python<'py>,
    model: &str,
    params: Vec<f64>,
    horizons: Vec<f64>,
    frequency: NumberArray<'py>,
    recency: NumberArray<'py>,
    T: NumberArray<'py>,
) -> PyResult<Bound<'py, PyArray2<f64>>> {
    let model = prediction::find(model)?.transactions()?;
    let columns = [frequency.column()?, recency.column()?, T.column()?];
    let schedules: Vec<Schedule> = horizons.into_iter().map(|t| (vec![t], vec![1.0])).collect();
    let (alive, sums) =
        interruptible(py, |interrupt| model.ahead(&params, &schedules, columns, interrupt))?;
    let cell = |(i, j): (usize, usize)| sums[j][i];
    Ok(Array2::from_shape_fn((alive.len(), sums.len()), cell).into_pyarray(py))
}

/// Σₖ dₖ·(E(tₖ) − E(tₖ₋₁)) of each customer for one schedule of times and discounts, times the expected
/// spend per purchase if a spending model, its parameters and its columns are given.
#[pyfunction]
#[pyo3(signature = (model, params, times, discounts, frequency, recency, T, spend=None))]
#[allow(non_snake_case, clippy::too_many_arguments)] // T is the column's name
fn discounted_purchases<'py>(
    py: Python<'py>,
    model: &str,
    params: Vec<f64>,
    times: Vec<f64>,
    discounts: Vec<f64>,
    frequency: NumberArray<'py>,
    recency: NumberArray<'py>,
    T: NumberArray<'py>,
    spend: Option<(String, Vec<f64>, NumberArray<'py>, NumberArray<'py>)>,
) -> PyResult<Vector<'py>> {
    let model = prediction::find(model)?.transactions()?;
    let columns = [frequency.column()?, recency.column()?, T.column()?];
    let spend = match &spend {
        Some((name, theta, count, money)) => Some(SpendFactor {
            model: prediction::find(name)?.spending()?,
            theta,
            columns: [count.column()?, money.column()?],
        }),
        None => None,
    };
    let (schedule, spend) = ((times, discounts), spend.as_ref());
    let values = interruptible(py, |interrupt| {
        model.discounted(&params, schedule, spend, columns, interrupt)
    })?;
    Ok(values.into_pyarray(py))
}

/// Expected repeat purchases of a new customer in (0, t].
#[pyfunction]
fn expected_purchases_new_customer<'py>(
    py: Python<'py>,
    model: &str,
    params: Vec<f64>,
    t: FloatArray<'py>,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let (model, t) = (prediction::find(model)?.transactions()?, slice(&t)?);
    finite(
        py,
        "expected purchases",
        interruptible(py, |interrupt| model.expected_new_customer(&params, t, interrupt))?,
    )
}

/// P(alive at t) of a new customer.
#[pyfunction]
fn survival<'py>(
    py: Python<'py>,
    model: &str,
    params: Vec<f64>,
    t: FloatArray<'py>,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let (model, t) = (prediction::find(model)?.transactions()?, slice(&t)?);
    finite(py, "survival", interruptible(py, |interrupt| model.survival(&params, t, interrupt))?)
}

/// P(X(t) = n) of a new customer.
#[pyfunction]
fn purchase_pmf<'py>(
    py: Python<'py>,
    model: &str,
    params: Vec<f64>,
    t: FloatArray<'py>,
    n: FloatArray<'py>,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let (model, t, n) = (prediction::find(model)?.transactions()?, slice(&t)?, slice(&n)?);
    finite(py, "probability", interruptible(py, |interrupt| model.pmf(&params, t, n, interrupt))?)
}

/// P(X(T, T+t) = n) of each customer.
#[pyfunction]
#[pyo3(signature = (model, params, t, n, frequency, recency, T))]
#[allow(non_snake_case, clippy::too_many_arguments)] // T is the column's name
fn purchase_pmf_conditional<'py>(
    py: Python<'py>,
    model: &str,
    params: Vec<f64>,
    t: FloatArray<'py>,
    n: FloatArray<'py>,
    frequency: NumberArray<'py>,
    recency: NumberArray<'py>,
    T: NumberArray<'py>,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let (model, t, n) = (prediction::find(model)?.transactions()?, slice(&t)?, slice(&n)?);
    let columns = [frequency.column()?, recency.column()?, T.column()?];
    finite(
        py,
        "probability",
        interruptible(py, |interrupt| model.pmf_conditional(&params, t, n, columns, interrupt))?,
    )
}

/// Expected spend per purchase of each customer; NaN where the model has no finite mean.
#[pyfunction]
fn expected_spend<'py>(
    py: Python<'py>,
    model: &str,
    params: Vec<f64>,
    frequency: NumberArray<'py>,
    monetary_value: NumberArray<'py>,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let model = prediction::find(model)?.spending()?;
    let columns = [frequency.column()?, monetary_value.column()?];
    Ok(interruptible(py, |interrupt| model.expected_spend(&params, columns, interrupt))?
        .into_pyarray(py))
}

/// P(active) of each customer `ahead` periods after the last observed one.
#[pyfunction]
fn periods_alive<'py>(
    py: Python<'py>,
    model: &str,
    params: Vec<f64>,
    ahead: FloatArray<'py>,
    frequency: NumberArray<'py>,
    recency: NumberArray<'py>,
    n_periods: NumberArray<'py>,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let (model, ahead) = (prediction::find(model)?.periods()?, slice(&ahead)?);
    let columns = [frequency.column()?, recency.column()?, n_periods.column()?];
    finite(
        py,
        "P(alive)",
        interruptible(py, |interrupt| model.probability_alive(&params, ahead, columns, interrupt))?,
    )
}

/// Expected purchases of each customer in the next `ahead` periods.
#[pyfunction]
fn periods_expected<'py>(
    py: Python<'py>,
    model: &str,
    params: Vec<f64>,
    ahead: FloatArray<'py>,
    frequency: NumberArray<'py>,
    recency: NumberArray<'py>,
    n_periods: NumberArray<'py>,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let (model, ahead) = (prediction::find(model)?.periods()?, slice(&ahead)?);
    let columns = [frequency.column()?, recency.column()?, n_periods.column()?];
    finite(
        py,
        "expected purchases",
        interruptible(py, |interrupt| {
            model.expected_purchases(&params, ahead, columns, interrupt)
        })?,
    )
}

/// P(X(periods) = n) of a new customer.
#[pyfunction]
fn periods_pmf<'py>(
    py: Python<'py>,
    model: &str,
    params: Vec<f64>,
    periods: FloatArray<'py>,
    n: FloatArray<'py>,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let model = prediction::find(model)?.periods()?;
    let (periods, n) = (slice(&periods)?, slice(&n)?);
    finite(
        py,
        "probability",
        interruptible(py, |interrupt| model.pmf(&params, periods, n, interrupt))?,
    )
}

/// Spearman's rank correlation with its two-sided p-value.
#[pyfunction]
fn spearman(py: Python<'_>, a: FloatArray<'_>, b: FloatArray<'_>) -> PyResult<(f64, f64)> {
    let (a, b) = (slice(&a)?, slice(&b)?);
    detached(py, || crate::statistics::correlation::spearman(a, b))
}
