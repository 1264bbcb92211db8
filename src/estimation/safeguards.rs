//! Safeguards around a search: argmin's solvers on their own may run without end, stop at wrong points or
//! block Ctrl-C. They bound the region searched and the number of evaluations, poll for interrupts and
//! apply a test of gradient and Newton step at every point evaluated.

use std::cell::RefCell;

use argmin::core::{CostFunction, Error as ArgminError, Gradient, Hessian};
use argmin::core::{IterState, Problem, Solver, State as _};
use argmin::solver::trustregion::{Steihaug, TrustRegion};

use super::evaluation::Evaluation;
use super::newton::{Precision, moved, newton_step, predicted_gain, settled};
use crate::parallel::interrupt::Interrupt;

/// The largest |log θ|: parameters are searched between e^−46 ≈ 1e-20 and 1e20 (in scaled time).
pub(super) const MAX_LOG_PARAMETER: f64 = 46.0;
/// The largest number of conjugate-gradient steps: exact arithmetic needs one per parameter, rounding may
/// add some, and without a limit the steps may never end.
const MAX_CONJUGATE_STEPS: u64 = 50;
/// The largest length of the first step.
const FIRST_RADIUS: f64 = 2.0;
/// Evaluations without visible gain after which the value is all noise.
const MAX_STALLED_EVALUATIONS: usize = 12;

/// Why a search was ended.
#[derive(Clone, Copy)]
pub(super) enum StopReason {
    Settled,
    Budget,
    Noise,
    Interrupted,
}

/// The state of a search.
#[derive(Default)]
pub(super) struct SearchState {
    last: Option<(Vec<f64>, Evaluation)>,
    /// The best point.
    pub(super) best: Option<(Vec<f64>, Evaluation)>,
    since_gain: usize,
    /// The number of points evaluated.
    pub(super) evaluations: usize,
    /// Why it was ended, if it was.
    pub(super) stopped: Option<StopReason>,
}

pub(super) struct Safeguards<'a> {
    pub(super) evaluate: &'a dyn Fn(&[f64]) -> Evaluation,
    pub(super) interrupt: &'a dyn Interrupt,
    pub(super) precision: Precision,
    pub(super) max_evaluations: usize,
    pub(super) state: RefCell<SearchState>,
}

impl Safeguards<'_> {
    /// Searches from a point.
    pub(super) fn search(self, start: &[f64]) -> SearchState {
        let from = self.newton_descent(start);
        if self.is_running() {
            // The result was recorded in the state.
            let _ = self.trust_region(from);
        }
        self.state.into_inner()
    }

    /// Whether the search continues.
    fn is_running(&self) -> bool {
        self.state.borrow().stopped.is_none()
    }

    /// Evaluates at a point, unless it was the last one requested; after the end of the search every point
    /// is rejected. (argmin's errors would end it too, but may walk the stack for a backtrace.)
    fn at(&self, point: &[f64]) -> Evaluation {
        let mut state = self.state.borrow_mut();
        if let Some((last, evaluation)) = &state.last
            && last == point
        {
            return evaluation.clone();
        }
        if state.stopped.is_none() {
            if self.interrupt.is_requested() {
                state.stopped = Some(StopReason::Interrupted);
            } else if state.evaluations >= self.max_evaluations {
                state.stopped = Some(StopReason::Budget);
            }
        }
        if state.stopped.is_some() {
            return Evaluation::infinite(point.len());
        }
        state.evaluations += 1;
        let inside = point.iter().all(|eta| eta.abs() <= MAX_LOG_PARAMETER);
        let mut here = (self.evaluate)(point);
        if !inside || !here.is_finite() {
            here.value = f64::INFINITY;
            return here;
        }
        state.last = Some((point.to_vec(), here.clone()));
        let settled = settled(&here, self.precision);
        let gain = state.best.as_ref().map_or(f64::INFINITY, |(_, best)| best.value - here.value);
        let noise = 1e-14 * (1.0 + here.value.abs());
        state.since_gain = if gain > noise { 0 } else { state.since_gain + 1 };
        if gain > 0.0 || (settled && gain > -noise) {
            state.best = Some((point.to_vec(), here.clone()));
            if settled {
                state.stopped = Some(StopReason::Settled);
                return here;
            }
        }
        if state.since_gain > MAX_STALLED_EVALUATIONS {
            state.stopped = Some(StopReason::Noise);
        }
        here
    }

    /// Newton steps from a point, as long as they are short and gain much of what they predict; returns the
    /// last point.
    fn newton_descent(&self, start: &[f64]) -> Vec<f64> {
        let (mut at, mut here) = (start.to_vec(), self.at(start));
        while self.is_running() {
            let Some(step) = newton_step(&here).filter(|step| step.norm() <= FIRST_RADIUS) else {
                break;
            };
            let next = moved(&at, &step);
            let there = self.at(&next);
            let kept = here.value - there.value > 0.25 * predicted_gain(&here, &step);
            if !kept {
                break;
            }
            (at, here) = (next, there);
        }
        at
    }

    /// The trust-region method, until the end of the search.
    fn trust_region(&self, start: Vec<f64>) -> std::result::Result<(), ArgminError> {
        let mut solver = TrustRegion::new(Steihaug::new().with_max_iters(MAX_CONJUGATE_STEPS))
            .with_radius(FIRST_RADIUS)?
            .with_max_radius(16.0)?;
        let mut problem = Problem::new(self);
        let mut state = solver.init(&mut problem, IterState::new().param(start))?.0;
        for _ in 0..10 * self.max_evaluations {
            if !self.is_running() {
                break;
            }
            state = solver.next_iter(&mut problem, state)?.0;
        }
        Ok(())
    }
}

impl CostFunction for &Safeguards<'_> {
    type Param = Vec<f64>;
    type Output = f64;
    fn cost(&self, point: &Vec<f64>) -> std::result::Result<f64, ArgminError> {
        Ok(self.at(point).value)
    }
}

impl Gradient for &Safeguards<'_> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;
    fn gradient(&self, point: &Vec<f64>) -> std::result::Result<Vec<f64>, ArgminError> {
        Ok(self.at(point).gradient)
    }
}

impl Hessian for &Safeguards<'_> {
    type Param = Vec<f64>;
    type Hessian = Vec<Vec<f64>>;
    fn hessian(&self, point: &Vec<f64>) -> std::result::Result<Vec<Vec<f64>>, ArgminError> {
        Ok(self.at(point).hessian)
    }
}
