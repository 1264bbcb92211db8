//! Numbers side by side, as wide as the widest vectors: loops over them compile to vector
//! instructions inside [`super::vectorized`].

use std::ops::{Add, AddAssign, Div, Index, Mul, Neg, Sub};

/// The number of lanes.
pub const LANES: usize = 8;

/// Numbers side by side.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lanes(pub [f64; LANES]);

impl Lanes {
    /// Zeros.
    pub const ZERO: Self = Self([0.0; LANES]);

    /// The values of a function of the lane.
    #[inline(always)]
    #[must_use]
    pub fn of(value: impl Fn(usize) -> f64) -> Self {
        let mut lanes = Self::ZERO;
        for (i, lane) in lanes.0.iter_mut().enumerate() {
            *lane = value(i);
        }
        lanes
    }

    /// A function of each number.
    #[inline(always)]
    #[must_use]
    pub fn map(self, value: impl Fn(f64) -> f64) -> Self {
        Self::of(|i| value(self.0[i]))
    }

    /// 1/x
    #[inline(always)]
    #[must_use]
    pub fn recip(self) -> Self {
        self.map(f64::recip)
    }

    /// The sum, in a fixed order.
    #[inline(always)]
    #[must_use]
    pub fn sum(self) -> f64 {
        self.0.iter().sum()
    }
}

macro_rules! lane_by_lane {
    ($($operator:ident $function:ident $symbol:tt),*) => {$(
        impl $operator for Lanes {
            type Output = Self;
            #[inline(always)]
            fn $function(self, other: Self) -> Self {
                Self::of(|i| self.0[i] $symbol other.0[i])
            }
        }
        impl $operator<f64> for Lanes {
            type Output = Self;
            #[inline(always)]
            fn $function(self, other: f64) -> Self {
                Self::of(|i| self.0[i] $symbol other)
            }
        }
    )*};
}
lane_by_lane!(Add add +, Sub sub -, Mul mul *, Div div /);

impl Neg for Lanes {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        self.map(|x| -x)
    }
}

impl AddAssign for Lanes {
    #[inline(always)]
    fn add_assign(&mut self, other: Self) {
        for (sum, term) in self.0.iter_mut().zip(other.0) {
            *sum += term;
        }
    }
}

impl Index<usize> for Lanes {
    type Output = f64;
    #[inline(always)]
    fn index(&self, place: usize) -> &f64 {
        &self.0[place]
    }
}

/// Adds a term to each of several sums. (Added one by one they were taken apart by the compiler.)
#[inline(always)]
pub fn add_each<const N: usize>(sums: &mut [Lanes; N], terms: &[Lanes; N]) {
    for (sum, term) in sums.iter_mut().zip(terms) {
        *sum += *term;
    }
}

/// As many numbers as fill vectors, the last ones zeros.
#[must_use]
pub fn filled(mut numbers: Vec<f64>) -> Vec<f64> {
    numbers.resize(numbers.len().next_multiple_of(LANES), 0.0);
    numbers
}
