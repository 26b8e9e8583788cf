//! The `celador` program.

use mimalloc::MiMalloc;
use std::process::ExitCode;

/// A run makes and drops millions of small values, a tree for each manifest: the system's allocator would be
/// a quarter of the time.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    celador::cli::main()
}
