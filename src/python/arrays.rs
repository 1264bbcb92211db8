//! Conversion of arrays, and computations without the GIL.

use std::sync::{Mutex, PoisonError};

use numpy::{PyReadonlyArray1, PyUntypedArrayMethods};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

use crate::data::columns;
use crate::error::Error;
use crate::parallel::interrupt::Interrupt;
use crate::parallel::threads;

/// A column of 64-bit numbers that stays borrowed from Python while it is read.
pub type FloatArray<'py> = PyReadonlyArray1<'py, f64>;

/// A column of any type that tables come in, borrowed in the same way.
pub enum NumberArray<'py> {
    F64(PyReadonlyArray1<'py, f64>),
    F32(PyReadonlyArray1<'py, f32>),
    I64(PyReadonlyArray1<'py, i64>),
    I32(PyReadonlyArray1<'py, i32>),
}

impl<'py> FromPyObject<'_, 'py> for NumberArray<'py> {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(numbers) = object.extract() {
            return Ok(Self::F64(numbers));
        }
        if let Ok(numbers) = object.extract() {
            return Ok(Self::I64(numbers));
        }
        if let Ok(numbers) = object.extract() {
            return Ok(Self::F32(numbers));
        }
        if let Ok(numbers) = object.extract() {
            return Ok(Self::I32(numbers));
        }
        Err(PyTypeError::new_err(
            "the engine takes one-dimensional arrays of float64, float32, int64 or int32",
        ))
    }
}

impl NumberArray<'_> {
    /// The column's numbers.
    pub fn column(&self) -> PyResult<columns::Column<'_>> {
        Ok(match self {
            Self::F64(numbers) => columns::Column::F64(slice(numbers)?),
            Self::F32(numbers) => columns::Column::F32(slice(numbers)?),
            Self::I64(numbers) => columns::Column::I64(slice(numbers)?),
            Self::I32(numbers) => columns::Column::I32(slice(numbers)?),
        })
    }
}

/// The column's numbers.
pub fn slice<'a, T: numpy::Element>(column: &'a PyReadonlyArray1<'_, T>) -> PyResult<&'a [T]> {
    column.as_slice().map_err(|_| {
        let len = column.len();
        PyValueError::new_err(format!("the engine takes contiguous arrays, not {len} in strides"))
    })
}

/// The numbers of several columns.
pub fn columns<'a>(numbers: &'a [NumberArray<'_>]) -> PyResult<Vec<columns::Column<'a>>> {
    numbers.iter().map(NumberArray::column).collect()
}

/// The numbers of three columns.
pub fn three<'a>(numbers: &'a [NumberArray<'_>; 3]) -> PyResult<[columns::Column<'a>; 3]> {
    let [first, second, third] = numbers;
    Ok([first.column()?, second.column()?, third.column()?])
}

/// Runs a computation without the GIL.
pub fn detached<T: Send>(
    py: Python<'_>,
    compute: impl FnOnce() -> Result<T, Error> + Send,
) -> PyResult<T> {
    py.detach(|| threads::run(compute)).map_err(PyErr::from)
}

/// Runs a long computation without the GIL, with an interrupt: signals are polled with the GIL held for
/// that moment only, and the exception of a signal is stored and raised.
pub fn interruptible<T: Send>(
    py: Python<'_>,
    compute: impl FnOnce(&dyn Interrupt) -> Result<T, Error> + Send,
) -> PyResult<T> {
    let signal = Mutex::new(None);
    let interrupt = || {
        Python::attach(|py| match py.check_signals() {
            Ok(()) => false,
            Err(error) => {
                *signal.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                true
            }
        })
    };
    let result = py.detach(|| threads::run_interruptible(&interrupt, compute));
    // The exception is raised even if the computation ended before it noticed the request.
    match signal.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(error) => Err(error),
        None => Ok(result?),
    }
}
