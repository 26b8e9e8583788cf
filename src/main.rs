//! The `celador` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    celador::cli::main()
}
