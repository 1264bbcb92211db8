//! Arrays and the GIL across the border.

use numpy::{PyReadonlyArray1, PyUntypedArrayMethods};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::error::Error;

/// A column that stays borrowed from Python while it is read.
pub type Column<'py> = PyReadonlyArray1<'py, f64>;

/// The column's numbers.
pub fn slice<'a>(column: &'a Column<'_>) -> PyResult<&'a [f64]> {
    column.as_slice().map_err(|_| {
        let len = column.len();
        PyValueError::new_err(format!("the engine takes contiguous arrays, not {len} in strides"))
    })
}

/// The numbers of several columns.
pub fn slices<'a>(columns: &'a [Column<'_>]) -> PyResult<Vec<&'a [f64]>> {
    columns.iter().map(slice).collect()
}

/// Runs a computation without the GIL.
pub fn detached<T: Send>(
    py: Python<'_>,
    compute: impl FnOnce() -> Result<T, Error> + Send,
) -> PyResult<T> {
    py.detach(compute).map_err(PyErr::from)
}
