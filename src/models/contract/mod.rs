//! The contract of models: tests that every model must pass, whatever its formulas.
//!
//! A model enters with one call of `contract!`: its kind, a range of ln θ for each parameter in which its kernels
//! are held to the definition, and customers simulated from known parameters.

use proptest::prelude::*;

use super::{BG_NBD, BgBb, GammaGamma, MBG_NBD, ParetoNbd};

mod customers;
mod fits;
mod kernels;
mod predictions;

use customers::{Table, simulated};

/// Few random cases, because each goes through a whole table.
fn few_cases() -> ProptestConfig {
    ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() }
}

macro_rules! contract {
    ($name:ident: $kind:ident, $model:expr, $k:literal, ln_theta: $ranges:expr, truth: $truth:expr, $customers:expr) => {
        mod $name {
            use super::*;

            const TRUTH: [f64; $k] = $truth;

            proptest! {
                #![proptest_config(few_cases())]

                #[test]
                fn kernels_are_the_definition(columns in customers::$kind(), ln_theta in $ranges) {
                    kernels::kernels_are_the_definition(&$model, &columns, None, ln_theta);
                }
            }

            /// Many blocks and chunks, the last of each not full.
            #[test]
            fn kernels_of_large_tables_are_the_definition() {
                for Table { columns, weights } in customers::large::$kind() {
                    let weights = weights.as_deref();
                    let ln_theta = TRUTH.map(f64::ln);
                    kernels::kernels_are_the_definition(&$model, &columns, weights, ln_theta);
                }
            }

            #[test]
            fn weights_are_repetitions_and_order_is_irrelevant() {
                fits::weights_are_repetitions(&$model, &$customers);
            }

            #[test]
            fn units_change_parameters_alone() {
                fits::units_change_parameters_alone(&$model, &$customers);
            }

            #[test]
            fn simulated_parameters_are_found() {
                fits::simulated_parameters_are_found(&$model, &$customers, TRUTH);
            }

            contract!(@$kind $model, $k);
        }
    };

    (@purchases $model:expr, $k:literal) => {
        proptest! {
            #![proptest_config(few_cases())]

            #[test]
            fn p_alive_of_many_equals_that_of_each(
                [x, recency, age] in customers::purchases(), ln_theta in [const { -13.8f64..13.8 }; $k],
            ) {
                let theta = ln_theta.map(f64::exp);
                predictions::p_alive_equals_that_of_each(&$model, &theta, [&x, &recency, &age]);
            }

            #[test]
            fn predictions_are_finite_and_in_range(
                row in customers::purchase(), ln_t in -7.0f64..8.0, ln_theta in [const { -13.8f64..13.8 }; $k],
            ) {
                let theta = ln_theta.map(f64::exp);
                predictions::check_transactions(&$model, &theta, &row, ln_t.exp());
            }
        }

        #[test]
        fn masses_sum_to_one_and_have_their_mean() {
            for t in [0.1, 5.0, 60.0] {
                predictions::masses_have_their_mean(&$model, &TRUTH, t);
            }
        }
    };

    (@periods $model:expr, $k:literal) => {
        proptest! {
            #![proptest_config(few_cases())]

            #[test]
            fn predictions_are_in_range(
                columns in customers::periods(), ln_theta in [const { -13.8f64..13.8 }; $k], ahead in 1u32..2000,
            ) {
                let theta = ln_theta.map(f64::exp);
                for row in customers::rows(&columns) {
                    predictions::check_periods(&$model, &theta, &row, f64::from(ahead));
                }
            }

            #[test]
            fn masses_sum_to_one_and_have_their_mean(
                ln_theta in [const { -13.8f64..13.8 }; $k], n in 1u32..200,
            ) {
                predictions::masses_over_periods_have_their_mean(&$model, &ln_theta.map(f64::exp), n);
            }

            #[test]
            fn likelihoods_sum_to_one(ln_theta in [const { -13.8f64..13.8 }; $k], n in 1u32..10) {
                predictions::likelihoods_over_periods_sum_to_one(&$model, &ln_theta.map(f64::exp), n);
            }
        }
    };

    (@spending $model:expr, $k:literal) => {
        proptest! {
            #![proptest_config(few_cases())]

            #[test]
            fn expected_spend_is_in_range(
                [count, mean] in customers::spending(), ln_theta in [const { -5.0f64..6.0 }; $k],
            ) {
                predictions::check_spending(&$model, &ln_theta.map(f64::exp), [&count, &mean]);
            }
        }
    };
}

contract!(bg_nbd: purchases, BG_NBD, 4,
    ln_theta: [-7.0f64..7.0, -7.0..9.0, -13.0..7.0, -7.0..13.0],
    truth: [1.0, 5.0, 1.0, 2.0], simulated::beta_geometric(0.0));
contract!(mbg_nbd: purchases, MBG_NBD, 4,
    ln_theta: [-7.0f64..7.0, -7.0..9.0, -13.0..7.0, -7.0..13.0],
    truth: [1.0, 5.0, 1.0, 2.0], simulated::beta_geometric(1.0));
contract!(pareto_nbd: purchases, ParetoNbd, 4,
    ln_theta: [-7.0f64..7.0, -7.0..9.0, -13.0..13.0, -7.0..13.0],
    truth: [1.0, 5.0, 1.0, 20.0], simulated::pareto());
contract!(bg_bb: periods, BgBb, 4,
    ln_theta: [const { -13.8f64..13.8 }; 4],
    truth: [1.0, 0.75, 1.0, 2.8], simulated::donors());
contract!(gamma_gamma: spending, GammaGamma, 3,
    ln_theta: [-5.0f64..6.0, -5.0..6.0, -5.0..9.0],
    truth: [1.0, 2.0, 30.0], simulated::gamma_gamma());
