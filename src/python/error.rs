//! Conversion of engine errors to the exceptions of `tenure.exceptions`.

use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::error::Error;

impl From<Error> for PyErr {
    fn from(error: Error) -> Self {
        Python::attach(|py| raised(py, &error).unwrap_or_else(|failure| failure))
    }
}

fn raised(py: Python<'_>, error: &Error) -> PyResult<PyErr> {
    let name = match error {
        Error::Interrupted => return Ok(PyKeyboardInterrupt::new_err(())),
        Error::Empty => "EmptyDataError",
        Error::Weightless
        | Error::NoTime { .. }
        | Error::NoPurchases
        | Error::Length { .. }
        | Error::Rows(_)
        | Error::Parameter { .. } => "DataError",
        Error::File { .. } => "FileError",
        Error::NoStart { .. } | Error::Unfinished { .. } => "ConvergenceError",
        Error::UnknownModel { .. }
        | Error::UnknownSetting { .. }
        | Error::WrongKind { .. }
        | Error::Setting { .. }
        | Error::ParameterCount { .. } => "OptionError",
    };
    let details = PyDict::new(py);
    match error {
        Error::Rows(bad) => {
            details.set_item("column", bad.column)?;
            details.set_item("rows", bad.rows.clone())?;
            details.set_item("values", bad.values.clone())?;
            details.set_item("expected", bad.fault.expected())?;
        }
        Error::NoPurchases => details.set_item("column", "frequency")?,
        Error::Length { column, .. } | Error::NoTime { column } => {
            details.set_item("column", column)?;
        }
        Error::Weightless => details.set_item("column", "weights")?,
        _ => {}
    }
    let class = py.import("tenure.exceptions")?.getattr(name)?;
    Ok(PyErr::from_value(class.call((error.to_string(),), Some(&details))?))
}
