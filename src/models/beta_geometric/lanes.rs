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

/// Adds to one sum at a time: compilers mix up the lanes of several that are added in one go.
#[inline(always)]
pub fn add(sum: &mut Lanes, term: Lanes) {
    for i in 0..LANES {
        sum[i] += term[i];
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
