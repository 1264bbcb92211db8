//! Refunds, taken off the purchases before them.

use super::RowCounts;
use super::customer::{PeriodTotals, next_period};
use super::frame::ObservationPeriod;
use super::row::{Amount, PackedRow, Stamp};

/// Money that is left of a purchase is none when it is this small a part of it: sums of cents taken
/// back one by one leave rounding behind.
const ROUNDING_SHARE: f64 = 1e-9;

/// What to do with negative amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refunds {
    /// A row like any other: it counts as a purchase and its amount is added up.
    Keep,
    /// Leave the row out.
    Drop,
    /// Take it off the customer's latest purchases up to then; a purchase taken back in full is none.
    Net,
}

impl Refunds {
    /// The rule of a code: `"keep"`, `"drop"` or `"net"`.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Some(match code {
            "keep" => Self::Keep,
            "drop" => Self::Drop,
            "net" => Self::Net,
            _ => return None,
        })
    }

    /// What is to be done with these rows: [`Refunds::Keep`] where none is a refund. RowCounts those.
    pub(super) fn among<S: Stamp, A: Amount>(
        self,
        rows: &[PackedRow<S, A>],
        counts: &mut RowCounts,
    ) -> Self {
        let amounts = rows.iter().map(|row| row.amount);
        let refunds = amounts.filter(|amount| amount.value() < 0.0).count();
        counts.refunds += refunds;
        if refunds == 0 { Self::Keep } else { self }
    }
}

/// What a customer bought in one period.
#[derive(Debug, Clone, Copy)]
pub struct Purchase {
    /// The period.
    pub period: i64,
    /// What was paid.
    pub paid: f64,
    /// What is left of it.
    pub left: f64,
    /// How many rows there are.
    pub rows: usize,
}

/// Lists what is left of one customer's purchases, refunds taken off ([`Refunds::Net`]) or left out.
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
