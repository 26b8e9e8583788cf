use super::line_hash::line_hashes;
use super::uri;

#[test]
fn paths_are_relative_references() {
    assert_eq!(uri("k8s/a b#c?.yaml"), "k8s/a%20b%23c%3F.yaml");
    assert_eq!(uri("javascript:x/ü"), "javascript%3Ax/%C3%BC");
}

/// The numbers are those that GitHub's own uploader computes for these texts.
#[test]
fn lines_have_the_hashes_that_github_gives_them() {
    assert_eq!(line_hashes(""), ["c129715d7a2bc9a3:1"]);
    let every_line_break = [
        "92e2badc46cb374f:1",
        "76e09c220209bbd8:1",
        "7fe023bef030c524:1",
        "6eb233ab1bc5c53b:1",
        "605f3356c86788e5:1",
    ];
    assert_eq!(line_hashes("a\nb\n\tc\r\nd\re \u{1f600}"), every_line_break);
    assert_eq!(
        line_hashes("x: 1\nx: 1\n"),
        ["65ebfb81f796add5:1", "9e84518382ef0334:1", "c129715d7a2bc9a3:1"]
    );
    let alike = line_hashes(&"k: v\n".repeat(40));
    assert_eq!(alike.len(), 41);
    assert_eq!(alike.get(5).map(String::as_str), Some("fa5edc9f1bd756f9:6"));
    assert_eq!(alike.last().map(String::as_str), Some("c129715d7a2bc9a3:1"));
}
