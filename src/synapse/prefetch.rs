//! A hint to the processor that memory will be read soon. The crate's only unsafe code.

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
