//! Customers to predict for, read in chunks and checked.

use std::ops::Range;

use crate::data::columns::{Column, ROWS_PER_BLOCK, scan, scan_blocks};
use crate::data::observations::{Observation, Purchases};
use crate::data::unique::check_lengths;
use crate::error::{Error, Faults, Result};
use crate::numerics::vectorized;
use crate::parallel::interrupt::{Interrupt, VALUES_PER_CHUNK, in_chunks};

/// Rows per chunk of a prediction.
const ROWS_PER_CHUNK: usize = 1 << 13;
/// Rows after which there is a conclusion.
const ROWS_PER_ROUND: usize = 1 << 19;

/// Customers to predict for: checked for impossible values, but not for what only a fit refuses.
pub struct CustomerBatch<'a> {
    columns: [Column<'a>; 3],
    len: usize,
}

/// The marker of a row that cannot be.
struct Impossible;

/// A chunk of a table: its start, and its part of each output vector.
struct OutputChunk<'a> {
    start: usize,
    outs: Vec<&'a mut [f64]>,
}

impl<'a> CustomerBatch<'a> {
    pub fn new(columns: [Column<'a>; 3]) -> Result<Self> {
        let len = match check_lengths(Purchases::COLUMNS, &columns) {
            Err(Error::Empty) => 0,
            other => other?,
        };
        Ok(Self { columns, len })
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn row(&self, i: usize) -> Purchases {
        Purchases::read(&self.columns.map(|column| column.get(i)))
    }

    /// Calls `show` with a sample of about `most` customers, or all of them, from all over the table;
    /// unchecked.
    pub fn sample(&self, most: usize, mut show: impl FnMut([&[f64]; 3])) {
        let blocks = self.len.div_ceil(ROWS_PER_BLOCK);
        let shown = blocks.min(most / ROWS_PER_BLOCK);
        for i in 0..shown {
            let start = i * blocks / shown * ROWS_PER_BLOCK;
            let range = start..(start + ROWS_PER_BLOCK).min(self.len);
            let _: std::result::Result<(), Impossible> =
                scan_blocks(&self.columns, range, |_, columns| {
                    show(columns);
                    Ok(())
                });
        }
    }

    /// One result per customer, however expensive.
    ///
    /// # Errors
    /// [`Error::Rows`] for impossible rows, and [`Error::Interrupted`].
    pub fn map(
        &self,
        interrupt: &dyn Interrupt,
        compute: impl Fn(usize, &Purchases) -> f64 + Sync + Send,
    ) -> Result<Vec<f64>> {
        let starts = (0..self.len).step_by(ROWS_PER_CHUNK);
        let check = |(): &mut (), start| {
            self.read(start..(start + ROWS_PER_CHUNK).min(self.len), |_, _| {}).is_ok()
        };
        if in_chunks(starts, interrupt, || (), check)?.contains(&false) {
            return Err(self.faults());
        }
        let mut out = vec![0.0; self.len];
        let chunks = out.chunks_mut(VALUES_PER_CHUNK).enumerate();
        in_chunks(
            chunks,
            interrupt,
            || (),
            |(), (chunk, cells)| {
                let start = chunk * VALUES_PER_CHUNK;
                let range = start..start + cells.len();
                self.read(range, |block, [x, recency, age]| {
                    for (k, i) in block.enumerate() {
                        cells[i - start] =
                            compute(i, &Purchases::read(&[x[k], recency[k], age[k]]));
                    }
                })
                .is_ok()
            },
        )?;
        Ok(out)
    }

    /// Fills output vectors block by block: `compute` receives the start of a block, its columns and its
    /// part of the vectors. What it stores for later is passed to `conclude`, in order, with the whole
    /// vectors.
    ///
    /// # Errors
    /// [`Error::Rows`] for impossible rows, [`Error::Interrupted`], and those of `conclude`.
    pub fn fill<T: Default + Send>(
        &self,
        outs: &mut [Vec<f64>],
        interrupt: &dyn Interrupt,
        compute: impl Fn(&mut T, usize, [&[f64]; 3], &mut [&mut [f64]]) + Sync,
        mut conclude: impl FnMut(Vec<T>, &mut [Vec<f64>]) -> Result<()>,
    ) -> Result<()> {
        for from in (0..self.len).step_by(ROWS_PER_ROUND) {
            let range = from..(from + ROWS_PER_ROUND).min(self.len);
            let starts = range.clone().step_by(ROWS_PER_CHUNK);
            let mut chunks: Vec<OutputChunk<'_>> = starts
                .map(|start| OutputChunk { start, outs: Vec::with_capacity(outs.len()) })
                .collect();
            for out in outs.iter_mut() {
                let parts = out[range.clone()].chunks_mut(ROWS_PER_CHUNK);
                for (chunk, part) in chunks.iter_mut().zip(parts) {
                    chunk.outs.push(part);
                }
            }
            let work = |(): &mut (), OutputChunk { start, mut outs }: OutputChunk<'_>| {
                let mut kept = T::default();
                self.read(start..(start + ROWS_PER_CHUNK).min(range.end), |block, columns| {
                    let cells = block.start - start..block.end - start;
                    let mut outs: Vec<&mut [f64]> =
                        outs.iter_mut().map(|out| &mut out[cells.clone()]).collect();
                    compute(&mut kept, block.start, columns, &mut outs);
                })
                .map(|()| kept)
            };
            let kept: std::result::Result<Vec<T>, Impossible> =
                in_chunks(chunks, interrupt, || (), work)?.into_iter().collect();
            conclude(kept.map_err(|_| self.faults())?, outs)?;
        }
        Ok(())
    }

    fn read(
        &self,
        range: Range<usize>,
        mut each: impl FnMut(Range<usize>, [&[f64]; 3]),
    ) -> std::result::Result<(), Impossible> {
        scan_blocks(&self.columns, range, |block, columns| {
            if !all_possible(columns) {
                return Err(Impossible);
            }
            each(block, columns);
            Ok(())
        })
    }

    /// The error that names the bad rows of a table that has some.
    fn faults(&self) -> Error {
        let mut faults = Faults::default();
        let noted = scan::<()>(&self.columns, 0..self.len, |i, values| {
            if let Some((fault, column, value)) = Purchases::read(&values).impossible() {
                faults.note(fault, column, i, value);
            }
            Ok(())
        });
        noted.ok().and_then(|()| faults.into_result().err()).unwrap_or(Error::Empty)
    }
}

fn all_possible([x, recency, age]: [&[f64]; 3]) -> bool {
    let (recency, age) = (&recency[..x.len()], &age[..x.len()]);
    vectorized(
        #[inline(always)]
        || {
            let mut impossible = 0u64;
            for i in 0..x.len() {
                let row = Purchases { frequency: x[i], recency: recency[i], age: age[i] };
                impossible |= u64::from(!row.is_possible());
            }
            impossible == 0
        },
    )
}
