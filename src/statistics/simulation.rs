//! Simulated customers' purchases, from waiting times drawn elsewhere.

use crate::error::{Error, Result};
use crate::parallel::interrupt::{Interrupt, check_interrupt};

/// Customers under way. A customer's frequency counts the unit periods with a purchase, as a summary
/// of transactions would.
pub struct Simulation<'a> {
    /// Purchases per unit of time.
    pub rate: &'a [f64],
    /// The number of purchases after which the customer drops out.
    pub allowed: &'a [f64],
    /// When the customer is lost from sight.
    pub until: &'a [f64],
    /// The time until which purchases are known.
    pub clock: &'a mut [f64],
    /// Purchases so far.
    pub purchases: &'a mut [f64],
    /// Periods with a purchase so far.
    pub frequency: &'a mut [f64],
    /// The time of the last purchase.
    pub recency: &'a mut [f64],
}

impl Simulation<'_> {
    /// Advances some customers to their next purchases: `waits` holds one row of unit exponentials per
    /// customer and receives the times of the purchases. Returns the customers who may buy more.
    ///
    /// # Errors
    /// [`Error::Length`] for columns of different lengths or an unknown customer, [`Error::Interrupted`]
    /// half way.
    pub fn advance(
        &mut self,
        customers: &[i64],
        waits: &mut [f64],
        interrupt: &dyn Interrupt,
    ) -> Result<Vec<i64>> {
        /// Waits between two polls for an interrupt.
        const POLL_INTERVAL_WAITS: usize = 1 << 20;
        self.check(customers)?;
        if customers.is_empty() {
            return Ok(Vec::new());
        }
        let width = waits.len() / customers.len();
        if width == 0 || width * customers.len() != waits.len() {
            let (found, expected) = (waits.len(), customers.len());
            return Err(Error::Length { column: "waits", found, expected });
        }
        let mut more = Vec::new();
        let mut unasked = 0;
        for (&customer, waits) in customers.iter().zip(waits.chunks_mut(width)) {
            if unasked == 0 {
                check_interrupt(interrupt)?;
                unasked = POLL_INTERVAL_WAITS.div_ceil(width);
            }
            unasked -= 1;
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // checked above
            let i = customer as usize;
            let (rate, until, allowed) = (self.rate[i], self.until[i], self.allowed[i]);
            let (mut now, mut purchases) = (self.clock[i], self.purchases[i]);
            let mut seen = 0;
            for wait in waits.iter_mut() {
                now += *wait / rate;
                *wait = now;
                if !(now < until && purchases < allowed) {
                    break;
                }
                if purchases == 0.0 || now.floor() != self.recency[i].floor() {
                    self.frequency[i] += 1.0;
                }
                self.recency[i] = now;
                purchases += 1.0;
                seen += 1;
            }
            self.purchases[i] = purchases;
            self.clock[i] = now;
            if seen == width && purchases < allowed {
                more.push(customer);
            }
        }
        Ok(more)
    }

    fn check(&self, customers: &[i64]) -> Result<()> {
        let expected = self.rate.len();
        let columns: [(&'static str, usize); 6] = [
            ("allowed", self.allowed.len()),
            ("until", self.until.len()),
            ("clock", self.clock.len()),
            ("purchases", self.purchases.len()),
            ("frequency", self.frequency.len()),
            ("recency", self.recency.len()),
        ];
        for (column, found) in columns {
            if found != expected {
                return Err(Error::Length { column, found, expected });
            }
        }
        let known = |&i: &i64| usize::try_from(i).is_ok_and(|i| i < expected);
        if customers.iter().all(known) {
            return Ok(());
        }
        Err(Error::Length { column: "customers", found: customers.len(), expected })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purchases_in_one_period_count_once_and_end_at_the_allowed_number() {
        let (mut clock, mut purchases) = ([0.0; 3], [0.0; 3]);
        let (mut frequency, mut recency) = ([0.0; 3], [0.0; 3]);
        let mut simulation = Simulation {
            rate: &[1.0, 2.0, 1.0],
            allowed: &[9.0, 3.0, 9.0],
            until: &[9.0, 9.0, 0.1],
            clock: &mut clock,
            purchases: &mut purchases,
            frequency: &mut frequency,
            recency: &mut recency,
        };
        let mut waits = [0.5, 0.25, 1.0, 2.0, 2.0, 2.0, 0.5, 0.5, 0.5];
        assert_eq!(simulation.advance(&[0, 1, 2], &mut waits, &|| false).unwrap(), [0]);
        assert_eq!(waits[..6], [0.5, 0.75, 1.75, 1.0, 2.0, 3.0]);
        assert!(simulation.advance(&[0], &mut [0.5, 9.0], &|| false).unwrap().is_empty());
        assert!(simulation.advance(&[3], &mut [1.0], &|| false).is_err());
        assert_eq!(simulation.advance(&[0], &mut [0.5], &|| true), Err(Error::Interrupted));
        assert_eq!((purchases, recency), ([4.0, 3.0, 0.0], [2.25, 3.0, 0.0]));
        assert_eq!(frequency, [3.0, 3.0, 0.0]);
    }
}
