//! Totals of one customer per period, and refunds taken off the purchases before them.

use super::{Amount, PackedRow, Stamp};
use crate::summary::calendar::ObservationPeriod;
use crate::summary::options::Refunds;
use crate::summary::row_counts::RowCounts;

/// Takes the rows of the first customer off.
pub fn take_customer<'a, S: Stamp, A: Amount>(
    rows: &mut &'a [PackedRow<S, A>],
    observation: &ObservationPeriod,
) -> &'a [PackedRow<S, A>] {
    let number = |row: &PackedRow<S, A>| row.stamp.number(observation.bits);
    let first = rows.first().map(number);
    let n = rows.iter().take_while(|row| Some(number(row)) == first).count();
    let (own, others) = rows.split_at(n);
    *rows = others;
    own
}

/// A sum in twice the precision of its terms, so that it does not depend on their order.
#[derive(Debug, Clone, Copy, Default)]
struct CompensatedSum {
    sum: f64,
    /// The accumulated rounding error.
    rest: f64,
}

impl CompensatedSum {
    /// Knuth's two-sum: sum and rounding error add up to the exact sum of both terms.
    #[inline(always)]
    fn add(&mut self, term: f64) {
        let sum = self.sum + term;
        let added = sum - self.sum;
        self.rest += (self.sum - (sum - added)) + (term - added);
        self.sum = sum;
    }

    #[inline(always)]
    fn value(self) -> f64 {
        self.sum + self.rest
    }
}

/// The rows of one customer in one period.
pub struct PeriodTotals {
    /// The period.
    pub period: i64,
    /// The amount paid; `None` if all rows are refunds.
    pub paid: Option<f64>,
    /// The amount refunded.
    pub back: f64,
    /// The number of rows.
    pub rows: usize,
}

/// Adds up the rows of the first period, and moves on to the next. With `KEYS` each key is a period.
#[inline(always)]
pub fn next_period<S: Stamp, A: Amount, const KEYS: bool, const REFUNDS_APART: bool>(
    rows: &mut &[PackedRow<S, A>],
    observation: &ObservationPeriod,
    counts: &mut RowCounts,
) -> PeriodTotals {
    let ObservationPeriod { calendar, base, bits, .. } = *observation;
    let first = rows[0].stamp;
    let key = base.wrapping_add_unsigned(first.key(bits));
    let (period, last) = if KEYS {
        (key, first)
    } else {
        let period = calendar.period(key);
        let last_key = calendar.last_key(period).abs_diff(base);
        (period, S::new(first.number(bits), last_key, bits))
    };
    let (mut paid, mut back) = (CompensatedSum::default(), CompensatedSum::default());
    let mut bought: Option<S> = None;
    let mut read = 0;
    while let Some(row) = rows.get(read)
        && { row.stamp } <= last
    {
        read += 1;
        let (stamp, amount) = (row.stamp, row.amount);
        if REFUNDS_APART && amount.value() < 0.0 {
            back.add(-amount.value());
            continue;
        }
        match bought {
            Some(before) if KEYS || before == stamp => counts.same_key += 1,
            Some(_) => counts.collapsed += 1,
            None => {}
        }
        bought = Some(stamp);
        paid.add(amount.value());
    }
    *rows = &rows[read..];
    PeriodTotals { period, paid: bought.map(|_| paid.value()), back: back.value(), rows: read }
}

/// The rule for these rows: [`Refunds::Keep`] if none of them is a refund. Counts the refunds.
pub fn refund_rule<S: Stamp, A: Amount>(
    refunds: Refunds,
    rows: &[PackedRow<S, A>],
    counts: &mut RowCounts,
) -> Refunds {
    let amounts = rows.iter().map(|row| row.amount);
    let negative = amounts.filter(|amount| amount.value() < 0.0).count();
    counts.refunds += negative;
    if negative == 0 { Refunds::Keep } else { refunds }
}

/// The remaining money of a purchase counts as zero if it is below this share: refunding sums of cents one
/// by one leaves rounding errors.
const ROUNDING_SHARE: f64 = 1e-9;

/// The purchase of a customer in one period.
#[derive(Debug, Clone, Copy)]
pub struct Purchase {
    /// The period.
    pub period: i64,
    /// The amount paid.
    pub paid: f64,
    /// The amount after refunds.
    pub left: f64,
    /// The number of rows.
    pub rows: usize,
}

/// Lists one customer's purchases after refunds, which are taken off ([`Refunds::Net`]) or dropped.
pub fn settle<S: Stamp, A: Amount>(
    mut rows: &[PackedRow<S, A>],
    refunds: Refunds,
    observation: &ObservationPeriod,
    purchases: &mut Vec<Purchase>,
    counts: &mut RowCounts,
) {
    purchases.clear();
    while !rows.is_empty() {
        let PeriodTotals { period, paid, back, rows } =
            next_period::<_, _, false, true>(&mut rows, observation, counts);
        if let Some(paid) = paid {
            purchases.push(Purchase { period, paid, left: paid, rows });
        }
        if back > 0.0 && refunds == Refunds::Net {
            take_back(back, purchases, counts);
        }
    }
}

/// Takes a refund off the latest purchases; those it uses up are purchases no more.
fn take_back(mut refund: f64, purchases: &mut Vec<Purchase>, counts: &mut RowCounts) {
    let negligible = refund * ROUNDING_SHARE;
    for at in (0..purchases.len()).rev() {
        let purchase = &mut purchases[at];
        if purchase.left <= 0.0 {
            continue;
        }
        if purchase.left > refund + purchase.paid * ROUNDING_SHARE {
            purchase.left -= refund;
            return;
        }
        refund -= purchase.left;
        purchases.remove(at);
        counts.cancelled += 1;
        if refund <= negligible {
            return;
        }
    }
    counts.unmatched += 1;
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Sums of cents, refunds among them, do not depend on the order of their terms.
        #[test]
        fn totals_do_not_depend_on_the_order(
            cents in proptest::collection::vec(-10_000_000i32..10_000_000, 0..60), turn in 0usize..60,
        ) {
            let total = |terms: &[i32]| {
                let mut total = CompensatedSum::default();
                for &cents in terms {
                    total.add(f64::from(cents) / 100.0);
                }
                total.value()
            };
            let mut turned = cents.clone();
            turned.rotate_left(turn.min(cents.len()));
            let mut sorted = cents.clone();
            sorted.sort_unstable();
            prop_assert_eq!(total(&cents), total(&turned));
            prop_assert_eq!(total(&cents), total(&sorted));
        }
    }
}
