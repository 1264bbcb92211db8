//! Trust-region Newton search (argmin's), inside safeguards.
//!
//! A search begins with plain Newton steps, which are those of the trust region while they stay within
//! it and keep their predicted_gain, and ends with some that are judged by the gradient, which rounding noise
//! in the value cannot fool.

use std::cell::RefCell;

use super::evaluation::Evaluation;
use super::newton::{Precision, moved, newton_step, settled};
use super::options::Options;
use super::safeguards::{MAX_LOG_PARAMETER, Safeguards, StopReason};
use crate::error::{Error, Result};
use crate::parallel::interrupt::Interrupt;

/// The reason for the end of a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Gradient and Newton step are zero to working precision.
    Converged,
    /// The allowed number of evaluations was used up.
    Budget,
    /// No point nearby was better, yet the gradient is not zero.
    Stalled,
}

impl Ending {
    /// Whether a maximum was reached.
    #[must_use]
    pub fn converged(self) -> bool {
        self == Self::Converged
    }

    /// The ending in words.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Converged => "converged: gradient and Newton step are zero to working precision",
            Self::Budget => "stopped: the allowed number of evaluations was used up",
            Self::Stalled => "stopped: no better point was found, but the gradient is not zero",
        }
    }
}

/// Where a search ended.
#[derive(Debug, Clone)]
pub struct Search {
    /// The best point, in η = log θ.
    pub at: Vec<f64>,
    /// The objective there.
    pub here: Evaluation,
    /// The reason for its end.
    pub ending: Ending,
    /// Evaluations spent.
    pub evaluations: usize,
    /// Parameters held at a lower bound of the user's.
    pub pinned: Vec<bool>,
}

impl Search {
    /// The better of two: converged before not, then the lower value.
    #[must_use]
    pub fn better(self, other: Self) -> Self {
        let evaluations = self.evaluations + other.evaluations;
        let margin = 1e-12 * (1.0 + self.here.value.abs());
        let other_wins = match (self.ending.converged(), other.ending.converged()) {
            (false, true) => other.here.value <= self.here.value + margin,
            _ => other.here.value < self.here.value - margin,
        };
        let best = if other_wins { other } else { self };
        Self { evaluations, ..best }
    }
}
/// Minimises from one start. Parameters that would leave a lower bound are fixed there.
///
/// # Errors
/// [`Error::Interrupted`].
pub fn search(
    evaluate: &dyn Fn(&[f64]) -> Evaluation,
    start: &[f64],
    options: &Options,
    precision: Precision,
    interrupt: &dyn Interrupt,
) -> Result<Option<Search>> {
    let lower = options.lower.clone().unwrap_or_else(|| vec![f64::NEG_INFINITY; start.len()]);
    let mut pinned = vec![false; start.len()];
    let mut point: Vec<f64> = start.iter().zip(&lower).map(|(s, l)| s.max(*l)).collect();
    let mut evaluations = 0;
    loop {
        let free: Vec<usize> = (0..point.len()).filter(|&i| !pinned[i]).collect();
        let place = |part: &[f64]| {
            let mut whole = point.clone();
            for (&i, &value) in free.iter().zip(part) {
                whole[i] = value;
            }
            whole
        };
        let restricted = |part: &[f64]| restrict(&evaluate(&place(part)), &free);
        let from: Vec<f64> =
            free.iter().map(|&i| point[i].clamp(-MAX_LOG_PARAMETER, MAX_LOG_PARAMETER)).collect();
        let budget = options.max_evaluations;
        let Some(found) = descend(&restricted, &from, precision, budget, interrupt)? else {
            return Ok(None);
        };
        evaluations += found.evaluations;
        point = place(&found.at);
        let outside: Vec<usize> = free.iter().copied().filter(|&i| point[i] < lower[i]).collect();
        if outside.is_empty() {
            let all = free.len() == point.len();
            let here = if all { found.here } else { evaluate(&point) };
            let ending = found.ending;
            return Ok(Some(Search { at: point, here, ending, evaluations, pinned }));
        }
        for i in outside {
            (pinned[i], point[i]) = (true, lower[i]);
        }
    }
}

fn restrict(whole: &Evaluation, free: &[usize]) -> Evaluation {
    Evaluation {
        value: whole.value,
        gradient: free.iter().map(|&i| whole.gradient[i]).collect(),
        hessian: free
            .iter()
            .map(|&i| free.iter().map(|&j| whole.hessian[i][j]).collect())
            .collect(),
    }
}

/// An unbounded minimisation. `None` where the objective is not finite at the start.
fn descend(
    evaluate: &dyn Fn(&[f64]) -> Evaluation,
    start: &[f64],
    precision: Precision,
    max_evaluations: usize,
    interrupt: &dyn Interrupt,
) -> Result<Option<Search>> {
    if !evaluate(start).is_finite() {
        return Ok(None);
    }
    let state = RefCell::default();
    let state = Safeguards { evaluate, interrupt, precision, max_evaluations, state }.search(start);
    if matches!(state.stopped, Some(StopReason::Interrupted)) {
        return Err(Error::Interrupted);
    }
    let Some((mut at, mut here)) = state.best else { return Ok(None) };
    let mut evaluations = state.evaluations;
    for _ in 0..4 {
        if settled(&here, precision) {
            break;
        }
        let Some(step) = newton_step(&here) else { break };
        let next = moved(&at, &step);
        let there = evaluate(&next);
        evaluations += 1;
        let no_worse = there.value <= here.value + 1e-12 * (1.0 + here.value.abs());
        if !(there.is_finite() && no_worse && there.gradient_norm() < here.gradient_norm()) {
            break;
        }
        (at, here) = (next, there);
    }
    let flat = here.gradient_norm() <= precision.gradient.min(1e-8);
    let ending = if settled(&here, precision) || flat {
        Ending::Converged
    } else if matches!(state.stopped, Some(StopReason::Budget)) {
        Ending::Budget
    } else {
        Ending::Stalled
    };
    Ok(Some(Search { pinned: vec![false; at.len()], at, here, ending, evaluations }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> Options {
        Options::default()
    }

    /// Rosenbrock's valley with its exact Hessian.
    fn valley(at: &[f64]) -> Evaluation {
        let (x, y) = (at[0], at[1]);
        Evaluation {
            value: (1.0 - x).powi(2) + 100.0 * (y - x * x).powi(2),
            gradient: vec![-2.0 * (1.0 - x) - 400.0 * x * (y - x * x), 200.0 * (y - x * x)],
            hessian: vec![
                vec![2.0 - 400.0 * (y - 3.0 * x * x), -400.0 * x],
                vec![-400.0 * x, 200.0],
            ],
        }
    }

    #[test]
    fn finds_the_bottom_of_a_curved_valley_from_anywhere() {
        for start in [[-1.2, 1.0], [10.0, -10.0], [-30.0, 40.0]] {
            let found = search(&valley, &start, &options(), Precision::full(1e-7), &|| false)
                .unwrap()
                .unwrap();
            assert_eq!(found.ending, Ending::Converged);
            assert!((found.at[0] - 1.0).abs() < 1e-7 && (found.at[1] - 1.0).abs() < 1e-7);
        }
    }

    #[test]
    fn holds_a_parameter_at_its_bound() {
        let options = Options { lower: Some(vec![2.0, f64::NEG_INFINITY]), ..options() };
        let found = search(&valley, &[3.0, 0.0], &options, Precision::full(1e-7), &|| false)
            .unwrap()
            .unwrap();
        assert_eq!(found.pinned, [true, false]);
        assert!((found.at[1] - 4.0).abs() < 1e-7);
    }

    #[test]
    fn a_budget_and_an_interrupt_end_the_search() {
        let short = Options { max_evaluations: 3, ..options() };
        let found = search(&valley, &[-1.2, 1.0], &short, Precision::full(1e-7), &|| false)
            .unwrap()
            .unwrap();
        assert_eq!(found.ending, Ending::Budget);
        assert_eq!(
            search(&valley, &[-1.2, 1.0], &options(), Precision::full(1e-7), &|| true).unwrap_err(),
            Error::Interrupted
        );
    }

    #[test]
    fn noise_in_the_value_does_not_fool_the_ending() {
        let noisy = |at: &[f64]| {
            let mut here = valley(at);
            here.value += 1e6 + 1e-7 * (1e9 * at[0]).sin();
            here
        };
        let found = search(&noisy, &[-1.2, 1.0], &options(), Precision::full(1e-7), &|| false)
            .unwrap()
            .unwrap();
        assert!((found.at[0] - 1.0).abs() < 1e-2, "{found:?}");
    }
}
