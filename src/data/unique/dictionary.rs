//! Distinct values, numbered.

/// Bits that no finite number has.
const EMPTY_SLOT: u64 = u64::MAX;

/// A word whose high bits all depend on all bits of a number.
#[inline]
fn mixed(bits: u64) -> u64 {
    (bits ^ (bits >> 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// Numbers distinct values in order of first appearance. Small, so that it stays in a core's nearest
/// cache.
pub struct ValueDictionary<C = u16> {
    bits: Vec<u64>,
    codes: Vec<C>,
    shift: u32,
    values: Vec<u64>,
    most: usize,
}

impl<C: Copy + Default + TryFrom<usize>> ValueDictionary<C> {
    /// A dictionary of at most `most` values.
    pub fn new(most: usize) -> Self {
        let slots = 1 << 10;
        let (bits, codes) = (vec![EMPTY_SLOT; slots], vec![C::default(); slots]);
        Self { bits, codes, shift: 54, values: Vec::new(), most }
    }

    /// The values' bits, by number.
    pub fn values(&self) -> &[u64] {
        &self.values
    }

    /// The number of a value; a new value gets the next one. `None` if the dictionary is full.
    #[inline]
    pub fn code(&mut self, bits: u64) -> Option<C> {
        let mut slot = self.slot(bits);
        loop {
            let found = self.bits[slot];
            if found == bits {
                return Some(self.codes[slot]);
            }
            if found == EMPTY_SLOT {
                return self.add(slot, bits);
            }
            slot = (slot + 1) & (self.bits.len() - 1);
        }
    }

    #[inline]
    #[allow(clippy::cast_possible_truncation)] // what the shift leaves numbers a slot
    fn slot(&self, bits: u64) -> usize {
        (mixed(bits) >> self.shift) as usize
    }

    #[cold]
    fn add(&mut self, slot: usize, bits: u64) -> Option<C> {
        if self.values.len() == self.most {
            return None;
        }
        let code = C::try_from(self.values.len()).ok()?;
        self.bits[slot] = bits;
        self.codes[slot] = code;
        self.values.push(bits);
        // The table is sparse, because the processor predicts a look-up that ends at the first slot.
        if 4 * self.values.len() > self.bits.len() {
            self.grow();
        }
        Some(code)
    }

    fn grow(&mut self) {
        let slots = 2 * self.bits.len();
        let bits = std::mem::replace(&mut self.bits, vec![EMPTY_SLOT; slots]);
        let codes = std::mem::replace(&mut self.codes, vec![C::default(); slots]);
        self.shift -= 1;
        for (bits, code) in bits.into_iter().zip(codes).filter(|(bits, _)| *bits != EMPTY_SLOT) {
            let mut slot = self.slot(bits);
            while self.bits[slot] != EMPTY_SLOT {
                slot = (slot + 1) & (slots - 1);
            }
            self.bits[slot] = bits;
            self.codes[slot] = code;
        }
    }
}

/// The distinct values of all dictionaries in ascending order of their bits, which is that of
/// numbers from zero up, and for each dictionary the ranks of its values.
#[allow(clippy::cast_possible_truncation)] // fewer values than 2³² pieces' dictionaries hold
pub fn merge<'a>(
    dictionaries: impl Iterator<Item = &'a ValueDictionary> + Clone,
) -> (Vec<u64>, Vec<Vec<u32>>) {
    let mut values: Vec<u64> =
        dictionaries.clone().flat_map(|dictionary| dictionary.values.iter().copied()).collect();
    values.sort_unstable();
    values.dedup();
    let rank = |bits: &u64| values.partition_point(|value| value < bits) as u32;
    let ranks = dictionaries.map(|one| one.values.iter().map(rank).collect()).collect();
    (values, ranks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn numbers_are_those_of_a_map() {
        let (mut dictionary, mut map) = (<ValueDictionary>::new(4096), HashMap::new());
        for i in 0..20_000u64 {
            let bits = ((i * 7919 % 4000) as f64 / 7.0).to_bits();
            let next = map.len();
            let expected = *map.entry(bits).or_insert(next);
            assert_eq!(dictionary.code(bits).map(usize::from), Some(expected));
        }
        for i in 4000..4096 {
            assert_eq!(dictionary.code((i as f64).to_bits()).map(usize::from), Some(i));
        }
        assert_eq!(dictionary.code(0.1f64.to_bits()), None);
    }
}
