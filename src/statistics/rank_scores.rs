//! Rank scores: the share of values below each value, equal values always together.

use rayon::prelude::*;

use crate::error::{Error, Fault, Faults, Result};

/// Scores values by their average ranks.
///
/// With `r` the rank of a value among all (equal values share the mean of their ranks), its score is
/// one more than the number of `limits` below 2r − 2. Twice a rank is a whole number, so every
/// comparison is exact. A limit of ⌊2(n − 1)k/b⌋ is the k-th of b quantiles.
///
/// Only the order statistics at the limits decide, so the values are partitioned there and not
/// sorted: O(n log b).
///
/// # Errors
/// [`Error::Rows`] for values that are not finite; [`Error::Setting`] for limits that fall.
pub fn rank_scores(values: &[f64], limits: &[u64]) -> Result<Vec<i64>> {
    if let Some(pair) = limits.windows(2).find(|pair| pair[0] > pair[1]) {
        let expected = "at least as large as the one before it";
        return Err(Error::Setting { name: "a limit", value: pair[1] as f64, expected });
    }
    let mut keys: Vec<u64> = values.par_iter().map(|&value| key(value)).collect();
    if !values.par_iter().all(|value| value.is_finite()) {
        let mut faults = Faults::default();
        for (i, &value) in values.iter().enumerate().filter(|(_, value)| !value.is_finite()) {
            faults.note(Fault::NotFinite, "values", i, value);
        }
        faults.into_result()?;
    }
    if values.is_empty() || limits.is_empty() {
        return Ok(vec![1; values.len()]);
    }
    let places: Vec<usize> = limits.iter().map(|limit| place(*limit, values.len())).collect();
    let mut distinct = places.clone();
    distinct.dedup();
    partition(&mut keys, 0, &distinct);
    let at_limit: Vec<u64> = places.iter().map(|place| keys[*place]).collect();
    let mut pivots = at_limit.clone();
    pivots.dedup();
    drop(keys);

    let mut scores: Vec<i64> = values.par_iter().map(|&value| slot(&pivots, key(value))).collect();
    let table = scores_of_slots(&count(&scores, 2 * pivots.len() + 1), &pivots, &at_limit, limits);
    scores.par_iter_mut().for_each(|score| *score = table[index(*score)]);
    Ok(scores)
}

/// The integer that is ordered as the number is; 0 and −0 are one.
fn key(value: f64) -> u64 {
    let bits = (value + 0.0).to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

/// The position in ascending order of the value that decides on a limit. Values ranked after it have 2r − 2
/// above the limit, and values ranked before it do not.
fn place(limit: u64, len: usize) -> usize {
    usize::try_from(limit / 2).unwrap_or(usize::MAX).min(len - 1)
}

/// Partitions the values at some positions, given in ascending order, as sorting would.
fn partition(keys: &mut [u64], start: usize, places: &[usize]) {
    const MIN_PARALLEL_VALUES: usize = 1 << 16;
    if places.is_empty() {
        return;
    }
    let middle = places.len() / 2;
    let at = places[middle] - start;
    let (below, _, above) = keys.select_nth_unstable(at);
    let left = &places[..middle];
    let right = &places[middle + 1..];
    if below.len().max(above.len()) < MIN_PARALLEL_VALUES {
        partition(below, start, left);
        partition(above, start + at + 1, right);
    } else {
        rayon::join(|| partition(below, start, left), || partition(above, start + at + 1, right));
    }
}

/// 2j for a value below pivot j and above the one before, 2j + 1 for one equal to it.
#[allow(clippy::cast_possible_wrap)] // positions of an array in memory
fn slot(pivots: &[u64], key: u64) -> i64 {
    let below = pivots.partition_point(|pivot| *pivot < key);
    let equal = pivots.get(below) == Some(&key);
    (2 * below + usize::from(equal)) as i64
}

#[allow(clippy::cast_sign_loss, clippy::cast_possible_truncation)] // made by `slot`
fn index(slot: i64) -> usize {
    slot as usize
}

/// The number of values in each slot.
fn count(slots: &[i64], n: usize) -> Vec<u64> {
    let chunk = (slots.len() / 16).max(1 << 16);
    slots
        .par_chunks(chunk)
        .map(|chunk| {
            let mut counts = vec![0; n];
            for &slot in chunk {
                counts[index(slot)] += 1;
            }
            counts
        })
        .reduce(
            || vec![0; n],
            |mut sum, counts| {
                sum.iter_mut().zip(counts).for_each(|(total, count)| *total += count);
                sum
            },
        )
}

/// The score of the values in each slot.
fn scores_of_slots(counts: &[u64], pivots: &[u64], at_limit: &[u64], limits: &[u64]) -> Vec<i64> {
    let mut ends = counts.to_vec();
    for slot in 1..ends.len() {
        ends[slot] += ends[slot - 1];
    }
    // The last slot that is not above each limit. The values equal to pivot j have the ranks
    // ends[2j] + 1 … ends[2j + 1].
    let last: Vec<usize> = at_limit
        .iter()
        .zip(limits)
        .map(|(value, &limit)| {
            let equal = 2 * pivots.partition_point(|pivot| pivot < value) + 1;
            let doubled = ends[equal - 1] + ends[equal] - 1;
            if doubled <= limit { equal } else { equal - 1 }
        })
        .collect();
    let mut score = 1;
    let mut passed = last.iter().peekable();
    (0..counts.len())
        .map(|slot| {
            while passed.next_if(|last| **last < slot).is_some() {
                score += 1;
            }
            score
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn quantiles(n: usize, bins: u64) -> Vec<u64> {
        (1..bins).map(|k| 2 * (n as u64 - 1) * k / bins).collect()
    }

    /// The definition, value by value.
    #[allow(clippy::cast_possible_wrap)]
    fn by_definition(values: &[f64], limits: &[u64]) -> Vec<i64> {
        values
            .iter()
            .map(|value| {
                let below = values.iter().filter(|other| *other < value).count();
                let equal = values.iter().filter(|other| *other == value).count();
                // Ranks below + 1 … below + equal.
                let doubled = (2 * below + equal + 1) as u64;
                1 + limits.iter().filter(|limit| **limit + 2 < doubled).count() as i64
            })
            .collect()
    }

    #[test]
    fn quartiles_of_eight() {
        let values = [3.0, 1.0, 2.0, 4.0, 8.0, 6.0, 7.0, 5.0];
        let scores = rank_scores(&values, &quantiles(8, 4)).unwrap();
        assert_eq!(scores, [2, 1, 1, 2, 4, 3, 4, 3]);
    }

    #[test]
    fn zeros_of_both_signs_are_equal() {
        assert_eq!(rank_scores(&[0.0, -0.0, 1.0], &[1]).unwrap(), [1, 1, 2]);
    }

    #[test]
    fn refuses_missing_values_and_descending_limits() {
        assert!(matches!(rank_scores(&[1.0, f64::NAN], &[1]), Err(Error::Rows(_))));
        assert!(matches!(rank_scores(&[1.0, 2.0], &[2, 1]), Err(Error::Setting { .. })));
    }

    #[test]
    fn large_tables_follow_the_definition_by_position() {
        let n = 300_000_u32;
        let values: Vec<f64> =
            (0..n).map(|i| f64::from(i.wrapping_mul(2_654_435_761) % n)).collect();
        let scores = rank_scores(&values, &quantiles(values.len(), 5)).unwrap();
        let mut sorted = values.clone();
        sorted.sort_by(f64::total_cmp);
        let limits = quantiles(values.len(), 5);
        for (value, score) in values.iter().zip(scores).step_by(997) {
            let below = sorted.partition_point(|other| other < value);
            let upto = sorted.partition_point(|other| other <= value);
            let doubled = (below + upto + 1) as u64;
            let expected = 1 + limits.iter().filter(|limit| **limit + 2 < doubled).count();
            assert_eq!(score, i64::try_from(expected).unwrap());
        }
    }

    proptest! {
        #[test]
        fn follows_the_definition(
            values in prop::collection::vec(prop_oneof![-3.0..3.0_f64, (-3_i8..3).prop_map(f64::from)], 1..60),
            bins in 1_u64..9,
        ) {
            let limits = quantiles(values.len(), bins);
            prop_assert_eq!(rank_scores(&values, &limits).unwrap(), by_definition(&values, &limits));
        }
    }
}
