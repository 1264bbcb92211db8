//! Long work in pieces, between which it may be given up.

use std::time::{Duration, Instant};

use rayon::prelude::*;

use crate::error::{Error, Result};

/// Whether to give up. It is asked on the calling thread alone, between pieces of work.
pub type Stop<'a> = &'a (dyn Fn() -> bool + Sync);

/// Pieces a thread that are done before anybody knows how long they take.
const FIRST: usize = 1;
/// For how long work should go on between two questions.
const PATIENCE: Duration = Duration::from_millis(50);
/// How much more may be done at once than before.
const GROWTH: f64 = 8.0;
/// Numbers that are computed in one piece, however dear each may be.
pub const NUMBERS: usize = 1 << 8;

/// Fails where the work is to be given up.
///
/// # Errors
/// [`Error::Interrupted`].
pub fn go_on(stop: &dyn Fn() -> bool) -> Result<()> {
    if stop() { Err(Error::Interrupted) } else { Ok(()) }
}

/// What `work` makes of each piece, in their order; in parallel where there are several. `room` makes what
/// it may use again for the next.
///
/// # Errors
/// [`Error::Interrupted`] when `stop` says so; it is asked every so many pieces, as long as they take.
pub fn in_pieces<T: Send, S, R: Send>(
    pieces: impl IntoIterator<Item = T>,
    stop: &dyn Fn() -> bool,
    room: impl Fn() -> S + Sync + Send,
    work: impl Fn(&mut S, T) -> R + Sync + Send,
) -> Result<Vec<R>> {
    let mut pieces = pieces.into_iter();
    let mut done = Vec::with_capacity(pieces.size_hint().0);
    let mut count = FIRST * rayon::current_num_threads();
    loop {
        let mut now: Vec<T> = pieces.by_ref().take(count).collect();
        if now.is_empty() {
            return Ok(done);
        }
        go_on(stop)?;
        if now.len() == 1 {
            done.extend(now.pop().map(|piece| work(&mut room(), piece)));
        } else {
            let start = Instant::now();
            done.par_extend(now.into_par_iter().map_init(&room, &work));
            count = next(count, start.elapsed());
        }
    }
}

/// How many pieces to do next, when so many took so long.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // positive, and saturates
fn next(count: usize, took: Duration) -> usize {
    let factor = PATIENCE.as_secs_f64() / took.as_secs_f64().max(1e-9);
    ((count as f64 * factor.min(GROWTH)) as usize).max(rayon::current_num_threads())
}

/// The numbers that `answer` gives to 0, 1, … below `len`.
///
/// # Errors
/// [`Error::Interrupted`] when `stop` says so.
pub fn numbers(
    len: usize,
    stop: &dyn Fn() -> bool,
    answer: impl Fn(usize) -> f64 + Sync + Send,
) -> Result<Vec<f64>> {
    let mut out = vec![0.0; len];
    let pieces = out.chunks_mut(NUMBERS).enumerate();
    in_pieces(
        pieces,
        stop,
        || (),
        |(), (piece, cells)| {
            for (cell, i) in cells.iter_mut().zip(piece * NUMBERS..) {
                *cell = answer(i);
            }
        },
    )?;
    Ok(out)
}

/// Says to give up after it was asked so many times.
#[cfg(test)]
pub fn patient(times: usize) -> impl Fn() -> bool + Sync {
    let asked = std::sync::atomic::AtomicUsize::new(0);
    move || asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) >= times
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn pieces_come_back_in_order_and_rooms_are_used_again() {
        for len in [0, 1, 5, 10_000] {
            let rooms = AtomicUsize::new(0);
            let room = || rooms.fetch_add(1, Ordering::Relaxed);
            let found = in_pieces(0..len, &|| false, room, |_, i| i * i).unwrap();
            assert!(found.into_iter().eq((0..len).map(|i| i * i)));
            assert!(rooms.into_inner() <= len);
        }
        let found = numbers(1000, &|| false, |i| i as f64).unwrap();
        assert!(found.into_iter().eq((0..1000).map(f64::from)));
    }

    #[test]
    fn whoever_is_told_to_stop_stops() {
        let worked = AtomicUsize::new(0);
        let work = |(): &mut (), _| worked.fetch_add(1, Ordering::Relaxed);
        let found = in_pieces(0..1_000_000, &patient(1), || (), work);
        assert_eq!(found, Err(Error::Interrupted));
        assert_eq!(worked.into_inner(), FIRST * rayon::current_num_threads());
        assert_eq!(numbers(3, &|| true, |_| 0.0), Err(Error::Interrupted));
    }

    #[test]
    fn what_takes_long_is_done_in_less() {
        assert_eq!(next(100, Duration::ZERO), 800);
        assert_eq!(next(1_000_000, PATIENCE * 100), 10_000);
        assert_eq!(next(1, PATIENCE * 1000), rayon::current_num_threads());
    }
}
