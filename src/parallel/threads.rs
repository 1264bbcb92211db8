//! The number of threads, and long computations on them.
//!
//! Rayon's own pool, which respects `RAYON_NUM_THREADS`, the processor affinity and the quota of the
//! control group, is used until another number is set. A forked process has none of its parent's threads:
//! there a new pool is built.

use std::process;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, RwLock, mpsc};
use std::time::Duration;

use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::error::{Error, Result};
use crate::parallel::interrupt::Interrupt;

/// The time between two polls for an interrupt.
const POLL_INTERVAL: Duration = Duration::from_millis(20);

struct Own {
    process: u32,
    pool: Arc<ThreadPool>,
}

static OWN: RwLock<Option<Own>> = RwLock::new(None);
/// The process that rayon's pool belongs to.
static FIRST: AtomicU32 = AtomicU32::new(0);

/// Uses so many threads from now on.
///
/// # Errors
/// [`Error::Setting`] for none, or if the system refuses them.
pub fn set(threads: usize) -> Result<()> {
    let refused = |expected| Error::Setting { name: "threads", value: threads as f64, expected };
    if threads == 0 {
        return Err(refused("1 or more"));
    }
    let pool = ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|_| refused("as many as the system allows"))?;
    install(Arc::new(pool));
    Ok(())
}

/// The number of threads.
#[must_use]
pub fn count() -> usize {
    own().map_or_else(rayon::current_num_threads, |pool| pool.current_num_threads())
}

/// Runs a computation with the threads there are.
pub fn run<T: Send>(compute: impl FnOnce() -> T + Send) -> T {
    match own() {
        Some(pool) => pool.install(compute),
        None => compute(),
    }
}

/// Runs a long computation, which is stopped by `interrupt`, polled on the calling thread.
///
/// # Panics
/// If the computation panics.
pub fn run_interruptible<T: Send>(
    interrupt: &dyn Interrupt,
    compute: impl FnOnce(&dyn Interrupt) -> T + Send,
) -> T {
    let Some(pool) = own() else { return compute(interrupt) };
    // Polled once at the start, so that a request between two short computations is noticed.
    let stopped = AtomicBool::new(interrupt.is_requested());
    pool.in_place_scope(|scope| {
        let (sender, result) = mpsc::channel();
        let stopped = &stopped;
        scope.spawn(move |_| {
            // If there is no receiver any more the scope is unwinding, and the result is lost anyway.
            let _ = sender.send(compute(&|| stopped.load(Ordering::Relaxed)));
        });
        loop {
            match result.recv_timeout(POLL_INTERVAL) {
                Ok(result) => return result,
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    if interrupt.is_requested() {
                        stopped.store(true, Ordering::Relaxed);
                    }
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => panic!("the computation panicked"),
            }
        }
    })
}

fn install(pool: Arc<ThreadPool>) {
    let mut own = OWN.write().unwrap_or_else(std::sync::PoisonError::into_inner);
    let before = own.replace(Own { process: process::id(), pool });
    // A pool of the parent process has no threads here that could be stopped.
    if let Some(before) = before.filter(|before| before.process != process::id()) {
        std::mem::forget(before);
    }
}

/// The pool that is used in place of rayon's, if any.
fn own() -> Option<Arc<ThreadPool>> {
    let process = process::id();
    let known = OWN.read().unwrap_or_else(std::sync::PoisonError::into_inner);
    let threads = match known.as_ref() {
        Some(own) if own.process == process => return Some(Arc::clone(&own.pool)),
        Some(own) => own.pool.current_num_threads(),
        None => {
            let first = FIRST.compare_exchange(0, process, Ordering::Relaxed, Ordering::Relaxed);
            if first.is_ok() || first == Err(process) {
                return None;
            }
            0
        }
    };
    drop(known);
    let pool = Arc::new(ThreadPoolBuilder::new().num_threads(threads).build().ok()?);
    install(Arc::clone(&pool));
    Some(pool)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rayon::prelude::*;

    #[test]
    fn numbers_are_kept_and_none_refused() {
        for threads in [3, 1, 2] {
            set(threads).unwrap();
            assert_eq!(count(), threads);
            assert_eq!(run(rayon::current_num_threads), threads);
            let squares = run_interruptible(&|| false, |_| {
                (0..100u64).into_par_iter().map(|i| i * i).sum::<u64>()
            });
            assert_eq!(squares, 328_350);
        }
        assert!(matches!(set(0), Err(Error::Setting { .. })));
        let stopped = run_interruptible(&|| true, |interrupt| {
            while !interrupt.is_requested() {
                std::thread::sleep(Duration::from_millis(1));
            }
            true
        });
        assert!(stopped);
    }
}
