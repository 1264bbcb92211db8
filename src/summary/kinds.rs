//! The kinds of ids there are, and the way through the table that each of them takes.

use super::ids::{
    CodeBuckets, CustomerCodes, DenseIds, Ids, NumberOffsets, NumericText, SparseNumbers,
    TextBuffer, TextIds, Uuids, WriteId,
};
use super::{Customers, NO_CUSTOMER, Transactions};
use crate::error::Result;

/// NumericIds that always count as close together.
const SMALL_RANGE: usize = 1 << 16;

/// What is done with ids, whatever their kind.
pub trait IdTask {
    /// What comes of it.
    type Output;
    /// The labels of the customers that the output tells of, and where their texts go.
    fn customers(output: &mut Self::Output) -> Option<(&[u64], &mut Option<TextBuffer>)>;
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
pub fn by_kind<J: IdTask>(transactions: &Transactions<'_>, job: &J) -> Result<J::Output> {
    let rows = transactions.times.len();
    match transactions.customers {
        Customers::Codes { codes, n_customers } => {
            job.run(&CustomerCodes { codes, buckets: CodeBuckets::new(n_customers) })
        }
        Customers::Close { values, low, n_customers } => {
            let buckets = CodeBuckets::new(n_customers);
            job.run(&DenseIds { numbers: NumberOffsets { values, low }, buckets })
        }
        Customers::Sparse { values, low } => {
            job.run(&SparseNumbers::new(NumberOffsets { values, low }, rows))
        }
        Customers::Text(text) => {
            if let Some(likely) = NumericText::likely(text, text.check()?) {
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
            with_texts(job, &TextIds::new(text))
        }
    }
}

fn spelled<J: IdTask>(job: &J, ids: &NumericText<'_>, rows: usize) -> Result<J::Output> {
    match close_together(ids.size(), rows) {
        Some(n) => with_texts(job, &DenseIds { numbers: ids, buckets: CodeBuckets::new(n) }),
        None => with_texts(job, &SparseNumbers::new(ids, rows)),
    }
}

/// How many customers there are if each of so many numbers is one, where that is worth it.
pub fn close_together(numbers: u64, rows: usize) -> Option<usize> {
    let most = rows.saturating_mul(4).max(SMALL_RANGE).min(NO_CUSTOMER as usize - 1);
    usize::try_from(numbers).ok().filter(|&numbers| numbers <= most)
}

fn with_texts<J: IdTask, N: Ids + WriteId>(job: &J, ids: &N) -> Result<J::Output> {
    let mut found = job.run(ids)?;
    if let Some((labels, texts)) = J::customers(&mut found) {
        *texts = Some(TextBuffer::of(ids, labels));
    }
    Ok(found)
}
