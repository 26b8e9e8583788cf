//! The log on standard error: set up only if somebody asks, since most runs have none.

use tracing_subscriber::EnvFilter;

/// Starts the log if CELADOR_LOG or `-vv` asks for one.
pub fn start(verbose: u8) {
    let asked = std::env::var("CELADOR_LOG").ok().filter(|filter| !filter.is_empty());
    let filter = match (asked, verbose) {
        (Some(filter), _) => filter,
        (None, 2) => "celador=debug".to_owned(),
        (None, 3..) => "celador=trace".to_owned(),
        (None, _) => return,
    };
    let filter = EnvFilter::builder().parse_lossy(filter);
    let format = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start, as in tests, changes nothing.
    let _ = format.with_ansi(false).try_init();
}
