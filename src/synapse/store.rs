//! Memory that is read at random.

use bytemuck::Pod;
use memmap2::MmapMut;
use std::marker::PhantomData;
use std::ops::Deref;

/// Numbers that do not change; many of them lie in huge pages, where the system has any.
///
/// A processor remembers where some thousand pages are. Of pages of 4 KiB that is a few MB, and every look beyond costs more
/// than the memory itself.
#[derive(Debug)]
pub enum Store<T> {
    /// Where the allocator put them.
    Few(Vec<T>),
    /// In pages of their own.
    Many(MmapMut, PhantomData<T>),
}

/// The size of a huge page on most systems, bytes.
const HUGE: usize = 2 << 20;

impl<T: Pod> Store<T> {
    /// Stores `numbers`.
    pub fn new(numbers: Vec<T>) -> Self {
        let bytes = size_of_val(&numbers[..]);
        if bytes < HUGE {
            return Self::Few(numbers);
        }
        let Ok(mut map) = MmapMut::map_anon(bytes) else { return Self::Few(numbers) };
        // A system that has no huge pages does without.
        #[cfg(target_os = "linux")]
        let _ = map.advise(memmap2::Advice::HugePage);
        map.copy_from_slice(bytemuck::cast_slice(&numbers));
        Self::Many(map, PhantomData)
    }
}

impl<T: Pod> Deref for Store<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        match self {
            Self::Few(numbers) => numbers,
            Self::Many(map, _) => bytemuck::cast_slice(map),
        }
    }
}

impl<T: Pod> Clone for Store<T> {
    fn clone(&self) -> Self {
        Self::new(self.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_is_read_wherever_it_lies() {
        for number in [0, 3, HUGE, HUGE + 1] {
            let numbers: Vec<u16> = (0..number).map(|k| (7 * k) as u16).collect();
            let store = Store::new(numbers.clone());
            assert_eq!(matches!(store, Store::Many(..)), 2 * number >= HUGE);
            assert_eq!(store[..], numbers);
            assert_eq!(store.clone()[..], numbers);
        }
    }
}
