//! Rows as numbers, and sorting them digit by digit.

/// The most bits of one pass of the sort.
const DIGIT_BITS: u32 = 13;

/// A row as a number, with its weight unless that is one.
pub trait PackedKey: Copy + Default + Send + Sync {
    /// Packs a row; its weight is stored if the type can hold it.
    fn new(key: u64, weight: f64) -> Self;
    /// The number.
    fn key(self) -> u64;
    /// The weight.
    fn weight(self) -> f64;
}

/// A key that is known to fit 32 bits.
impl PackedKey for u32 {
    #[inline]
    #[allow(clippy::cast_possible_truncation)] // the layout says where keys are small
    fn new(key: u64, _weight: f64) -> Self {
        key as u32
    }
    #[inline]
    fn key(self) -> u64 {
        self.into()
    }
    #[inline]
    fn weight(self) -> f64 {
        1.0
    }
}

impl PackedKey for u64 {
    #[inline]
    fn new(key: u64, _weight: f64) -> Self {
        key
    }
    #[inline]
    fn key(self) -> u64 {
        self
    }
    #[inline]
    fn weight(self) -> f64 {
        1.0
    }
}

impl PackedKey for (u64, f64) {
    #[inline]
    fn new(key: u64, weight: f64) -> Self {
        (key, weight)
    }
    #[inline]
    fn key(self) -> u64 {
        self.0
    }
    #[inline]
    fn weight(self) -> f64 {
        self.1
    }
}

/// Sorts rows by the low `width` bits of their keys, digit by digit; equal ones keep their order.
#[allow(clippy::cast_possible_truncation)] // fewer rows than 2³² a part; a digit has few bits
pub fn sort<K: PackedKey>(mut rows: Vec<K>, width: u32) -> Vec<K> {
    let mut sorted = rows.clone();
    let passes = width.div_ceil(DIGIT_BITS);
    let bits = width.div_ceil(passes.max(1));
    let mut places = vec![0u32; 1 << bits];
    for low in (0..passes).map(|pass| pass * bits) {
        let digit = |row: &K| (row.key() >> low) as usize & ((1 << bits) - 1);
        places.fill(0);
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
