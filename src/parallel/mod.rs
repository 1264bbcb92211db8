//! Threads, and interruption of what runs on them.

pub mod interrupt;
pub mod threads;
