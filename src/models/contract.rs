//! What every model must keep, whatever its formulas.

use proptest::prelude::*;

use super::{BgBb, BgNbd, GammaGamma, MbgNbd, ParetoNbd};
use crate::columns::Column;
use crate::estimation::{Options, fit};
use crate::listed::Listed;
use crate::model::{Definition, Kernel, Model, PeriodModel, Sums, TransactionModel};
use crate::rows::{Periods, Purchases, Row};
use crate::table::Table;
use crate::unique::UniqueRows;

/// Customers as columns: frequency, recency, T; many alike, some far out.
fn purchases() -> impl Strategy<Value = [Vec<f64>; 3]> {
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

/// Customers as columns: frequency, recency, number of periods; many alike, some far out.
fn periods() -> impl Strategy<Value = [Vec<f64>; 3]> {
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
fn spending() -> impl Strategy<Value = [Vec<f64>; 2]> {
    proptest::collection::vec((1u32..200, -6.0f64..11.0), 1..40).prop_map(|rows| {
        [
            rows.iter().map(|row| f64::from(row.0)).collect(),
            rows.iter().map(|row| row.1.exp()).collect(),
        ]
    })
}

fn slices(columns: &[Vec<f64>]) -> Vec<&[f64]> {
    columns.iter().map(Vec::as_slice).collect()
}

/// Σ|terms| bounds what rounding can do to a sum whose terms cancel.
fn agree<const K: usize>(fast: &Sums<K>, slow: &Sums<K>, theta: [f64; K], size: f64) {
    let close = |found: f64, expected: f64, scale: f64, what: &str| {
        let allowed = 1e-10 * (expected.abs() + scale);
        assert!((found - expected).abs() <= allowed, "{what}: {found} against {expected}");
    };
    close(fast.value, slow.value, size, "value");
    for i in 0..K {
        close(fast.gradient[i] * theta[i], slow.gradient[i] * theta[i], size, "gradient");
        for j in 0..K {
            let scale = theta[i] * theta[j];
            close(fast.hessian[i][j] * scale, slow.hessian[i][j] * scale, size, "Hessian");
        }
    }
}

fn kernel_is_definition<M: Model<K>, const K: usize>(columns: &[Vec<f64>], ln_theta: [f64; K]) {
    weighted_kernel_is_definition::<M, K>(columns, None, ln_theta);
}

fn weighted_kernel_is_definition<M: Model<K>, const K: usize>(
    columns: &[Vec<f64>],
    weights: Option<&[f64]>,
    ln_theta: [f64; K],
) {
    let rows = UniqueRows::<M::Row>::new(&slices(columns), weights).unwrap();
    let theta = ln_theta.map(f64::exp);
    let size: f64 = columns[0].iter().sum::<f64>() + columns[0].len() as f64;
    let scale = theta.iter().fold(1.0, |m: f64, p| m.max(*p));
    let size = size * 1f64.max(scale.ln()) + scale.min(1e3);
    let lent: Vec<Column<'_>> = columns.iter().map(|column| Column::F64(column)).collect();
    let listed = Listed::new(&lent, weights, columns[0].len()).unwrap();
    let unique = M::kernel(Table::Unique(rows.clone())).evaluate(theta);
    let slow = Definition::<M, K>::new(rows).evaluate(theta);
    agree(&unique, &slow, theta, size);
    if M::Row::LISTED {
        agree(&M::kernel(Table::Listed(listed)).evaluate(theta), &slow, theta, size);
    }
}

/// Customers without end from a few numbers, by a linear congruence: x, a share of T, T in days.
fn many(seed: u32, len: usize) -> impl Iterator<Item = [u32; 3]> {
    let mut state = u64::from(seed);
    let mut next = move |below: u32| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from((state >> 33) % u64::from(below)).expect("less than what bounds it")
    };
    (0..len).map(move |_| [next(9).saturating_sub(3), next(1 << 16), 30 + next(340)])
}

/// Columns of a large table: days as weeks, or times that are all their own.
fn large(seed: u32, len: usize, on_days: bool, most: f64) -> [Vec<f64>; 3] {
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

/// Many blocks, chunks and pieces of pieces, the last of each not full.
#[test]
fn kernels_of_large_tables_are_their_definitions() {
    let tables = [(1, true, 1e3, false), (2, false, 1e6, true), (3, true, 1.0005e6, true)];
    for (seed, on_days, most, weighted) in tables {
        let columns = large(seed, 24_011, on_days, most);
        let weights: Vec<f64> = many(seed + 9, 24_011).map(|[x, ..]| f64::from(x) * 0.37).collect();
        let weights = weighted.then_some(&weights[..]);
        let theta = [-1.4, 1.5, -0.2, 0.9];
        weighted_kernel_is_definition::<BgNbd, 4>(&columns, weights, theta);
        weighted_kernel_is_definition::<MbgNbd, 4>(&columns, weights, theta);
        let few: Vec<Vec<f64>> = columns.iter().map(|column| column[..5001].to_vec()).collect();
        let weights = weights.map(|weights| &weights[..5001]);
        weighted_kernel_is_definition::<ParetoNbd, 4>(&few, weights, [-0.6, 2.3, -0.5, 2.4]);
    }
}

#[test]
fn kernels_of_large_tables_of_periods_and_spending_are_their_definitions() {
    let rows = || many(4, 20_011).map(|row| row.map(f64::from));
    let weights: Vec<f64> = rows().map(|[x, ..]| x * 0.37).collect();
    let spending: Vec<Vec<f64>> =
        vec![rows().map(|row| row[0] + 1.0).collect(), rows().map(|row| row[1] + 0.01).collect()];
    let periods: Vec<[f64; 3]> = rows()
        .map(|[x, share, n]| (x.min(1.0) * (x + (share % 30.0)).min(n), x, n))
        .map(|(last, x, n)| [x.min(last), last, n])
        .collect();
    let periods: Vec<Vec<f64>> =
        (0..3).map(|column| periods.iter().map(|row| row[column]).collect()).collect();
    for weights in [None, Some(&weights[..])] {
        weighted_kernel_is_definition::<GammaGamma, 3>(&spending, weights, [1.1, 1.3, 2.0]);
        weighted_kernel_is_definition::<BgBb, 4>(&periods, weights, [0.2, -0.3, -0.4, 1.0]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() })]

    #[test]
    fn kernels_are_their_definitions(
        columns in purchases(), r in -7.0f64..7.0, alpha in -7.0f64..9.0,
        a in -13.0f64..7.0, b in -7.0f64..13.0,
    ) {
        kernel_is_definition::<BgNbd, 4>(&columns, [r, alpha, a, b]);
        kernel_is_definition::<MbgNbd, 4>(&columns, [r, alpha, a, b]);
    }

    #[test]
    fn the_kernel_of_lifetimes_is_its_definition(
        columns in purchases(), r in -7.0f64..7.0, alpha in -7.0f64..9.0,
        s in -13.0f64..13.0, beta in -7.0f64..13.0,
    ) {
        kernel_is_definition::<ParetoNbd, 4>(&columns, [r, alpha, s, beta]);
    }

    #[test]
    fn the_kernel_of_periods_is_its_definition(
        columns in periods(), theta in proptest::array::uniform4(-13.8f64..13.8),
    ) {
        kernel_is_definition::<BgBb, 4>(&columns, theta);
    }

    #[test]
    fn the_spending_kernel_is_its_definition(
        columns in spending(), p in -5.0f64..6.0, q in -5.0f64..6.0, v in -5.0f64..9.0,
    ) {
        kernel_is_definition::<GammaGamma, 3>(&columns, [p, q, v]);
    }

    #[test]
    fn chances_of_many_are_those_of_each(
        [x, recency, age] in purchases(), theta in proptest::array::uniform4(-13.8f64..13.8),
    ) {
        let theta = theta.map(f64::exp);
        chances_are_of_each::<BgNbd, 4>(&theta, [&x, &recency, &age]);
        chances_are_of_each::<MbgNbd, 4>(&theta, [&x, &recency, &age]);
        chances_are_of_each::<ParetoNbd, 4>(&theta, [&x, &recency, &age]);
    }

    #[test]
    fn predictions_are_finite_and_in_range(
        x in 0u32..10_000, share in 0.0f64..=1.0, ln_age in -7.0f64..11.5, ln_t in -7.0f64..8.0,
        theta in proptest::array::uniform4(-13.8f64..13.8),
    ) {
        let theta = theta.map(f64::exp);
        let recency = if x == 0 { 0.0 } else { share * ln_age.exp() };
        let row = Purchases { frequency: f64::from(x), recency, age: ln_age.exp() };
        check_predictions::<BgNbd, 4>(&theta, &row, ln_t.exp());
        check_predictions::<MbgNbd, 4>(&theta, &row, ln_t.exp());
        check_predictions::<ParetoNbd, 4>(&theta, &row, ln_t.exp());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() })]

    #[test]
    fn predictions_over_periods_are_in_range(
        [x, recency, n] in periods(), theta in proptest::array::uniform4(-13.8f64..13.8),
        ahead in 1u32..2000,
    ) {
        let (theta, ahead) = (theta.map(f64::exp), f64::from(ahead));
        for i in 0..x.len() {
            let row = Periods { frequency: x[i], recency: recency[i], periods: n[i] };
            check_periods::<BgBb, 4>(&theta, &row, ahead);
        }
    }

    #[test]
    fn masses_over_periods_sum_to_one_and_have_their_mean(
        theta in proptest::array::uniform4(-13.8f64..13.8), n in 1u32..200,
    ) {
        let theta = theta.map(f64::exp);
        let masses = || (0..=n).map(|x| (f64::from(x), BgBb::pmf(&theta, f64::from(n), f64::from(x))));
        let total: f64 = masses().map(|(_, mass)| mass).sum();
        prop_assert!((total - 1.0).abs() < 1e-10, "{total}");
        let mean: f64 = masses().map(|(x, mass)| x * mass).sum();
        let fresh = Periods { frequency: 0.0, recency: 0.0, periods: 0.0 };
        let expected = BgBb::expected_purchases(&theta, &fresh, f64::from(n));
        prop_assert!((mean / expected - 1.0).abs() < 1e-10, "{mean} {expected}");
    }

    /// Each history of up to nine periods is one of the 2ⁿ strings of purchases, and all
    /// strings with the same x and t_x are equally likely.
    #[test]
    fn likelihoods_over_periods_sum_to_one(
        theta in proptest::array::uniform4(-13.8f64..13.8), n in 1u32..10,
    ) {
        let theta = theta.map(f64::exp);
        let total: f64 = (0u32..1 << n)
            .map(|bought| {
                let recency = f64::from(u32::BITS - bought.leading_zeros());
                let frequency = f64::from(bought.count_ones());
                let row = Periods { frequency, recency, periods: f64::from(n) };
                BgBb::log_likelihood(theta, &row).exp()
            })
            .sum();
        prop_assert!((total - 1.0).abs() < 1e-10, "{total}");
    }
}

fn check_periods<M: PeriodModel<K>, const K: usize>(theta: &[f64; K], row: &Periods, ahead: f64) {
    let alive = |ahead: f64| M::probability_alive(theta, row, ahead);
    let expected = |ahead: f64| M::expected_purchases(theta, row, ahead);
    let (now, soon, late) = (alive(0.0), alive(ahead), alive(2.0 * ahead));
    assert!((0.0..=1.0).contains(&now) && soon <= now && late <= soon, "{now} {soon} {late}");
    if row.recency == row.periods {
        assert_eq!(now, 1.0);
    }
    let (short, long) = (expected(ahead), expected(2.0 * ahead));
    assert!(short.is_finite() && short >= 0.0, "{short}");
    assert!(short <= ahead * now && long >= short && long <= 2.0 * short * (1.0 + 1e-9));
    assert_eq!(expected(0.0), 0.0);
    let next = expected(1.0);
    let chance = (theta[0] + row.frequency) / (theta[0] + theta[1] + row.periods);
    assert!((next - alive(1.0) * chance).abs() <= 1e-11 * next + f64::MIN_POSITIVE, "{next}");
}

fn chances_are_of_each<M: TransactionModel<K>, const K: usize>(
    theta: &[f64; K],
    columns: [&[f64]; 3],
) {
    let mut together = vec![f64::NAN; columns[0].len()];
    M::probabilities_alive(theta, columns, &mut together);
    for (i, found) in together.iter().enumerate() {
        let row = Purchases::read(&columns.map(|column| column[i]));
        assert_eq!(*found, M::probability_alive(theta, &row), "{row:?}");
    }
}

fn check_predictions<M: TransactionModel<K>, const K: usize>(
    theta: &[f64; K],
    row: &Purchases,
    t: f64,
) {
    let alive = M::probability_alive(theta, row);
    assert!((0.0..=1.0).contains(&alive), "{alive}");
    let expected = |t: f64| M::expected_if_alive(theta, row.frequency, row.age, t);
    let (short, long) = (expected(t), expected(2.0 * t));
    assert!(short.is_finite() && short >= 0.0 && long.is_finite(), "{short} {long}");
    assert!(long >= short * (1.0 - 1e-9) && long <= 2.0 * short * (1.0 + 1e-9), "{short} {long}");
    assert_eq!(expected(0.0), 0.0);
    let stays = M::survival(theta, t);
    assert!((0.0..=1.0).contains(&stays), "{stays}");
    let mass = M::pmf(theta, t, 3.0);
    assert!((-1e-15..=1.0 + 1e-12).contains(&mass), "{mass}");
    let mass = M::pmf_conditional(theta, row, t, 0.0);
    assert!((0.0..=1.0 + 1e-10).contains(&mass), "{mass}");
    assert!(mass >= 1.0 - alive - 1e-12, "{mass} {alive}");
}

/// 2,000 customers simulated from BG/NBD with r = a = 1, α = 5, b = 2, by a fixed generator.
fn table() -> [Vec<f64>; 3] {
    let mut state = 42u64;
    let mut uniform = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    };
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
fn lifetimes() -> [Vec<f64>; 3] {
    let mut state = 7u64;
    let mut exponential = |rate: f64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        -(((state >> 11) as f64 + 0.5) / (1u64 << 53) as f64).ln() / rate
    };
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
fn donors() -> [Vec<f64>; 3] {
    let mut state = 3u64;
    let mut uniform = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    };
    let mut columns = [const { Vec::new() }; 3];
    for i in 0..2000 {
        let n = 6 + i % 4;
        // Beta(1, ¾) and Beta(1, 2.8) have quantiles in closed form.
        let buys = 1.0 - uniform().powf(1.0 / 0.75);
        let leaves = 1.0 - uniform().powf(1.0 / 2.8);
        let (mut x, mut recency) = (0.0, 0.0);
        for period in 1..=n {
            if uniform() < leaves {
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

fn estimate<M: Model<K>, const K: usize>(
    columns: &[Vec<f64>],
    weights: Option<&[f64]>,
) -> crate::estimation::Fit {
    let fit = fit::<M, K>(&slices(columns), weights, &Options::default(), &|| false).unwrap();
    assert!(fit.ending.converged(), "{fit:?}");
    fit
}

fn same(a: &[f64], b: &[f64]) {
    for (x, y) in a.iter().zip(b) {
        assert!((x / y - 1.0).abs() < 1e-6, "{a:?} against {b:?}");
    }
}

fn keeps_the_contract<M: Model<K>, const K: usize>(columns: &[Vec<f64>]) {
    let plain = estimate::<M, K>(columns, None);
    let backwards: Vec<Vec<f64>> =
        columns.iter().map(|column| column.iter().rev().copied().collect()).collect();
    same(&estimate::<M, K>(&backwards, None).params, &plain.params);

    let twice: Vec<Vec<f64>> = columns.iter().map(|column| column.repeat(2)).collect();
    let doubled = estimate::<M, K>(&twice, None);
    let weighted = estimate::<M, K>(columns, Some(&vec![2.0; columns[0].len()]));
    same(&weighted.params, &plain.params);
    same(&doubled.params, &plain.params);
    same(&[weighted.log_likelihood], &[doubled.log_likelihood]);
    same(&weighted.covariance[0], &doubled.covariance[0]);
    same(&[weighted.covariance[1][1] * 2.0], &[plain.covariance[1][1]]);
}

#[test]
fn weights_are_repetitions_and_order_is_irrelevant() {
    let columns = table();
    keeps_the_contract::<BgNbd, 4>(&columns);
    keeps_the_contract::<MbgNbd, 4>(&columns);
    keeps_the_contract::<ParetoNbd, 4>(&lifetimes());
    keeps_the_contract::<BgBb, 4>(&donors());
    let buyers: Vec<usize> = (0..2000).filter(|&i| columns[0][i] > 0.0).collect();
    let count: Vec<f64> = buyers.iter().map(|&i| columns[0][i]).collect();
    let spend: Vec<f64> = buyers.iter().map(|&i| 10.0 + (i * 37 % 101) as f64).collect();
    keeps_the_contract::<GammaGamma, 3>(&[count, spend]);
}

#[test]
fn the_unit_of_time_changes_nothing_but_alpha() {
    let [x, recency, age] = table();
    let weeks = estimate::<BgNbd, 4>(&[x.clone(), recency.clone(), age.clone()], None);
    let scale = |column: Vec<f64>| column.into_iter().map(|t| t * 7.0).collect::<Vec<f64>>();
    let purchases: f64 = x.iter().sum();
    let days = estimate::<BgNbd, 4>(&[x, scale(recency), scale(age)], None);
    same(
        &[days.params[0], days.params[1] / 7.0, days.params[3]],
        &[weeks.params[0], weeks.params[1], weeks.params[3]],
    );
    same(&[days.log_likelihood], &[weeks.log_likelihood - purchases * 7f64.ln()]);
}
