//! Sums in parts side by side, such that compilers make vectors of them.

/// Numbers side by side in a vector.
pub const LANES: usize = 8;

/// A sum in parts side by side, added up in a fixed order.
pub type Lanes = [f64; LANES];

/// Each part by its number.
#[inline(always)]
pub fn lanes(value: impl Fn(usize) -> f64) -> Lanes {
    let mut lanes = [0.0; LANES];
    for (i, lane) in lanes.iter_mut().enumerate() {
        *lane = value(i);
    }
    lanes
}

/// Adds a term to each of several sums. (Added one by one they were taken apart by the compiler.)
#[inline(always)]
pub fn add<const N: usize>(sums: &mut [Lanes; N], terms: &[Lanes; N]) {
    for (sum, term) in sums.iter_mut().zip(terms) {
        for i in 0..LANES {
            sum[i] += term[i];
        }
    }
}

/// The sum of the parts, in their order.
#[inline(always)]
pub fn sum_up(sum: Lanes) -> f64 {
    sum.iter().sum()
}

/// As many numbers as fill vectors, the last ones zeros.
pub fn filled(mut numbers: Vec<f64>) -> Vec<f64> {
    numbers.resize(numbers.len().next_multiple_of(LANES), 0.0);
    numbers
}
