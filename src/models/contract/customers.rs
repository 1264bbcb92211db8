//! Customers to hold models to the contract on, as columns.

use proptest::prelude::*;

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

/// A linear congruential generator.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0
    }

    /// Uniform on (0, 1).
    fn uniform(&mut self) -> f64 {
        ((self.next() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }
}

/// Customers without end from a few numbers, by a linear congruence: x, a share of T, T in days.
pub fn many(seed: u32, len: usize) -> impl Iterator<Item = [u32; 3]> {
    let mut random = Random(u64::from(seed));
    let mut next = move |below: u32| {
        let number = (random.next() >> 33) % u64::from(below);
        u32::try_from(number).expect("less than what bounds it")
    };
    (0..len).map(move |_| [next(9).saturating_sub(3), next(1 << 16), 30 + next(340)])
}

/// Columns of a large table: days as weeks, or times that are all their own.
pub fn large(seed: u32, len: usize, on_days: bool, most: f64) -> [Vec<f64>; 3] {
    let mut columns = [const { Vec::new() }; 3];
    for (i, [x, share, days]) in many(seed, len).enumerate() {
        let x = if x > 0 && i % 997 == 0 { (most - i as f64).max(9.0) } else { f64::from(x) };
        let share = f64::from(share) / f64::from(1u32 << 16);
        let age = f64::from(days) + if on_days { 0.0 } else { share.sin() };
        let recency = if on_days { (share * age).floor() } else { share * age };
        let recency = if x == 0.0 { 0.0 } else { recency };
        for (column, value) in columns.iter_mut().zip([x, recency / 7.0, age / 7.0]) {
            column.push(value);
        }
    }
    columns
}

/// 2,000 customers simulated from BG/NBD with r = a = 1, α = 5, b = 2, by a fixed generator.
pub fn table() -> [Vec<f64>; 3] {
    let mut random = Random(42);
    let mut uniform = || random.uniform();
    let mut columns = [const { Vec::new() }; 3];
    for _ in 0..2000 {
        let age = (20.0 + 30.0 * uniform()).round();
        let rate = -uniform().ln() / 5.0;
        let dropout = 1.0 - uniform().sqrt();
        let (mut x, mut recency, mut clock) = (0.0, 0.0, 0.0);
        loop {
            clock += -uniform().ln() / rate;
            if clock > age {
                break;
            }
            (x, recency) = (x + 1.0, clock);
            if uniform() < dropout {
                break;
            }
        }
        for (column, value) in columns.iter_mut().zip([x, recency, age]) {
            column.push(value);
        }
    }
    columns
}

/// 2,000 customers of Pareto/NBD with r = s = 1, α = 5, β = 20.
pub fn lifetimes() -> [Vec<f64>; 3] {
    let mut random = Random(7);
    let mut exponential = |rate: f64| -random.uniform().ln() / rate;
    let mut columns = [const { Vec::new() }; 3];
    for i in 0..2000 {
        let age = 20.0 + f64::from(i % 31);
        let (rate, exit) = (exponential(5.0), exponential(20.0));
        let end = age.min(exponential(exit));
        let (mut x, mut recency, mut clock) = (0.0, 0.0, exponential(rate));
        while clock < end {
            (x, recency) = (x + 1.0, clock);
            clock += exponential(rate);
        }
        for (column, value) in columns.iter_mut().zip([x, recency, age]) {
            column.push(value);
        }
    }
    columns
}

/// 2,000 customers of BG/BB with α = γ = 1, β = ¾, δ = 2.8.
pub fn donors() -> [Vec<f64>; 3] {
    let mut random = Random(3);
    let mut uniform = || random.uniform();
    let mut columns = [const { Vec::new() }; 3];
    for i in 0..2000 {
        let n = 6 + i % 4;
        // Beta(1, ¾) and Beta(1, 2.8) have quantiles in closed form.
        let buys = 1.0 - uniform().powf(1.0 / 0.75);
        let drops_out = 1.0 - uniform().powf(1.0 / 2.8);
        let (mut x, mut recency) = (0.0, 0.0);
        for period in 1..=n {
            if uniform() < drops_out {
                break;
            }
            if uniform() < buys {
                (x, recency) = (x + 1.0, f64::from(period));
            }
        }
        for (column, value) in columns.iter_mut().zip([x, recency, f64::from(n)]) {
            column.push(value);
        }
    }
    columns
}
