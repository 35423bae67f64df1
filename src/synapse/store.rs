//! Memory that is read at random.

use super::memory::LINE;
use bytemuck::Pod;
use memmap2::{MmapMut, MmapOptions};
use std::marker::PhantomData;
use std::ops::{Deref, Range};
use std::sync::{Arc, OnceLock};

/// Huge pages that are being filled with numbers, where there are many.
///
/// A processor remembers where some thousand pages are. Of pages of 4 KiB that is a few MB, and every look beyond costs more
/// than the memory itself.
#[derive(Debug)]
pub struct Shelf {
    map: Option<MmapMut>,
    used: usize,
    full: Arc<OnceLock<MmapMut>>,
}

/// Numbers that do not change.
#[derive(Clone, Debug)]
pub enum Store<T> {
    /// Where the allocator put them.
    Alone(Vec<T>),
    /// In a part (bytes) of a shelf, which is closed before they are read.
    Shelved(Arc<OnceLock<MmapMut>>, Range<usize>, PhantomData<T>),
}

/// The size of a huge page on most systems, bytes.
pub const HUGE: usize = 2 << 20;

impl Shelf {
    /// For numbers that take up to so many bytes; more are stored elsewhere, and few are not worth a page.
    pub fn new(bytes: usize) -> Self {
        // Pages that are never written take no memory.
        let map = || MmapOptions::new().len(bytes).no_reserve_swap().map_anon().ok();
        let map = if bytes < HUGE { None } else { map() };
        // A system that has no huge pages does without.
        #[cfg(target_os = "linux")]
        let _ = map.as_ref().map(|map| map.advise(memmap2::Advice::HugePage));
        Self { map, used: 0, full: Arc::default() }
    }

    /// Whether what is stored is more than nearby memory holds.
    pub fn is_large(&self) -> bool {
        self.map.is_some()
    }

    /// Stores `numbers`, which begin with a line of the cache.
    pub fn store<T: Pod>(&mut self, numbers: Vec<T>) -> Store<T> {
        let bytes: &[u8] = bytemuck::cast_slice(&numbers);
        let part = self.used..self.used + bytes.len();
        let Some(room) = self.map.as_mut().and_then(|map| map.get_mut(part.clone())) else {
            return Store::Alone(numbers);
        };
        room.copy_from_slice(bytes);
        self.used = part.end.next_multiple_of(LINE);
        Store::Shelved(Arc::clone(&self.full), part, PhantomData)
    }

    /// Lets what was stored be read.
    pub fn close(self) {
        if let Some(map) = self.map {
            self.full.set(map).expect("a shelf is closed once");
        }
    }
}

impl<T: Pod> Deref for Store<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        match self {
            Self::Alone(numbers) => numbers,
            Self::Shelved(shelf, part, _) => {
                bytemuck::cast_slice(&shelf.get().expect("the shelf is closed")[part.clone()])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_is_read_wherever_it_lies() {
        for bytes in [0, HUGE, 3 * HUGE] {
            let mut shelf = Shelf::new(bytes);
            let some: Vec<f32> = (0..1001).map(|k| k as f32).collect();
            let many: Vec<u16> = (0..HUGE).map(|k| (7 * k) as u16).collect();
            let stored = shelf.store(some.clone());
            let more = shelf.store(many.clone());
            let none = shelf.store(Vec::<u32>::new());
            shelf.close();
            assert_eq!(matches!(stored, Store::Shelved(..)), bytes > 0);
            // There is no room for all of them in one page.
            assert_eq!(matches!(more, Store::Shelved(..)), bytes > 2 * HUGE);
            assert_eq!((&stored[..], &more[..], &none[..]), (&some[..], &many[..], &[][..]));
            assert_eq!(more.clone()[..], many);
        }
    }
}
