#[test]
fn sexp() {
    let text = std::env::var("SEXP").unwrap();
    let mut p = tree_sitter::Parser::new();
    p.set_language(&tree_sitter_bash::LANGUAGE.into()).unwrap();
    let tree = p.parse(&text, None).unwrap();
    fn show(n: tree_sitter::Node, text: &str, d: usize) {
        println!("T {}{} {:?}", "  ".repeat(d), n.kind(), &text[n.byte_range()]);
        for i in 0..n.child_count() {
            show(n.child(i as u32).unwrap(), text, d + 1);
        }
    }
    show(tree.root_node(), &text, 0);
}
