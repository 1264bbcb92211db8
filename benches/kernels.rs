//! One kernel at a time, on customers simulated from BG/NBD: what `bench-check` counts the
//! instructions of.
//!
//! `kernels NAME CUSTOMERS [RUNS]` runs a kernel once, or RUNS times and prints the
//! milliseconds of processor time each took; without a name it lists them. Where there is something to prepare, `prepare-NAME` does only
//! that, and the difference is the kernel.

use std::hint::black_box;

use tenure::columns::Column;
use tenure::engine::{Engine, find};
use tenure::model::Model;
use tenure::models::{BgBb, BgNbd, GammaGamma, MbgNbd, ParetoNbd};
use tenure::rows::{Purchases, Row};
use tenure::unique::UniqueRows;

const THETA: [f64; 4] = [0.24, 4.41, 0.79, 2.43];
const PARETO: [f64; 4] = [0.55, 10.58, 0.61, 11.67];
const DISCRETE: [f64; 4] = [1.2, 0.75, 0.66, 2.78];
const SPENDING: [f64; 3] = [6.25, 3.74, 15.44];

/// A table of customers: frequency, recency and T in weeks, mean spend, and the same in periods.
struct Table {
    history: [Vec<f64>; 3],
    buyers: [Vec<f64>; 2],
    periods: [Vec<f64>; 3],
}

/// Uniform numbers from a fixed linear congruential generator.
struct Random(u64);

impl Random {
    fn uniform(&mut self) -> f64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    fn exponential(&mut self) -> f64 {
        -self.uniform().ln()
    }
}

impl Table {
    /// Customers followed for 70 to 420 days, at day grain, whose rates and chances to leave spread
    /// widely.
    fn simulate(customers: usize) -> Self {
        let mut random = Random(42);
        let mut table = Self {
            history: [const { Vec::new() }; 3],
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

fn columns<const N: usize>(table: &[Vec<f64>; N]) -> [Column<'_>; N] {
    std::array::from_fn(|i| Column::F64(&table[i]))
}

fn unique<R: Row, const N: usize>(table: &[Vec<f64>; N]) -> UniqueRows<R> {
    UniqueRows::new(&columns(table), None).expect("good rows")
}

type Job = (&'static str, fn(&Table) -> Box<dyn Fn() + '_>);

fn evaluation<'a, M: Model<K>, const K: usize, const N: usize>(
    table: &'a [Vec<f64>; N],
    theta: [f64; K],
) -> Box<dyn Fn() + 'a> {
    let kernel = M::kernel(unique(table));
    Box::new(move || {
        black_box(kernel.evaluate(black_box(theta)));
    })
}

fn engine() -> &'static dyn Engine {
    find("BG/NBD").expect("a model")
}

const JOBS: [Job; 11] = [
    ("ingest", |t| Box::new(|| drop(black_box(unique::<Purchases, 3>(&t.history))))),
    ("evaluate-bg-nbd", |t| evaluation::<BgNbd, 4, 3>(&t.history, THETA)),
    ("evaluate-mbg-nbd", |t| evaluation::<MbgNbd, 4, 3>(&t.history, THETA)),
    ("evaluate-pareto-nbd", |t| evaluation::<ParetoNbd, 4, 3>(&t.history, PARETO)),
    ("evaluate-bg-bb", |t| evaluation::<BgBb, 4, 3>(&t.periods, DISCRETE)),
    ("evaluate-gamma-gamma", |t| evaluation::<GammaGamma, 3, 2>(&t.buyers, SPENDING)),
    ("build-bg-nbd", |t| {
        let rows = unique::<Purchases, 3>(&t.history);
        Box::new(move || drop(black_box(BgNbd::kernel(rows.clone()))))
    }),
    ("fit-bg-nbd", |t| {
        Box::new(|| {
            let options = tenure::estimation::Options::default();
            black_box(engine().fit(&columns(&t.history), None, &options, &|| false))
                .expect("a fit");
        })
    }),
    ("alive", |t| {
        Box::new(|| {
            let model = engine().transactions().expect("a model of purchases");
            black_box(model.probability_alive(&THETA, columns(&t.history), &|| false))
                .expect("answers");
        })
    }),
    ("expected", |t| {
        Box::new(|| {
            let model = engine().transactions().expect("a model of purchases");
            black_box(model.expected_purchases(&THETA, &[52.0], columns(&t.history), &|| false))
                .expect("answers");
        })
    }),
    ("lifetime-value", |t| {
        Box::new(|| {
            let model = engine().transactions().expect("a model of purchases");
            let times: Vec<f64> = (1..=12).map(|month| 4.345 * f64::from(month)).collect();
            black_box(model.discounted(
                &THETA,
                (times, vec![0.9; 12]),
                None,
                columns(&t.history),
                &|| false,
            ))
            .expect("answers");
        })
    }),
];

/// The processor time of all threads so far, which other programs on the machine do not lengthen.
fn processor_seconds() -> f64 {
    let threads = std::fs::read_dir("/proc/self/task").expect("the threads of a Linux process");
    let nanoseconds = threads.flatten().map(|thread| {
        let status = std::fs::read_to_string(thread.path().join("schedstat")).unwrap_or_default();
        status.split(' ').next().and_then(|spent| spent.parse::<f64>().ok()).unwrap_or(0.0)
    });
    nanoseconds.sum::<f64>() * 1e-9
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let Some(name) = arguments.first() else {
        for (name, _) in JOBS {
            println!("{name}");
        }
        return;
    };
    let number = |i: usize| arguments.get(i).map(|a| a.parse::<usize>().expect("a number"));
    let table = Table::simulate(number(1).unwrap_or(20_000));
    let bare = name.strip_prefix("prepare-");
    let wanted = bare.unwrap_or(name);
    let (_, prepare) = JOBS.iter().find(|(name, _)| *name == wanted).expect("a kernel's name");
    let job = prepare(&table);
    if let Some(runs) = number(2) {
        let mut times: Vec<f64> = (0..runs)
            .map(|_| {
                let start = processor_seconds();
                job();
                (processor_seconds() - start) * 1e3
            })
            .collect();
        times.sort_by(f64::total_cmp);
        println!("{name}: least {:.3} ms, median {:.3} ms", times[0], times[runs / 2]);
    } else if bare.is_none() {
        job();
    }
}
