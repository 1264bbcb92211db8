//! Spearman's rank correlation.

use rayon::slice::ParallelSliceMut;

use crate::error::{Error, Fault, Faults, Result};
use crate::numerics::beta_tails;

/// Spearman's ρ, the correlation of average ranks, and its two-sided p-value from
/// t = ρ√((n−2)/(1−ρ²)) with n − 2 degrees of freedom (Kendall & Stuart 1979, 31.19).
///
/// ρ is 0 with p-value 1 where there is nothing to correlate: fewer than three rows, or a constant.
///
/// # Errors
/// [`Error::Length`], or [`Error::Rows`] for values that are not finite.
pub fn spearman(a: &[f64], b: &[f64]) -> Result<(f64, f64)> {
    let n = a.len();
    if b.len() != n {
        return Err(Error::Length { column: "b", found: b.len(), expected: n });
    }
    let mut faults = Faults::default();
    for (column, values) in [("a", a), ("b", b)] {
        for (i, &value) in values.iter().enumerate().filter(|(_, value)| !value.is_finite()) {
            faults.note(Fault::NotFinite, column, i, value);
        }
    }
    faults.into_result()?;
    let (ranks_a, ranks_b) = (centred_ranks(a), centred_ranks(b));
    let product = |u: &[f64], v: &[f64]| u.iter().zip(v).map(|(x, y)| x * y).sum::<f64>();
    let spread = product(&ranks_a, &ranks_a).sqrt() * product(&ranks_b, &ranks_b).sqrt();
    if n < 3 || spread == 0.0 {
        return Ok((0.0, 1.0));
    }
    let rho = (product(&ranks_a, &ranks_b) / spread).clamp(-1.0, 1.0);
    let freedom = (n - 2) as f64;
    let t = rho * (freedom / ((1.0 - rho) * (1.0 + rho))).sqrt();
    // P(|t'| > |t|) = P(B ≤ n/(n + t²)) for B ~ Beta(n/2, 1/2), n degrees of freedom.
    let p_value = match freedom / (t * t) {
        odds if odds.is_infinite() => 1.0,
        odds if odds > 0.0 => beta_tails(0.5 * freedom, 0.5, odds)[0],
        _ => 0.0,
    };
    Ok((rho, p_value))
}

/// Average ranks, less their mean.
#[allow(clippy::cast_possible_truncation)] // positions of an array in memory
fn centred_ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<u32> = (0..values.len() as u32).collect();
    order.par_sort_unstable_by(|&i, &j| values[i as usize].total_cmp(&values[j as usize]));
    let middle = (values.len() as f64 - 1.0) / 2.0;
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    while start < order.len() {
        let value = values[order[start] as usize];
        let same = |i: &&u32| values[**i as usize].total_cmp(&value).is_eq();
        let ties = order[start..].iter().take_while(same).count();
        let rank = start as f64 + (ties as f64 - 1.0) / 2.0 - middle;
        for &i in &order[start..start + ties] {
            ranks[i as usize] = rank;
        }
        start += ties;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    /// scipy.stats.spearmanr of the same vectors.
    #[test]
    fn agrees_with_scipy() {
        let a = [1.0, 2.0, 2.0, 4.0, 5.0, 6.0];
        let b = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0];
        let (rho, p_value) = spearman(&a, &b).unwrap();
        assert!((rho - 0.602_941_176_470_588_2).abs() < 1e-12, "{rho}");
        assert!((p_value - 0.205_184_268_776_714_72).abs() < 1e-9, "{p_value}");
    }

    #[test]
    fn a_constant_correlates_with_nothing() {
        assert_eq!(spearman(&[1.0; 9], &[2.0; 9]).unwrap(), (0.0, 1.0));
    }
}
