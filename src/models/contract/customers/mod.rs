//! Customers to hold models to the contract on, as columns.

use proptest::prelude::*;

use crate::data::observations::{Observation, Purchases};

pub mod large;
pub mod simulated;

/// A table, and the weights of its rows if they have any.
pub struct Table {
    /// The columns.
    pub columns: Vec<Vec<f64>>,
    /// The weights.
    pub weights: Option<Vec<f64>>,
}

/// Customers as columns: frequency, recency, T; many equal, some extreme.
pub fn purchases() -> impl Strategy<Value = [Vec<f64>; 3]> {
    let customer = prop_oneof![
        (0u32..6, 0u32..=10, 10u32..20).prop_map(|(x, t_x, age)| (
            x,
            f64::from(t_x),
            f64::from(age)
        )),
        (0u32..10_000, 0.0f64..=1.0, -6.0f64..11.0).prop_map(|(x, share, ln_age)| (
            x,
            share * ln_age.exp(),
            ln_age.exp()
        )),
    ];
    proptest::collection::vec(customer, 1..40).prop_map(|rows| {
        let recency = |&(x, t_x, _): &(u32, f64, f64)| if x == 0 { 0.0 } else { t_x };
        [
            rows.iter().map(|row| f64::from(row.0)).collect(),
            rows.iter().map(recency).collect(),
            rows.iter().map(|row| row.2).collect(),
        ]
    })
}

/// Customers as columns: frequency, recency, number of periods; many equal, some extreme.
pub fn periods() -> impl Strategy<Value = [Vec<f64>; 3]> {
    let of = |n: std::ops::Range<u32>| {
        (n, 0.0f64..=1.0, 0.0f64..=1.0).prop_map(|(n, last, often)| {
            let recency = (last * f64::from(n)).round();
            ((often * recency).round().max(recency.min(1.0)), recency, f64::from(n))
        })
    };
    let customer = prop_oneof![of(1..8), of(1..8), of(1..1500)];
    proptest::collection::vec(customer, 1..40).prop_map(|rows| {
        [
            rows.iter().map(|row| row.0).collect(),
            rows.iter().map(|row| row.1).collect(),
            rows.iter().map(|row| row.2).collect(),
        ]
    })
}

/// Customers as columns: number of purchases, mean spend.
pub fn spending() -> impl Strategy<Value = [Vec<f64>; 2]> {
    proptest::collection::vec((1u32..200, -6.0f64..11.0), 1..40).prop_map(|rows| {
        [
            rows.iter().map(|row| f64::from(row.0)).collect(),
            rows.iter().map(|row| row.1.exp()).collect(),
        ]
    })
}

/// Views of columns.
pub fn slices(columns: &[Vec<f64>]) -> Vec<&[f64]> {
    columns.iter().map(Vec::as_slice).collect()
}

/// The rows of columns.
pub fn rows<R: Observation>(columns: &[Vec<f64>]) -> impl Iterator<Item = R> {
    let row = |i: usize| R::read(&columns.iter().map(|column| column[i]).collect::<Vec<f64>>());
    (0..columns[0].len()).map(row)
}

/// A customer whose purchases are in continuous time.
pub fn purchase() -> impl Strategy<Value = Purchases> {
    (0u32..10_000, 0.0f64..=1.0, -7.0f64..11.5).prop_map(|(x, share, ln_age)| {
        let age = ln_age.exp();
        let recency = if x == 0 { 0.0 } else { share * age };
        Purchases { frequency: f64::from(x), recency, age }
    })
}

/// A linear congruential generator.
pub struct Random(pub u64);

impl Random {
    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0
    }

    /// Uniform on (0, 1).
    pub fn uniform(&mut self) -> f64 {
        ((self.next() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }
}
