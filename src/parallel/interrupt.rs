//! Interruption of long computations, and work in chunks between which it is checked.

use std::time::{Duration, Instant};

use rayon::prelude::*;

use crate::error::{Error, Result};

/// A source of requests to stop, such as Ctrl-C. It is polled on the calling thread only, between chunks
/// of work.
pub trait Interrupt: Sync {
    /// Whether the computation should stop.
    fn is_requested(&self) -> bool;
}

impl<F: Fn() -> bool + Sync> Interrupt for F {
    fn is_requested(&self) -> bool {
        self()
    }
}

/// Chunks per thread in the first round, before the time per chunk is known.
const FIRST_CHUNKS_PER_THREAD: usize = 1;
/// The time that the work between two polls should take.
const TARGET_ROUND_TIME: Duration = Duration::from_millis(50);
/// The largest factor by which the number of chunks grows from one round to the next.
const MAX_GROWTH: f64 = 8.0;
/// Values per chunk, where a single value may be expensive.
pub const VALUES_PER_CHUNK: usize = 1 << 8;

/// Fails if the computation should stop.
///
/// # Errors
/// [`Error::Interrupted`].
pub fn check_interrupt(interrupt: &dyn Interrupt) -> Result<()> {
    if interrupt.is_requested() { Err(Error::Interrupted) } else { Ok(()) }
}

/// The results of `work` for each chunk, in order; computed in parallel if there are several. Each thread
/// reuses a `workspace`.
///
/// # Errors
/// [`Error::Interrupted`], polled about every 50 milliseconds.
pub fn in_chunks<T: Send, S, R: Send>(
    chunks: impl IntoIterator<Item = T>,
    interrupt: &dyn Interrupt,
    workspace: impl Fn() -> S + Sync + Send,
    work: impl Fn(&mut S, T) -> R + Sync + Send,
) -> Result<Vec<R>> {
    let mut chunks = chunks.into_iter();
    let mut done = Vec::with_capacity(chunks.size_hint().0);
    let mut count = FIRST_CHUNKS_PER_THREAD * rayon::current_num_threads();
    loop {
        let mut now: Vec<T> = chunks.by_ref().take(count).collect();
        if now.is_empty() {
            return Ok(done);
        }
        check_interrupt(interrupt)?;
        if now.len() == 1 {
            done.extend(now.pop().map(|chunk| work(&mut workspace(), chunk)));
        } else {
            let start = Instant::now();
            done.par_extend(now.into_par_iter().map_init(&workspace, &work));
            count = next(count, start.elapsed());
        }
    }
}

/// The number of chunks of the next round, given the duration of one of `count` chunks.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // positive, and saturates
fn next(count: usize, took: Duration) -> usize {
    let factor = TARGET_ROUND_TIME.as_secs_f64() / took.as_secs_f64().max(1e-9);
    ((count as f64 * factor.min(MAX_GROWTH)) as usize).max(rayon::current_num_threads())
}

/// The values of `value` at 0, 1, …, `len` − 1.
///
/// # Errors
/// [`Error::Interrupted`].
pub fn values_in_chunks(
    len: usize,
    interrupt: &dyn Interrupt,
    value: impl Fn(usize) -> f64 + Sync + Send,
) -> Result<Vec<f64>> {
    let mut out = vec![0.0; len];
    let chunks = out.chunks_mut(VALUES_PER_CHUNK).enumerate();
    in_chunks(
        chunks,
        interrupt,
        || (),
        |(), (chunk, cells)| {
            for (cell, i) in cells.iter_mut().zip(chunk * VALUES_PER_CHUNK..) {
                *cell = value(i);
            }
        },
    )?;
    Ok(out)
}

/// Requests to stop after `polls` polls.
#[cfg(test)]
pub fn interrupt_after(polls: usize) -> impl Fn() -> bool + Sync {
    let polled = std::sync::atomic::AtomicUsize::new(0);
    move || polled.fetch_add(1, std::sync::atomic::Ordering::Relaxed) >= polls
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn chunks_keep_their_order_and_workspaces_are_reused() {
        for len in [0, 1, 5, 10_000] {
            let workspaces = AtomicUsize::new(0);
            let workspace = || workspaces.fetch_add(1, Ordering::Relaxed);
            let found = in_chunks(0..len, &|| false, workspace, |_, i| i * i).unwrap();
            assert!(found.into_iter().eq((0..len).map(|i| i * i)));
            assert!(workspaces.into_inner() <= len);
        }
        let found = values_in_chunks(1000, &|| false, |i| i as f64).unwrap();
        assert!(found.into_iter().eq((0..1000).map(f64::from)));
    }

    #[test]
    fn an_interrupt_stops_the_work() {
        let worked = AtomicUsize::new(0);
        let work = |(): &mut (), _| worked.fetch_add(1, Ordering::Relaxed);
        let found = in_chunks(0..1_000_000, &interrupt_after(1), || (), work);
        assert_eq!(found, Err(Error::Interrupted));
        assert_eq!(worked.into_inner(), FIRST_CHUNKS_PER_THREAD * rayon::current_num_threads());
        assert_eq!(values_in_chunks(3, &|| true, |_| 0.0), Err(Error::Interrupted));
    }

    #[test]
    fn slow_chunks_make_smaller_rounds() {
        assert_eq!(next(100, Duration::ZERO), 800);
        assert_eq!(next(1_000_000, TARGET_ROUND_TIME * 100), 10_000);
        assert_eq!(next(1, TARGET_ROUND_TIME * 1000), rayon::current_num_threads());
    }
}
