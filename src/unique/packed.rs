//! Rows of few distinct values a column: numbered, packed into one word each, and sorted by it.

use std::ops::Range;

use rayon::prelude::*;

use super::UniqueRows;
use super::dictionary::{Dictionary, merge};
use crate::columns::{BLOCK, Column, scan_blocks};
use crate::rows::Row;

/// How many consecutive rows are read in one piece.
const PIECE: usize = 1 << 16;
/// About how many rows are sorted at once, so that they stay in cache.
const PART: usize = 1 << 15;
/// How many distinct values a column of a piece may have; one with more is not worth numbering.
const MOST: usize = 1 << 14;
/// Bits of one pass of the sort.
const DIGIT: u32 = 11;

/// Why a table cannot be compressed in this way.
pub(super) enum Obstacle {
    /// A row that cannot be.
    Fault,
    /// Too many distinct values.
    Variety,
}

/// A row as a number, with its weight unless that is one.
trait Packed: Copy + Send + Sync {
    fn new(key: u64, weight: f64) -> Self;
    fn key(self) -> u64;
    fn weight(self) -> f64;
    fn total(rows: &[Self]) -> f64;
}

impl Packed for u64 {
    fn new(key: u64, _weight: f64) -> Self {
        key
    }
    fn key(self) -> u64 {
        self
    }
    fn weight(self) -> f64 {
        1.0
    }
    fn total(rows: &[Self]) -> f64 {
        rows.len() as f64
    }
}

impl Packed for (u64, f64) {
    fn new(key: u64, weight: f64) -> Self {
        (key, weight)
    }
    fn key(self) -> u64 {
        self.0
    }
    fn weight(self) -> f64 {
        self.1
    }
    fn total(rows: &[Self]) -> f64 {
        rows.iter().map(|row| row.1).sum()
    }
}

/// The unique rows in ascending order of their last column, then the first, then the second.
pub(super) fn compress<R: Row>(
    columns: &[Column<'_>],
    weights: Option<&[f64]>,
    len: usize,
) -> Result<UniqueRows<R>, Obstacle> {
    if weights.is_some() {
        compress_as::<R, (u64, f64)>(columns, weights, len)
    } else {
        compress_as::<R, u64>(columns, None, len)
    }
}

fn compress_as<R: Row, P: Packed>(
    columns: &[Column<'_>],
    weights: Option<&[f64]>,
    len: usize,
) -> Result<UniqueRows<R>, Obstacle> {
    let pieces: Vec<Piece<P>> = in_order(len.div_ceil(PIECE), |i| {
        Piece::read::<R>(columns, weights, i * PIECE..((i + 1) * PIECE).min(len))
    })
    .into_iter()
    .collect::<Result<_, _>>()?;
    let layout = Layout::new(&pieces).ok_or(Obstacle::Variety)?;
    let count = (len / PART).clamp(1, layout.values[1].len().max(1));
    let dealt: Vec<Vec<Vec<P>>> = in_order(pieces.len(), |i| layout.deal(&pieces[i], i, count));
    let parts: Vec<Part> = in_order(count, |i| {
        let zeros = layout.zeros(&pieces, layout.majors(i, count));
        let rows: Vec<&[P]> = dealt.iter().map(|piece| piece[i].as_slice()).collect();
        Part::new(&rows, zeros, layout.base(i, count), layout.width(i, count))
    });
    drop((pieces, dealt));
    Ok(layout.unpack(parts, weights, len))
}

/// The answers of `0..n`, in their order.
fn in_order<T: Send>(n: usize, answer: impl Fn(usize) -> T + Sync + Send) -> Vec<T> {
    (0..n).into_par_iter().map(answer).collect()
}

/// Consecutive rows of the table, their values numbered.
struct Piece<P> {
    /// The values of the second and the third column.
    dictionaries: [Dictionary; 2],
    /// The greatest number in the first column.
    most: u64,
    /// Rows whose first number is not 0: that number and two codes, 16 bits each.
    rows: Vec<P>,
    /// The weight of the other rows (customers without a repeat purchase: the most of them) by the
    /// code of the last column, and beside it that of the rows above.
    zeros: Vec<[f64; 2]>,
}

impl<P: Packed> Piece<P> {
    #[allow(clippy::cast_possible_truncation)] // codes have 16 bits
    fn read<R: Row>(
        columns: &[Column<'_>],
        weights: Option<&[f64]>,
        range: Range<usize>,
    ) -> Result<Self, Obstacle> {
        let [mut second, mut third] = [0, 1].map(|_| <Dictionary>::new(MOST));
        let mut zeros = Vec::new();
        let mut rows = vec![P::new(0, 0.0); range.len()];
        let (mut filled, mut most) = (0, 0);
        let mut codes = [[0u64; 2]; BLOCK];
        scan_blocks(columns, range, |block, [a, b, c]| {
            let read = |i: usize| R::read(&[a[i], b[i], c[i]]);
            // One thing at a time: small loops are vectorised or stay in registers.
            if !(0..block.len()).fold(true, |sound, i| sound & read(i).is_sound()) {
                return Err(Obstacle::Fault);
            }
            if a.iter().fold(0.0f64, |most, &count| most.max(count)) > f64::from(u16::MAX) {
                return Err(Obstacle::Variety);
            }
            for (i, codes) in codes.iter_mut().enumerate().take(block.len()) {
                let [_, b, c] = read(i).key();
                codes[0] = second.code(b).ok_or(Obstacle::Variety)?.into();
                codes[1] = third.code(c).ok_or(Obstacle::Variety)?.into();
            }
            zeros.resize(third.values().len(), [0.0; 2]);
            let mut add = |i: usize, weight: f64| {
                let (count, [b, c]) = (number(a[i]), codes[i]);
                // Whose count is 0 cannot be foreseen, so all are added up, in two places.
                zeros[c as usize][usize::from(count != 0)] += weight;
                rows[filled] = P::new(c << 32 | count << 16 | b, weight);
                filled += usize::from(count != 0 && weight > 0.0);
                most = most.max(count);
            };
            match weights {
                None => (0..block.len()).for_each(|i| add(i, 1.0)),
                Some(weights) => {
                    for (i, &weight) in weights[block].iter().enumerate() {
                        add(i, weight);
                    }
                }
            }
            Ok(())
        })?;
        rows.truncate(filled);
        Ok(Self { dictionaries: [second, third], most, rows, zeros })
    }
}

/// A whole number below 2¹⁶: added to 2⁵² it is what stands in the last bits.
#[inline]
fn number(count: f64) -> u64 {
    (count + (1u64 << 52) as f64).to_bits() & u64::from(u16::MAX)
}

/// How rows are packed into keys: the rank of the last value, the count, the rank of the second value.
struct Layout {
    /// The distinct values of the second and the third column, ascending.
    values: [Vec<u64>; 2],
    /// Column, piece, code → rank.
    ranks: [Vec<Vec<u32>>; 2],
    /// By how much counts and the last column's ranks are shifted.
    shifts: [u32; 2],
}

impl Layout {
    #[allow(clippy::cast_possible_truncation)] // counts of 16 bits
    fn new<P>(pieces: &[Piece<P>]) -> Option<Self> {
        let [second, third] =
            [0, 1].map(|column| merge(pieces.iter().map(move |piece| &piece.dictionaries[column])));
        let most = pieces.iter().map(|piece| piece.most).max().unwrap_or(0) as usize;
        let bits = |numbers: usize| usize::BITS - numbers.leading_zeros();
        let shifts = [bits(second.0.len()), bits(second.0.len()) + bits(most)];
        (shifts[1] + bits(third.0.len()) < 64).then_some(Self {
            values: [second.0, third.0],
            ranks: [second.1, third.1],
            shifts,
        })
    }

    /// The ranks of the last column in a part.
    fn majors(&self, part: usize, parts: usize) -> Range<usize> {
        let all = self.values[1].len();
        (part * all).div_ceil(parts)..((part + 1) * all).div_ceil(parts)
    }

    /// The least key of a part.
    fn base(&self, part: usize, parts: usize) -> u64 {
        (self.majors(part, parts).start as u64) << self.shifts[1]
    }

    /// How many bits keys of a part differ in.
    fn width(&self, part: usize, parts: usize) -> u32 {
        self.shifts[1] + (usize::BITS - self.majors(part, parts).len().leading_zeros())
    }

    /// A piece's rows by part, their codes turned into ranks.
    #[allow(clippy::cast_possible_truncation)] // 16 bits a code
    fn deal<P: Packed>(&self, piece: &Piece<P>, number: usize, parts: usize) -> Vec<Vec<P>> {
        let [b, c] = [0, 1].map(|column| self.ranks[column][number].as_slice());
        let all = self.values[1].len();
        let mut dealt = vec![Vec::with_capacity(piece.rows.len() * 5 / 4 / parts); parts];
        for row in &piece.rows {
            let code = |shift: u32| (row.key() >> shift) as u16;
            let (major, minor) = (c[usize::from(code(32))], b[usize::from(code(0))]);
            let key = u64::from(major) << self.shifts[1]
                | u64::from(code(16)) << self.shifts[0]
                | u64::from(minor);
            dealt[major as usize * parts / all].push(P::new(key, row.weight()));
        }
        dealt
    }

    /// The keys of rows whose count is 0, which are below all others of their last column.
    fn zeros<P>(&self, pieces: &[Piece<P>], majors: Range<usize>) -> Vec<(u64, f64)> {
        let mut sums = vec![0.0; majors.len()];
        for (piece, ranks) in pieces.iter().zip(&self.ranks[1]) {
            for (&[weight, _], &rank) in piece.zeros.iter().zip(ranks) {
                if majors.contains(&(rank as usize)) {
                    sums[rank as usize - majors.start] += weight;
                }
            }
        }
        let keyed = majors.zip(sums).filter(|(_, weight)| *weight > 0.0);
        keyed.map(|(major, weight)| ((major as u64) << self.shifts[1], weight)).collect()
    }

    #[allow(clippy::cast_possible_truncation)] // ranks number values in memory
    fn row<R: Row>(&self, key: u64) -> R {
        let [second, third] = &self.values;
        let field = |from: u32, to: u32| key >> from & ((1 << (to - from)) - 1);
        let count = field(self.shifts[0], self.shifts[1]);
        let last = f64::from_bits(third[(key >> self.shifts[1]) as usize]);
        if count == 0 {
            return R::read(&[0.0, 0.0, last]);
        }
        let second = f64::from_bits(second[field(0, self.shifts[0]) as usize]);
        R::read(&[count as f64, second, last])
    }

    fn unpack<R: Row>(
        &self,
        parts: Vec<Part>,
        weights: Option<&[f64]>,
        len: usize,
    ) -> UniqueRows<R> {
        let total = parts.iter().map(|part| part.weights.len()).sum();
        let mut unique = UniqueRows {
            rows: vec![R::read(&[0.0; 3]); total],
            weights: vec![0.0; total],
            total_weight: 0.0,
            customers: weights.map_or(len, |w| w.iter().filter(|w| **w > 0.0).count()),
        };
        let (mut rows, mut sums) = (unique.rows.as_mut_slice(), unique.weights.as_mut_slice());
        let mut jobs = Vec::with_capacity(parts.len());
        for part in parts {
            let (into, later) = rows.split_at_mut(part.keys.len());
            let (weights, later_sums) = sums.split_at_mut(part.keys.len());
            (rows, sums) = (later, later_sums);
            jobs.push((part, into, weights));
        }
        let unpack = |(part, rows, weights): (Part, &mut [R], &mut [f64])| {
            weights.copy_from_slice(&part.weights);
            for (row, &key) in rows.iter_mut().zip(&part.keys) {
                *row = self.row(key);
            }
        };
        jobs.into_par_iter().for_each(unpack);
        unique.total_weight = unique.weights.iter().sum();
        unique
    }
}

/// The unique keys of a part in ascending order, and their weights.
struct Part {
    keys: Vec<u64>,
    weights: Vec<f64>,
}

impl Part {
    fn new<P: Packed>(rows: &[&[P]], zeros: Vec<(u64, f64)>, base: u64, width: u32) -> Self {
        let sorted = sort(rows.concat(), base, width);
        let mut unique = Self { keys: Vec::new(), weights: Vec::new() };
        let mut zeros = zeros.into_iter().peekable();
        let mut rest = sorted.as_slice();
        while let Some(first) = rest.first() {
            let key = first.key();
            while let Some((below, weight)) = zeros.next_if(|(zero, _)| *zero < key) {
                unique.push(below, weight);
            }
            let same = rest.iter().position(|row| row.key() != key).unwrap_or(rest.len());
            let (alike, others) = rest.split_at(same);
            unique.push(key, P::total(alike));
            rest = others;
        }
        for (key, weight) in zeros {
            unique.push(key, weight);
        }
        unique
    }

    fn push(&mut self, key: u64, weight: f64) {
        self.keys.push(key);
        self.weights.push(weight);
    }
}

/// Sorts rows by the low `width` bits of key − base, digit by digit; equal ones keep their order.
#[allow(clippy::cast_possible_truncation)] // fewer rows than 2³² a part; a digit is eleven bits
fn sort<P: Packed>(mut rows: Vec<P>, base: u64, width: u32) -> Vec<P> {
    let mut sorted = rows.clone();
    for low in (0..width).step_by(DIGIT as usize) {
        let digit = |row: &P| ((row.key() - base) >> low) as usize & ((1 << DIGIT) - 1);
        let mut places = [0u32; 1 << DIGIT];
        for row in &rows {
            places[digit(row)] += 1;
        }
        let mut before = 0;
        for place in &mut places {
            before += std::mem::replace(place, before);
        }
        for row in &rows {
            let place = &mut places[digit(row)];
            sorted[*place as usize] = *row;
            *place += 1;
        }
        std::mem::swap(&mut rows, &mut sorted);
    }
    rows
}
