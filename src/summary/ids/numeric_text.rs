//! Text that spells numbers, in digits or other characters: short text of few characters.
//!
//! With aᵢ and bᵢ the smallest and the largest byte at position i, over all rows, a text is the number
//! whose i-th digit, in base bᵢ − aᵢ + 1 (one more if texts end before), is its byte minus aᵢ. Positions at
//! which all rows have the same byte add nothing. The numbers have the order of the texts, and "C0000000"
//! to "C0999999" are 0 to 999,999.

use std::sync::atomic::{AtomicBool, Ordering as Memory};

use rayon::prelude::*;

use super::{NumericIds, Text, WriteId};
use crate::numerics::vectorized;

/// Bytes per text, after the common prefix.
const MAX_BYTES: usize = 16;
/// Rows sampled to guess the form of all texts.
const SAMPLE_ROWS: usize = 1 << 12;
/// Rows per chunk of a check.
const ROWS_PER_CHUNK: usize = 1 << 14;

/// A column of text that spells numbers below 2⁶⁴.
#[derive(Debug)]
pub struct NumericText<'a> {
    text: Text<'a>,
    ranges: ByteRanges,
    /// The bytes that are 0.
    lows: [u8; MAX_BYTES],
    /// The smallest and the largest bytes there are.
    least: WordPair,
    high: WordPair,
    /// The number of bytes that all texts have in common at their beginning.
    skipped: usize,
    /// The first text, which begins with them.
    first: &'a [u8],
    digits: Vec<Digit>,
    varying: Vec<VaryingDigit>,
    size: u64,
    misfit: AtomicBool,
}

/// A digit of the number, from one byte.
#[derive(Debug, Clone, Copy)]
struct Digit {
    base: u64,
    weight: u64,
    /// Whether 0 is no byte, but the end of the text.
    ends: bool,
}

/// A digit that differs between rows: its position, the byte that is 0, and its weight.
#[derive(Debug, Clone, Copy)]
struct VaryingDigit {
    word: usize,
    shift: usize,
    low: u64,
    weight: u64,
}

/// The ranges of bytes, by position.
#[derive(Debug, Clone, Copy)]
struct ByteRanges {
    /// One less than the smallest byte, so that an empty position (0) is larger than all others.
    before: [u8; MAX_BYTES],
    high: [u8; MAX_BYTES],
    shortest: usize,
    longest: usize,
}

impl ByteRanges {
    const NONE: Self = Self {
        before: [u8::MAX; MAX_BYTES],
        high: [0; MAX_BYTES],
        shortest: usize::MAX,
        longest: 0,
    };

    fn of(text: &Text<'_>, rows: impl Iterator<Item = usize>, skipped: usize) -> Self {
        let mut ranges = Self::NONE;
        for ([first, second], length) in rows.filter_map(|row| padded(text, row, skipped)) {
            let bytes = (u128::from(second) << 64 | u128::from(first)).to_le_bytes();
            ranges.shortest = ranges.shortest.min(length);
            ranges.longest = ranges.longest.max(length);
            for (place, &byte) in bytes.iter().enumerate() {
                ranges.before[place] = ranges.before[place].min(byte.wrapping_sub(1));
                ranges.high[place] = ranges.high[place].max(byte);
            }
        }
        ranges
    }

    fn merge(mut self, other: Self) -> Self {
        for place in 0..MAX_BYTES {
            self.before[place] = self.before[place].min(other.before[place]);
            self.high[place] = self.high[place].max(other.high[place]);
        }
        self.shortest = self.shortest.min(other.shortest);
        self.longest = self.longest.max(other.longest);
        self
    }

    /// Whether texts end before a position, or at it.
    fn ends(&self, place: usize) -> bool {
        self.shortest <= place
    }

    /// The byte that is 0 at a position.
    fn low(&self, place: usize) -> u8 {
        self.before[place].wrapping_add(u8::from(!self.ends(place)))
    }

    /// The digits, and the number of values they can spell, if that is below 2⁶⁴.
    fn digits(&self) -> Option<(Vec<Digit>, u64)> {
        if self.longest > MAX_BYTES || self.high.iter().any(|&high| high >= 128) {
            return None;
        }
        let mut weight = 1_u64;
        let mut digits = Vec::with_capacity(self.longest);
        for place in (0..self.longest).rev() {
            let base = u64::from(self.high[place].wrapping_sub(self.low(place))) + 1;
            digits.push(Digit { base, weight, ends: self.ends(place) });
            weight = weight.checked_mul(base)?;
        }
        digits.reverse();
        Some((digits, weight))
    }
}

/// A row's text after the bytes that are skipped, with zeros after it, and its length.
#[inline(always)]
fn padded(text: &Text<'_>, row: usize, skipped: usize) -> Option<(WordPair, usize)> {
    let own = text.get(row)?.get(skipped..).unwrap_or_default();
    let start = usize::try_from(text.offsets[row]).ok()? + skipped;
    let mut bytes = [0; MAX_BYTES];
    let more = text.bytes.get(start..).and_then(<[u8]>::first_chunk).unwrap_or_else(|| {
        let length = own.len().min(MAX_BYTES);
        bytes[..length].copy_from_slice(&own[..length]);
        &bytes
    });
    let own_bytes = |word: u64, length: usize| {
        let unused = 64 - 8 * length.clamp(1, 8);
        if length == 0 { 0 } else { word << unused >> unused }
    };
    let [first, second] = words(*more);
    let words = [own_bytes(first, own.len()), own_bytes(second, own.len().saturating_sub(8))];
    Some((words, own.len()))
}

/// Sixteen bytes, the first of each word in its lowest bits.
type WordPair = [u64; 2];

#[inline(always)]
fn words(bytes: [u8; MAX_BYTES]) -> WordPair {
    let word = u128::from_le_bytes(bytes);
    #[allow(clippy::cast_possible_truncation)] // the two halves
    [word as u64, (word >> 64) as u64]
}

/// Whether all bytes of a word, below 128, are 0 or from `least` to `high`: in each byte the difference
/// keeps the bit added to it if it is not negative.
#[inline(always)]
fn within(word: u64, least: u64, high: u64) -> bool {
    const TOPS: u64 = 0x8080_8080_8080_8080;
    let own = word & !TOPS;
    let inside = ((own | TOPS) - least) & ((high | TOPS) - own);
    own == word && (inside | (TOPS - own)) & TOPS == TOPS
}

impl<'a> NumericText<'a> {
    /// The ids of a column whose longest text has `longest` bytes, as a sample of rows suggests.
    pub fn from_sample(text: Text<'a>, longest: usize) -> Option<Self> {
        let rows = text.rows();
        let sample =
            || (0..rows).step_by(rows.div_ceil(SAMPLE_ROWS).max(1)).chain(rows.checked_sub(1));
        let first = sample().find_map(|row| text.get(row))?;
        let skipped = if longest > MAX_BYTES {
            let common = |text: &[u8]| first.iter().zip(text).take_while(|(a, b)| a == b).count();
            sample().filter_map(|row| text.get(row)).map(common).min()?
        } else {
            0
        };
        if longest > skipped + MAX_BYTES {
            return None;
        }
        let found = Self::new(text, ByteRanges::of(&text, sample(), skipped), first, skipped)?;
        let start = usize::try_from(*text.offsets.first()?).ok()?;
        let end = usize::try_from(*text.offsets.last()?).ok()?;
        let least = |bytes: &[u8]| vectorized(|| bytes.iter().fold(1, |low, &byte| byte.min(low)));
        // A zero would be taken for the end.
        let zero = text.bytes[start..end].par_chunks(ROWS_PER_CHUNK).any(|bytes| least(bytes) == 0);
        (!zero).then_some(found)
    }

    /// The same ids as all rows make them.
    pub fn checked_on_all_rows(&self) -> Option<Self> {
        let Self { text, skipped, first, .. } = *self;
        let rows = text.rows();
        let chunks = (0..rows.div_ceil(ROWS_PER_CHUNK)).into_par_iter();
        let rows_of = |chunk: usize| chunk * ROWS_PER_CHUNK..rows.min((chunk + 1) * ROWS_PER_CHUNK);
        if skipped > 0 && !chunks.clone().all(|chunk| rows_of(chunk).all(|row| self.begins(row))) {
            return None;
        }
        let ranges = chunks
            .map(|chunk| vectorized(|| ByteRanges::of(&text, rows_of(chunk), skipped)))
            .reduce(|| ByteRanges::NONE, ByteRanges::merge);
        Self::new(text, ranges, first, skipped)
    }

    fn new(text: Text<'a>, ranges: ByteRanges, first: &'a [u8], skipped: usize) -> Option<Self> {
        let (digits, size) = ranges.digits()?;
        // Where no text is that long there is no byte.
        let low = |place| if place < ranges.longest { ranges.low(place) } else { 0 };
        let lows = std::array::from_fn(low);
        let least = words(ranges.before.map(|before| before.wrapping_add(1)));
        let high = words(ranges.high);
        let varying = digits.iter().enumerate().filter(|(_, digit)| digit.base > 1);
        let varying = varying.map(|(place, digit)| VaryingDigit {
            word: place / 8,
            shift: place % 8 * 8,
            low: u64::from(lows[place]),
            weight: digit.weight,
        });
        let varying = varying.collect();
        let misfit = AtomicBool::new(false);
        Some(Self {
            text,
            ranges,
            lows,
            least,
            high,
            skipped,
            first,
            digits,
            varying,
            size,
            misfit,
        })
    }

    fn begins(&self, row: usize) -> bool {
        self.text.get(row).is_none_or(|own| own.starts_with(&self.first[..self.skipped]))
    }

    /// The number of values from the smallest to the largest that could be spelled.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Whether some row did not fit the ranges; then no number is valid.
    pub fn misfit(&self) -> bool {
        self.misfit.load(Memory::Relaxed)
    }
}

impl NumericIds for NumericText<'_> {
    #[inline(always)]
    fn number(&self, row: usize) -> Option<u64> {
        let (words, length) = padded(&self.text, row, self.skipped)?;
        // The length decides whether a text may end at a position.
        let fits = (self.ranges.shortest..=self.ranges.longest).contains(&length)
            && within(words[0], self.least[0], self.high[0])
            && within(words[1], self.least[1], self.high[1]);
        if !fits || (self.skipped > 0 && !self.begins(row)) {
            self.misfit.store(true, Memory::Relaxed);
            return None;
        }
        let value = |digit: &VaryingDigit| {
            let byte = (words[digit.word & 1] >> digit.shift) & 0xff;
            byte.saturating_sub(digit.low) * digit.weight
        };
        Some(self.varying.iter().map(value).sum())
    }
}

impl WriteId for NumericText<'_> {
    #[allow(clippy::cast_possible_truncation)] // a byte went in
    fn write_id(&self, label: u64, text: &mut Vec<u8>) {
        text.extend_from_slice(&self.first[..self.skipped]);
        for (place, digit) in self.digits.iter().enumerate() {
            let value = if digit.base == 1 { 0 } else { label / digit.weight % digit.base };
            if digit.ends && value == 0 {
                break;
            }
            text.push(self.lows[place] + value as u8);
        }
    }
}
