//! Predictions are finite, in range, and agree with one another.

use proptest::prelude::*;

use super::customers::{periods, purchases};
use crate::data::observations::{Observation, Periods, Purchases};
use crate::models::traits::{Model, PeriodModel, TransactionModel};
use crate::models::{BG_NBD, BgBb, MBG_NBD, ParetoNbd};

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() })]

    #[test]
    fn p_alive_of_many_equals_that_of_each(
        [x, recency, age] in purchases(), theta in proptest::array::uniform4(-13.8f64..13.8),
    ) {
        let theta = theta.map(f64::exp);
        p_alive_equals_that_of_each(&BG_NBD, &theta, [&x, &recency, &age]);
        p_alive_equals_that_of_each(&MBG_NBD, &theta, [&x, &recency, &age]);
        p_alive_equals_that_of_each(&ParetoNbd, &theta, [&x, &recency, &age]);
    }

    #[test]
    fn predictions_are_finite_and_in_range(
        x in 0u32..10_000, share in 0.0f64..=1.0, ln_age in -7.0f64..11.5, ln_t in -7.0f64..8.0,
        theta in proptest::array::uniform4(-13.8f64..13.8),
    ) {
        let theta = theta.map(f64::exp);
        let recency = if x == 0 { 0.0 } else { share * ln_age.exp() };
        let row = Purchases { frequency: f64::from(x), recency, age: ln_age.exp() };
        check_predictions(&BG_NBD, &theta, &row, ln_t.exp());
        check_predictions(&MBG_NBD, &theta, &row, ln_t.exp());
        check_predictions(&ParetoNbd, &theta, &row, ln_t.exp());
    }

    #[test]
    fn predictions_over_periods_are_in_range(
        [x, recency, n] in periods(), theta in proptest::array::uniform4(-13.8f64..13.8),
        ahead in 1u32..2000,
    ) {
        let (theta, ahead) = (theta.map(f64::exp), f64::from(ahead));
        for i in 0..x.len() {
            let row = Periods { frequency: x[i], recency: recency[i], periods: n[i] };
            check_periods(&BgBb, &theta, &row, ahead);
        }
    }

    #[test]
    fn masses_over_periods_sum_to_one_and_have_their_mean(
        theta in proptest::array::uniform4(-13.8f64..13.8), n in 1u32..200,
    ) {
        let theta = theta.map(f64::exp);
        let masses = || (0..=n).map(|x| (f64::from(x), BgBb.pmf(&theta, f64::from(n), f64::from(x))));
        let total: f64 = masses().map(|(_, mass)| mass).sum();
        prop_assert!((total - 1.0).abs() < 1e-10, "{total}");
        let mean: f64 = masses().map(|(x, mass)| x * mass).sum();
        let fresh = Periods { frequency: 0.0, recency: 0.0, periods: 0.0 };
        let expected = BgBb.expected_purchases(&theta, &fresh, f64::from(n));
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
                BgBb.log_likelihood(theta, &row).exp()
            })
            .sum();
        prop_assert!((total - 1.0).abs() < 1e-10, "{total}");
    }
}

fn check_periods<M: PeriodModel<K>, const K: usize>(
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

fn p_alive_equals_that_of_each<M: TransactionModel<K>, const K: usize>(
    model: &M,
    theta: &[f64; K],
    columns: [&[f64]; 3],
) {
    let mut together = vec![f64::NAN; columns[0].len()];
    model.probabilities_alive(theta, columns, &mut together);
    for (i, found) in together.iter().enumerate() {
        let row = Purchases::read(&columns.map(|column| column[i]));
        assert_eq!(*found, model.probability_alive(theta, &row), "{row:?}");
    }
}

fn check_predictions<M: TransactionModel<K>, const K: usize>(
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
