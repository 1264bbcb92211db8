//! Dictionaries of ids that arrive in chunks, numbered in order of first appearance.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry as Slot;

use super::{Text, TextBuffer, WriteId};
use crate::error::{Error, Result};
use crate::parallel::interrupt::{Interrupt, check_interrupt};
use crate::summary::NO_CUSTOMER;

/// The next code, unless they are used up.
fn next(taken: usize) -> Result<u32> {
    match u32::try_from(taken) {
        Ok(code) if code != NO_CUSTOMER => Ok(code),
        _ => Err(Error::Setting {
            name: "number of customers",
            value: taken as f64,
            expected: "below 4,294,967,295",
        }),
    }
}

/// The codes of `rows` rows.
fn encoded(
    rows: usize,
    interrupt: &dyn Interrupt,
    mut code: impl FnMut(usize) -> Result<u32>,
) -> Result<Vec<u32>> {
    /// Rows between two polls for an interrupt.
    const POLL_INTERVAL_ROWS: usize = 1 << 16;
    let mut codes = Vec::with_capacity(rows);
    for row in 0..rows {
        if row % POLL_INTERVAL_ROWS == 0 {
            check_interrupt(interrupt)?;
        }
        codes.push(code(row)?);
    }
    Ok(codes)
}

/// Whole numbers and their codes.
#[derive(Debug, Default)]
pub struct NumberDictionary {
    table: HashTable<u32>,
    values: Vec<i64>,
    state: RandomState,
}

impl NumberDictionary {
    /// Each value's code; new values get new ones.
    ///
    /// # Errors
    /// [`Error::Setting`] when there are too many, [`Error::Interrupted`]: then new values may have theirs.
    pub fn encode(&mut self, values: &[i64], interrupt: &dyn Interrupt) -> Result<Vec<u32>> {
        let Self { table, values: known, state } = self;
        let mut code = |value: i64| {
            let slot = table.entry(
                state.hash_one(value),
                |&code| known[code as usize] == value,
                |&code| state.hash_one(known[code as usize]),
            );
            Ok(match slot {
                Slot::Occupied(found) => *found.get(),
                Slot::Vacant(free) => {
                    let code = next(known.len())?;
                    free.insert(code);
                    known.push(value);
                    code
                }
            })
        };
        encoded(values.len(), interrupt, |row| code(values[row]))
    }

    /// The values with these codes.
    #[must_use]
    #[allow(clippy::cast_possible_truncation)] // they are codes
    pub fn named(&self, codes: &[u64]) -> Vec<i64> {
        codes.iter().map(|&code| self.values[code as usize]).collect()
    }

    /// The values, by code.
    #[must_use]
    pub fn values(&self) -> &[i64] {
        &self.values
    }
}

/// TextBuffer and their codes.
#[derive(Debug)]
pub struct TextDictionary {
    table: HashTable<u32>,
    bytes: Vec<u8>,
    offsets: Vec<i64>,
    state: RandomState,
}

impl Default for TextDictionary {
    fn default() -> Self {
        Self {
            table: HashTable::new(),
            bytes: Vec::new(),
            offsets: vec![0],
            state: RandomState::default(),
        }
    }
}

impl TextDictionary {
    /// Each row's code, [`NO_CUSTOMER`] if it has no text; new texts get new codes.
    ///
    /// # Errors
    /// [`Error::Setting`] if there are too many, [`Error::Length`] if offsets are wrong,
    /// [`Error::Interrupted`], after which new texts may have codes already.
    pub fn encode(&mut self, text: &Text<'_>, interrupt: &dyn Interrupt) -> Result<Vec<u32>> {
        text.check()?;
        encoded(text.rows(), interrupt, |row| self.code(text.get(row)))
    }

    fn code(&mut self, text: Option<&[u8]>) -> Result<u32> {
        let Some(text) = text else { return Ok(NO_CUSTOMER) };
        let Self { table, bytes, offsets, state } = self;
        let slot = table.entry(
            state.hash_one(text),
            |&code| chunk(bytes, offsets, code) == text,
            |&code| state.hash_one(chunk(bytes, offsets, code)),
        );
        match slot {
            Slot::Occupied(found) => Ok(*found.get()),
            Slot::Vacant(free) => {
                let code = next(offsets.len() - 1)?;
                free.insert(code);
                bytes.extend_from_slice(text);
                offsets.push(i64::try_from(bytes.len()).unwrap_or(i64::MAX));
                Ok(code)
            }
        }
    }

    /// The texts with these codes.
    #[must_use]
    pub fn named(&self, codes: &[u64]) -> TextBuffer {
        TextBuffer::of(self, codes)
    }

    /// The texts by code, end to end, and where each begins and ends.
    #[must_use]
    pub fn texts(&self) -> Text<'_> {
        Text { bytes: &self.bytes, offsets: &self.offsets, valid: None }
    }
}

impl WriteId for TextDictionary {
    #[allow(clippy::cast_possible_truncation)] // the label is a code
    fn write_id(&self, label: u64, text: &mut Vec<u8>) {
        text.extend_from_slice(chunk(&self.bytes, &self.offsets, label as u32));
    }
}

fn chunk<'a>(bytes: &'a [u8], offsets: &[i64], code: u32) -> &'a [u8] {
    let at = |code: usize| usize::try_from(offsets[code]).unwrap_or(usize::MAX);
    &bytes[at(code as usize)..at(code as usize + 1)]
}
