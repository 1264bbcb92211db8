//! The fit of a model: starts, subsamples, search, covariance and report.

use super::information::{Information, covariance};
use super::newton::Precision;
use super::objective::Objective;
use super::options::Options;
use super::safeguards::MAX_LOG_PARAMETER;
use super::subsampling;
use super::trust_region::{Ending, Search, search};
use crate::data::columns::Column;
use crate::data::observations::Observation;
use crate::data::table::Table;
use crate::error::{Error, Result};
use crate::models::traits::{Model, Unit};
use crate::parallel::interrupt::Interrupt;

/// The result of a fit, and its diagnostics.
#[derive(Debug, Clone)]
pub struct Fit {
    /// θ in the data's own units.
    pub params: Vec<f64>,
    /// Times were multiplied by this, 1/max T, while fitting.
    pub scale: f64,
    /// Σ w·ℓ at the maximum, in the data's own units, without penalty.
    pub log_likelihood: f64,
    /// The minimised objective, in scaled time: −Σwℓ/Σw + c·Σθ², with the scale of [`Model::PENALTY`].
    pub objective: f64,
    /// log θ in scaled time.
    pub log_params: Vec<f64>,
    /// ∂²objective/∂log θ².
    pub hessian: Vec<Vec<f64>>,
    /// Covariance of θ in the data's units; NaN where a parameter is not identified.
    pub covariance: Vec<Vec<f64>>,
    /// The information of the likelihood (without penalty) about each direction.
    pub information: Information,
    /// The reason for the end of the search.
    pub ending: Ending,
    /// Evaluations of the likelihood over all unique rows.
    pub evaluations: usize,
    /// Largest component of the gradient in log θ, over the parameters that are free to move.
    pub gradient_norm: f64,
    /// For each parameter, whether it reached the edge of the search region or a given bound.
    pub at_boundary: Vec<bool>,
    /// The number of customers.
    pub customers: usize,
    /// The number of distinct rows; of all rows in a dense table.
    pub unique_rows: usize,
    /// Sum of the weights.
    pub weight: f64,
}

/// Fits a model: minimises −Σ w·ℓ/Σ w + c·Σθ² over log θ, times scaled to max T = 1.
///
/// Several starts are tried, because small tables can have more than one maximum. In large data they are
/// tried on a subsample of the customers, until one leads to a maximum in every direction, which is then
/// refined on larger subsamples and finally on all rows.
///
/// # Errors
/// Bad data or settings; [`Error::NoStart`] if the likelihood is finite at no start; [`Error::Unfinished`]
/// if the evaluations ran out; [`Error::Interrupted`].
#[allow(clippy::missing_panics_doc)] // a scope ends when what is spawned in it is done
pub fn fit<'a, M: Model<K>, const K: usize>(
    model: &M,
    columns: &[impl Into<Column<'a>> + Copy],
    weights: Option<&'a [f64]>,
    options: &Options,
    interrupt: &dyn Interrupt,
) -> Result<Fit> {
    options.check(model.name(), K)?;
    let table = Table::<M::Observation>::new(columns, weights)?;
    model.check(&table)?;
    check_observed(&table, options.without_purchases)?;
    let longest = table.longest();
    let scale = if longest > 0.0 { longest.recip() } else { 1.0 };
    let rows = table.scaled(scale);
    let (customers, unique_rows) = (rows.customers(), rows.len());
    let means = M::PENALTY.means(customers);
    let density_scale = rows.total_weight() * rows.mean(Observation::time_densities) * scale.ln();

    let logs = |start: [f64; K]| start.iter().map(|p| p.ln()).collect::<Vec<f64>>();
    let own_starts = model.starts(&rows).into_iter().map(logs);
    let starts: Vec<Vec<f64>> = options.initial.clone().into_iter().chain(own_starts).collect();
    let penalizer = options.penalizer / means;
    let weight = rows.total_weight();
    let certain = |found: &Search| is_determined(found, weight);
    let never = |_: &Search| false;
    let samples = subsampling::samples(&rows);
    let approach = || -> Result<Option<Search>> {
        let mut near: Option<Search> = None;
        for sample in samples {
            let starts = near.as_ref().map_or(&starts[..], |near| std::slice::from_ref(&near.at));
            near = best_of(
                &objective(model, sample, penalizer),
                starts,
                &certain,
                options,
                Precision::rough(),
                interrupt,
            )?;
            if near.is_none() {
                break;
            }
        }
        Ok(near)
    };
    // The kernel of the whole table is built meanwhile; the search stays on this thread, which may poll for interrupts.
    let mut full = None;
    let near = rayon::in_place_scope(|scope| {
        scope.spawn(|_| full = Some(objective(model, rows, penalizer)));
        approach()
    })?;
    let full = full.expect("what is spawned in a scope is done when it ends");
    let precision = Precision::full(options.tolerance);
    let from_near = match near {
        Some(near) => best_of(&full, &[near.at], &never, options, precision, interrupt)?,
        None => None,
    };
    let found = match from_near {
        Some(found) if found.ending.converged() => Some(found),
        other => match (other, best_of(&full, &starts, &never, options, precision, interrupt)?) {
            (Some(near), Some(found)) => Some(near.better(found)),
            (near, found) => near.or(found),
        },
    };
    let found = found.ok_or(Error::NoStart { model: model.name() })?;
    if found.ending == Ending::Budget {
        return Err(Error::Unfinished { model: model.name(), evaluations: found.evaluations });
    }
    let fit =
        FitBuilder { full: &full, found, scale, means, density_scale, customers, unique_rows };
    Ok(fit.build(M::PARAMETERS.map(|parameter| parameter.unit == Unit::Time)))
}

/// Checks that some time was observed, and some repeat purchase if the model needs them.
fn check_observed<R: Observation>(table: &Table<'_, R>, without_purchases: bool) -> Result<()> {
    let none = |which: usize| {
        let any = |row: &R| row.observed().is_none_or(|observed| observed[which] > 0.0);
        table.mean(|row| f64::from(any(row))) == 0.0
    };
    let no_time = Err(Error::NoTime { column: R::COLUMNS[R::COLUMNS.len() - 1] });
    if table.longest() == 0.0 {
        no_time
    } else if !R::REPEATS || !none(1) {
        Ok(())
    } else if none(0) {
        no_time
    } else if without_purchases {
        Ok(())
    } else {
        Err(Error::NoPurchases)
    }
}

fn objective<'a, M: Model<K>, const K: usize>(
    model: &M,
    rows: Table<'a, M::Observation>,
    penalizer: f64,
) -> Objective<'a, K> {
    let weight = rows.total_weight();
    Objective::new(model.kernel(rows), weight, penalizer)
}

/// The best result over all starts, tried in order of their values until one is good enough. `None` if the
/// objective is finite at no start.
fn best_of<const K: usize>(
    target: &Objective<'_, K>,
    starts: &[Vec<f64>],
    enough: &dyn Fn(&Search) -> bool,
    options: &Options,
    precision: Precision,
    interrupt: &dyn Interrupt,
) -> Result<Option<Search>> {
    let mut evaluated: Vec<_> =
        starts.iter().map(|start| (start, target.evaluate(start))).collect();
    let by_user = usize::from(options.initial.is_some() && starts.len() > 1);
    evaluated[by_user..].sort_by(|(_, a), (_, b)| a.value.total_cmp(&b.value));
    let mut best: Option<Search> = None;
    for (start, first) in evaluated {
        let evaluate = |at: &[f64]| if at == start { first.clone() } else { target.evaluate(at) };
        let Some(found) = search(&evaluate, start, options, precision, interrupt)? else {
            continue;
        };
        let certain = found.ending.converged() && enough(&found);
        best = Some(match best {
            Some(best) => best.better(found),
            None => found,
        });
        if certain {
            break;
        }
    }
    Ok(best)
}

/// Whether a point is a minimum in every direction, not on a plateau, and within its bounds, for a
/// table of this total weight.
fn is_determined(found: &Search, weight: f64) -> bool {
    let information = scaled(&found.here.hessian, weight);
    !found.pinned.contains(&true) && Information::new(&information).is_definite()
}

fn scaled(matrix: &[Vec<f64>], factor: f64) -> Vec<Vec<f64>> {
    matrix.iter().map(|row| row.iter().map(|value| value * factor).collect()).collect()
}

struct FitBuilder<'a, const K: usize> {
    full: &'a Objective<'a, K>,
    found: Search,
    scale: f64,
    means: f64,
    density_scale: f64,
    customers: usize,
    unique_rows: usize,
}

impl<const K: usize> FitBuilder<'_, K> {
    fn build(self, timed: [bool; K]) -> Fit {
        let Search { at, here, ending, evaluations, pinned } = self.found;
        let weight = self.full.weight();
        let times_weight = |matrix: &[Vec<f64>]| scaled(matrix, weight);
        let plain = self.full.without_penalty(&at, &here);
        let mut information = Information::new(&times_weight(&plain.hessian));
        let params: Vec<f64> = at
            .iter()
            .zip(timed)
            .map(|(eta, timed)| if timed { eta.exp() / self.scale } else { eta.exp() })
            .collect();
        let leave_out: Vec<bool> =
            information.not_identified.iter().zip(&pinned).map(|(n, p)| *n || *p).collect();
        let free_gradient = here.gradient.iter().zip(&pinned).filter(|(_, pinned)| !**pinned);
        let covariance = covariance(&times_weight(&here.hessian), &params, &leave_out)
            .unwrap_or_else(|| {
                information.not_identified = vec![true; K];
                vec![vec![f64::NAN; K]; K]
            });
        Fit {
            covariance,
            params,
            scale: self.scale,
            log_likelihood: -plain.value * weight + self.density_scale,
            objective: here.value * self.means,
            gradient_norm: free_gradient.fold(0.0, |m: f64, (g, _)| m.max(g.abs())),
            hessian: scaled(&here.hessian, self.means),
            at_boundary: at
                .iter()
                .zip(&pinned)
                .map(|(eta, pinned)| *pinned || eta.abs() > MAX_LOG_PARAMETER - 1.0)
                .collect(),
            log_params: at,
            information,
            ending,
            evaluations,
            customers: self.customers,
            unique_rows: self.unique_rows,
            weight,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::{BG_NBD, BgBb, ParetoNbd};

    fn refusal(
        model: &impl Model<4>,
        columns: [&[f64]; 3],
        weights: Option<&[f64]>,
    ) -> Option<Error> {
        fit(model, &columns, weights, &Options::default(), &|| false).err()
    }

    #[test]
    fn tables_without_time_or_purchases_are_refused() {
        let (none, long) = ([0.0; 3], [9.0; 3]);
        assert_eq!(refusal(&BG_NBD, [&none; 3], None), Some(Error::NoTime { column: "T" }));
        assert_eq!(refusal(&BgBb, [&none; 3], None), Some(Error::NoTime { column: "n_periods" }));
        assert_eq!(refusal(&BgBb, [&none, &none, &long], None), Some(Error::NoPurchases));
        assert_eq!(refusal(&ParetoNbd, [&none, &none, &long], None), Some(Error::NoPurchases));
        let asked = Options { without_purchases: true, ..Options::default() };
        let columns: [&[f64]; 3] = [&none, &none, &long];
        assert!(fit(&BG_NBD, &columns, None, &asked, &|| false).is_ok());
        // Rows of weight 0 represent no customers.
        let (some, last) = ([0.0, 0.0, 2.0], [0.0, 0.0, 3.0]);
        let found = refusal(&BG_NBD, [&some, &last, &long], Some(&[1.0, 1.0, 0.0]));
        assert_eq!(found, Some(Error::NoPurchases));
        let heavy = refusal(&BG_NBD, [&some, &last, &long], Some(&[1e308; 3]));
        assert!(matches!(heavy, Some(Error::Rows(bad)) if bad.column == "weights"));
    }
}
