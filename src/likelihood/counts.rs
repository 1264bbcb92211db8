//! Weights of customers by number of purchases, for likelihood terms that depend on it alone.

use crate::data::dense::DenseTable;
use crate::data::observations::Observation;

/// Above this many purchases of one customer a table over x would outgrow the data.
pub const LARGEST_COUNT: f64 = 1e6;

/// Σ w of the customers with each x.
#[derive(Debug, Default)]
pub struct CountWeights {
    /// By x, for those up to [`LARGEST_COUNT`].
    weights: Vec<f64>,
    /// x and Σ w of the others, ascending.
    many: Vec<(f64, f64)>,
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0 ≤ x ≤ 1e6
impl CountWeights {
    /// The counts of the first column of these rows.
    #[must_use]
    pub fn new<R: Observation>(rows: &DenseTable<'_, R>) -> Self {
        let parts = rows.map_chunks(|range| {
            let mut counts = Self::default();
            rows.rows(range, |row, weight| counts.add(f64::from_bits(row.key()[0]), weight));
            counts.sorted()
        });
        let mut all = Self::default();
        for part in parts {
            for (x, weight) in part.iter() {
                all.add(x, weight);
            }
        }
        all.sorted()
    }

    fn add(&mut self, x: f64, weight: f64) {
        if x > LARGEST_COUNT {
            self.many.push((x, weight));
            return;
        }
        let x = x as usize;
        if x >= self.weights.len() {
            self.weights.resize(x + 1, 0.0);
        }
        self.weights[x] += weight;
    }

    fn sorted(mut self) -> Self {
        self.many.sort_by(|a, b| a.0.total_cmp(&b.0));
        self.many.dedup_by(|next, kept| {
            let equal = next.0 == kept.0;
            if equal {
                kept.1 += next.1;
            }
            equal
        });
        self
    }

    /// Each x that some customer has, ascending, with Σ w.
    pub fn iter(&self) -> impl Iterator<Item = (f64, f64)> {
        let few = self.weights.iter().enumerate().map(|(x, weight)| (x as f64, *weight));
        few.filter(|(_, weight)| *weight > 0.0).chain(self.many())
    }

    /// The same for those of more than [`LARGEST_COUNT`] alone.
    pub fn many(&self) -> impl Iterator<Item = (f64, f64)> {
        self.many.iter().copied()
    }

    /// Σ w·\[x > k\] for k = 0, 1, … over those of [`LARGEST_COUNT`] and less, Σ w and Σ w·x.
    #[must_use]
    pub fn above(&self) -> (Vec<f64>, f64, f64) {
        let mut above: Vec<f64> = self.weights.iter().skip(1).copied().collect();
        let (mut total, mut purchases) = (0.0, 0.0);
        for (x, weight) in self.weights.iter().enumerate() {
            total += weight;
            purchases += weight * x as f64;
        }
        for k in (1..above.len()).rev() {
            above[k - 1] += above[k];
        }
        (above, total, purchases)
    }
}
