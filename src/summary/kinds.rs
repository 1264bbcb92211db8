//! The kinds of ids there are, and the way through the table that each of them takes.

use super::ids::{
    Close, Codes, Distances, Ids, Neighbours, Sparse, Spelled, Spells, Texts, Uuids, Words,
};
use super::{Customers, NO_CUSTOMER, Transactions};
use crate::error::Result;

/// Numbers that always count as close together.
const SMALL_RANGE: usize = 1 << 16;

/// What is done with ids, whatever their kind.
pub trait Job {
    /// What comes of it.
    type Output;
    /// The labels of the customers that the output tells of, and where their texts go.
    fn customers(output: &mut Self::Output) -> Option<(&[u64], &mut Option<Texts>)>;
    /// Does it.
    ///
    /// # Errors
    /// What is wrong with an id.
    fn run<N: Ids>(&self, ids: &N) -> Result<Self::Output>;
}

/// Does a job with ids of their kind: text is tried as ever less special kinds until one fits.
///
/// # Errors
/// What is wrong with an id.
pub fn by_kind<J: Job>(transactions: &Transactions<'_>, job: &J) -> Result<J::Output> {
    let rows = transactions.times.len();
    match transactions.customers {
        Customers::Codes { codes, n_customers } => {
            job.run(&Codes { codes, buckets: Neighbours::new(n_customers) })
        }
        Customers::Close { values, low, n_customers } => {
            let buckets = Neighbours::new(n_customers);
            job.run(&Close { numbers: Distances { values, low }, buckets })
        }
        Customers::Sparse { values, low } => job.run(&Sparse::new(Distances { values, low }, rows)),
        Customers::Text(text) => {
            if let Some(likely) = Spelled::likely(text, text.check()?) {
                let found = spelled(job, &likely, rows)?;
                if !likely.misfit() {
                    return Ok(found);
                }
                if let Some(surely) = likely.surely() {
                    return spelled(job, &surely, rows);
                }
            }
            if let Some(uuids) = Uuids::new(text) {
                let found = with_texts(job, &uuids)?;
                if !uuids.misfit() {
                    return Ok(found);
                }
            }
            with_texts(job, &Words::new(text))
        }
    }
}

fn spelled<J: Job>(job: &J, ids: &Spelled<'_>, rows: usize) -> Result<J::Output> {
    match close_together(ids.size(), rows) {
        Some(n) => with_texts(job, &Close { numbers: ids, buckets: Neighbours::new(n) }),
        None => with_texts(job, &Sparse::new(ids, rows)),
    }
}

/// How many customers there are if each of so many numbers is one, where that is worth it.
pub fn close_together(numbers: u64, rows: usize) -> Option<usize> {
    let most = rows.saturating_mul(4).max(SMALL_RANGE).min(NO_CUSTOMER as usize - 1);
    usize::try_from(numbers).ok().filter(|&numbers| numbers <= most)
}

fn with_texts<J: Job, N: Ids + Spells>(job: &J, ids: &N) -> Result<J::Output> {
    let mut found = job.run(ids)?;
    if let Some((labels, texts)) = J::customers(&mut found) {
        *texts = Some(Texts::of(ids, labels));
    }
    Ok(found)
}
