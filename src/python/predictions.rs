//! Bindings of predictions.

use numpy::ndarray::Array2;
use numpy::{IntoPyArray, PyArray1, PyArray2};
use pyo3::prelude::*;

use super::arrays::{FloatArray, NumberArray, finite, interruptible, slice};
use crate::prediction::{self, Schedule, SpendFactor};

type Vector<'py> = Bound<'py, PyArray1<f64>>;

/// Adds the functions to the module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(probability_alive, module)?)?;
    module.add_function(wrap_pyfunction!(expected_purchases, module)?)?;
    module.add_function(wrap_pyfunction!(purchases_ahead, module)?)?;
    module.add_function(wrap_pyfunction!(expected_purchases_over, module)?)?;
    module.add_function(wrap_pyfunction!(discounted_purchases, module)?)?;
    module.add_function(wrap_pyfunction!(expected_purchases_new_customer, module)?)?;
    module.add_function(wrap_pyfunction!(survival, module)?)?;
    module.add_function(wrap_pyfunction!(purchase_pmf, module)?)?;
    module.add_function(wrap_pyfunction!(purchase_pmf_conditional, module)?)?;
    module.add_function(wrap_pyfunction!(expected_spend, module)?)?;
    module.add_function(wrap_pyfunction!(periods_alive, module)?)?;
    module.add_function(wrap_pyfunction!(periods_expected, module)?)?;
    module.add_function(wrap_pyfunction!(periods_pmf, module)?)
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
) -> PyResult<Vector<'py>> {
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
) -> PyResult<Vector<'py>> {
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
) -> PyResult<Vector<'py>> {
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
) -> PyResult<Vector<'py>> {
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
) -> PyResult<Vector<'py>> {
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
) -> PyResult<Vector<'py>> {
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
) -> PyResult<Vector<'py>> {
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
) -> PyResult<Vector<'py>> {
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
) -> PyResult<Vector<'py>> {
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
) -> PyResult<Vector<'py>> {
    let model = prediction::find(model)?.periods()?;
    let (periods, n) = (slice(&periods)?, slice(&n)?);
    finite(
        py,
        "probability",
        interruptible(py, |interrupt| model.pmf(&params, periods, n, interrupt))?,
    )
}
