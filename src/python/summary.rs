//! Bindings of the customer summary.

use std::cmp::Ordering;

use numpy::IntoPyArray;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::arrays::{detached, interruptible};
use super::transaction_table::{
    BorrowedColumns, BorrowedIds, TransactionTable, grain, refunds_rule, set_counts, set_customers,
    values,
};
use crate::summary::{
    self, Holdout, NumberDictionary, Stream, Summary, SummaryOptions, TextDictionary, Transactions,
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
    table: TransactionTable<'py>,
    collapse: &str,
    unit: f64,
    multiplier: f64,
    end: Option<i64>,
    split: Option<i64>,
    whole_period: bool,
    refunds: &str,
    include_first: bool,
) -> PyResult<Bound<'py, PyDict>> {
    let options = options(collapse, whole_period, unit, multiplier, refunds, include_first)?;
    let table = table.transactions(py)?;
    let (mut summary, holdout) = interruptible(py, |interrupt| {
        let table = Transactions { interrupt, ..table };
        Ok(match split {
            None => (summary::summarize(&table, end, &options)?, None),
            Some(split) => {
                let (before, after) = summary::summarize_split(&table, split, end, &options)?;
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

fn options(
    collapse: &str,
    whole_period: bool,
    unit: f64,
    multiplier: f64,
    refunds: &str,
    include_first: bool,
) -> PyResult<SummaryOptions> {
    Ok(SummaryOptions {
        collapse: grain(collapse)?,
        whole_period,
        unit,
        multiplier,
        refunds: refunds_rule(refunds)?,
        include_first,
    })
}

/// Puts the columns of a summary, and the ids of its customers, into a dictionary.
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

/// The dictionary with which a stream numbers its customers.
#[derive(Default)]
enum IdDictionary {
    /// Their codes come with the rows.
    #[default]
    None,
    Whole(NumberDictionary),
    Text(TextDictionary),
}

/// Transactions in chunks, with ids of one kind throughout.
#[pyclass(module = "tenure._engine")]
struct TransactionStream {
    stream: Option<Stream>,
    dictionary: IdDictionary,
}

#[pymethods]
impl TransactionStream {
    #[new]
    #[pyo3(signature = (*, collapse, unit, memory_rows, money=true, end=None, refunds="net"))]
    fn new(
        collapse: &str,
        unit: f64,
        memory_rows: usize,
        money: bool,
        end: Option<i64>,
        refunds: &str,
    ) -> PyResult<Self> {
        let options = options(collapse, false, unit, 1.0, refunds, false)?;
        let stream = Some(Stream::new(options, end, money, memory_rows)?);
        Ok(Self { stream, dictionary: IdDictionary::None })
    }

    /// Reads a chunk.
    fn push(&mut self, py: Python<'_>, table: TransactionTable<'_>) -> PyResult<()> {
        let Self { stream, dictionary } = self;
        let stream = stream.as_mut().ok_or_else(finished)?;
        let BorrowedColumns { ids: cells, times, amounts, ticks_per_second } = table.borrow()?;
        match (&*dictionary, cells) {
            (IdDictionary::None, BorrowedIds::Whole(_)) => {
                *dictionary = IdDictionary::Whole(NumberDictionary::default());
            }
            (IdDictionary::None, BorrowedIds::Text(_)) => {
                *dictionary = IdDictionary::Text(TextDictionary::default());
            }
            _ => {}
        }
        interruptible(py, |interrupt| {
            let codes = match (dictionary, cells) {
                (IdDictionary::Whole(known), BorrowedIds::Whole(values)) => {
                    known.encode(values, interrupt)?
                }
                (IdDictionary::Text(known), BorrowedIds::Text(text)) => {
                    known.encode(&text, interrupt)?
                }
                (_, BorrowedIds::Codes(codes)) => {
                    return stream.push(codes, times, ticks_per_second, amounts, interrupt);
                }
                _ => {
                    return Err(crate::error::Error::Setting {
                        name: "kind of ids",
                        value: 2.0,
                        expected: "one kind throughout",
                    });
                }
            };
            stream.push(&codes, times, ticks_per_second, amounts, interrupt)
        })
    }

    /// Summarises all that was read, in ascending order of ids; the stream can be read no more.
    ///
    /// `customers` are codes; with `values` (whole numbers) or `bytes` and `offsets` (text) they
    /// number those.
    fn finish<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let Self { stream, dictionary } = &*self;
        let stream = stream.as_ref().ok_or_else(finished)?;
        let mut summary = interruptible(py, |interrupt| match dictionary {
            IdDictionary::None => stream.finish(|a, b| a.cmp(&b), interrupt),
            IdDictionary::Whole(known) => {
                let values = known.values();
                stream.finish(|a, b| values[a as usize].cmp(&values[b as usize]), interrupt)
            }
            IdDictionary::Text(known) => {
                let texts = known.texts();
                let text = |code| texts.get(code as usize).unwrap_or_default();
                stream.finish(|a, b| -> Ordering { text(a).cmp(text(b)) }, interrupt)
            }
        })?;
        self.stream = None;
        let dictionary = std::mem::take(&mut self.dictionary);
        let result = PyDict::new(py);
        let mut values = None;
        match &dictionary {
            IdDictionary::None => {}
            IdDictionary::Whole(known) => {
                values = Some(known.named(&summary.customers));
            }
            IdDictionary::Text(known) => {
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
