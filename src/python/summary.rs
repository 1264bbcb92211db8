//! Transactions to customer summary.

use std::cmp::Ordering;

use numpy::IntoPyArray;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::convert::{detached, interruptible};
use super::table::{
    Borrowed, Cells, Table, grain, refunds_rule, set_counts, set_customers, values,
};
use crate::summary::{
    self, Holdout, Rules, Stream, Summary, TextDictionary, Transactions, WholeDictionary,
};

/// Adds the functions to the module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<TransactionStream>()?;
    module.add_function(wrap_pyfunction!(summarize_transactions, module)?)
}

/// Summarises transactions by customer; see `src/summary/mod.rs` for the definitions.
#[pyfunction]
#[pyo3(signature = (table, *, collapse, unit, multiplier=1.0, end=None, split=None, whole_period=false,
    refunds="net", include_first=false))]
#[allow(clippy::too_many_arguments)] // keyword-only in Python
fn summarize_transactions<'py>(
    py: Python<'py>,
    table: Table<'py>,
    collapse: &str,
    unit: f64,
    multiplier: f64,
    end: Option<i64>,
    split: Option<i64>,
    whole_period: bool,
    refunds: &str,
    include_first: bool,
) -> PyResult<Bound<'py, PyDict>> {
    let rules = rules(collapse, whole_period, unit, multiplier, refunds, include_first)?;
    let table = table.transactions(py)?;
    let (mut summary, holdout) = interruptible(py, |stop| {
        let table = Transactions { stop, ..table };
        Ok(match split {
            None => (summary::summarize(&table, end, &rules)?, None),
            Some(split) => {
                let (before, after) = summary::summarize_split(&table, split, end, &rules)?;
                (before, Some(after))
            }
        })
    })?;
    let result = PyDict::new(py);
    let values = values(&table.customers, &mut summary.customers);
    fill(&result, summary, values)?;
    if let Some(Holdout { frequency, monetary_value, customers, end }) = holdout {
        result.set_item("frequency_holdout", frequency.into_pyarray(py))?;
        let money = monetary_value.map(|money| money.into_pyarray(py));
        result.set_item("monetary_value_holdout", money)?;
        let found = PyDict::new(py);
        found.set_item("customers", customers)?;
        found.set_item("end", end)?;
        result.set_item("holdout", found)?;
    }
    Ok(result)
}

fn rules(
    collapse: &str,
    whole_period: bool,
    unit: f64,
    multiplier: f64,
    refunds: &str,
    include_first: bool,
) -> PyResult<Rules> {
    Ok(Rules {
        collapse: grain(collapse)?,
        whole_period,
        unit,
        multiplier,
        refunds: refunds_rule(refunds)?,
        include_first,
    })
}

/// Puts the columns of a summary into a dictionary, and what the customers are known by.
fn fill(result: &Bound<'_, PyDict>, summary: Summary, values: Option<Vec<i64>>) -> PyResult<()> {
    let py = result.py();
    set_customers(result, summary.customers, values, summary.texts)?;
    result.set_item("frequency", summary.frequency.into_pyarray(py))?;
    result.set_item("recency", summary.recency.into_pyarray(py))?;
    result.set_item("T", summary.age.into_pyarray(py))?;
    let money = summary.monetary_value.map(|money| money.into_pyarray(py));
    result.set_item("monetary_value", money)?;
    result.set_item("end", summary.end)?;
    set_counts(result, &summary.counts)
}

/// What a stream numbers its customers with.
#[derive(Default)]
enum Dictionary {
    /// Their codes come with the rows.
    #[default]
    None,
    Whole(WholeDictionary),
    Text(TextDictionary),
}

/// Transactions that come in pieces, with ids of one kind throughout.
#[pyclass(module = "tenure._engine")]
struct TransactionStream {
    stream: Option<Stream>,
    dictionary: Dictionary,
}

#[pymethods]
impl TransactionStream {
    #[new]
    #[pyo3(signature = (*, collapse, unit, room, money=true, end=None, refunds="net"))]
    fn new(
        collapse: &str,
        unit: f64,
        room: usize,
        money: bool,
        end: Option<i64>,
        refunds: &str,
    ) -> PyResult<Self> {
        let rules = rules(collapse, false, unit, 1.0, refunds, false)?;
        let stream = Some(Stream::new(rules, end, money, room)?);
        Ok(Self { stream, dictionary: Dictionary::None })
    }

    /// Reads a piece.
    fn push(&mut self, py: Python<'_>, table: Table<'_>) -> PyResult<()> {
        let Self { stream, dictionary } = self;
        let stream = stream.as_mut().ok_or_else(finished)?;
        let Borrowed { ids: cells, times, amounts, ticks_per_second } = table.borrow()?;
        match (&*dictionary, cells) {
            (Dictionary::None, Cells::Whole(_)) => {
                *dictionary = Dictionary::Whole(WholeDictionary::default());
            }
            (Dictionary::None, Cells::Text(_)) => {
                *dictionary = Dictionary::Text(TextDictionary::default());
            }
            _ => {}
        }
        interruptible(py, |stop| {
            let codes = match (dictionary, cells) {
                (Dictionary::Whole(known), Cells::Whole(values)) => known.encode(values, stop)?,
                (Dictionary::Text(known), Cells::Text(text)) => known.encode(&text, stop)?,
                (_, Cells::Codes(codes)) => {
                    return stream.push(codes, times, ticks_per_second, amounts, stop);
                }
                _ => {
                    return Err(crate::error::Error::Setting {
                        name: "kind of ids",
                        value: 2.0,
                        expected: "one kind throughout",
                    });
                }
            };
            stream.push(&codes, times, ticks_per_second, amounts, stop)
        })
    }

    /// Summarises all that was read, in ascending order of ids; the stream can be read no more.
    ///
    /// `customers` are codes; with `values` (whole numbers) or `bytes` and `offsets` (text) they
    /// number those.
    fn finish<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let Self { stream, dictionary } = &*self;
        let stream = stream.as_ref().ok_or_else(finished)?;
        let mut summary = interruptible(py, |stop| match dictionary {
            Dictionary::None => stream.finish(|a, b| a.cmp(&b), stop),
            Dictionary::Whole(known) => {
                let values = known.values();
                stream.finish(|a, b| values[a as usize].cmp(&values[b as usize]), stop)
            }
            Dictionary::Text(known) => {
                let texts = known.texts();
                let text = |code| texts.get(code as usize).unwrap_or_default();
                stream.finish(|a, b| -> Ordering { text(a).cmp(text(b)) }, stop)
            }
        })?;
        self.stream = None;
        let dictionary = std::mem::take(&mut self.dictionary);
        let result = PyDict::new(py);
        let mut values = None;
        match &dictionary {
            Dictionary::None => {}
            Dictionary::Whole(known) => {
                values = Some(known.named(&summary.customers));
            }
            Dictionary::Text(known) => {
                summary.texts = Some(detached(py, || Ok(known.named(&summary.customers)))?);
            }
        }
        fill(&result, summary, values)?;
        Ok(result)
    }
}

fn finished() -> PyErr {
    PyValueError::new_err("the stream is finished")
}
