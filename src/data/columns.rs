//! Columns of numbers in the types that tables come in, read in place and never copied whole.

use std::ops::Range;

/// Rows per block that is read at a time.
pub const ROWS_PER_BLOCK: usize = 512;

/// A contiguous column of one of the types that tables come in.
#[derive(Debug, Clone, Copy)]
pub enum Column<'a> {
    /// 64-bit floating point.
    F64(&'a [f64]),
    /// 32-bit floating point.
    F32(&'a [f32]),
    /// 64-bit integers; those beyond 2⁵³ are rounded.
    I64(&'a [i64]),
    /// 32-bit integers.
    I32(&'a [i32]),
}

impl<'a> From<&'a [f64]> for Column<'a> {
    fn from(numbers: &'a [f64]) -> Self {
        Self::F64(numbers)
    }
}

impl<'a> Column<'a> {
    /// The number of numbers.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::F64(numbers) => numbers.len(),
            Self::F32(numbers) => numbers.len(),
            Self::I64(numbers) => numbers.len(),
            Self::I32(numbers) => numbers.len(),
        }
    }

    /// Whether it is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One number.
    #[must_use]
    pub fn get(&self, i: usize) -> f64 {
        match self {
            Self::F64(numbers) => numbers[i],
            Self::F32(numbers) => f64::from(numbers[i]),
            Self::I64(numbers) => numbers[i] as f64,
            Self::I32(numbers) => f64::from(numbers[i]),
        }
    }

    /// Some consecutive numbers.
    #[must_use]
    pub fn part(&self, range: &Range<usize>) -> Self {
        let range = range.clone();
        match self {
            Self::F64(numbers) => Self::F64(&numbers[range]),
            Self::F32(numbers) => Self::F32(&numbers[range]),
            Self::I64(numbers) => Self::I64(&numbers[range]),
            Self::I32(numbers) => Self::I32(&numbers[range]),
        }
    }

    /// At most [`ROWS_PER_BLOCK`] consecutive numbers: a view where they are 64-bit floating point already.
    #[must_use]
    pub fn block<'b>(&self, range: Range<usize>, buffer: &'b mut [f64; ROWS_PER_BLOCK]) -> &'b [f64]
    where
        'a: 'b,
    {
        fn convert<'b, T: Copy>(
            numbers: &[T],
            buffer: &'b mut [f64; ROWS_PER_BLOCK],
            number: impl Fn(T) -> f64,
        ) -> &'b [f64] {
            for (cell, &value) in buffer.iter_mut().zip(numbers) {
                *cell = number(value);
            }
            &buffer[..numbers.len()]
        }
        match self {
            Self::F64(numbers) => &numbers[range],
            Self::F32(numbers) => convert(&numbers[range], buffer, f64::from),
            Self::I64(numbers) => convert(&numbers[range], buffer, |value| value as f64),
            Self::I32(numbers) => convert(&numbers[range], buffer, f64::from),
        }
    }
}

/// Calls `each` with consecutive blocks of at most [`ROWS_PER_BLOCK`] rows: their range and their columns.
/// Columns that a table of fewer than three lacks are zeros.
///
/// # Errors
/// The first error of `each`.
pub fn scan_blocks<E>(
    columns: &[Column<'_>],
    range: Range<usize>,
    mut each: impl FnMut(Range<usize>, [&[f64]; 3]) -> Result<(), E>,
) -> Result<(), E> {
    let mut buffers = [[0.0; ROWS_PER_BLOCK]; 3];
    let mut start = range.start;
    while start < range.end {
        let block = start..(start + ROWS_PER_BLOCK).min(range.end);
        let [a, b, c] = &mut buffers;
        let read = |column: usize, buffer| match columns.get(column) {
            Some(numbers) => numbers.block(block.clone(), buffer),
            None => &buffer[..block.len()],
        };
        each(block.clone(), [read(0, a), read(1, b), read(2, c)])?;
        start = block.end;
    }
    Ok(())
}

/// Calls `each` with the number of every row in a range and its values, in order, until it fails.
///
/// # Errors
/// The first error of `each`.
pub fn scan<E>(
    columns: &[Column<'_>],
    range: Range<usize>,
    mut each: impl FnMut(usize, [f64; 3]) -> Result<(), E>,
) -> Result<(), E> {
    scan_blocks(columns, range, |block, [a, b, c]| {
        for (i, ((&a, &b), &c)) in block.zip(a.iter().zip(b).zip(c)) {
            each(i, [a, b, c])?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_types_are_read_equally() {
        let n = 2 * ROWS_PER_BLOCK + 3;
        let doubles: Vec<f64> = (0..n).map(|i| i as f64).collect();
        let singles: Vec<f32> = (0..n).map(|i| i as f32).collect();
        let longs: Vec<i64> = (0i64..).take(n).collect();
        let ints: Vec<i32> = (0i32..).take(n).collect();
        let pairs = [
            [Column::F64(&doubles), Column::F32(&singles)],
            [Column::I64(&longs), Column::I32(&ints)],
        ];
        for columns in &pairs {
            let mut next = 5;
            scan::<()>(columns, 5..n - 1, |i, values| {
                assert_eq!((i, values), (next, [i as f64, columns[1].get(i), 0.0]));
                next += 1;
                Ok(())
            })
            .unwrap();
            assert_eq!(next, n - 1);
        }
    }
}
