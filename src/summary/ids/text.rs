//! Ids that are text, and UUIDs: their sixteen bytes, or the text that they usually are.

use std::cmp::Ordering;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicBool, Ordering as Memory};

use bytemuck::{Pod, Zeroable};
use rayon::prelude::*;

use super::hashed::{HashBuckets, Hashed};
use super::{WriteId, row_number};
use crate::error::{Error, Result};
use crate::numerics::vectorized;
use crate::summary::rows::BucketedIds;

/// A column of text: all of it end to end, and where each row's begins and ends.
#[derive(Debug, Clone, Copy)]
pub struct Text<'a> {
    /// UTF-8.
    pub bytes: &'a [u8],
    /// PackedRow i is `bytes[offsets[i]..offsets[i + 1]]`.
    pub offsets: &'a [i64],
    /// False where a row has no text; absent where all have.
    pub valid: Option<&'a [bool]>,
}

impl<'a> Text<'a> {
    /// The number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// A row's text.
    #[inline(always)]
    #[must_use]
    pub fn get(&self, row: usize) -> Option<&'a [u8]> {
        if self.valid.is_some_and(|valid| !valid[row]) {
            return None;
        }
        let at = |row: usize| usize::try_from(self.offsets[row]).unwrap_or(usize::MAX);
        self.bytes.get(at(row)..at(row + 1))
    }

    /// The text of a row that has one.
    #[allow(clippy::cast_possible_truncation)] // the label is a row
    fn labelled(&self, row: u64) -> &'a [u8] {
        self.get(row as usize).unwrap_or_default()
    }

    /// Checks that the offsets are within the text and ascend; returns the length of the longest text.
    ///
    /// # Errors
    /// [`Error::Length`] if they do not, or the mask has another length.
    pub fn check(&self) -> Result<usize> {
        let last = self.offsets.last().copied().unwrap_or(0);
        let inside = self.offsets.first().is_none_or(|&first| first >= 0)
            && usize::try_from(last).is_ok_and(|last| last <= self.bytes.len());
        let starts = self.offsets[..self.rows()].par_chunks(1 << 16);
        let ends = self.offsets.get(1..).unwrap_or_default().par_chunks(1 << 16);
        let extremes = starts.zip(ends).map(|(starts, ends)| {
            vectorized(|| {
                starts.iter().zip(ends).fold((0, 0), |(low, high), (start, end)| {
                    let length: i64 = end.wrapping_sub(*start);
                    (length.min(low), length.max(high))
                })
            })
        });
        let (lowest, longest) = extremes.reduce(|| (0, 0), |a, b| (a.0.min(b.0), a.1.max(b.1)));
        if !inside || lowest < 0 {
            let found = usize::try_from(last).unwrap_or(0);
            return Err(Error::Length { column: "text", found, expected: self.bytes.len() });
        }
        match self.valid {
            Some(valid) if valid.len() != self.rows() => {
                Err(Error::Length { column: "valid", found: valid.len(), expected: self.rows() })
            }
            _ => Ok(usize::try_from(longest).unwrap_or(usize::MAX)),
        }
    }
}

/// TextBuffer end to end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextBuffer {
    /// UTF-8.
    pub bytes: Vec<u8>,
    /// Text i is `bytes[offsets[i]..offsets[i + 1]]`.
    pub offsets: Vec<i64>,
}

impl TextBuffer {
    /// The ids with these labels.
    pub fn of(ids: &(impl WriteId + Sync), labels: &[u64]) -> Self {
        let parts = labels.par_chunks(1 << 13).map(|labels| {
            let (mut bytes, mut ends) = (Vec::new(), Vec::with_capacity(labels.len()));
            for &label in labels {
                ids.write_id(label, &mut bytes);
                ends.push(bytes.len() as u64);
            }
            (bytes, ends)
        });
        let parts: Vec<_> = parts.collect();
        let mut texts = Self::default();
        texts.bytes.reserve_exact(parts.iter().map(|(bytes, _)| bytes.len()).sum());
        texts.offsets.reserve_exact(labels.len() + 1);
        texts.offsets.push(0);
        for (bytes, ends) in parts {
            let start = texts.offsets.last().copied().unwrap_or(0);
            texts.bytes.extend_from_slice(&bytes);
            texts.offsets.extend(ends.into_iter().map(|end| start.wrapping_add_unsigned(end)));
        }
        texts
    }
}

/// Sixteen bytes that represent a text, and the number of its row.
#[derive(Debug, Clone, Copy, Default, Pod, Zeroable)]
#[repr(C)]
pub struct FixedId16 {
    bytes: [u8; 16],
    row: u32,
}

impl FixedId16 {
    /// The bytes as a number, ordered as they are.
    fn word(&self) -> u128 {
        u128::from_be_bytes(self.bytes)
    }
}

/// Text of at most this many bytes is held whole, with its length in the byte after it.
const MAX_SHORT_BYTES: usize = 15;
/// In place of a length: the bytes begin with a hash of the text.
const LONG_MARK: u8 = u8::MAX;

/// Text of any kind: short text is stored with the row, long text is looked up to compare.
#[derive(Debug)]
pub struct TextIds<'a> {
    text: Text<'a>,
    buckets_by_hash: HashBuckets,
}

impl<'a> TextIds<'a> {
    /// The ids of a column.
    pub fn new(text: Text<'a>) -> Self {
        Self { text, buckets_by_hash: HashBuckets::over(text.rows()) }
    }

    fn long(&self, id: &FixedId16) -> &'a [u8] {
        self.text.get(id.row as usize).unwrap_or_default()
    }
}

impl BucketedIds for TextIds<'_> {
    type Id = FixedId16;
    fn buckets(&self) -> usize {
        self.buckets_by_hash.buckets()
    }
    #[allow(clippy::cast_possible_truncation)] // lengths up to MAX_SHORT_BYTES
    fn place(&self, row: usize) -> Result<Option<(FixedId16, u16)>> {
        let Some(text) = self.text.get(row) else { return Ok(None) };
        let mut bytes = [0; 16];
        if text.len() <= MAX_SHORT_BYTES {
            bytes[..text.len()].copy_from_slice(text);
            bytes[MAX_SHORT_BYTES] = text.len() as u8;
        } else {
            bytes[..8].copy_from_slice(&self.buckets_by_hash.state.hash_one(text).to_ne_bytes());
            bytes[MAX_SHORT_BYTES] = LONG_MARK;
        }
        let id = FixedId16 { bytes, row: row_number(row) };
        Ok(Some((id, self.buckets_by_hash.of(self.hash(&id)))))
    }
}

impl WriteId for TextIds<'_> {
    fn write_id(&self, label: u64, text: &mut Vec<u8>) {
        text.extend_from_slice(self.text.labelled(label));
    }
}

impl Hashed for TextIds<'_> {
    fn order(&self, a: &FixedId16, b: &FixedId16) -> Ordering {
        if a.bytes[MAX_SHORT_BYTES] != LONG_MARK && b.bytes[MAX_SHORT_BYTES] != LONG_MARK {
            // Padded with zeros, a text that another begins with comes first by its length.
            return a.word().cmp(&b.word());
        }
        self.long(a).cmp(self.long(b))
    }
    fn label(id: &FixedId16) -> u64 {
        u64::from(id.row)
    }

    fn hash(&self, id: &FixedId16) -> u64 {
        self.buckets_by_hash.state.hash_one(u128::from_ne_bytes(id.bytes))
    }
    fn same(&self, a: &FixedId16, b: &FixedId16) -> bool {
        a.bytes == b.bytes
            && (a.bytes[MAX_SHORT_BYTES] != LONG_MARK || self.long(a) == self.long(b))
    }
}

/// Ids of 128 bits: sixteen bytes each, or UUIDs in their usual form, lower case.
#[derive(Debug)]
pub struct Uuids<'a> {
    text: Text<'a>,
    /// Whether the column holds the bytes themselves.
    raw: bool,
    buckets_by_hash: HashBuckets,
    misfit: AtomicBool,
}

impl<'a> Uuids<'a> {
    /// The ids of a column, if its first rows are such.
    pub fn new(text: Text<'a>) -> Option<Self> {
        let first = || (0..text.rows().min(64)).filter_map(|row| text.get(row));
        let raw = first().all(|bytes| bytes.len() == 16);
        let likely = first().next().is_some() && (raw || first().all(|text| uuid(text).is_some()));
        likely.then(|| Self {
            text,
            raw,
            buckets_by_hash: HashBuckets::over(text.rows()),
            misfit: AtomicBool::new(false),
        })
    }

    /// Whether some row is no UUID; then no id is valid.
    pub fn misfit(&self) -> bool {
        self.misfit.load(Memory::Relaxed)
    }

    #[inline(always)]
    fn read(&self, text: &[u8]) -> Option<[u8; 16]> {
        if self.raw { text.try_into().ok() } else { uuid(text) }
    }
}

impl BucketedIds for Uuids<'_> {
    type Id = FixedId16;
    fn buckets(&self) -> usize {
        self.buckets_by_hash.buckets()
    }
    fn place(&self, row: usize) -> Result<Option<(FixedId16, u16)>> {
        let Some(text) = self.text.get(row) else { return Ok(None) };
        let Some(bytes) = self.read(text) else {
            self.misfit.store(true, Memory::Relaxed);
            return Ok(None);
        };
        let id = FixedId16 { bytes, row: row_number(row) };
        Ok(Some((id, self.buckets_by_hash.of(self.hash(&id)))))
    }
}

impl WriteId for Uuids<'_> {
    fn write_id(&self, label: u64, text: &mut Vec<u8>) {
        text.extend_from_slice(self.text.labelled(label));
    }
}

impl Hashed for Uuids<'_> {
    fn order(&self, a: &FixedId16, b: &FixedId16) -> Ordering {
        a.word().cmp(&b.word())
    }
    fn label(id: &FixedId16) -> u64 {
        u64::from(id.row)
    }

    fn hash(&self, id: &FixedId16) -> u64 {
        self.buckets_by_hash.state.hash_one(u128::from_ne_bytes(id.bytes))
    }
    fn same(&self, a: &FixedId16, b: &FixedId16) -> bool {
        a.bytes == b.bytes
    }
}

/// Reads `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` of lower-case hexadecimal digits.
fn uuid(text: &[u8]) -> Option<[u8; 16]> {
    let text: &[u8; 36] = text.try_into().ok()?;
    if [8, 13, 18, 23].iter().any(|&at| text[at] != b'-') {
        return None;
    }
    let word = |first: usize, second: usize| {
        let mut eight = [0; 8];
        eight[..4].copy_from_slice(&text[first..first + 4]);
        eight[4..].copy_from_slice(&text[second..second + 4]);
        hex(u64::from_be_bytes(eight))
    };
    let mut bytes = [0; 16];
    for (at, (first, second)) in [(0, 4), (9, 14), (19, 24), (28, 32)].into_iter().enumerate() {
        bytes[4 * at..4 * at + 4].copy_from_slice(&word(first, second)?.to_be_bytes());
    }
    Some(bytes)
}

/// Eight hexadecimal digits, all at once, in the bytes of a word.
#[allow(clippy::cast_possible_truncation)] // eight digits are 32 bits
fn hex(text: u64) -> Option<u32> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let digits = (text & (ONES * 0x0f)) + ((text >> 6) & ONES) * 9;
    let ranges = ((digits + ONES * 6) >> 4) & ONES;
    // Written out again they are the text, or it was something else.
    if digits + ONES * 0x30 + ranges * 0x27 != text {
        return None;
    }
    let pairs = (digits | digits >> 4) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs | pairs >> 8) & 0x0000_ffff_0000_ffff;
    Some((fours | fours >> 16) as u32)
}
