//! Simulated customers: 2,000 each, by a fixed generator.

use super::Random;

/// 2,000 customers of BG/NBD or MBG/NBD, which have 0 or 1 chances to drop out at the first purchase, with
/// r = a = 1, α = 5, b = 2.
pub fn beta_geometric(first_dropout: f64) -> [Vec<f64>; 3] {
    let mut random = Random(42);
    let mut uniform = || random.uniform();
    let mut columns = [const { Vec::new() }; 3];
    for _ in 0..2000 {
        let age = (20.0 + 30.0 * uniform()).round();
        let rate = -uniform().ln() / 5.0;
        let dropout = 1.0 - uniform().sqrt();
        let (mut x, mut recency, mut clock) = (0.0, 0.0, 0.0);
        let mut active = first_dropout == 0.0 || uniform() >= dropout;
        while active {
            clock += -uniform().ln() / rate;
            if clock > age {
                break;
            }
            (x, recency) = (x + 1.0, clock);
            active = uniform() >= dropout;
        }
        for (column, value) in columns.iter_mut().zip([x, recency, age]) {
            column.push(value);
        }
    }
    columns
}

/// 2,000 customers of Pareto/NBD with r = s = 1, α = 5, β = 20.
pub fn pareto() -> [Vec<f64>; 3] {
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

/// 2,000 customers of Gamma-Gamma with p = 1, q = 2, v = 30.
pub fn gamma_gamma() -> [Vec<f64>; 2] {
    let mut random = Random(11);
    let mut exponential = || -random.uniform().ln();
    let mut columns = [const { Vec::new() }; 2];
    for i in 0..2000 {
        let rate = (exponential() + exponential()) / 30.0;
        let count = 1 + i % 5;
        let spend: f64 = (0..count).map(|_| exponential() / rate).sum();
        columns[0].push(f64::from(count));
        columns[1].push(spend / f64::from(count));
    }
    columns
}
