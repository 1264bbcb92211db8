//! Customers and their purchases, simulated.

use tenure::statistics::alive_paths::PurchaseTimes;
use tenure::summary::{Customers, Text, Transactions as Log};

/// A table of customers: frequency, recency and T in weeks, mean spend, and the same in periods.
pub struct Table {
    pub history: [Vec<f64>; 3],
    /// The same history by the second, where hardly any two customers are alike.
    pub seconds: [Vec<f64>; 3],
    pub buyers: [Vec<f64>; 2],
    pub periods: [Vec<f64>; 3],
}

/// Uniform numbers from a fixed linear congruential generator.
pub struct Random(pub u64);

impl Random {
    fn uniform(&mut self) -> f64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    pub fn exponential(&mut self) -> f64 {
        -self.uniform().ln()
    }
}

impl Table {
    /// Customers followed for 70 to 420 days, at day grain, whose rates and chances to leave spread
    /// widely.
    pub fn simulate(customers: usize) -> Self {
        let mut random = Random(42);
        let mut table = Self {
            history: [const { Vec::new() }; 3],
            seconds: [const { Vec::new() }; 3],
            buyers: [const { Vec::new() }; 2],
            periods: [const { Vec::new() }; 3],
        };
        for _ in 0..customers {
            let days = (70.0 + 351.0 * random.uniform()).floor();
            let rate = 1e-4 * 300f64.powf(random.uniform());
            let leaving = 0.02 * 30f64.powf(random.uniform());
            let (mut x, mut last, mut clock) = (0.0, 0.0, 0.0);
            loop {
                clock += random.exponential() / rate;
                if clock >= days {
                    break;
                }
                if clock.floor() > last {
                    (x, last) = (x + 1.0, clock.floor());
                }
                if random.uniform() < leaving {
                    break;
                }
            }
            let [frequency, recency, age] = &mut table.history;
            frequency.push(x);
            recency.push(last / 7.0);
            age.push(days / 7.0);
            let later = (86_400.0 * random.uniform()).floor() / 86_400.0;
            let [frequency, recency, age] = &mut table.seconds;
            frequency.push(x);
            recency.push(if x > 0.0 { (last + later) / 7.0 } else { 0.0 });
            age.push((days + later) / 7.0);
            if x > 0.0 {
                table.buyers[0].push(x);
                table.buyers[1].push((3000.0 * random.exponential()).ceil() / 100.0);
            }
            let n = 6.0 + (7.0 * random.uniform()).floor();
            let latest = (random.uniform() * (n + 1.0)).floor();
            let [frequency, recency, periods] = &mut table.periods;
            frequency.push(if latest > 0.0 {
                1.0 + (random.uniform() * latest).floor()
            } else {
                0.0
            });
            recency.push(latest);
            periods.push(n);
        }
        table
    }
}

/// What is summarised: two years of days, ten rows a customer, unsorted.
pub struct Purchasers {
    numbers: Vec<i64>,
    bytes: Vec<u8>,
    offsets: Vec<i64>,
    times: Vec<i64>,
    amounts: Vec<f64>,
}

impl Purchasers {
    pub fn simulate(table: &Table, name: fn(i64) -> String) -> Self {
        let mut random = Random(7);
        let customers = table.history[0].len();
        let mut draw = |below: f64| (random.uniform() * below).floor();
        let mut all = Self {
            numbers: Vec::new(),
            bytes: Vec::new(),
            offsets: vec![0],
            times: Vec::new(),
            amounts: Vec::new(),
        };
        for _ in 0..10 * customers {
            #[allow(clippy::cast_possible_truncation)] // whole and far below 2⁶³
            let (number, day) = (draw(customers as f64) as i64, draw(730.0) as i64);
            all.numbers.push(number);
            all.bytes.extend(name(number).bytes());
            all.offsets.push(i64::try_from(all.bytes.len()).expect("a length"));
            all.times.push((18_995 + day) * 86_400);
            all.amounts.push(draw(10_000.0) / 100.0);
        }
        all
    }

    fn log<'a>(&'a self, customers: Customers<'a>) -> Log<'a> {
        Log {
            customers,
            times: &self.times,
            ticks_per_second: 1,
            amounts: Some(&self.amounts),
            interrupt: &|| false,
        }
    }

    pub fn by_number(&self) -> Log<'_> {
        let n_customers = self.numbers.len() / 10;
        self.log(Customers::Close { values: &self.numbers, low: 0, n_customers })
    }

    pub fn by_text(&self) -> Log<'_> {
        let text = Text { bytes: &self.bytes, offsets: &self.offsets, valid: None };
        self.log(Customers::Text(text))
    }
}

/// Customers followed from week to week: their purchases as often as the table has them, evenly spread.
pub struct Weekly {
    offsets: Vec<f64>,
    counts: Vec<i64>,
    lengths: Vec<i64>,
}

impl Weekly {
    #[allow(clippy::cast_possible_truncation)] // some hundreds at most
    pub fn of([frequency, recency, age]: &[Vec<f64>; 3]) -> Self {
        let mut all = Self { offsets: Vec::new(), counts: Vec::new(), lengths: Vec::new() };
        for ((&x, &last), &age) in frequency.iter().zip(recency).zip(age) {
            let repeats = 1..=x as i64;
            all.counts.push(*repeats.end() + 1);
            all.lengths.push(age.floor() as i64 + 1);
            all.offsets.push(0.0);
            all.offsets.extend(repeats.map(|purchase| last * purchase as f64 / x));
        }
        all
    }

    pub fn paths(&self) -> PurchaseTimes<'_> {
        PurchaseTimes { offsets: &self.offsets, counts: &self.counts, lengths: &self.lengths }
    }
}
