//! The command `attractor`; see `attractor --help`.

fn main() -> std::process::ExitCode {
    attractor::cli::main()
}
