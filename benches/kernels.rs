//! One kernel at a time, on customers simulated from BG/NBD: what `bench-check` counts the
//! instructions of.
//!
//! `kernels NAME CUSTOMERS [RUNS]` runs a kernel once, or RUNS times and prints the
//! milliseconds of processor time each took; without a name it lists them. `prepare-NAME` does
//! only what comes before, and the difference is the kernel.

#[path = "kernels/data.rs"]
mod data;

use std::hint::black_box;

use tenure::data::columns::Column;
use tenure::data::observations::{Observation, Purchases};
use tenure::data::table::Table as Rows;
use tenure::likelihood::{DefaultKernel, Definition};
use tenure::models::traits::{Kernel, Model};
use tenure::models::{BG_NBD, BgBb, GammaGamma, MBG_NBD, ParetoNbd};
use tenure::prediction::{Engine, Query, Theta, find};
use tenure::statistics::alive_paths::customer_paths;
use tenure::statistics::simulation::Simulation;
use tenure::summary::{self, Grain, Refunds, SummaryOptions, summarize_split};

use data::{Purchasers, Random, Table, Weekly};

const THETA: [f64; 4] = [0.24, 4.41, 0.79, 2.43];
const PARETO: [f64; 4] = [0.55, 10.58, 0.61, 11.67];
const DISCRETE: [f64; 4] = [1.2, 0.75, 0.66, 2.78];
const SPENDING: [f64; 3] = [6.25, 3.74, 15.44];

fn columns<const N: usize>(table: &[Vec<f64>; N]) -> [Column<'_>; N] {
    std::array::from_fn(|i| Column::F64(&table[i]))
}

fn rows<R: Observation, const N: usize>(table: &[Vec<f64>; N]) -> Rows<'_, R> {
    Rows::new(&columns(table), None).expect("good rows")
}

type Job = (&'static str, fn(&Table) -> Box<dyn Fn() + '_>);

fn evaluation<'a, M: Model<K>, const K: usize, const N: usize>(
    model: &M,
    table: &'a [Vec<f64>; N],
    theta: [f64; K],
) -> Box<dyn Fn() + 'a> {
    let kernel = model.kernel(rows(table));
    Box::new(move || {
        black_box(kernel.evaluate(black_box(theta)));
    })
}

/// The kernel of models without one of their own.
fn by_default<'a, M: Model<K>, const K: usize>(
    model: &M,
    table: &'a [Vec<f64>; 3],
    theta: [f64; K],
) -> Box<dyn Fn() + 'a> {
    let kernel = DefaultKernel::new(model.clone(), rows(table));
    Box::new(move || {
        black_box(kernel.evaluate(black_box(theta)));
    })
}

/// The likelihood in dual numbers, row by row.
fn by_definition<'a, M: Model<K>, const K: usize>(
    model: &M,
    table: &'a [Vec<f64>; 3],
    theta: [f64; K],
) -> Box<dyn Fn() + 'a> {
    let kernel = Definition::new(model.clone(), rows::<M::Observation, 3>(table).unique());
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
        black_box(
            model.probability_alive(Theta::Same(&theta), &columns(&table.history), &|| false),
        )
        .expect("answers");
    })
}

fn expected<'a>(name: &str, theta: [f64; 4], table: &'a Table) -> Box<dyn Fn() + 'a> {
    let model = engine(name).transactions().expect("a model of purchases");
    Box::new(move || {
        let (theta, query) = (Theta::Same(&theta), Query::at(&[52.0]));
        black_box(model.expected_purchases(theta, &query, &columns(&table.history), &|| false))
            .expect("answers");
    })
}

fn lifetime_value<'a>(name: &str, theta: [f64; 4], table: &'a Table) -> Box<dyn Fn() + 'a> {
    let model = engine(name).transactions().expect("a model of purchases");
    Box::new(move || {
        let times: Vec<f64> = (1..=12).map(|month| 4.345 * f64::from(month)).collect();
        let schedule = (times, vec![0.9; 12]);
        let query = Query { schedule: Some(&schedule), ..Query::default() };
        let theta = Theta::Same(&theta);
        black_box(model.discounted_purchases(theta, &query, &columns(&table.history), &|| false))
            .expect("answers");
    })
}

fn alive_paths<'a>(name: &str, theta: [f64; 4], table: &'a Table) -> Box<dyn Fn() + 'a> {
    let model = engine(name).transactions().expect("a model of purchases");
    let weekly = Weekly::of(&table.history);
    Box::new(move || {
        black_box(model.customer_paths(&theta, &weekly.paths(), &|| false)).expect("histories");
    })
}

const OPTIONS: SummaryOptions = SummaryOptions {
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
        black_box(summary::summarize(&all.by_text(), None, &OPTIONS)).expect("a summary");
    })
}

const JOBS: [Job; 43] = [
    ("ingest", |t| Box::new(|| drop(black_box(rows::<Purchases, 3>(&t.history))))),
    ("ingest-seconds", |t| Box::new(|| drop(black_box(rows::<Purchases, 3>(&t.seconds))))),
    ("evaluate-bg-nbd", |t| evaluation(&BG_NBD, &t.history, THETA)),
    ("evaluate-bg-nbd-seconds", |t| evaluation(&BG_NBD, &t.seconds, THETA)),
    ("evaluate-mbg-nbd", |t| evaluation(&MBG_NBD, &t.history, THETA)),
    ("evaluate-pareto-nbd", |t| evaluation(&ParetoNbd, &t.history, PARETO)),
    ("evaluate-pareto-nbd-seconds", |t| evaluation(&ParetoNbd, &t.seconds, PARETO)),
    ("evaluate-pareto-nbd-by-default", |t| by_default(&ParetoNbd, &t.seconds, PARETO)),
    ("evaluate-pareto-nbd-by-definition", |t| by_definition(&ParetoNbd, &t.seconds, PARETO)),
    ("evaluate-bg-nbd-by-default", |t| by_default(&BG_NBD, &t.seconds, THETA)),
    ("evaluate-bg-nbd-by-definition", |t| by_definition(&BG_NBD, &t.seconds, THETA)),
    ("evaluate-bg-bb", |t| evaluation(&BgBb, &t.periods, DISCRETE)),
    ("evaluate-gamma-gamma", |t| evaluation(&GammaGamma, &t.buyers, SPENDING)),
    ("build-bg-nbd", |t| {
        let rows = rows::<Purchases, 3>(&t.history);
        Box::new(move || drop(black_box(BG_NBD.kernel(rows.clone()))))
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
            let (theta, query) = (Theta::Same(&DISCRETE), Query::at(&[0.0]));
            black_box(model.probability_alive(theta, &query, &columns(&t.periods), &|| false))
                .expect("answers");
        })
    }),
    ("expected", |t| expected("BG/NBD", THETA, t)),
    ("expected-mbg-nbd", |t| expected("MBG/NBD", THETA, t)),
    ("expected-pareto-nbd", |t| expected("Pareto/NBD", PARETO, t)),
    ("expected-bg-bb", |t| {
        let model = engine("BG/BB").periods().expect("a model of periods");
        Box::new(|| {
            let (theta, query) = (Theta::Same(&DISCRETE), Query::at(&[6.0]));
            black_box(model.expected_purchases(theta, &query, &columns(&t.periods), &|| false))
                .expect("answers");
        })
    }),
    ("expected-spend", |t| {
        let model = engine("Gamma-Gamma").spending().expect("a model of spend");
        Box::new(|| {
            black_box(model.expected_spend(Theta::Same(&SPENDING), columns(&t.buyers), &|| false))
                .expect("answers");
        })
    }),
    ("lifetime-value", |t| lifetime_value("BG/NBD", THETA, t)),
    ("lifetime-value-pareto-nbd", |t| lifetime_value("Pareto/NBD", PARETO, t)),
    ("summary-numbers", |t| {
        let all = Purchasers::simulate(t, |_| String::new());
        Box::new(move || {
            black_box(summary::summarize(&all.by_number(), None, &OPTIONS)).expect("a summary");
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
            black_box(summarize_split(&all.by_number(), split, None, &OPTIONS)).expect("summaries");
        })
    }),
    ("histories", |t| {
        let weekly = Weekly::of(&t.history);
        Box::new(move || drop(black_box(customer_paths(&weekly.paths(), None, &|| false))))
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
            let mut simulation = Simulation {
                rate: &rate,
                allowed: &t.periods[2],
                until: &t.history[2],
                clock: &mut clock,
                purchases: &mut purchases,
                frequency: &mut frequency,
                recency: &mut recency,
            };
            black_box(simulation.advance(&customers, &mut waits.clone(), &|| false))
                .expect("lives");
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
