//! Customers to predict for: read in pieces, checked on the way.

use std::ops::Range;

use rayon::prelude::*;

use crate::columns::{Column, scan, scan_blocks};
use crate::error::{Error, Faults, Result};
use crate::rows::{Purchases, Row};
use crate::unique::{Dictionary, KeyMap, check_lengths};

/// How many consecutive rows are answered in one piece.
const PIECE: usize = 1 << 13;
/// The same where their histories are numbered, at most as many as 16 bits number.
const NUMBERED: usize = 1 << 16;

/// Rows to predict for: checked for what cannot be, though not for what a fit alone refuses.
pub struct Customers<'a> {
    columns: [Column<'a>; 3],
    len: usize,
}

/// The distinct (x, T) of a table.
pub struct Histories {
    /// In ascending order.
    pub distinct: Vec<(f64, f64)>,
    /// Customers a piece.
    size: usize,
    /// For each customer, the number that the history has in the customer's piece.
    numbers: Vec<u16>,
    /// For each piece and number, the place in `distinct`.
    places: Vec<Vec<u32>>,
}

/// The marker of a row that cannot be.
struct Impossible;

impl<'a> Customers<'a> {
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

    /// One answer for each customer.
    pub fn map(&self, answer: impl Fn(usize, &Purchases) -> f64 + Sync) -> Result<Vec<f64>> {
        self.map_blocks(|block, [x, recency, age], out| {
            for (i, (place, cell)) in block.zip(out).enumerate() {
                *cell = answer(place, &Purchases::read(&[x[i], recency[i], age[i]]));
            }
        })
    }

    /// The same where the answers to consecutive customers are given together.
    pub fn map_blocks(
        &self,
        answer: impl Fn(Range<usize>, [&[f64]; 3], &mut [f64]) + Sync,
    ) -> Result<Vec<f64>> {
        let mut out = vec![0.0; self.len];
        let pieces = out.par_chunks_mut(PIECE).enumerate();
        let done = pieces.map(|(piece, out)| {
            let start = piece * PIECE;
            self.read(start, out.len(), |block, columns| {
                let cells = &mut out[block.start - start..block.end - start];
                answer(block, columns, cells);
            })
        });
        done.collect::<std::result::Result<(), Impossible>>().map_err(|_| self.faults())?;
        Ok(out)
    }

    /// One answer for each customer, given together, and their distinct (x, T).
    pub fn with_histories(
        &self,
        answer: impl Fn([&[f64]; 3], &mut [f64]) + Sync,
    ) -> Result<(Vec<f64>, Histories)> {
        // Threads do not pay in small tables: four pieces keep two cores equally busy.
        let size = (self.len / 4).next_power_of_two().clamp(PIECE, NUMBERED);
        let (mut out, mut numbers) = (vec![0.0; self.len], vec![0u16; self.len]);
        let pieces = out.par_chunks_mut(size).zip(numbers.par_chunks_mut(size)).enumerate();
        let found = pieces.map(|(piece, (out, numbers))| {
            let start = piece * size;
            let mut known = Dictionary::new(NUMBERED);
            self.read(start, out.len(), |block, columns| {
                let cells = block.start - start..block.end - start;
                answer(columns, &mut out[cells.clone()]);
                let [x, recency, age] = columns;
                for (i, number) in numbers[cells].iter_mut().enumerate() {
                    let row = Purchases::read(&[x[i], recency[i], age[i]]);
                    let history = [row.frequency.to_bits(), row.age.to_bits()];
                    *number = known.code(history).expect("no more than there are rows");
                }
            })?;
            Ok(known.values().to_vec())
        });
        let found: Vec<Vec<[u64; 2]>> =
            found.collect::<std::result::Result<_, Impossible>>().map_err(|_| self.faults())?;
        Ok((out, Histories::merge(&found, numbers, size)))
    }

    fn read(
        &self,
        start: usize,
        len: usize,
        mut each: impl FnMut(Range<usize>, [&[f64]; 3]),
    ) -> std::result::Result<(), Impossible> {
        scan_blocks(&self.columns, start..start + len, |block, columns| {
            let [x, recency, age] = columns;
            let row = |i: usize| Purchases::read(&[x[i], recency[i], age[i]]);
            if !(0..block.len()).fold(true, |possible, i| possible & row(i).is_possible()) {
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

impl Histories {
    #[allow(clippy::cast_possible_truncation)] // KeyMap keeps its numbers below 2^32
    fn merge(pieces: &[Vec<[u64; 2]>], numbers: Vec<u16>, size: usize) -> Self {
        let mut map = KeyMap::default();
        let mut distinct = Vec::new();
        let mut places: Vec<Vec<u32>> = Vec::with_capacity(pieces.len());
        for piece in pieces {
            let place = |&history: &[u64; 2]| {
                let place = map.position([history[0], 0, history[1]]);
                if place == distinct.len() {
                    distinct.push(history);
                }
                place as u32
            };
            places.push(piece.iter().map(place).collect());
        }
        // The order of the bits is that of numbers from zero up.
        let mut order: Vec<u32> = (0..distinct.len() as u32).collect();
        order.sort_unstable_by_key(|&i| distinct[i as usize]);
        let mut ranks = vec![0; order.len()];
        for (rank, &i) in (0..).zip(&order) {
            ranks[i as usize] = rank;
        }
        for place in places.iter_mut().flatten() {
            *place = ranks[*place as usize];
        }
        let numbers_of = |&i: &u32| {
            let [x, age] = distinct[i as usize].map(f64::from_bits);
            (x, age)
        };
        let distinct = order.iter().map(numbers_of).collect();
        Self { distinct, size, numbers, places }
    }

    /// Multiplies each customer's number by the value of their history in [`Self::distinct`].
    pub fn scale(&self, numbers: &mut [f64], values: &[f64]) {
        let pieces = numbers.par_chunks_mut(self.size).zip(self.numbers.par_chunks(self.size));
        pieces.zip(&self.places).for_each(|((out, numbers), places)| {
            let values: Vec<f64> = places.iter().map(|&place| values[place as usize]).collect();
            for (cell, &number) in out.iter_mut().zip(numbers) {
                *cell *= values[usize::from(number)];
            }
        });
    }
}
