//! Fisher information: eigenvalues, identification of parameters, covariance.

use nalgebra::{DMatrix, SymmetricEigen};

/// A direction of log θ along which a whole unit changes the log-likelihood by less than this
/// halved is not identified at all (its standard error would exceed a factor e¹⁰).
const NOT_IDENTIFIED_BELOW: f64 = 0.01;
/// Below this the standard error exceeds a factor e²: weakly identified.
const WEAKLY_IDENTIFIED_BELOW: f64 = 0.25;
/// A parameter belongs to a direction when it is at least this part of it.
const MIN_COMPONENT: f64 = 0.3;

/// The information −∂²Σwℓ/∂log θ², judged direction by direction.
///
/// At a penalised optimum far from the likelihood's own maximum an eigenvalue may be negative: the data
/// identify that direction but disagree with the penalty. Its absolute value is what counts.
#[derive(Debug, Clone)]
pub struct Information {
    /// Eigenvalues, ascending.
    pub eigenvalues: Vec<f64>,
    /// Largest over smallest eigenvalue in absolute value.
    pub condition: f64,
    /// For each parameter, whether the data do not identify it.
    pub not_identified: Vec<bool>,
    /// For each parameter, whether the data identify it weakly.
    pub weakly_identified: Vec<bool>,
}

impl Information {
    /// Judges an information matrix (log parameters, not divided by the number of customers).
    #[must_use]
    pub fn new(matrix: &[Vec<f64>]) -> Self {
        let dimension = matrix.len();
        let symmetric =
            DMatrix::from_fn(dimension, dimension, |i, j| 0.5 * (matrix[i][j] + matrix[j][i]));
        let eigen = SymmetricEigen::new(symmetric);
        let (mut nothing, mut little) = (vec![false; dimension], vec![false; dimension]);
        for (k, &value) in eigen.eigenvalues.iter().enumerate() {
            let flag = if value.abs() < NOT_IDENTIFIED_BELOW {
                &mut nothing
            } else if value.abs() < WEAKLY_IDENTIFIED_BELOW {
                &mut little
            } else {
                continue;
            };
            for (i, mark) in flag.iter_mut().enumerate() {
                *mark |= eigen.eigenvectors[(i, k)].abs() > MIN_COMPONENT;
            }
        }
        for (weak, none) in little.iter_mut().zip(&nothing) {
            *weak &= !none;
        }
        let mut eigenvalues: Vec<f64> = eigen.eigenvalues.iter().copied().collect();
        eigenvalues.sort_by(f64::total_cmp);
        let sizes = || eigenvalues.iter().map(|value| value.abs());
        let condition = sizes().fold(0.0, f64::max) / sizes().fold(f64::INFINITY, f64::min);
        Self { eigenvalues, condition, not_identified: nothing, weakly_identified: little }
    }

    /// Whether the data identify every direction, and this is a maximum.
    #[must_use]
    pub fn is_definite(&self) -> bool {
        self.eigenvalues.iter().all(|value| *value >= WEAKLY_IDENTIFIED_BELOW)
    }
}

/// Cov(θ) = diag(θ)·H⁻¹·diag(θ), the delta method on log θ, for `hessian` = H (not divided by the number of
/// customers). Rows and columns of parameters in `leave_out` are NaN; the others are conditional on those.
/// `None` if the remaining block is not positive definite.
#[must_use]
pub fn covariance(
    hessian: &[Vec<f64>],
    theta: &[f64],
    leave_out: &[bool],
) -> Option<Vec<Vec<f64>>> {
    let dimension = theta.len();
    let mut covariance = vec![vec![f64::NAN; dimension]; dimension];
    let kept: Vec<usize> = (0..dimension).filter(|&i| !leave_out[i]).collect();
    let block = DMatrix::from_fn(kept.len(), kept.len(), |i, j| hessian[kept[i]][kept[j]]);
    let inverse = block.cholesky()?.inverse();
    for (i, &row) in kept.iter().enumerate() {
        for (j, &column) in kept.iter().enumerate() {
            let symmetric = 0.5 * (inverse[(i, j)] + inverse[(j, i)]);
            covariance[row][column] = theta[row] * theta[column] * symmetric;
            if !covariance[row][column].is_finite() {
                return None;
            }
        }
    }
    Some(covariance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flat_directions_name_their_parameters() {
        let matrix = vec![vec![50.0, 1.0, 0.0], vec![1.0, 40.0, 0.0], vec![0.0, 0.0, 1e-9]];
        let information = Information::new(&matrix);
        assert_eq!(information.not_identified, [false, false, true]);
        let covariance =
            covariance(&matrix, &[2.0, 3.0, 1.0], &information.not_identified).unwrap();
        let determinant = 50.0 * 40.0 - 1.0;
        assert!((covariance[0][1] - -6.0 / determinant).abs() < 1e-15);
        assert_eq!(covariance[0][1].to_bits(), covariance[1][0].to_bits());
        assert!(covariance[2][2].is_nan());
    }
}
