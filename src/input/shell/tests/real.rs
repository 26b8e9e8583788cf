#[test]
fn real() {
    let list = std::env::var("REAL_LIST").unwrap();
    let show = std::env::var("REAL_SHOW").is_ok();
    for path in list.split_whitespace() {
        let Ok(text) = std::fs::read_to_string(path) else { continue };
        let start = std::time::Instant::now();
        let out = super::print(&text);
        let took = start.elapsed().as_millis();
        if took > 100 {
            println!("SLOW {path} {took} ms, {} bytes", text.len());
        }
        if let Err(e) = std::panic::catch_unwind(|| super::spans::check(&text)) {
            println!("SPAN {path} {:?}", e.downcast_ref::<String>());
        }
        for line in out.lines().filter(|l| l.starts_with("!!")) {
            println!("{path} {line}");
        }
        if show {
            println!("##### {path}\n{out}");
        }
    }
}
