use super::*;

/// What every one of so many ranks finds.
fn each<R: Send>(number: usize, find: impl Fn(&Ranks) -> R + Sync) -> Vec<R> {
    std::thread::scope(|scope| {
        let find = &find;
        let ranks: Vec<_> =
            Ranks::threads(number).into_iter().map(|own| scope.spawn(move || find(&own))).collect();
        ranks.into_iter().map(|rank| rank.join().unwrap()).collect()
    })
}

#[test]
fn all_hear_what_any_says() {
    for number in [1, 2, 5] {
        let last = number as u64 - 1;
        for (rank, own) in each(number, |ranks| {
            let rank = ranks.rank() as u64;
            let mut bits = [1 << rank, 0];
            ranks.any(&mut bits);
            let words = vec![rank; 3 * ranks.rank()];
            let told: Vec<Vec<u64>> =
                (0..number).map(|from| ranks.spread(from, words.clone())).collect();
            let own = ranks.union(vec![rank + 1; ranks.rank()]);
            (ranks.all(&[rank, 7]), ranks.sum(rank), bits, own, told, ranks.gather(&words))
        })
        .into_iter()
        .enumerate()
        {
            let (all, sum, bits, union, told, gathered) = own;
            assert_eq!(all, (0..=last).flat_map(|rank| [rank, 7]).collect::<Vec<_>>());
            assert_eq!(sum, last * (last + 1) / 2);
            assert_eq!(bits, [(1 << number) - 1, 0]);
            assert_eq!(union, (2..=last + 1).collect::<Vec<_>>());
            let words: Vec<Vec<u64>> =
                (0..number).map(|rank| vec![rank as u64; 3 * rank]).collect();
            assert_eq!(told, words);
            assert_eq!(gathered, if rank == 0 { words } else { Vec::new() });
        }
    }
    let alone = Ranks::default();
    assert_eq!((alone.all(&[3]), alone.union(vec![5, 2, 5])), (vec![3], vec![2, 5]));
    assert_eq!((alone.spread(0, vec![1]), alone.gather(&[4])), (vec![1], vec![vec![4]]));
}

#[test]
fn the_first_error_is_that_of_all() {
    let found = each(4, |ranks| {
        let rank = ranks.rank();
        let done = match rank {
            0 | 2 => Ok(rank),
            _ => Err(Error::input(format!("found {rank}"), "", "mend it").at("a.b")),
        };
        ranks.agree(done).unwrap_err().to_string()
    });
    let first = "a.b: found 1; mend it.";
    assert_eq!(found, [first, first, first, "a.b: found 3; mend it."]);
    assert_eq!(each(3, |ranks| ranks.agree(Ok(ranks.rank())).unwrap()), [0, 1, 2]);
}

#[test]
fn ranks_own_whole_blocks_that_follow_one_another_in_even_shares() {
    let sizes = [vec![10; 7], vec![3, 40, 1, 1, 1, 30, 2], vec![1000, 1, 1, 1], vec![5]];
    for sizes in sizes {
        let ends = sizes.iter().scan(0, |end, size| {
            *end += size;
            Some(*end - size..*end)
        });
        let blocks: Vec<Range<usize>> = ends.collect();
        let neurons = blocks.last().unwrap().end;
        for number in 1..=blocks.len() {
            let own: Vec<Range<usize>> =
                (0..number).map(|k| Ranks::solo(k, number, 5.0).own(&blocks).unwrap()).collect();
            assert_eq!((own[0].start, own[number - 1].end), (0, neurons));
            assert!(own.windows(2).all(|two| two[0].end == two[1].start));
            assert!(own.iter().all(|own| !own.is_empty()));
            assert!(own.iter().all(|own| blocks.iter().any(|block| block.start == own.start)));
            let largest = own.iter().map(ExactSizeIterator::len).max().unwrap();
            let even = neurons.div_ceil(number) + sizes.iter().max().unwrap();
            assert!(largest <= even, "{sizes:?} on {number}: {own:?}");
        }
        let error = Ranks::solo(0, blocks.len() + 1, 5.0).own(&blocks).unwrap_err();
        assert!(error.to_string().contains("a rank has one block at least"), "{error}");
    }
}
