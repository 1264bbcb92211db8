//! Integer arithmetic: bit lengths, and division by a fixed divisor.

/// The number of bits of a number.
#[must_use]
pub fn bit_length(number: u64) -> u32 {
    u64::BITS - number.leading_zeros()
}

/// Division by one number of many that are below 2⁶³.
///
/// With l = ⌈log₂ d⌉ and m = ⌈2^(63 + l) / d⌉ is 2^(63 + l) ≤ m·d ≤ 2^(63 + l) + 2^l, hence
/// ⌊n/d⌋ = ⌊m·n / 2^(63 + l)⌋ for 0 ≤ n < 2⁶³. Source: T. Granlund and P. L. Montgomery, "Division by
/// invariant integers using multiplication" (1994), theorem 4.2.
#[derive(Debug, Clone, Copy)]
pub struct InvariantDivisor {
    multiplier: u64,
    shift: u32,
}

impl InvariantDivisor {
    #[allow(clippy::cast_possible_truncation)] // d > 2^(l − 1) makes m at most 2⁶⁴ − 1
    /// The divisor `divisor`, from 1 to 2⁶³.
    #[must_use]
    pub fn by(divisor: u64) -> Self {
        let shift = 63 + (u64::BITS - (divisor - 1).leading_zeros());
        let multiplier = (1_u128 << shift).div_ceil(u128::from(divisor)) as u64;
        Self { multiplier, shift }
    }

    #[inline(always)]
    #[allow(clippy::cast_possible_truncation)] // at most the dividend
    /// ⌊dividend/d⌋ of a dividend below 2⁶³.
    #[must_use]
    pub fn of(self, dividend: u64) -> u64 {
        ((u128::from(dividend) * u128::from(self.multiplier)) >> self.shift) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn quotients_are_those_of_division(
            divisor in prop_oneof![1_u64..5_000, 1_u64..1 << 63, Just(86_400_000_000), Just(1 << 62)],
            dividend in 0_u64..1 << 63, whole in any::<u64>(),
        ) {
            let by = InvariantDivisor::by(divisor);
            let most = (1 << 63) - 1;
            let multiple = whole % (most / divisor + 1) * divisor;
            for n in [dividend, most, multiple, multiple.saturating_sub(1), multiple + divisor - 1] {
                let n = n.min(most);
                prop_assert_eq!(by.of(n), n / divisor);
            }
        }
    }
}
