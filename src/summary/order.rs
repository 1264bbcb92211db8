//! One bucket's rows sorted by customer and key, by counting wherever that is possible.

use super::partition::{Amount, Entry, Key};

/// The rows of one bucket; kept and used again for the next.
#[derive(Debug, Default)]
pub struct Order<K, A> {
    /// The rows, customer by customer.
    pub rows: Vec<Entry<u32, K, A>>,
    /// Where each customer's rows end.
    pub ends: Vec<u32>,
    dated: Vec<Entry<u32, K, A>>,
}

impl<K: Key, A: Amount> Order<K, A> {
    /// Sorts a bucket's rows by customer, and by key within each where that can be done by
    /// counting. Returns whether the keys are in order, too. Rows of one customer and key stay in
    /// the order of the table. `customer` numbers the bucket's customers from 0 to `n_customers`.
    #[inline(never)]
    pub fn sort(
        &mut self,
        parts: &[&[Entry<u32, K, A>]],
        n_customers: usize,
        customer: impl Fn(u32) -> usize,
    ) -> bool {
        let Self { rows, ends, dated } = self;
        let Some(span) = KeySpan::of(parts) else {
            ends.clear();
            ends.resize(n_customers, 0);
            return true;
        };
        let sortable = span.days <= 4 * span.rows;
        if span.in_order || !sortable {
            count(parts, n_customers, |row| customer(row.id), ends, rows);
        } else {
            count(parts, span.days, |row| row.key.minus(span.first), ends, dated);
            count(&[dated], n_customers, |row| customer(row.id), ends, rows);
        }
        span.in_order || sortable
    }

    /// Sorts a bucket's rows and calls `each` with the number of every customer who has some, and
    /// those rows in the order of their keys.
    pub fn by_customer(
        &mut self,
        parts: &[&[Entry<u32, K, A>]],
        n_customers: usize,
        customer: impl Fn(u32) -> usize,
        mut each: impl FnMut(u32, &[Entry<u32, K, A>]),
    ) {
        let in_order = self.sort(parts, n_customers, customer);
        let mut from = 0;
        for (number, &to) in (0_u32..).zip(&self.ends[..n_customers]) {
            let rows = &mut self.rows[from..to as usize];
            from = to as usize;
            if rows.is_empty() {
                continue;
            }
            if !(in_order || rows.is_sorted_by_key(|row| row.key)) {
                rows.sort_by_key(|row| row.key);
            }
            each(number, rows);
        }
    }
}

/// What the keys of a bucket look like.
struct KeySpan<K> {
    first: K,
    days: usize,
    rows: usize,
    in_order: bool,
}

impl<K: Key> KeySpan<K> {
    fn of<A: Amount>(parts: &[&[Entry<u32, K, A>]]) -> Option<Self> {
        let start = parts.iter().find_map(|rows| rows.first())?.key;
        let (mut first, mut last, mut before) = (start, start, start);
        let mut in_order = true;
        let mut rows = 0;
        for part in parts {
            for row in *part {
                in_order &= before <= row.key;
                before = row.key;
                first = first.min(row.key);
                last = last.max(row.key);
            }
            rows += part.len();
        }
        Some(Self { first, days: last.minus(first).saturating_add(1), rows, in_order })
    }
}

/// Stable counting sort by a digit below `n`; `ends` becomes where each digit's rows end.
fn count<K: Key, A: Amount>(
    parts: &[&[Entry<u32, K, A>]],
    n: usize,
    digit: impl Fn(&Entry<u32, K, A>) -> usize,
    ends: &mut Vec<u32>,
    sorted: &mut Vec<Entry<u32, K, A>>,
) {
    ends.clear();
    ends.resize(n + 1, 0);
    for part in parts {
        for row in *part {
            ends[digit(row) + 1] += 1;
        }
    }
    for at in 0..n {
        ends[at + 1] += ends[at];
    }
    sorted.resize(ends[n] as usize, Entry::default());
    // Until here `ends` holds starts; each moves to its end as its rows find their places.
    for part in parts {
        for row in *part {
            let at = &mut ends[digit(row)];
            sorted[*at as usize] = *row;
            *at += 1;
        }
    }
}
