//! The numbers of a column's values, block by block.

use super::dictionary::ValueDictionary;
use crate::data::columns::{Column, ROWS_PER_BLOCK};

/// Slots of the grid, in which values are looked up first.
const GRID_SLOTS: usize = 1 << 12;
/// Values sampled to decide whether a column has a grid.
const SAMPLE_ROWS: usize = 256;
/// Rows per part of a block: only parts with a new value are processed value by value.
const ROWS_PER_PART: usize = ROWS_PER_BLOCK / 8;
/// Parts with new values after which values that miss their slot count against the grid.
const WARM_UP_PARTS: usize = 32;

/// The slots of values that are multiples of one grain, as times in days, weeks and hours are: the multiple
/// is the slot, so that a look-up takes one product, no hashing and no branch.
#[derive(Clone, Copy)]
pub struct ValueGrid {
    /// 1/grain.
    per: f64,
}

impl ValueGrid {
    /// The grid that a column's values seem to have; a wrong guess only costs time.
    pub fn of(column: Option<&Column<'_>>) -> Option<Self> {
        let column = column?;
        let step = column.len().div_ceil(SAMPLE_ROWS).max(1);
        let mut values: Vec<f64> =
            (0..column.len()).step_by(step).map(|i| column.get(i)).filter(|v| *v >= 0.0).collect();
        values.sort_unstable_by(f64::total_cmp);
        let gap = |pair: &[f64]| pair[1] - pair[0];
        let tolerance = 1e-9 * values.last()?;
        let grain =
            values.windows(2).map(gap).filter(|gap| *gap > tolerance).fold(f64::INFINITY, f64::min);
        let places = values.last()? / grain;
        (places > 0.0 && places < 2.0 * GRID_SLOTS as f64).then(|| Self { per: grain.recip() })
    }

    /// Adding 2⁵² leaves the nearest whole number in the lowest bits.
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation)] // the last bits are what is wanted
    fn place(self, value: f64) -> usize {
        const SHIFT: f64 = (1u64 << 52) as f64;
        (value * self.per + SHIFT).to_bits() as usize % GRID_SLOTS
    }
}

/// Numbers the distinct values of a column in order of first appearance.
pub struct ValueNumbering {
    dictionary: ValueDictionary,
    grid: Option<ValueGrid>,
    bits: Vec<u64>,
    codes: Vec<u32>,
    parts: usize,
    missed: usize,
}

impl ValueNumbering {
    /// A numbering of at most `most` values, the first of which may be on a grid.
    pub fn new(most: usize, grid: Option<ValueGrid>) -> Self {
        Self {
            dictionary: ValueDictionary::new(most),
            grid,
            bits: vec![u64::MAX; GRID_SLOTS],
            codes: vec![0; GRID_SLOTS],
            parts: 0,
            missed: 0,
        }
    }

    /// The values' numbers in parts whose values are all in their slots, and arbitrary numbers in others.
    /// Returns one bit per part that is set where values are missing.
    #[inline(always)]
    pub fn find(&self, values: &[f64], codes: &mut [u32; ROWS_PER_BLOCK]) -> u32 {
        let Some(grid) = self.grid else { return u32::MAX };
        // Arrays of constant length, so that the compiler knows that no slot is out of bounds.
        let places =
            (self.bits.first_chunk::<GRID_SLOTS>(), self.codes.first_chunk::<GRID_SLOTS>());
        let (Some(bits), Some(numbers)) = places else { return u32::MAX };
        let mut missing = 0;
        for (part, (values, codes)) in
            values.chunks(ROWS_PER_PART).zip(codes.chunks_mut(ROWS_PER_PART)).enumerate()
        {
            let mut differing = 0;
            for (value, code) in values.iter().zip(codes) {
                let value = value + 0.0; // −0 is 0
                let place = grid.place(value);
                differing |= bits[place] ^ value.to_bits();
                *code = numbers[place];
            }
            missing |= u32::from(differing != 0) << part;
        }
        missing
    }

    /// The numbers of the values in the parts that are `missing`; new values get the next numbers. `None`
    /// if the dictionary is full.
    #[cold]
    pub fn assign(
        &mut self,
        values: &[f64],
        codes: &mut [u32; ROWS_PER_BLOCK],
        missing: u32,
    ) -> Option<()> {
        for (part, (values, codes)) in
            values.chunks(ROWS_PER_PART).zip(codes.chunks_mut(ROWS_PER_PART)).enumerate()
        {
            if missing >> part & 1 == 0 {
                continue;
            }
            for (value, code) in values.iter().zip(codes) {
                let value = value + 0.0;
                let bits = value.to_bits();
                *code = if let Some(grid) = self.grid {
                    let place = grid.place(value);
                    if self.bits[place] != bits {
                        self.missed += usize::from(self.parts >= WARM_UP_PARTS);
                        self.codes[place] = self.dictionary.code(bits)?.into();
                        self.bits[place] = bits;
                    }
                    self.codes[place]
                } else {
                    self.dictionary.code(bits)?.into()
                };
            }
            self.parts += 1;
        }
        if self.missed > self.parts * (ROWS_PER_PART / 16) {
            self.grid = None;
        }
        Some(())
    }

    /// The distinct values' bits, by number.
    pub fn values(&self) -> &[u64] {
        self.dictionary.values()
    }

    /// The distinct values.
    pub fn dictionary(self) -> ValueDictionary {
        self.dictionary
    }
}
