//! The handle of a model: what it is, its fit, its likelihood and its predictions.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use numpy::ndarray::Array2;
use numpy::{IntoPyArray, PyArray1, PyArray2, PyReadonlyArray1};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::arrays::{FloatArray, NumberArray, columns, interruptible, slice, three};
use super::fit::describe;
use super::parameters::{Answer, Draws, History, NEW, Params, Spend, ahead, predict};
use crate::estimation::Options;
use crate::prediction::{self, Engine, Query, Schedule};
use crate::statistics::alive_paths::{CustomerPaths, PurchaseTimes};

type Vector<'py> = Bound<'py, PyArray1<f64>>;
type Settings = BTreeMap<String, f64>;

/// Adds the class and the function to the module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Draws>()?;
    module.add_class::<Model>()?;
    module.add_function(wrap_pyfunction!(models, module)?)
}

/// Every model.
#[pyfunction]
fn models() -> Vec<Model> {
    prediction::models().into_iter().map(|engine| Model { engine }).collect()
}

/// A model: its name and settings. Two handles with the same ones are equal.
#[pyclass(frozen, module = "tenure._engine")]
struct Model {
    engine: Arc<dyn Engine>,
}

#[pymethods]
impl Model {
    #[new]
    #[pyo3(signature = (name, **settings))]
    fn new(name: &str, settings: Option<Settings>) -> PyResult<Self> {
        Ok(Self { engine: prediction::find(name)?.with(&settings.unwrap_or_default())? })
    }

    /// The model's name.
    #[getter]
    fn name(&self) -> &'static str {
        self.engine.name()
    }

    /// The values of its settings, by name.
    #[getter]
    fn settings(&self) -> Settings {
        self.engine.settings().into_iter().map(|(name, value)| (name.into(), value)).collect()
    }

    /// The names of its parameters, in the order of every array.
    #[getter]
    fn parameters(&self) -> Vec<&'static str> {
        self.engine.parameters().iter().map(|parameter| parameter.name).collect()
    }

    /// The process that each parameter belongs to.
    #[getter]
    fn processes(&self) -> Vec<&'static str> {
        self.engine.parameters().iter().map(|parameter| parameter.process.name()).collect()
    }

    /// The unit of each parameter.
    #[getter]
    fn units(&self) -> Vec<Option<&'static str>> {
        self.engine.parameters().iter().map(|parameter| parameter.unit.name()).collect()
    }

    /// The columns it is fitted to.
    #[getter]
    fn columns(&self) -> &'static [&'static str] {
        self.engine.columns()
    }

    fn __repr__(&self) -> String {
        let mut text = format!("Model({:?}", self.name());
        for (name, value) in self.engine.settings() {
            let _ = write!(text, ", {name}={value}");
        }
        text + ")"
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| {
            let other = &other.get().engine;
            self.name() == other.name() && self.engine.settings() == other.settings()
        })
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.__repr__().hash(&mut hasher);
        hasher.finish()
    }

    /// Calls that build an equal handle: for pickle and copy.
    fn __reduce__<'py>(
        slf: &Bound<'py, Self>,
    ) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyAny>,))> {
        let py = slf.py();
        let build = py.import("functools")?.getattr("partial")?;
        let this = slf.get();
        let kwargs = this.settings().into_pyobject(py)?;
        let build = build.call((slf.get_type(),), Some(&kwargs))?;
        Ok((build, (this.name().into_pyobject(py)?.into_any(),)))
    }

    /// Fits the model to its columns.
    #[pyo3(signature = (columns, weights=None, *, penalizer=0.0, initial=None, lower=None,
                        tolerance=1e-7, max_evaluations=1000, without_purchases=false))]
    #[allow(clippy::too_many_arguments)] // the keyword arguments of Python
    fn fit<'py>(
        &self,
        py: Python<'py>,
        columns: Vec<NumberArray<'py>>,
        weights: Option<FloatArray<'py>>,
        penalizer: f64,
        initial: Option<Vec<f64>>,
        lower: Option<Vec<f64>>,
        tolerance: f64,
        max_evaluations: usize,
        without_purchases: bool,
    ) -> PyResult<Bound<'py, PyDict>> {
        let columns = self::columns(&columns)?;
        let weights = weights.as_ref().map(slice).transpose()?;
        let options =
            Options { penalizer, initial, lower, tolerance, max_evaluations, without_purchases };
        let fit = interruptible(py, |stop| self.engine.fit(&columns, weights, &options, stop))?;
        describe(py, &*self.engine, fit)
    }

    /// ln L of each customer.
    fn log_likelihood<'py>(
        &self,
        py: Python<'py>,
        params: Vec<f64>,
        columns: Vec<NumberArray<'py>>,
    ) -> PyResult<Vector<'py>> {
        let columns = self::columns(&columns)?;
        let values = interruptible(py, |stop| self.engine.log_likelihood(&params, &columns, stop))?;
        Ok(values.into_pyarray(py))
    }

    /// The objective of a fit, at log θ.
    #[pyo3(signature = (log_params, columns, weights=None, *, penalizer=0.0))]
    fn objective(
        &self,
        py: Python<'_>,
        log_params: Vec<f64>,
        columns: Vec<NumberArray<'_>>,
        weights: Option<FloatArray<'_>>,
        penalizer: f64,
    ) -> PyResult<f64> {
        let columns = self::columns(&columns)?;
        let weights = weights.as_ref().map(slice).transpose()?;
        interruptible(py, |stop| {
            self.engine.objective(&log_params, &columns, weights, penalizer, stop)
        })
    }

    /// P(alive) of each customer.
    fn probability_alive<'py>(
        &self,
        py: Python<'py>,
        params: Params<'py>,
        history: History<'py>,
    ) -> Answer<'py> {
        let (model, history) = (self.engine.transactions()?, three(&history)?);
        params.predict(py, &*self.engine, Query::default(), &history, |theta, _, history, stop| {
            model.probability_alive(theta, history, stop)
        })
    }

    /// Expected purchases of each customer in the next t.
    fn expected_purchases<'py>(
        &self,
        py: Python<'py>,
        params: Params<'py>,
        t: FloatArray<'py>,
        history: History<'py>,
    ) -> Answer<'py> {
        let (model, history) = (self.engine.transactions()?, three(&history)?);
        let query = Query::at(slice(&t)?);
        params.predict(py, &*self.engine, query, &history, |theta, query, history, stop| {
            model.expected_purchases(theta, query, history, stop)
        })
    }

    /// P(alive) of each customer, and for each schedule of times and discounts Σₖ dₖ·(E(tₖ) − E(tₖ₋₁)).
    fn purchases_ahead<'py>(
        &self,
        py: Python<'py>,
        params: Vec<f64>,
        schedules: Vec<Schedule>,
        history: History<'py>,
    ) -> PyResult<(Vector<'py>, Vec<Vector<'py>>)> {
        let values = ahead(py, &*self.engine, &params, &schedules, &history)?;
        let mut values = values.into_iter().map(|values| values.into_pyarray(py));
        let alive = values.next().unwrap_or_else(|| PyArray1::zeros(py, 0, false));
        Ok((alive, values.collect()))
    }

    /// Expected purchases of each customer (rows) in each horizon (columns).
    fn expected_purchases_over<'py>(
        &self,
        py: Python<'py>,
        params: Vec<f64>,
        horizons: Vec<f64>,
        history: History<'py>,
    ) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let schedules: Vec<Schedule> = horizons.into_iter().map(|t| (vec![t], vec![1.0])).collect();
        let values = ahead(py, &*self.engine, &params, &schedules, &history)?;
        let cell = |(i, j): (usize, usize)| values[1 + j][i];
        Ok(Array2::from_shape_fn((values[0].len(), schedules.len()), cell).into_pyarray(py))
    }

    /// Σₖ dₖ·(E(tₖ) − E(tₖ₋₁)) of each customer for one schedule of times and discounts, times the expected
    /// spend per purchase if a spending model, its parameters and its columns are given.
    #[pyo3(signature = (params, schedule, history, spend=None))]
    fn discounted_purchases<'py>(
        &self,
        py: Python<'py>,
        params: Params<'py>,
        schedule: Schedule,
        history: History<'py>,
        spend: Option<(PyRef<'py, Self>, Params<'py>, [NumberArray<'py>; 2])>,
    ) -> Answer<'py> {
        let (model, history) = (self.engine.transactions()?, three(&history)?);
        let query = Query { schedule: Some(&schedule), ..Query::default() };
        let spend = match &spend {
            Some((model, params, [count, money])) => {
                let columns = [count.column()?, money.column()?];
                Some(Spend { model: &*model.engine, params, columns })
            }
            None => None,
        };
        let (engine, spend) = (&*self.engine, spend.as_ref());
        predict(py, engine, &params, query, &history, spend, |theta, query, history, stop| {
            model.discounted_purchases(theta, query, history, stop)
        })
    }

    /// Expected repeat purchases of a new customer in (0, t].
    fn expected_purchases_new_customer<'py>(
        &self,
        py: Python<'py>,
        params: Params<'py>,
        t: FloatArray<'py>,
    ) -> Answer<'py> {
        let (model, query) = (self.engine.transactions()?, Query::at(slice(&t)?));
        params.predict(py, &*self.engine, query, &NEW, |theta, query, _, stop| {
            model.expected_new_customer(theta, query, stop)
        })
    }

    /// P(alive at t) of a new customer.
    fn survival<'py>(
        &self,
        py: Python<'py>,
        params: Params<'py>,
        t: FloatArray<'py>,
    ) -> Answer<'py> {
        let (model, query) = (self.engine.transactions()?, Query::at(slice(&t)?));
        params.predict(py, &*self.engine, query, &NEW, |theta, query, _, stop| {
            model.survival(theta, query, stop)
        })
    }

    /// P(X(t) = n) of a new customer.
    fn purchase_pmf<'py>(
        &self,
        py: Python<'py>,
        params: Params<'py>,
        t: FloatArray<'py>,
        n: FloatArray<'py>,
    ) -> Answer<'py> {
        let model = self.engine.transactions()?;
        let query = Query { n: slice(&n)?, ..Query::at(slice(&t)?) };
        params.predict(py, &*self.engine, query, &NEW, |theta, query, _, stop| {
            model.pmf(theta, query, stop)
        })
    }

    /// P(X(T, T+t) = n) of each customer.
    fn purchase_pmf_conditional<'py>(
        &self,
        py: Python<'py>,
        params: Params<'py>,
        t: FloatArray<'py>,
        n: FloatArray<'py>,
        history: History<'py>,
    ) -> Answer<'py> {
        let (model, history) = (self.engine.transactions()?, three(&history)?);
        let query = Query { n: slice(&n)?, ..Query::at(slice(&t)?) };
        params.predict(py, &*self.engine, query, &history, |theta, query, history, stop| {
            model.pmf_conditional(theta, query, history, stop)
        })
    }

    /// Frequency, recency and T of customers at T = 0, 1, …, and P(alive) then; see
    /// `src/statistics/alive_paths.rs`.
    #[allow(clippy::type_complexity)] // four arrays
    fn alive_paths<'py>(
        &self,
        py: Python<'py>,
        params: Vec<f64>,
        offsets: FloatArray<'py>,
        counts: PyReadonlyArray1<'py, i64>,
        lengths: PyReadonlyArray1<'py, i64>,
    ) -> PyResult<(Vector<'py>, Vector<'py>, Vector<'py>, Vector<'py>)> {
        let model = self.engine.transactions()?;
        let (offsets, counts, lengths) = (slice(&offsets)?, slice(&counts)?, slice(&lengths)?);
        let paths = PurchaseTimes { offsets, counts, lengths };
        let CustomerPaths { frequency, recency, age, alive } =
            interruptible(py, |stop| model.customer_paths(&params, &paths, stop))?;
        let [frequency, recency, age, alive] =
            [frequency, recency, age, alive].map(|column| column.into_pyarray(py));
        Ok((frequency, recency, age, alive))
    }

    /// Expected spend per purchase of each customer, given frequency and mean spend; NaN where the model
    /// has no finite mean.
    fn expected_spend<'py>(
        &self,
        py: Python<'py>,
        params: Params<'py>,
        history: [NumberArray<'py>; 2],
    ) -> Answer<'py> {
        let model = self.engine.spending()?;
        let [count, money] = [history[0].column()?, history[1].column()?];
        let rows = [count, money, money];
        params.predict(py, &*self.engine, Query::default(), &rows, |theta, _, rows, stop| {
            model.expected_spend(theta, [rows[0], rows[1]], stop)
        })
    }

    /// P(active) of each customer `ahead` periods after the last observed one.
    fn periods_alive<'py>(
        &self,
        py: Python<'py>,
        params: Params<'py>,
        ahead: FloatArray<'py>,
        history: History<'py>,
    ) -> Answer<'py> {
        let (model, history) = (self.engine.periods()?, three(&history)?);
        let query = Query::at(slice(&ahead)?);
        params.predict(py, &*self.engine, query, &history, |theta, query, history, stop| {
            model.probability_alive(theta, query, history, stop)
        })
    }

    /// Expected purchases of each customer in the next `ahead` periods.
    fn periods_expected<'py>(
        &self,
        py: Python<'py>,
        params: Params<'py>,
        ahead: FloatArray<'py>,
        history: History<'py>,
    ) -> Answer<'py> {
        let (model, history) = (self.engine.periods()?, three(&history)?);
        let query = Query::at(slice(&ahead)?);
        params.predict(py, &*self.engine, query, &history, |theta, query, history, stop| {
            model.expected_purchases(theta, query, history, stop)
        })
    }

    /// P(X(periods) = n) of a new customer.
    fn periods_pmf<'py>(
        &self,
        py: Python<'py>,
        params: Params<'py>,
        periods: FloatArray<'py>,
        n: FloatArray<'py>,
    ) -> Answer<'py> {
        let model = self.engine.periods()?;
        let query = Query { n: slice(&n)?, ..Query::at(slice(&periods)?) };
        params.predict(py, &*self.engine, query, &NEW, |theta, query, _, stop| {
            model.pmf(theta, query, stop)
        })
    }
}
