//! Predictions are finite, in range, and agree with one another.

use crate::data::observations::{Observation, Periods, Purchases, Spending};
use crate::models::traits::{PeriodModel, SpendingModel, TransactionModel};
use crate::numerics::number::Plain;

/// Predictions over periods.
pub fn check_periods<M: PeriodModel<K>, const K: usize>(
    model: &M,
    theta: &[f64; K],
    row: &Periods,
    ahead: f64,
) {
    let alive = |ahead: f64| model.probability_alive(theta, row, ahead);
    let expected = |ahead: f64| model.expected_purchases(theta, row, ahead);
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
    let probability = (theta[0] + row.frequency) / (theta[0] + theta[1] + row.periods);
    assert!((next - alive(1.0) * probability).abs() <= 1e-11 * next + f64::MIN_POSITIVE, "{next}");
}

/// P(alive) of many customers is that of each, and the ratio of the likelihoods that it states.
pub fn p_alive_equals_that_of_each<M: TransactionModel<K>, const K: usize>(
    model: &M,
    theta: &[f64; K],
    columns: [&[f64]; 3],
) {
    let mut together = vec![f64::NAN; columns[0].len()];
    model.probabilities_alive(theta, columns, &mut together);
    for (i, found) in together.iter().enumerate() {
        let row = Purchases::read(&columns.map(|column| column[i]));
        assert_eq!(*found, model.probability_alive(theta, &row), "{row:?}");
        let [active, dropped] = model.active_or_dropped(theta, &row).map(Plain::float);
        let expected = active / (active + dropped);
        assert!(
            (found - expected).abs() <= 2e-11 * expected + 1e-300,
            "{found} {expected} {row:?}"
        );
    }
}

/// Predictions in continuous time.
pub fn check_transactions<M: TransactionModel<K>, const K: usize>(
    model: &M,
    theta: &[f64; K],
    row: &Purchases,
    t: f64,
) {
    let alive = model.probability_alive(theta, row);
    assert!((0.0..=1.0).contains(&alive), "{alive}");
    let expected = |t: f64| model.expected_if_alive(theta, row.frequency, row.age, t);
    let (short, long) = (expected(t), expected(2.0 * t));
    assert!(short.is_finite() && short >= 0.0 && long.is_finite(), "{short} {long}");
    assert!(long >= short * (1.0 - 1e-9) && long <= 2.0 * short * (1.0 + 1e-9), "{short} {long}");
    assert_eq!(expected(0.0), 0.0);
    let stays = model.survival(theta, t);
    assert!((0.0..=1.0).contains(&stays), "{stays}");
    let mass = model.pmf(theta, t, 3.0);
    assert!((-1e-15..=1.0 + 1e-12).contains(&mass), "{mass}");
    let mass = model.pmf_conditional(theta, row, t, 0.0);
    assert!((0.0..=1.0 + 1e-10).contains(&mass), "{mass}");
    assert!(mass >= 1.0 - alive - 1e-12, "{mass} {alive}");
}

/// Probabilities of numbers of purchases sum to one, and their mean is the expectation.
pub fn masses_have_their_mean<M: TransactionModel<K>, const K: usize>(
    model: &M,
    theta: &[f64; K],
    t: f64,
) {
    let masses = || (0..4000).map(f64::from).map(|n| (n, model.pmf(theta, t, n)));
    let total: f64 = masses().map(|(_, mass)| mass).sum();
    let mean: f64 = masses().map(|(n, mass)| n * mass).sum();
    let expected = model.expected_new_customer(theta, t);
    assert!((total - 1.0).abs() < 1e-10, "{total}");
    assert!((mean / expected - 1.0).abs() < 1e-10, "{mean} {expected}");
}

/// The same over periods.
pub fn masses_over_periods_have_their_mean<M: PeriodModel<K>, const K: usize>(
    model: &M,
    theta: &[f64; K],
    n: u32,
) {
    let masses = || (0..=n).map(|x| (f64::from(x), model.pmf(theta, f64::from(n), f64::from(x))));
    let total: f64 = masses().map(|(_, mass)| mass).sum();
    assert!((total - 1.0).abs() < 1e-10, "{total}");
    let mean: f64 = masses().map(|(x, mass)| x * mass).sum();
    let fresh = Periods { frequency: 0.0, recency: 0.0, periods: 0.0 };
    let expected = model.expected_purchases(theta, &fresh, f64::from(n));
    assert!((mean / expected - 1.0).abs() < 1e-10, "{mean} {expected}");
}

/// Each history of up to nine periods is one of the 2ⁿ strings of purchases, and all strings with the same x
/// and t_x are equally likely.
pub fn likelihoods_over_periods_sum_to_one<M: PeriodModel<K>, const K: usize>(
    model: &M,
    theta: &[f64; K],
    n: u32,
) {
    let total: f64 = (0u32..1 << n)
        .map(|bought| {
            let recency = f64::from(u32::BITS - bought.leading_zeros());
            let frequency = f64::from(bought.count_ones());
            let row = Periods { frequency, recency, periods: f64::from(n) };
            model.log_likelihood(*theta, &row).exp()
        })
        .sum();
    assert!((total - 1.0).abs() < 1e-10, "{total}");
}

/// Expected spend per purchase is between the customer's mean and that of the population, and its products
/// are those of each customer.
pub fn check_spending<M: SpendingModel<K>, const K: usize>(
    model: &M,
    theta: &[f64; K],
    columns: [&[f64]; 2],
) {
    let mut products = vec![3.0; columns[0].len()];
    model.multiply_by_spend(theta, columns, &mut products);
    for (i, product) in products.into_iter().enumerate() {
        let row = Spending { count: columns[0][i], mean: columns[1][i] };
        let spend = model.expected_spend(theta, &row);
        assert!(spend.is_nan() == product.is_nan());
        assert!(spend.is_nan() || (product / (3.0 * spend) - 1.0).abs() < 1e-14, "{spend}");
        let without = model.expected_spend(theta, &Spending { count: 0.0, ..row });
        if without.is_finite() {
            let [low, high] = [row.mean.min(without), row.mean.max(without)];
            let slack = 1e-9 * high;
            assert!(low - slack <= spend && spend <= high + slack, "{low} {spend} {high}");
        }
    }
}
