//! How a rate or a probability is spread over the customers: the density a plot draws.

use statrs::distribution::{Beta, Continuous, ContinuousCDF, Gamma};

use crate::error::{Error, Result};

/// The law by which a trait of customers varies between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Law {
    /// Rates: gamma with a shape and a rate.
    Gamma,
    /// Probabilities: beta with two shapes.
    Beta,
}

impl Law {
    /// The law of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "gamma" => Some(Self::Gamma),
            "beta" => Some(Self::Beta),
            _ => None,
        }
    }
}

/// Points x, evenly spaced from 0 to the quantile of `level`, and the density at each.
///
/// The density at 0 is infinite where a first shape below 1 makes it so.
///
/// # Errors
/// [`Error::Setting`] for parameters that are not positive and finite, and for those whose
/// quantile a double cannot tell from 0.
pub fn density(
    law: Law,
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
    match law {
        // The rate only scales the axis; with rate 1 the search for the quantile starts nearby.
        Law::Gamma => {
            let unit = Gamma::new(first, 1.0).map_err(|_| refused(first))?;
            let reach = quantile(&unit, first, level)?;
            Ok(curve(first, reach, second, points, |x| unit.pdf(x)))
        }
        Law::Beta => {
            let beta = Beta::new(first, second).map_err(|_| refused(first))?;
            let reach = quantile(&beta, first, level)?;
            Ok(curve(first, reach, 1.0, points, |x| beta.pdf(x)))
        }
    }
}

fn refused(value: f64) -> Error {
    Error::Setting { name: "the first parameter", value, expected: "a positive finite number" }
}

/// The quantile, where a double can hold it: below a tiny shape it lies nearer to 0.
fn quantile(law: &impl ContinuousCDF<f64, f64>, shape: f64, level: f64) -> Result<f64> {
    let found = law.inverse_cdf(level);
    if found > 0.0 && (law.cdf(found) - level).abs() < 1e-6 {
        return Ok(found);
    }
    Err(Error::Setting {
        name: "the first parameter",
        value: shape,
        expected: "larger: nearly all customers are at 0, and there is no curve to draw",
    })
}

/// x/rate and rate·f(x) for x from 0 to `reach`.
fn curve(
    shape: f64,
    reach: f64,
    rate: f64,
    points: usize,
    density: impl Fn(f64) -> f64,
) -> (Vec<f64>, Vec<f64>) {
    let step = reach / points.saturating_sub(1).max(1) as f64;
    let x: Vec<f64> = (0..points).map(|i| i as f64 * step).collect();
    let y = x.iter().map(|&x| {
        if x > 0.0 {
            rate * density(x)
        } else if shape < 1.0 {
            f64::INFINITY
        } else if shape > 1.0 {
            0.0
        } else {
            // The limit at 0: statrs may answer 0 on the very border.
            rate * density(f64::MIN_POSITIVE)
        }
    });
    let y = y.collect();
    (x.iter().map(|x| x / rate).collect(), y)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// scipy.stats.gamma and .beta: the quantile of 0.99 and the density halfway to it.
    #[test]
    fn agrees_with_scipy() {
        for (law, first, second, reach, middle) in CASES {
            let (x, y) = density(law, first, second, 0.99, 101).unwrap();
            assert!((x[100] / reach - 1.0).abs() < 1e-9, "{law:?} {first}: {}", x[100]);
            assert!((y[50] / middle - 1.0).abs() < 1e-9, "{law:?} {first}: {}", y[50]);
        }
    }

    const CASES: [(Law, f64, f64, f64, f64); 6] = [
        (Law::Gamma, 0.242_6, 4.413_5, 0.544_125_620_823_017_6, 0.308_995_136_507_167_64),
        (Law::Gamma, 3.663_4, 76.172, 0.124_769_451_716_543_27, 10.449_227_379_094_832),
        (Law::Gamma, 250.0, 0.5, 576.492_812_511_654_5, 3.312_487_968_905_854e-16),
        (Law::Beta, 0.792_9, 2.425_8, 0.827_114_084_375_120_7, 0.935_422_374_440_419_5),
        (Law::Beta, 0.05, 9.0, 0.119_647_562_549_981_5, 0.506_784_333_258_322_2),
        (Law::Beta, 400.0, 30.0, 0.955_774_971_575_120_4, 2.769_823_328_634_161e-89),
    ];

    #[test]
    fn a_shape_of_one_starts_at_its_limit() {
        let (_, y) = density(Law::Gamma, 1.0, 3.0, 0.99, 10).unwrap();
        assert!((y[0] - 3.0).abs() < 1e-12);
        let (_, y) = density(Law::Beta, 1.0, 3.0, 0.99, 10).unwrap();
        assert!((y[0] - 3.0).abs() < 1e-12);
    }

    #[test]
    fn refuses_what_has_no_curve() {
        assert!(density(Law::Gamma, 0.0, 1.0, 0.99, 100).is_err());
        assert!(density(Law::Beta, 1.0, f64::NAN, 0.99, 100).is_err());
        assert!(density(Law::Gamma, 1e-9, 1.0, 0.99, 100).is_err());
        assert!(density(Law::Beta, 1e-9, 1.0, 0.99, 100).is_err());
        assert!(density(Law::Gamma, 1.0, 1.0, 1.0, 100).is_err());
    }
}
