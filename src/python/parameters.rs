//! Parameters of predictions: one set, one per customer, or draws that are reduced.

use numpy::ndarray::Array2;
use numpy::{IntoPyArray, PyReadonlyArray2, PyUntypedArrayMethods};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::arrays::{NumberArray, interruptible, three};
use crate::data::columns::Column;
use crate::error::{Error, Result};
use crate::parallel::interrupt::Interrupt;
use crate::prediction::{self, Engine, Query, Schedule, SpendFactor, Theta};

/// A vector, or for draws a matrix.
pub type Answer<'py> = PyResult<Bound<'py, PyAny>>;
/// Frequency, recency and T, or n_periods, of customers.
pub type History<'py> = [NumberArray<'py>; 3];

/// Draws of the parameters, as a matrix of a row per draw, and the quantiles that are wanted. Predictions at
/// them are a row per customer and one for the sum of all, with mean, standard deviation and quantiles.
#[pyclass(frozen, module = "tenure._engine")]
pub struct Draws {
    draws: prediction::Draws,
    parameters: usize,
}

#[pymethods]
impl Draws {
    #[new]
    #[pyo3(signature = (params, *, quantiles))]
    fn new(params: PyReadonlyArray2<'_, f64>, quantiles: Vec<f64>) -> PyResult<Self> {
        let parameters = params.shape()[1];
        let draws = prediction::Draws::new(matrix(&params)?.to_vec(), parameters, quantiles)?;
        Ok(Self { draws, parameters })
    }

    fn __len__(&self) -> usize {
        self.draws.len()
    }
}

/// Parameters of a call from Python.
pub enum Params<'py> {
    Same(Vec<f64>),
    Each(PyReadonlyArray2<'py, f64>),
    Draws(Bound<'py, Draws>),
}

impl<'py> FromPyObject<'_, 'py> for Params<'py> {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(draws) = object.cast::<Draws>() {
            return Ok(Self::Draws(draws.to_owned()));
        }
        if let Ok(matrix) = object.extract() {
            return Ok(Self::Each(matrix));
        }
        object.extract().map(Self::Same)
    }
}

/// The same, as the engine reads it.
#[derive(Clone, Copy)]
enum Read<'a> {
    Plain(Theta<'a>),
    Draws(&'a prediction::Draws),
}

impl Params<'_> {
    /// The parameters, as many as the model has.
    fn read(&self, model: &dyn Engine) -> PyResult<Read<'_>> {
        let (read, found) = match self {
            Self::Same(theta) => return Ok(Read::Plain(Theta::Same(theta))),
            Self::Each(each) => (Read::Plain(Theta::Each(matrix(each)?)), each.shape()[1]),
            Self::Draws(draws) => (Read::Draws(&draws.get().draws), draws.get().parameters),
        };
        let expected = model.parameters().len();
        if found == expected {
            Ok(read)
        } else {
            Err(Error::ParameterCount { model: model.name(), expected, found }.into())
        }
    }

    /// [`predict`], without spend.
    pub fn predict<'py, 'a>(
        &self,
        py: Python<'py>,
        model: &dyn Engine,
        query: Query<'a>,
        history: &prediction::History<'a>,
        answer: impl Predict,
    ) -> Answer<'py> {
        predict(py, model, self, query, history, None, answer)
    }
}

/// A prediction of the engine.
pub trait Predict:
    Fn(Theta<'_>, &Query<'_>, &prediction::History<'_>, &dyn Interrupt) -> Result<Vec<f64>> + Sync
{
}

impl<F> Predict for F where
    F: Fn(Theta<'_>, &Query<'_>, &prediction::History<'_>, &dyn Interrupt) -> Result<Vec<f64>>
        + Sync
{
}

fn matrix<'a>(matrix: &'a PyReadonlyArray2<'_, f64>) -> PyResult<&'a [f64]> {
    let contiguous = matrix.as_slice();
    contiguous.map_err(|_| PyValueError::new_err("the engine takes contiguous matrices, by row"))
}

/// The expected spend of a call from Python: a model, its parameters and its columns.
pub struct Spend<'a, 'py> {
    pub model: &'a dyn Engine,
    pub params: &'a Params<'py>,
    pub columns: [Column<'a>; 2],
}

/// The customers of whom nothing is known.
pub const NEW: prediction::History<'_> = [Column::F64(&[]); 3];

/// The answers of `predict` at the parameters: a vector, or for draws a matrix.
pub fn predict<'py, 'a>(
    py: Python<'py>,
    model: &dyn Engine,
    params: &Params<'_>,
    mut query: Query<'a>,
    history: &prediction::History<'a>,
    spend: Option<&'a Spend<'a, 'py>>,
    answer: impl Predict,
) -> Answer<'py> {
    let mut spend_draws = None;
    if let Some(Spend { model, params, columns }) = spend {
        let theta = match params.read(*model)? {
            Read::Plain(theta) => theta,
            Read::Draws(draws) => {
                spend_draws = Some(draws);
                Theta::Same(draws.get(0))
            }
        };
        query.spend = Some(SpendFactor { model: model.spending()?, theta, columns: *columns });
    }
    let draws = match params.read(model)? {
        Read::Plain(theta) if spend_draws.is_none() => {
            let values = interruptible(py, |stop| answer(theta, &query, history, stop))?;
            return Ok(values.into_pyarray(py).into_any());
        }
        Read::Plain(_) => None,
        Read::Draws(draws) => Some(draws),
    };
    let found = draws.map_or(1, prediction::Draws::len);
    let (Some(draws), None) = (draws, spend_draws.filter(|spend| spend.len() != found)) else {
        let expected = spend_draws.map_or(1, prediction::Draws::len);
        return Err(Error::Length { column: "draws", found, expected }.into());
    };
    let len = if history[0].is_empty() { query.len() } else { history[0].len() };
    let values = interruptible(py, |stop| {
        if !query.fits(history, len) {
            return answer(Theta::Same(draws.get(0)), &query, history, stop);
        }
        draws.reduce(len, stop, |draw, rows| {
            let (mut query, history) = query.part(history, &rows, len);
            if let (Some(spend), Some(draws)) = (&mut query.spend, spend_draws) {
                spend.theta = Theta::Same(draws.get(draw));
            }
            answer(Theta::Same(draws.get(draw)), &query, &history, &|| false)
        })
    })?;
    let rows = values.len() / draws.width();
    let matrix = Array2::from_shape_vec((rows, draws.width()), values)
        .map_err(|error| PyValueError::new_err(error.to_string()))?;
    Ok(matrix.into_pyarray(py).into_any())
}

/// P(alive) and the sums over each schedule.
pub fn ahead(
    py: Python<'_>,
    model: &dyn Engine,
    params: &[f64],
    schedules: &[Schedule],
    history: &History<'_>,
) -> PyResult<Vec<Vec<f64>>> {
    let (model, history) = (model.transactions()?, three(history)?);
    interruptible(py, |stop| model.over_schedules(params, schedules, None, &history, true, stop))
}
