//! One kernel at a time, on customers simulated from BG/NBD: what `bench-check` counts the
//! instructions of.
//!
//! `kernels NAME CUSTOMERS [RUNS]` runs a kernel once, or RUNS times and prints the
//! milliseconds of processor time each took; without a name it lists them. `prepare-NAME` does
//! only what comes before, and the difference is the kernel.

use std::hint::black_box;

use tenure::columns::Column;
use tenure::engine::{Engine, find};
use tenure::lives::Lives;
use tenure::model::Model;
use tenure::models::{BgBb, BgNbd, GammaGamma, MbgNbd, ParetoNbd};
use tenure::paths::{Paths, follow};
use tenure::rows::{Purchases, Row};
use tenure::summary::{
    self, Customers, Grain, Refunds, Rules, Text, Transactions as Log, summarize_split,
};
use tenure::table::Table as Rows;

const THETA: [f64; 4] = [0.24, 4.41, 0.79, 2.43];
const PARETO: [f64; 4] = [0.55, 10.58, 0.61, 11.67];
const DISCRETE: [f64; 4] = [1.2, 0.75, 0.66, 2.78];
const SPENDING: [f64; 3] = [6.25, 3.74, 15.44];

/// A table of customers: frequency, recency and T in weeks, mean spend, and the same in periods.
struct Table {
    history: [Vec<f64>; 3],
    /// The same history by the second, where hardly any two customers are alike.
    seconds: [Vec<f64>; 3],
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

fn columns<const N: usize>(table: &[Vec<f64>; N]) -> [Column<'_>; N] {
    std::array::from_fn(|i| Column::F64(&table[i]))
}

fn rows<R: Row, const N: usize>(table: &[Vec<f64>; N]) -> Rows<'_, R> {
    Rows::new(&columns(table), None).expect("good rows")
}

type Job = (&'static str, fn(&Table) -> Box<dyn Fn() + '_>);

fn evaluation<'a, M: Model<K>, const K: usize, const N: usize>(
    table: &'a [Vec<f64>; N],
    theta: [f64; K],
) -> Box<dyn Fn() + 'a> {
    let kernel = M::kernel(rows(table));
    Box::new(move || {
        black_box(kernel.evaluate(black_box(theta)));
    })
}

fn engine(name: &str) -> &'static dyn Engine {
    find(name).expect("a model")
}

fn fit<'a, const N: usize>(name: &str, table: &'a [Vec<f64>; N]) -> Box<dyn Fn() + 'a> {
    let engine = engine(name);
    Box::new(move || {
        let options = tenure::estimation::Options::default();
        black_box(engine.fit(&columns(table), None, &options, &|| false)).expect("a fit");
    })
}

fn alive<'a>(name: &str, theta: [f64; 4], table: &'a Table) -> Box<dyn Fn() + 'a> {
    let model = engine(name).transactions().expect("a model of purchases");
    Box::new(move || {
        black_box(model.probability_alive(&theta, columns(&table.history), &|| false))
            .expect("answers");
    })
}

fn expected<'a>(name: &str, theta: [f64; 4], table: &'a Table) -> Box<dyn Fn() + 'a> {
    let model = engine(name).transactions().expect("a model of purchases");
    Box::new(move || {
        black_box(model.expected_purchases(&theta, &[52.0], columns(&table.history), &|| false))
            .expect("answers");
    })
}

fn lifetime_value<'a>(name: &str, theta: [f64; 4], table: &'a Table) -> Box<dyn Fn() + 'a> {
    let model = engine(name).transactions().expect("a model of purchases");
    Box::new(move || {
        let times: Vec<f64> = (1..=12).map(|month| 4.345 * f64::from(month)).collect();
        let schedule = (times, vec![0.9; 12]);
        black_box(model.discounted(&theta, schedule, None, columns(&table.history), &|| false))
            .expect("answers");
    })
}

/// What is summarised: two years of days, ten rows a customer, unsorted.
struct Purchasers {
    numbers: Vec<i64>,
    bytes: Vec<u8>,
    offsets: Vec<i64>,
    times: Vec<i64>,
    amounts: Vec<f64>,
}

impl Purchasers {
    fn simulate(table: &Table, name: fn(i64) -> String) -> Self {
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
            stop: &|| false,
        }
    }

    fn by_number(&self) -> Log<'_> {
        let n_customers = self.numbers.len() / 10;
        self.log(Customers::Close { values: &self.numbers, low: 0, n_customers })
    }

    fn by_text(&self) -> Log<'_> {
        let text = Text { bytes: &self.bytes, offsets: &self.offsets, valid: None };
        self.log(Customers::Text(text))
    }
}

/// Customers followed from week to week: their purchases as often as the table has them, evenly spread.
struct Weekly {
    offsets: Vec<f64>,
    counts: Vec<i64>,
    lengths: Vec<i64>,
}

impl Weekly {
    #[allow(clippy::cast_possible_truncation)] // some hundreds at most
    fn of([frequency, recency, age]: &[Vec<f64>; 3]) -> Self {
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

    fn paths(&self) -> Paths<'_> {
        Paths { offsets: &self.offsets, counts: &self.counts, lengths: &self.lengths }
    }
}

fn alive_paths<'a>(name: &str, theta: [f64; 4], table: &'a Table) -> Box<dyn Fn() + 'a> {
    let model = engine(name).transactions().expect("a model of purchases");
    let weekly = Weekly::of(&table.history);
    Box::new(move || {
        black_box(model.follow(&theta, &weekly.paths(), &|| false)).expect("histories");
    })
}

const RULES: Rules = Rules {
    collapse: Grain::Day,
    whole_period: false,
    unit: 86_400.0,
    multiplier: 1.0,
    refunds: Refunds::Net,
    include_first: false,
};

fn summary_of_text(table: &Table, name: fn(i64) -> String) -> Box<dyn Fn() + '_> {
    let all = Purchasers::simulate(table, name);
    Box::new(move || {
        black_box(summary::summarize(&all.by_text(), None, &RULES)).expect("a summary");
    })
}

const JOBS: [Job; 39] = [
    ("ingest", |t| Box::new(|| drop(black_box(rows::<Purchases, 3>(&t.history))))),
    ("ingest-seconds", |t| Box::new(|| drop(black_box(rows::<Purchases, 3>(&t.seconds))))),
    ("evaluate-bg-nbd", |t| evaluation::<BgNbd, 4, 3>(&t.history, THETA)),
    ("evaluate-bg-nbd-seconds", |t| evaluation::<BgNbd, 4, 3>(&t.seconds, THETA)),
    ("evaluate-mbg-nbd", |t| evaluation::<MbgNbd, 4, 3>(&t.history, THETA)),
    ("evaluate-pareto-nbd", |t| evaluation::<ParetoNbd, 4, 3>(&t.history, PARETO)),
    ("evaluate-pareto-nbd-seconds", |t| evaluation::<ParetoNbd, 4, 3>(&t.seconds, PARETO)),
    ("evaluate-bg-bb", |t| evaluation::<BgBb, 4, 3>(&t.periods, DISCRETE)),
    ("evaluate-gamma-gamma", |t| evaluation::<GammaGamma, 3, 2>(&t.buyers, SPENDING)),
    ("build-bg-nbd", |t| {
        let rows = rows::<Purchases, 3>(&t.history);
        Box::new(move || drop(black_box(BgNbd::kernel(rows.clone()))))
    }),
    ("fit-bg-nbd", |t| fit("BG/NBD", &t.history)),
    ("fit-mbg-nbd", |t| fit("MBG/NBD", &t.history)),
    ("fit-pareto-nbd", |t| fit("Pareto/NBD", &t.history)),
    ("fit-bg-nbd-seconds", |t| fit("BG/NBD", &t.seconds)),
    ("fit-pareto-nbd-seconds", |t| fit("Pareto/NBD", &t.seconds)),
    ("fit-bg-bb", |t| fit("BG/BB", &t.periods)),
    ("fit-gamma-gamma", |t| fit("Gamma-Gamma", &t.buyers)),
    ("alive", |t| alive("BG/NBD", THETA, t)),
    ("alive-mbg-nbd", |t| alive("MBG/NBD", THETA, t)),
    ("alive-pareto-nbd", |t| alive("Pareto/NBD", PARETO, t)),
    ("alive-bg-bb", |t| {
        let model = engine("BG/BB").periods().expect("a model of periods");
        Box::new(|| {
            black_box(model.probability_alive(&DISCRETE, &[0.0], columns(&t.periods), &|| false))
                .expect("answers");
        })
    }),
    ("expected", |t| expected("BG/NBD", THETA, t)),
    ("expected-mbg-nbd", |t| expected("MBG/NBD", THETA, t)),
    ("expected-pareto-nbd", |t| expected("Pareto/NBD", PARETO, t)),
    ("expected-bg-bb", |t| {
        let model = engine("BG/BB").periods().expect("a model of periods");
        Box::new(|| {
            black_box(model.expected_purchases(&DISCRETE, &[6.0], columns(&t.periods), &|| false))
                .expect("answers");
        })
    }),
    ("expected-spend", |t| {
        let model = engine("Gamma-Gamma").spending().expect("a model of spend");
        Box::new(|| {
            black_box(model.expected_spend(&SPENDING, columns(&t.buyers), &|| false))
                .expect("answers");
        })
    }),
    ("lifetime-value", |t| lifetime_value("BG/NBD", THETA, t)),
    ("lifetime-value-pareto-nbd", |t| lifetime_value("Pareto/NBD", PARETO, t)),
    ("summary-numbers", |t| {
        let all = Purchasers::simulate(t, |_| String::new());
        Box::new(move || {
            black_box(summary::summarize(&all.by_number(), None, &RULES)).expect("a summary");
        })
    }),
    ("summary-text", |t| summary_of_text(t, |number| format!("C{number:07}"))),
    ("summary-uuids", |t| {
        summary_of_text(t, |number| format!("{:08x}-0000-4000-8000-{number:012x}", number * 40_503))
    }),
    ("summary-holdout", |t| {
        let all = Purchasers::simulate(t, |_| String::new());
        let split = 19_500 * 86_400;
        Box::new(move || {
            black_box(summarize_split(&all.by_number(), split, None, &RULES)).expect("summaries");
        })
    }),
    ("histories", |t| {
        let weekly = Weekly::of(&t.history);
        Box::new(move || drop(black_box(follow(&weekly.paths(), None, &|| false))))
    }),
    ("alive-paths", |t| alive_paths("BG/NBD", THETA, t)),
    ("alive-paths-pareto-nbd", |t| alive_paths("Pareto/NBD", PARETO, t)),
    ("track-purchases", |t| {
        let all = Purchasers::simulate(t, |_| String::new());
        Box::new(move || {
            black_box(summary::track(&all.by_number(), Grain::Day, 730)).expect("counts");
        })
    }),
    ("list-purchases", |t| {
        let all = Purchasers::simulate(t, |_| String::new());
        Box::new(move || {
            black_box(summary::list(&all.by_number(), Grain::Week, None, Refunds::Keep))
                .expect("lists");
        })
    }),
    ("expected-over-time", |t| {
        let periods = t.history[0].len() / 8;
        let began: Vec<i64> = (0..).map(|i| i % 7).take(periods).collect();
        let curve: Vec<f64> = (1..=periods).map(|age| (age as f64).sqrt()).collect();
        Box::new(move || {
            black_box(summary::expected_over_time(&began, &curve, 1, &|| false)).expect("sums");
        })
    }),
    ("lives", |t| {
        let customers: Vec<i64> = (0..).take(t.history[0].len()).collect();
        let mut random = Random(3);
        let waits: Vec<f64> = (0..4 * customers.len()).map(|_| random.exponential()).collect();
        let rate = vec![0.05; customers.len()];
        Box::new(move || {
            let [mut clock, mut purchases, mut frequency, mut recency] =
                std::array::from_fn(|_| vec![0.0; customers.len()]);
            let mut lives = Lives {
                rate: &rate,
                allowed: &t.periods[2],
                until: &t.history[2],
                clock: &mut clock,
                purchases: &mut purchases,
                frequency: &mut frequency,
                recency: &mut recency,
            };
            black_box(lives.live(&customers, &mut waits.clone(), &|| false)).expect("lives");
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
