//! Rows as keys of a hash table.

use std::hash::{BuildHasherDefault, Hasher};

/// Numbers keys in order of first appearance.
#[derive(Debug, Default)]
pub struct KeyMap {
    map: std::collections::HashMap<[u64; 3], u32, BuildHasherDefault<KeyHasher>>,
}

impl KeyMap {
    /// A map with room for this many keys.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        let hasher = BuildHasherDefault::default();
        Self { map: std::collections::HashMap::with_capacity_and_hasher(capacity, hasher) }
    }

    /// The number of the key; a new key gets the next one.
    ///
    /// # Panics
    /// With more than 2³² distinct keys.
    pub fn position(&mut self, key: [u64; 3]) -> usize {
        let next = u32::try_from(self.map.len()).expect("fewer than 2^32 distinct rows");
        *self.map.entry(key).or_insert(next) as usize
    }
}

/// Multiply–rotate hashing of 64-bit words. The words are bits of numbers that a user typed, not
/// an attacker's, so speed wins over resistance.
#[derive(Debug, Default, Clone, Copy)]
pub struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        // The low bits choose the bucket; doubles of whole numbers have only zeros there.
        (self.0 ^ (self.0 >> 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(26)
    }
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
    }
    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(23) ^ word).wrapping_mul(0x517C_C1B7_2722_0A95);
    }
    fn write_usize(&mut self, _length_prefix: usize) {}
}
