//! Transactions to customer summary.

use std::cmp::Ordering;

use numpy::{IntoPyArray, PyReadonlyArray1};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::convert::{detached, interruptible};
use crate::summary::{
    self, Counts, Customers, Grain, Holdout, Refunds, Rules, Stream, Summary, Text, TextDictionary,
    Texts, Transactions, WholeDictionary,
};

/// Adds the functions to the module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<TransactionStream>()?;
    module.add_function(wrap_pyfunction!(summarize_transactions, module)?)
}

/// A column of ids: codes, whole numbers, or text as Arrow lays it out (bytes, offsets, mask).
pub enum Column<'py> {
    Codes(PyReadonlyArray1<'py, u32>),
    Whole(PyReadonlyArray1<'py, i64>),
    Text(
        PyReadonlyArray1<'py, u8>,
        PyReadonlyArray1<'py, i64>,
        Option<PyReadonlyArray1<'py, bool>>,
    ),
}

// By hand: what is derived words an error for each kind that does not fit, which runs lines of Python
// that may swallow a Ctrl-C.
impl<'py> FromPyObject<'_, 'py> for Column<'py> {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(codes) = object.extract() {
            return Ok(Self::Codes(codes));
        }
        if let Ok(values) = object.extract() {
            return Ok(Self::Whole(values));
        }
        if let Ok((bytes, offsets, valid)) = object.extract() {
            return Ok(Self::Text(bytes, offsets, valid));
        }
        Err(PyTypeError::new_err(
            "the engine takes ids as codes (uint32), whole numbers (int64) or text (bytes, offsets, mask)",
        ))
    }
}

/// A borrowed column.
#[derive(Clone, Copy)]
enum Cells<'a> {
    Codes(&'a [u32]),
    Whole(&'a [i64]),
    Text(Text<'a>),
}

impl Column<'_> {
    /// Whose each row is. Codes come with their number, `n_customers`; whole numbers may be
    /// `unsigned`.
    pub fn customers(
        &self,
        py: Python<'_>,
        n_customers: Option<usize>,
        unsigned: bool,
    ) -> PyResult<Customers<'_>> {
        Ok(match (self.cells()?, n_customers) {
            (Cells::Codes(codes), Some(n_customers)) => Customers::Codes { codes, n_customers },
            (Cells::Codes(_), None) => {
                return Err(PyValueError::new_err("codes need n_customers"));
            }
            (Cells::Whole(values), _) => detached(py, || Ok(Customers::whole(values, unsigned)))?,
            (Cells::Text(text), _) => Customers::Text(text),
        })
    }

    fn cells(&self) -> PyResult<Cells<'_>> {
        Ok(match self {
            Self::Codes(codes) => Cells::Codes(codes.as_slice()?),
            Self::Whole(values) => Cells::Whole(values.as_slice()?),
            Self::Text(bytes, offsets, valid) => Cells::Text(Text {
                bytes: bytes.as_slice()?,
                offsets: offsets.as_slice()?,
                valid: valid.as_ref().map(PyReadonlyArray1::as_slice).transpose()?,
            }),
        })
    }
}

/// Summarises transactions by customer; see `src/summary/mod.rs` for the definitions.
#[pyfunction]
#[pyo3(signature = (customers, times, amounts=None, *, n_customers=None, unsigned=false,
    ticks_per_second, collapse, unit, multiplier=1.0, end=None, split=None, whole_period=false, refunds="net",
    include_first=false))]
#[allow(clippy::too_many_arguments)] // keyword-only in Python
fn summarize_transactions<'py>(
    py: Python<'py>,
    customers: Column<'py>,
    times: PyReadonlyArray1<'py, i64>,
    amounts: Option<PyReadonlyArray1<'py, f64>>,
    n_customers: Option<usize>,
    unsigned: bool,
    ticks_per_second: i64,
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
    let customers = customers.customers(py, n_customers, unsigned)?;
    let times = times.as_slice()?;
    let amounts = amounts.as_ref().map(PyReadonlyArray1::as_slice).transpose()?;
    let (mut summary, holdout) = interruptible(py, |stop| {
        let table = Transactions { customers, times, ticks_per_second, amounts, stop };
        Ok(match split {
            None => (summary::summarize(&table, end, &rules)?, None),
            Some(split) => {
                let (before, after) = summary::summarize_split(&table, split, end, &rules)?;
                (before, Some(after))
            }
        })
    })?;
    let result = PyDict::new(py);
    let values = values(&customers, &mut summary.customers);
    fill(&result, summary, values)?;
    if let Some(Holdout { frequency, monetary_value, customers, end, counts }) = holdout {
        result.set_item("frequency_holdout", frequency.into_pyarray(py))?;
        let money = monetary_value.map(|money| money.into_pyarray(py));
        result.set_item("monetary_value_holdout", money)?;
        let found = PyDict::new(py);
        found.set_item("customers", customers)?;
        found.set_item("end", end)?;
        set_counts(&found, &counts)?;
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
        refunds: match refunds {
            "keep" => Refunds::Keep,
            "drop" => Refunds::Drop,
            "net" => Refunds::Net,
            other => return Err(unknown("refunds", other)),
        },
        include_first,
    })
}

/// The whole numbers that labels stand for, where customers are such.
pub fn values(customers: &Customers<'_>, labels: &mut Vec<u64>) -> Option<Vec<i64>> {
    let low = customers.low()?;
    let labels = std::mem::take(labels).into_iter();
    Some(labels.map(|label| low.wrapping_add_unsigned(label)).collect())
}

/// Puts into a dictionary what the customers are known by.
pub fn set_customers(
    result: &Bound<'_, PyDict>,
    labels: Vec<u64>,
    values: Option<Vec<i64>>,
    texts: Option<Texts>,
) -> PyResult<()> {
    let py = result.py();
    if let Some(values) = values {
        return result.set_item("values", values.into_pyarray(py));
    }
    if let Some(Texts { bytes, offsets }) = texts {
        result.set_item("bytes", bytes.into_pyarray(py))?;
        return result.set_item("offsets", offsets.into_pyarray(py));
    }
    result.set_item("customers", labels.into_pyarray(py))
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

fn set_counts(result: &Bound<'_, PyDict>, counts: &Counts) -> PyResult<()> {
    for (name, count) in [
        ("without_customer", counts.without_customer),
        ("without_date", counts.without_date),
        ("after_end", counts.after_end),
        ("same_day", counts.same_key),
        ("collapsed", counts.collapsed),
        ("refunds", counts.refunds),
        ("cancelled", counts.cancelled),
        ("unmatched_refunds", counts.unmatched),
        ("zero_amounts", counts.zero),
        ("without_purchase", counts.without_purchase),
        ("dateless", counts.dateless),
        ("not_finite", counts.not_finite),
    ] {
        result.set_item(name, count)?;
    }
    Ok(())
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
    #[pyo3(signature = (customers, times, amounts=None, *, ticks_per_second))]
    fn push(
        &mut self,
        py: Python<'_>,
        customers: Column<'_>,
        times: PyReadonlyArray1<'_, i64>,
        amounts: Option<PyReadonlyArray1<'_, f64>>,
        ticks_per_second: i64,
    ) -> PyResult<()> {
        let Self { stream, dictionary } = self;
        let stream = stream.as_mut().ok_or_else(finished)?;
        let times = times.as_slice()?;
        let amounts = amounts.as_ref().map(PyReadonlyArray1::as_slice).transpose()?;
        let cells = customers.cells()?;
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

/// The grain of a code.
pub fn grain(collapse: &str) -> PyResult<Grain> {
    Grain::parse(collapse).ok_or_else(|| unknown("collapse", collapse))
}

fn unknown(option: &str, value: &str) -> PyErr {
    PyValueError::new_err(format!("{option}={value:?} is not known to the engine"))
}
