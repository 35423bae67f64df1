//! What the processor and the system are told about memory. The crate's only unsafe code.

/// A line of the cache, bytes.
pub const LINE: usize = 64;

/// Asks for the first cache lines of `data`; changes no result, and may do nothing.
#[inline]
pub fn prefetch<T>(data: &[T]) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        let bytes = std::mem::size_of_val(data).min(4 * LINE);
        let start = data.as_ptr().cast::<i8>();
        for offset in (0..bytes).step_by(LINE) {
            // SAFETY: a prefetch does not access memory as the program sees it, whatever the address;
            // this one lies within `data`.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(start.add(offset)) };
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = data;
}

/// Lets the system have large arrays back as soon as they are freed; for a program, before any other thread begins. The largest
/// networks take a fifth less memory at their peak, which is while they are wired.
///
/// The C library of GNU/Linux keeps freed arrays of up to 32 MiB once it has seen one of that size, for others that may come. Where
/// arrays come and go all the time this takes less computing: up to a fiftieth, of a network with dense external input.
#[doc(hidden)]
pub fn give_back_at_once() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: these set numbers of the allocator, as its manual has it before there are other threads. If it refuses one, nothing
    // is changed.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE);
        libc::mallopt(libc::M_TRIM_THRESHOLD, KEPT);
    }
}

/// Larger arrays have pages of their own, bytes.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const LARGE: libc::c_int = 1 << 20;
/// So many freed bytes among smaller ones may be kept, as without these numbers.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const KEPT: libc::c_int = 64 << 20;
