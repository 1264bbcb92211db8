//! Unique rows by packing: few distinct values per column, numbered, packed into one word and sorted.

use std::marker::PhantomData;
use std::ops::Range;

use rayon::prelude::*;

use super::UniqueRows;
use super::dictionary::{ValueDictionary, merge};
use super::numbering::{ValueGrid, ValueNumbering};
use super::radix::{PackedKey, sort};
use crate::data::columns::{Column, ROWS_PER_BLOCK, scan_blocks};
use crate::data::observations::Observation;
use crate::numerics::vectorized;

/// Rows per chunk that is numbered.
const ROWS_PER_CHUNK: usize = 1 << 16;
/// Rows sorted at a time, about, so that they stay in cache.
const ROWS_PER_PART: usize = 1 << 15;
/// The largest number of distinct values per column of a chunk; with more, numbering does not pay.
const MAX_DISTINCT_VALUES: usize = 1 << 14;

/// Why a table cannot be compressed in this way.
pub(super) enum Obstacle {
    /// A row that cannot be.
    Fault,
    /// Too many distinct values.
    Variety,
}

/// The unique rows, those of count 0 before others of about the same last value, and otherwise in
/// ascending order of their last column, then the first, then the second.
pub(super) fn compress<R: Observation>(
    columns: &[Column<'_>],
    weights: Option<&[f64]>,
    len: usize,
) -> Result<UniqueRows<R>, Obstacle> {
    let grids = [1, 2].map(|column| ValueGrid::of(columns.get(column)));
    let range = |i: usize| i * ROWS_PER_CHUNK..((i + 1) * ROWS_PER_CHUNK).min(len);
    if weights.is_some() {
        let read = |i| NumberedChunk::<(u64, f64)>::read::<R>(columns, weights, range(i), grids);
        let (chunks, layout) = numbered(len, read)?;
        return Ok(layout.unpack(layout.parts::<_, (u64, f64)>(chunks), weights, len));
    }
    let (chunks, layout) =
        numbered(len, |i| NumberedChunk::<u64>::read::<R>(columns, None, range(i), grids))?;
    let parts = if layout.width() <= u32::BITS {
        layout.parts::<_, u32>(chunks)
    } else {
        layout.parts::<_, u64>(chunks)
    };
    Ok(layout.unpack(parts, None, len))
}

/// The chunks of a table, and the layout of their packed rows.
fn numbered<P: PackedKey>(
    len: usize,
    read: impl Fn(usize) -> Result<NumberedChunk<P>, Obstacle> + Sync + Send,
) -> Result<(Vec<NumberedChunk<P>>, Layout), Obstacle> {
    // The first chunk that cannot be numbered ends the pass.
    let chunks: Vec<_> =
        (0..len.div_ceil(ROWS_PER_CHUNK)).into_par_iter().map(read).collect::<Result<_, _>>()?;
    let layout = Layout::new(&chunks, len).ok_or(Obstacle::Variety)?;
    Ok((chunks, layout))
}

/// The results for `0..n`, in order.
fn in_order<T: Send>(n: usize, answer: impl Fn(usize) -> T + Sync + Send) -> Vec<T> {
    (0..n).into_par_iter().map(answer).collect()
}

/// Consecutive rows of the table, their values numbered.
struct NumberedChunk<P> {
    /// The values of the second and the third column.
    dictionaries: [ValueDictionary; 2],
    /// The greatest number in the first column.
    most: u64,
    /// Rows with a count above 0: the count and two codes, 16 bits each.
    rows: Vec<P>,
    /// By code of the last column: the weight of the rows with count 0 (customers without a repeat
    /// purchase, usually most of them), and that of the rows above.
    zeros: Vec<[f64; 2]>,
}

impl<P: PackedKey> NumberedChunk<P> {
    fn read<R: Observation>(
        columns: &[Column<'_>],
        weights: Option<&[f64]>,
        range: Range<usize>,
        grids: [Option<ValueGrid>; 2],
    ) -> Result<Self, Obstacle> {
        let [mut second, mut third] =
            grids.map(|grid| ValueNumbering::new(MAX_DISTINCT_VALUES, grid));
        let mut zeros: Vec<[f64; 2]> = Vec::new();
        let mut rows = Vec::with_capacity(range.len() / 2);
        let mut most = 0.0f64;
        let [mut seconds, mut thirds] = [[0u32; ROWS_PER_BLOCK]; 2];
        scan_blocks(columns, range, |block, [a, b, c]| {
            // Separate small loops are vectorised or stay in registers.
            let (sound, largest, missing) = vectorized(
                #[inline(always)]
                || {
                    let (mut unsound, mut largest) = (0, 0);
                    for ((a, b), c) in a.iter().zip(b).zip(c) {
                        unsound |= u64::from(!R::read(&[*a, *b, *c]).is_sound());
                        // The bits of non-negative numbers have the same order as the numbers, and vectors
                        // of integers have a maximum.
                        largest = largest.max((*a + 0.0).to_bits());
                    }
                    (
                        unsound == 0,
                        f64::from_bits(largest),
                        [second.find(b, &mut seconds), third.find(c, &mut thirds)],
                    )
                },
            );
            if !sound {
                return Err(Obstacle::Fault);
            }
            most = most.max(largest);
            if most > f64::from(u16::MAX) {
                return Err(Obstacle::Variety);
            }
            if missing[0] != 0 {
                second.assign(b, &mut seconds, missing[0]).ok_or(Obstacle::Variety)?;
            }
            if missing[1] != 0 {
                third.assign(c, &mut thirds, missing[1]).ok_or(Obstacle::Variety)?;
            }
            zeros.resize(third.values().len(), [0.0; 2]);
            let coded = a.iter().zip(&seconds).zip(&thirds);
            let coded = coded.map(|((a, b), c)| (number(*a), *b, *c));
            match weights {
                None => pack(coded.map(|row| (row, 1.0)), &mut zeros, &mut rows),
                Some(weights) => {
                    pack(coded.zip(weights[block].iter().copied()), &mut zeros, &mut rows);
                }
            }
            Ok(())
        })?;
        let dictionaries = [second.dictionary(), third.dictionary()];
        Ok(Self { dictionaries, most: number(most), rows, zeros })
    }
}

/// Adds a block of coded rows to the rows with a count above 0, and to the sums of those with count 0.
#[inline(always)]
fn pack<P: PackedKey>(
    block: impl Iterator<Item = ((u64, u32, u32), f64)>,
    zeros: &mut [[f64; 2]],
    rows: &mut Vec<P>,
) {
    let mut kept = [P::default(); ROWS_PER_BLOCK];
    let mut filled = 0;
    for ((count, second, third), weight) in block {
        // Which counts are 0 cannot be predicted, so all weights are added, to one of two sums.
        zeros[third as usize][usize::from(count != 0)] += weight;
        let key = u64::from(third) << 32 | count << 16 | u64::from(second);
        kept[filled % ROWS_PER_BLOCK] = P::new(key, weight);
        filled += usize::from(count != 0 && weight > 0.0);
    }
    rows.extend_from_slice(&kept[..filled]);
}

/// A whole number below 2¹⁶: added to 2⁵², it is in the lowest bits.
#[inline]
fn number(count: f64) -> u64 {
    (count + (1u64 << 52) as f64).to_bits() & u64::from(u16::MAX)
}

/// The packing of rows into keys: the rank of the last value, the count, the rank of the second value. They
/// are sorted in parts, each of some of the last column's values.
struct Layout {
    /// The distinct values of the second and the third column, ascending.
    values: [Vec<u64>; 2],
    /// Column, chunk, code → rank.
    ranks: [Vec<Vec<u32>>; 2],
    /// By how much counts and the last column's ranks are shifted.
    shifts: [u32; 2],
    /// The greatest count.
    most: u64,
    /// The number of parts.
    parts: usize,
}

impl Layout {
    fn new<P>(chunks: &[NumberedChunk<P>], len: usize) -> Option<Self> {
        let [second, third] =
            [0, 1].map(|column| merge(chunks.iter().map(move |chunk| &chunk.dictionaries[column])));
        let most = chunks.iter().map(|chunk| chunk.most).max().unwrap_or(0);
        let bits = |numbers: u64| u64::BITS - numbers.leading_zeros();
        let width = bits(second.0.len() as u64);
        let shifts = [width, width + bits(most)];
        let parts = (len / ROWS_PER_PART).clamp(1, third.0.len().max(1));
        (shifts[1] + bits(third.0.len() as u64) < 64).then_some(Self {
            values: [second.0, third.0],
            ranks: [second.1, third.1],
            shifts,
            most,
            parts,
        })
    }

    /// The ranks of the last column in a part.
    fn majors(&self, part: usize) -> Range<usize> {
        let all = self.values[1].len();
        (part * all).div_ceil(self.parts)..((part + 1) * all).div_ceil(self.parts)
    }

    /// The number of bits of the keys of a part, counted from its first.
    fn width(&self) -> u32 {
        let most = self.values[1].len().div_ceil(self.parts);
        self.shifts[1] + (usize::BITS - most.leading_zeros())
    }

    /// The unique rows of all parts.
    fn parts<P: PackedKey, K: PackedKey>(
        &self,
        mut chunks: Vec<NumberedChunk<P>>,
    ) -> Vec<SortedPart> {
        // A chunk's rows are freed as soon as they are distributed.
        let rows = chunks.par_iter_mut().map(|chunk| std::mem::take(&mut chunk.rows));
        let distributed: Vec<Vec<Vec<K>>> =
            rows.enumerate().map(|(i, rows)| self.distribute(&rows, i)).collect();
        in_order(self.parts, |i| {
            let rows: Vec<&[K]> = distributed.iter().map(|chunk| chunk[i].as_slice()).collect();
            SortedPart::new(&rows, self.zeros(&chunks, self.majors(i)), self.width())
        })
    }

    /// A chunk's rows by part, with ranks in place of codes, and keys counted from the first key of the
    /// part.
    #[allow(clippy::cast_possible_truncation)] // 16 bits a code
    fn distribute<P: PackedKey, K: PackedKey>(&self, rows: &[P], number: usize) -> Vec<Vec<K>> {
        let [b, c] = [0, 1].map(|column| self.ranks[column][number].as_slice());
        let mut places = vec![(0, 0); self.values[1].len()];
        for part in 0..self.parts {
            let majors = self.majors(part);
            for (from_first, place) in (0u64..).zip(&mut places[majors]) {
                *place = (part, from_first << self.shifts[1]);
            }
        }
        let of_code: Vec<(usize, u64)> = c.iter().map(|&rank| places[rank as usize]).collect();
        let mut distributed = vec![Vec::with_capacity(rows.len() * 5 / 4 / self.parts); self.parts];
        for row in rows {
            let code = |shift: u32| (row.key() >> shift) as u16;
            let (part, major) = of_code[usize::from(code(32))];
            let minor = b[usize::from(code(0))];
            let key = major | u64::from(code(16)) << self.shifts[0] | u64::from(minor);
            distributed[part].push(K::new(key, row.weight()));
        }
        distributed
    }

    /// The keys of a part's rows with count 0.
    fn zeros<P>(&self, chunks: &[NumberedChunk<P>], majors: Range<usize>) -> Vec<(u64, f64)> {
        let mut sums = vec![0.0; majors.len()];
        for (chunk, ranks) in chunks.iter().zip(&self.ranks[1]) {
            for (&[weight, _], &rank) in chunk.zeros.iter().zip(ranks) {
                if majors.contains(&(rank as usize)) {
                    sums[rank as usize - majors.start] += weight;
                }
            }
        }
        let keyed = (0u64..).zip(sums).filter(|(_, weight)| *weight > 0.0);
        keyed.map(|(major, weight)| (major << self.shifts[1], weight)).collect()
    }

    #[allow(clippy::cast_possible_truncation)] // ranks number values in memory, counts have 16 bits
    fn unpack<R: Observation>(
        &self,
        parts: Vec<SortedPart>,
        weights: Option<&[f64]>,
        len: usize,
    ) -> UniqueRows<R> {
        let total = parts.iter().map(|part| part.weights.len()).sum();
        let [mut seconds, thirds] = [0, 1]
            .map(|i| self.values[i].iter().map(|&bits| f64::from_bits(bits)).collect::<Vec<_>>());
        // Rows with count 0 have no second value; if all have count 0 there is none.
        if seconds.is_empty() {
            seconds.push(0.0);
        }
        let mut unique = UniqueRows {
            values: [(0..=self.most).map(|count| count as f64).collect(), seconds, thirds],
            codes: vec![[0; 3]; total],
            weights: vec![0.0; total],
            total_weight: 0.0,
            customers: weights.map_or(len, |w| w.iter().filter(|w| **w > 0.0).count()),
            row: PhantomData,
        };
        let zero = self.values[0].iter().position(|&bits| bits == 0).unwrap_or(0) as u32;
        let (mut codes, mut sums) = (unique.codes.as_mut_slice(), unique.weights.as_mut_slice());
        let mut jobs = Vec::with_capacity(parts.len());
        for (i, part) in parts.into_iter().enumerate() {
            let (into, later) = codes.split_at_mut(part.keys.len());
            let (weights, later_sums) = sums.split_at_mut(part.keys.len());
            (codes, sums) = (later, later_sums);
            jobs.push((part, self.majors(i).start as u32, into, weights));
        }
        let field = |key: u64, from: u32, to: u32| (key >> from & ((1 << (to - from)) - 1)) as u32;
        let unpack =
            |(part, first, codes, weights): (SortedPart, u32, &mut [[u32; 3]], &mut [f64])| {
                weights.copy_from_slice(&part.weights);
                for (row, &key) in codes.iter_mut().zip(&part.keys) {
                    let count = field(key, self.shifts[0], self.shifts[1]);
                    let second = if count == 0 { zero } else { field(key, 0, self.shifts[0]) };
                    *row = [count, second, first + (key >> self.shifts[1]) as u32];
                }
            };
        jobs.into_par_iter().for_each(unpack);
        unique.total_weight = match weights {
            None => len as f64,
            Some(_) => unique.weights.iter().sum(),
        };
        unique
    }
}

/// The unique keys of a part and their weights: those of count 0, then the others, each ascending.
struct SortedPart {
    keys: Vec<u64>,
    weights: Vec<f64>,
}

impl SortedPart {
    fn new<K: PackedKey>(rows: &[&[K]], zeros: Vec<(u64, f64)>, width: u32) -> Self {
        let sorted = sort(rows.concat(), width);
        let changes = sorted.windows(2).filter(|two| two[0].key() != two[1].key()).count();
        let capacity = zeros.len() + changes + usize::from(!sorted.is_empty());
        let (mut keys, mut weights) = (vec![0; capacity], vec![0.0; capacity]);
        let mut filled = 0;
        for (key, weight) in zeros {
            (keys[filled], weights[filled]) = (key, weight);
            filled += 1;
        }
        // Whether the next row is another one cannot be foreseen.
        for (i, row) in sorted.iter().enumerate() {
            let last = sorted.get(i + 1).is_none_or(|next| next.key() != row.key());
            keys[filled] = row.key();
            weights[filled] += row.weight();
            filled += usize::from(last);
        }
        debug_assert_eq!(filled, capacity);
        Self { keys, weights }
    }
}
