//! Conversion of tables of purchases to the engine's types, and of customer ids back.

use numpy::{IntoPyArray, PyReadonlyArray1};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::arrays::{detached, slice};
use crate::summary::{Customers, Grain, Refunds, RowCounts, Text, TextBuffer, Transactions};

/// A table as `tenure.summary.engine_input` lays it out.
#[derive(FromPyObject)]
pub struct TransactionTable<'py> {
    customers: CustomerIds<'py>,
    times: PyReadonlyArray1<'py, i64>,
    amounts: Option<PyReadonlyArray1<'py, f64>>,
    ticks_per_second: i64,
}

/// A column of ids.
#[derive(FromPyObject)]
struct CustomerIds<'py> {
    column: IdColumn<'py>,
    n_customers: Option<usize>,
    unsigned: bool,
}

/// Codes, whole numbers, or text as Arrow lays it out (bytes, offsets, mask).
enum IdColumn<'py> {
    Codes(PyReadonlyArray1<'py, u32>),
    Whole(PyReadonlyArray1<'py, i64>),
    Text(
        PyReadonlyArray1<'py, u8>,
        PyReadonlyArray1<'py, i64>,
        Option<PyReadonlyArray1<'py, bool>>,
    ),
}

// By hand: the derived implementation words an error for each kind that does not fit, which runs lines of
// Python that may swallow a Ctrl-C.
impl<'py> FromPyObject<'_, 'py> for IdColumn<'py> {
    type Error = PyErr;

    fn extract(object: pyo3::Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
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

/// A borrowed column of ids.
#[derive(Clone, Copy)]
pub enum BorrowedIds<'a> {
    Codes(&'a [u32]),
    Whole(&'a [i64]),
    Text(Text<'a>),
}

/// The columns of a table, borrowed.
pub struct BorrowedColumns<'a> {
    pub ids: BorrowedIds<'a>,
    pub times: &'a [i64],
    pub amounts: Option<&'a [f64]>,
    pub ticks_per_second: i64,
}

impl TransactionTable<'_> {
    /// The columns as they are.
    pub fn borrow(&self) -> PyResult<BorrowedColumns<'_>> {
        let ids = match &self.customers.column {
            IdColumn::Codes(codes) => BorrowedIds::Codes(slice(codes)?),
            IdColumn::Whole(values) => BorrowedIds::Whole(slice(values)?),
            IdColumn::Text(bytes, offsets, valid) => BorrowedIds::Text(Text {
                bytes: slice(bytes)?,
                offsets: slice(offsets)?,
                valid: valid.as_ref().map(slice).transpose()?,
            }),
        };
        Ok(BorrowedColumns {
            ids,
            times: slice(&self.times)?,
            amounts: self.amounts.as_ref().map(slice).transpose()?,
            ticks_per_second: self.ticks_per_second,
        })
    }

    /// The table with its kind of ids; the caller replaces the interrupt.
    pub fn transactions(&self, py: Python<'_>) -> PyResult<Transactions<'_>> {
        let BorrowedColumns { ids, times, amounts, ticks_per_second } = self.borrow()?;
        let unsigned = self.customers.unsigned;
        let customers = match (ids, self.customers.n_customers) {
            (BorrowedIds::Codes(codes), Some(n_customers)) => {
                Customers::Codes { codes, n_customers }
            }
            (BorrowedIds::Codes(_), None) => {
                return Err(PyValueError::new_err("codes need n_customers"));
            }
            (BorrowedIds::Whole(values), _) => {
                detached(py, || Ok(Customers::whole(values, unsigned)))?
            }
            (BorrowedIds::Text(text), _) => Customers::Text(text),
        };
        Ok(Transactions { customers, times, ticks_per_second, amounts, interrupt: &|| false })
    }
}

/// The whole numbers of these labels, if customers are whole numbers.
pub fn values(customers: &Customers<'_>, labels: &mut Vec<u64>) -> Option<Vec<i64>> {
    let low = customers.low()?;
    let labels = std::mem::take(labels).into_iter();
    Some(labels.map(|label| low.wrapping_add_unsigned(label)).collect())
}

/// Puts the ids of customers into a dictionary.
pub fn set_customers(
    result: &Bound<'_, PyDict>,
    labels: Vec<u64>,
    values: Option<Vec<i64>>,
    texts: Option<TextBuffer>,
) -> PyResult<()> {
    let py = result.py();
    if let Some(values) = values {
        return result.set_item("values", values.into_pyarray(py));
    }
    if let Some(TextBuffer { bytes, offsets }) = texts {
        result.set_item("bytes", bytes.into_pyarray(py))?;
        return result.set_item("offsets", offsets.into_pyarray(py));
    }
    result.set_item("customers", labels.into_pyarray(py))
}

/// Puts counts into a dictionary.
pub fn set_counts(result: &Bound<'_, PyDict>, counts: &RowCounts) -> PyResult<()> {
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

/// The grain of a code.
pub fn grain(collapse: &str) -> PyResult<Grain> {
    Grain::parse(collapse).ok_or_else(|| unknown("collapse", collapse))
}

/// The rule of a code.
pub fn refunds_rule(refunds: &str) -> PyResult<Refunds> {
    Refunds::parse(refunds).ok_or_else(|| unknown("refunds", refunds))
}

fn unknown(option: &str, value: &str) -> PyErr {
    PyValueError::new_err(format!("{option}={value:?} is not known to the engine"))
}
