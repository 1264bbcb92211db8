//! How many threads the engine works with.
//!
//! Rayon's own pool, which is made at the first need and heeds `RAYON_NUM_THREADS`, the processor
//! affinity and the quota of the control group, serves until someone asks for another number. A
//! process that was forked has none of its parent's threads: there a pool is made anew.

use std::process;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, RwLock, mpsc};
use std::time::Duration;

use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::error::{Error, Result};
use crate::parallel::interrupt::Interrupt;

/// How long a computation runs between two looks at whether it should stop.
const POLL_INTERVAL: Duration = Duration::from_millis(20);

struct Own {
    process: u32,
    pool: Arc<ThreadPool>,
}

static OWN: RwLock<Option<Own>> = RwLock::new(None);
/// The process that rayon's pool belongs to.
static FIRST: AtomicU32 = AtomicU32::new(0);

/// Works with so many threads from now on.
///
/// # Errors
/// [`Error::Setting`] for none, or where the system refuses them.
pub fn set(threads: usize) -> Result<()> {
    let refused = |expected| Error::Setting { name: "threads", value: threads as f64, expected };
    if threads == 0 {
        return Err(refused("1 or more"));
    }
    let pool = ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|_| refused("as many as the system grants"))?;
    install(Arc::new(pool));
    Ok(())
}

/// How many threads there are.
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

/// The same for a long one, which is told by `interrupt` — asked on the calling thread — to give up.
///
/// # Panics
/// Where the computation does.
pub fn run_interruptible<T: Send>(
    interrupt: &dyn Interrupt,
    compute: impl FnOnce(&dyn Interrupt) -> T + Send,
) -> T {
    let Some(pool) = own() else { return compute(interrupt) };
    let stopped = AtomicBool::new(false);
    pool.in_place_scope(|scope| {
        let (sender, answer) = mpsc::channel();
        let stopped = &stopped;
        scope.spawn(move |_| {
            // Where nobody listens any more the scope is unwinding, and the answer is lost anyway.
            let _ = sender.send(compute(&|| stopped.load(Ordering::Relaxed)));
        });
        loop {
            match answer.recv_timeout(POLL_INTERVAL) {
                Ok(answer) => return answer,
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
    // The threads of a parent process are not there to be told that they may end.
    if let Some(before) = before.filter(|before| before.process != process::id()) {
        std::mem::forget(before);
    }
}

/// The pool that takes the place of rayon's, if any.
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
