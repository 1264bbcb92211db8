//! Density of heterogeneity: the mixing distribution of a rate or a probability over customers.

use crate::error::{Error, Result};
use crate::numerics::{
    LogitBeta, Unimodal, exp_less_line, ln_gamma_density_at_mode, ln_ratio, quantile,
};

/// The distribution by which a rate or a probability varies between customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MixingDistribution {
    /// Rates: gamma with a shape and a rate.
    Gamma,
    /// Probabilities: beta with two shapes.
    Beta,
}

impl MixingDistribution {
    /// The distribution of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "gamma" => Some(Self::Gamma),
            "beta" => Some(Self::Beta),
            _ => None,
        }
    }
}

/// Points x, evenly spaced from 0 to the quantile of `level`, and the density at each; if nearly all
/// customers are within a small part of that, from somewhat below them.
///
/// The density is infinite at 0 if the first shape is below 1, and at 1 if the second is.
///
/// # Errors
/// [`Error::Setting`] for parameters that are not positive and finite, and for those between whose
/// quantiles there are no numbers, or nearly none.
pub fn density(
    distribution: MixingDistribution,
    first: f64,
    second: f64,
    level: f64,
    points: usize,
) -> Result<(Vec<f64>, Vec<f64>)> {
    for (name, value) in [("the first parameter", first), ("the second parameter", second)] {
        if !(value > 0.0 && value.is_finite()) {
            return Err(Error::Setting { name, value, expected: "a positive finite number" });
        }
    }
    if !(level > 0.0 && level < 1.0) {
        return Err(Error::Setting { name: "level", value: level, expected: "between 0 and 1" });
    }
    let found = match distribution {
        MixingDistribution::Gamma => {
            let shape = LogGamma::new(first);
            let at = |level| first * quantile(&shape, 0.0, level).exp() / second;
            let y = |x: f64| shape.density(x * second) * second;
            density_curve([at(1.0 - level), at(level)], first, points, y)
        }
        MixingDistribution::Beta => {
            let shape = LogitBeta::new(first, second);
            let at = |level| shape.probabilities(quantile(&shape, 0.0, level))[0];
            density_curve([at(1.0 - level), at(level)], first, points, |x| shape.density(x))
        }
    };
    found.ok_or(Error::Setting {
        name: "the first parameter",
        value: first,
        expected: "of about the size of the second: all customers are practically equal, and there is no \
                   density to draw",
    })
}

/// Densities whose customers are within this share of the range from 0 are evaluated near them only.
const NARROW_SHARE: f64 = 0.05;

/// Points from 0, or from somewhat below the bulk of the customers if that is narrow, up to the higher of
/// these two quantiles, and the density at each. `None` if there are no numbers between them.
fn density_curve(
    [low, high]: [f64; 2],
    shape: f64,
    points: usize,
    density: impl Fn(f64) -> f64,
) -> Option<(Vec<f64>, Vec<f64>)> {
    let spread = high - low;
    let from = if spread < NARROW_SHARE * high { (low - spread).max(0.0) } else { 0.0 };
    let step = (high - from) / points.saturating_sub(1).max(1) as f64;
    if !(high.is_finite() && high > f64::MIN_POSITIVE && step > 4.0 * f64::EPSILON * high) {
        return None;
    }
    let x: Vec<f64> = (0..points).map(|i| (from + i as f64 * step).min(high)).collect();
    let at = |x: f64| match x {
        x if x > 0.0 => density(x),
        _ if shape < 1.0 => f64::INFINITY,
        _ if shape > 1.0 => 0.0,
        // The limit at 0.
        _ => density(f64::MIN_POSITIVE),
    };
    let y: Vec<f64> = x.iter().map(|&x| at(x)).collect();
    // Only the very ends may have no bound.
    y.iter().skip(1).rev().skip(1).all(|y| y.is_finite()).then_some((x, y))
}

/// The density of s = ln(x/k) for x ~ Gamma(k, 1), whose mode is at 0.
struct LogGamma {
    k: f64,
    /// ln of the density at 0.
    ln_mode: f64,
}

impl LogGamma {
    fn new(k: f64) -> Self {
        Self { k, ln_mode: ln_gamma_density_at_mode(k) }
    }

    /// The density of x itself.
    fn density(&self, x: f64) -> f64 {
        (self.ln_mode - self.k * exp_less_line(ln_ratio(x, self.k)) - x.ln()).exp()
    }
}

impl Unimodal for LogGamma {
    fn value(&self, s: f64) -> f64 {
        (self.ln_mode - self.k * exp_less_line(s)).exp()
    }
    fn slope_and_curvature(&self, s: f64) -> [f64; 2] {
        [-self.k * s.exp_m1(), self.k * s.exp()]
    }
    /// It is analytic everywhere, and the curvature falls from the right to the left.
    fn core(&self) -> [f64; 2] {
        [f64::INFINITY; 2]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// scipy.stats.gamma and .beta: the quantile of 0.99 and the density halfway to it.
    #[test]
    fn agrees_with_scipy() {
        for (distribution, first, second, reach, middle) in CASES {
            let (x, y) = density(distribution, first, second, 0.99, 101).unwrap();
            assert!((x[100] / reach - 1.0).abs() < 1e-9, "{distribution:?} {first}: {}", x[100]);
            assert!((y[50] / middle - 1.0).abs() < 1e-9, "{distribution:?} {first}: {}", y[50]);
        }
    }

    const CASES: [(MixingDistribution, f64, f64, f64, f64); 6] = [
        (
            MixingDistribution::Gamma,
            0.242_6,
            4.413_5,
            0.544_125_620_823_017_6,
            0.308_995_136_507_167_64,
        ),
        (
            MixingDistribution::Gamma,
            3.663_4,
            76.172,
            0.124_769_451_716_543_27,
            10.449_227_379_094_832,
        ),
        (MixingDistribution::Gamma, 250.0, 0.5, 576.492_812_511_654_5, 3.312_487_968_905_854e-16),
        (
            MixingDistribution::Beta,
            0.792_9,
            2.425_8,
            0.827_114_084_375_120_7,
            0.935_422_374_440_419_5,
        ),
        (MixingDistribution::Beta, 0.05, 9.0, 0.119_647_562_549_981_5, 0.506_784_333_258_322_2),
        (MixingDistribution::Beta, 400.0, 30.0, 0.955_774_971_575_120_4, 2.769_823_328_634_161e-89),
    ];

    /// The quantile of 0.99 and the density there (where given): `mpmath` at 40 digits, of a beta
    /// distribution with one huge parameter that of its limit, a gamma distribution, and with two huge
    /// ones of a normal distribution.
    #[test]
    fn extreme_parameters_have_their_densities() {
        for (distribution, first, second, reach, top) in EXTREMES {
            let (x, y) = density(distribution, first, second, 0.99, 101).unwrap();
            assert!((x[100] / reach - 1.0).abs() < 1e-9, "{distribution:?} {first}: {}", x[100]);
            assert!(
                top == 0.0 || (y[100] / top - 1.0).abs() < 1e-6,
                "{distribution:?} {first}: {}",
                y[100]
            );
            // The evaluated range holds the bulk of the customers.
            let step = x[1] - x[0];
            let mass = step * y.iter().filter(|y| y.is_finite()).sum::<f64>();
            assert!(first < 1.0 || (mass - 0.99).abs() < 0.02, "{distribution:?} {first}: {mass}");
        }
    }

    const EXTREMES: [(MixingDistribution, f64, f64, f64, f64); 10] = [
        (
            MixingDistribution::Beta,
            5.829_204_349_515_649,
            457_649_797_763_902.44,
            2.808_892_400_171_618e-14,
            3_018_934_070_821.153,
        ),
        (
            MixingDistribution::Beta,
            0.518_849_653_591_761_8,
            117_221_019_693_604.75,
            2.878_149_364_611_683e-14,
            1_308_597_501_356.369,
        ),
        (MixingDistribution::Beta, 1e7, 1e7, 0.500_260_093_584_939_5, 238.384_052_250_989_38),
        (MixingDistribution::Beta, 3.0, 1e16, 8.405_946_914_885_464e-16, 0.0),
        (MixingDistribution::Beta, 1e16, 1e16, 0.500_000_008_224_881_8, 0.0),
        (MixingDistribution::Gamma, 1e3, 1e-12, 1_075_032_832_086_435.1, 0.0),
        (MixingDistribution::Gamma, 1e8, 1e16, 1.000_232_649_493_616_1e-8, 0.0),
        (MixingDistribution::Gamma, 0.5, 1e16, 3.317_448_300_510_607e-16, 0.0),
        (MixingDistribution::Gamma, 1e16, 1e-12, 1.000_000_023_263_480_2e28, 0.0),
        (
            MixingDistribution::Gamma,
            832.568_945_688_835,
            33_115_770_579_937_710.0,
            2.721_244_037_460_785e-14,
            0.0,
        ),
    ];

    /// Between 1e-12 and 1e16 there is a density or a refusal, in bounded time.
    #[test]
    fn all_parameters_end_in_bounded_time() {
        let powers = [-12, -8, -4, -1, 0, 2, 5, 8, 12, 16];
        for first in powers.map(|power| 10f64.powi(power)) {
            for second in powers.map(|power| 10f64.powi(power)) {
                for distribution in [MixingDistribution::Gamma, MixingDistribution::Beta] {
                    match density(distribution, first, second, 0.99, 100) {
                        Ok((x, y)) => {
                            assert!(x.is_sorted() && x.iter().all(|x| x.is_finite()));
                            assert!(y.iter().all(|y| *y >= 0.0));
                        }
                        Err(error) => assert!(matches!(error, Error::Setting { .. })),
                    }
                }
            }
        }
    }

    #[test]
    fn a_shape_of_one_starts_at_its_limit() {
        let (_, y) = density(MixingDistribution::Gamma, 1.0, 3.0, 0.99, 10).unwrap();
        assert!((y[0] - 3.0).abs() < 1e-12);
        let (_, y) = density(MixingDistribution::Beta, 1.0, 3.0, 0.99, 10).unwrap();
        assert!((y[0] - 3.0).abs() < 1e-12);
    }

    #[test]
    fn refuses_parameters_without_a_density() {
        assert!(density(MixingDistribution::Gamma, 0.0, 1.0, 0.99, 100).is_err());
        assert!(density(MixingDistribution::Beta, 1.0, f64::NAN, 0.99, 100).is_err());
        assert!(density(MixingDistribution::Gamma, 1e-9, 1.0, 0.99, 100).is_err());
        assert!(density(MixingDistribution::Beta, 1e-9, 1.0, 0.99, 100).is_err());
        assert!(density(MixingDistribution::Gamma, 1.0, 1.0, 1.0, 100).is_err());
    }
}
