//! What the command line does, and what is handed to other programs.
//!
//! Apart from the tests of the library: a child inherits the locks on files that this process writes, until it becomes
//! another program.

mod bad_input;
#[cfg(unix)]
mod early;
mod export;
mod graded_page;
mod fuzz;
mod hostile;
mod kept;
mod kinds;
mod golden;
mod page;
#[cfg(unix)]
mod resume;
#[cfg(unix)]
mod scripts;
#[cfg(unix)]
mod streams;
mod shards;
mod sweep;
mod verdict;
