//! Packed rows of transactions, and the memory that holds them.

mod bucket_sort;
mod partition;
mod period_totals;

use std::marker::PhantomData;

use bytemuck::{Pod, Zeroable};
use memmap2::MmapMut;

pub use bucket_sort::{BucketSort, BucketTask, BucketWorkspace, SortedBucket};
pub use partition::{BucketedIds, Columns, Partition, TimeRange, partition};
pub use period_totals::{PeriodTotals, Purchase, next_period, settle, take_customer};

/// CustomerKey a row is and when, in one word that sorts by both: the customer's number within its bucket
/// above as many bits as the period keys need, which count from the first one.
pub trait Stamp: Pod + Ord + Send + Sync {
    /// A stamp of a number and a key below 2^`bits`, which are known to fit.
    fn new(number: u32, key: u64, bits: u32) -> Self;
    /// The customer's number.
    fn number(self, bits: u32) -> u32;
    /// The key.
    fn key(self, bits: u32) -> u64;
    /// The key where nothing but a key went in.
    fn whole(self) -> u64;
}

macro_rules! stamp {
    ($($word:ty),*) => {$(
        impl Stamp for $word {
            #[allow(clippy::cast_lossless, clippy::cast_possible_truncation)] // they fit
            fn new(number: u32, key: u64, bits: u32) -> Self {
                (number as Self) << bits | key as Self
            }
            #[allow(clippy::cast_lossless, clippy::cast_possible_truncation)] // a u32 went in
            fn number(self, bits: u32) -> u32 {
                (self >> bits) as u32
            }
            #[allow(clippy::cast_lossless, clippy::cast_possible_truncation)] // at most 64 bits
            fn key(self, bits: u32) -> u64 {
                (self & ((1 << bits) - 1)) as u64
            }
            #[allow(clippy::cast_lossless, clippy::cast_possible_truncation)] // a u64 went in
            fn whole(self) -> u64 {
                self as u64
            }
        }
    )*};
}
stamp!(u32, u64, u128);

/// A row's money, or nothing at all where no amounts are given.
pub trait Amount: Pod + Send + Sync {
    /// The amount of a row.
    fn read(amounts: Option<&[f64]>, row: usize) -> Self;
    /// As a number; 0 where there is no money.
    fn value(self) -> f64;
}

impl Amount for () {
    fn read(_: Option<&[f64]>, _: usize) -> Self {}
    fn value(self) -> f64 {
        0.0
    }
}

impl Amount for f64 {
    fn read(amounts: Option<&[f64]>, row: usize) -> Self {
        amounts.map_or(0.0, |amounts| amounts[row])
    }
    fn value(self) -> f64 {
        self
    }
}

/// A row whose customer has a number.
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[repr(C, packed)]
pub struct PackedRow<S, A> {
    /// CustomerKey, and when.
    pub stamp: S,
    /// The amount.
    pub amount: A,
}

/// A row whose customer has an id that is not numbered yet.
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[repr(C, packed)]
pub struct UnnumberedRow<I, K, A> {
    /// CustomerKey.
    pub id: I,
    /// When.
    pub key: K,
    /// The amount.
    pub amount: A,
}

/// A row as it is stored in its bucket.
pub trait Record<I>: Pod + Send + Sync {
    /// Of a row's id, key and amount.
    type Amount: Amount;
    /// The record of these parts; keys have `bits` bits.
    fn new(id: I, key: u64, amount: Self::Amount, bits: u32) -> Self;
}

impl<S: Stamp, A: Amount> Record<u32> for PackedRow<S, A> {
    type Amount = A;
    fn new(number: u32, key: u64, amount: A, bits: u32) -> Self {
        Self { stamp: S::new(number, key, bits), amount }
    }
}

impl<I: Pod + Send + Sync, K: Stamp, A: Amount> Record<I> for UnnumberedRow<I, K, A> {
    type Amount = A;
    fn new(id: I, key: u64, amount: A, _: u32) -> Self {
        Self { id, key: K::new(0, key, 0), amount }
    }
}

/// Size in bytes from which memory is requested in large pages: the first access to a page of 4 KiB takes
/// as long as filling it several times over.
const HUGE_PAGE_BYTES: usize = 1 << 22;

/// Storage for many records, zero at first.
#[derive(Debug)]
pub struct Arena<T> {
    storage: Storage,
    of: PhantomData<T>,
}

#[derive(Debug)]
enum Storage {
    Small(Vec<u8>),
    Large(MmapMut),
}

impl<T: Pod> Arena<T> {
    /// Storage for `n` records.
    ///
    /// # Errors
    /// Where the system has none.
    pub fn new(n: usize) -> std::io::Result<Self> {
        let bytes = n * size_of::<T>();
        let storage = if bytes < HUGE_PAGE_BYTES {
            Storage::Small(vec![0; bytes])
        } else {
            let storage = MmapMut::map_anon(bytes)?;
            #[cfg(target_os = "linux")]
            let _ = storage.advise(memmap2::Advice::HugePage); // as fast as it goes without
            Storage::Large(storage)
        };
        Ok(Self { storage, of: PhantomData })
    }
}

// Records are packed, so that any byte may be the first of one.
impl<T: Pod> std::ops::Deref for Arena<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        bytemuck::cast_slice(match &self.storage {
            Storage::Small(storage) => storage,
            Storage::Large(storage) => storage,
        })
    }
}

impl<T: Pod> std::ops::DerefMut for Arena<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        bytemuck::cast_slice_mut(match &mut self.storage {
            Storage::Small(storage) => storage,
            Storage::Large(storage) => storage,
        })
    }
}
