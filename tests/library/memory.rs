//! What a program is told of memory: large arrays that were freed are the system's again, and no others' that may come.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

use attractor::synapse::give_back_at_once;
use std::process::Command;

/// Who is a process of its own, and whether it sets its allocator.
const SET: &str = "ATTRACTOR_TEST_SETS_ALLOCATOR";

/// Arrays of 4 MiB, of which so many were in use before they were freed: MB of this process.
fn kept_of(arrays: usize) -> f64 {
    // One that is larger, by which an allocator learns that others of its size may come.
    drop(std::hint::black_box(vec![1u8; 30 << 20]));
    let all: Vec<Vec<u8>> = (0..arrays).map(|_| vec![1u8; 4 << 20]).collect();
    // What stands behind them keeps them from being cut off at the end.
    let behind = std::hint::black_box(vec![1u8; 100_000]);
    drop(std::hint::black_box(all));
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    let kib: f64 = line.split_whitespace().next().unwrap().parse().unwrap();
    drop(behind);
    kib * 1024.0 / 1e6
}

#[test]
fn freed_arrays_are_given_back_at_once() {
    if let Some(set) = std::env::var_os(SET) {
        if set == "1" {
            give_back_at_once();
        }
        println!("kept {} MB", kept_of(50));
        return;
    }
    // AddressSanitizer and others bring allocators of their own, which know no such settings.
    if ["ASAN_OPTIONS", "LD_PRELOAD"].iter().any(|own| std::env::var_os(own).is_some()) {
        println!("not tried: the allocator is another one");
        return;
    }
    let own = |set: &str| -> f64 {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args([
            "--exact",
            "memory::freed_arrays_are_given_back_at_once",
            "--nocapture",
            "--test-threads=1",
        ]);
        let told = child.env(SET, set).output().unwrap();
        let told = String::from_utf8(told.stdout).unwrap();
        let kept = told.split("kept ").nth(1).and_then(|told| told.split(' ').next());
        kept.and_then(|kept| kept.parse().ok()).unwrap_or_else(|| panic!("{told}"))
    };
    let (without, with) = (own("0"), own("1"));
    // 200 MB were in use.
    assert!(
        with < 60.0 && without > with + 150.0,
        "{with} MB kept, {without} MB without the setting"
    );
}
