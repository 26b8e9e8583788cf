//! Made-up outcomes that the tests of all reports share: the incidents' numbers.

use crate::diagnostic::{
    Action, Annotation, Because, By, Finding, Fix, OperandValue, SetAside, Severity, Tally, UnknownInput,
    Verdict, WaiverNote,
};
use crate::provenance::{Arena, Step};
use crate::report::{Coverage, Outcome};
use crate::source::{SourceId, Span};
use crate::value::{Reason, Unknown};

/// A text whose line `n` is `line`, with empty lines before.
fn lines(wanted: &[(usize, &str)]) -> String {
    let mut text = String::new();
    let mut number = 1;
    for (line, content) in wanted {
        while number < *line {
            text.push('\n');
            number += 1;
        }
        text.push_str(content);
    }
    text
}

/// The characters `part` in a file, which must be there once from `after` on.
pub fn at(outcome: &Outcome, file: SourceId, part: &str) -> Span {
    let start = outcome.sources.get(file).text().find(part).expect("the part is in the text");
    Span::new(file, start, start + part.len())
}

pub fn found(policy: &str, message: &str, primary: Annotation) -> Finding {
    Finding {
        policy: policy.to_owned(),
        verdict: Verdict::Fail,
        severity: Severity::Error,
        action: Action::Deny,
        message: message.to_owned(),
        services: Vec::new(),
        environment: None,
        platform: None,
        condition: String::new(),
        primary,
        origin: None,
        related: Vec::new(),
        because: None,
        further: Vec::new(),
        help: None,
        fix: None,
        unknowns: Vec::new(),
        fingerprint: "0123456789abcdef".to_owned(),
    }
}

pub fn operand(expression: &str, value: &str) -> OperandValue {
    OperandValue { expression: expression.to_owned(), value: value.to_owned() }
}

/// The Alpine outage, the cut timeouts, a list of secrets from outside.
pub fn incidents() -> Outcome {
    let mut outcome = Outcome::default();
    let script = outcome.sources.add(
        "scripts/deploy_to_gcp.py",
        lines(&[
            (87, "        backend_memory = \"512Mi\" if self.use_alpine else \"4Gi\""),
            (97, "                memory=backend_memory,"),
            (984, "            \"--memory\", service.memory,"),
        ]),
    );
    let validator = outcome.sources.add(
        "app/gcp_initialization_validator.py",
        lines(&[
            (152, "            self.timeout_multiplier = 1.0"),
            (157, "            self.timeout_multiplier = 0.7  # 30% faster than production"),
        ]),
    );
    let shell =
        outcome.sources.add("scripts/deploy.sh", lines(&[(14, "  --set-secrets \"$AUTH_SECRETS\" \\")]));
    let reference = outcome.sources.add("deploy/production.yaml", lines(&[(9, "  timeoutSeconds: 900")]));

    let literal = at(&outcome, script, "\"512Mi\"");
    let argument = at(&outcome, script, "=backend_memory");
    let passed = at(&outcome, script, "service.memory");
    let mut arena = Arena::new(script);
    let origin = arena.literal(literal);
    let origin = arena.step(origin, at(&outcome, script, "backend_memory"), Step::Assigned);
    let origin = arena.step(
        origin,
        Span::new(script, argument.start as usize + 1, argument.end as usize),
        Step::Argument,
    );
    let origin = arena.step(origin, passed, Step::Passed);
    outcome.provenance.add(arena);
    let mut alpine = found(
        "alpine-minimum-memory",
        "memory 512Mi is below the 2Gi that an Alpine service needs to start",
        Annotation::new(literal, "512Mi when use_alpine; 4Gi otherwise"),
    );
    alpine.services = vec!["backend".to_owned()];
    alpine.environment = Some("staging".to_owned());
    alpine.platform = Some("Cloud Run".to_owned());
    alpine.condition = "use_alpine".to_owned();
    alpine.origin = Some(origin);
    alpine.related =
        vec![Annotation::new(at(&outcome, script, "self.use_alpine"), "on by default since line 71")];
    alpine.because = Some(Because {
        expression: "deployment.memory >= params.minimum".to_owned(),
        operands: vec![operand("deployment.memory", "512Mi"), operand("params.minimum", "2Gi")],
        value: false,
        gap: Some("1.5Gi".to_owned()),
    });
    alpine.fix = Some(Fix {
        message: "\"2Gi\" or more".to_owned(),
        span: literal,
        replacement: Some("\"2Gi\"".to_owned()),
    });

    let mut cut = found(
        "staging-not-below-production",
        "timeout_multiplier is 0.7 in staging and 1.0 in production",
        Annotation::new(at(&outcome, validator, "0.7"), "staging"),
    );
    cut.related = vec![
        Annotation::new(at(&outcome, validator, "1.0"), "production"),
        Annotation::new(at(&outcome, reference, "900"), "the strictest reference of another file"),
    ];
    cut.because = Some(Because {
        expression: "setting.ratio >= reference.ratio * params.multiplier".to_owned(),
        operands: vec![
            operand("setting.ratio", "0.7"),
            operand("reference.ratio", "1.0"),
            operand("params.multiplier", "1.0"),
        ],
        value: false,
        gap: Some("0.3".to_owned()),
    });
    let mut open = found(
        "required-variables",
        "whether SECRET_KEY is set hangs on a value that is not known here",
        Annotation::new(at(&outcome, shell, "\"$AUTH_SECRETS\""), "read from the caller's environment"),
    );
    open.verdict = Verdict::Undetermined;
    open.services = ["auth", "backend", "worker", "docs", "gateway"].map(str::to_owned).to_vec();
    open.environment = Some("staging".to_owned());
    open.unknowns = vec![UnknownInput {
        name: "deployment.env.SECRET_KEY".to_owned(),
        unknown: Unknown {
            input: "AUTH_SECRETS".into(),
            reason: Reason::Environment,
            span: open.primary.span,
        },
    }];
    let waiver = WaiverNote {
        reason: "rebuilt hourly".to_owned(),
        owner: Some("@platform".to_owned()),
        expires: Some("2026-12-01".to_owned()),
        days_left: Some(9),
        inline: false,
        span: literal,
    };
    outcome.set_aside = vec![SetAside { finding: alpine.clone(), by: By::Waiver(waiver) }];
    outcome.findings = vec![alpine, cut];
    outcome.undetermined = vec![open];
    let tally = |policy: &str, bound, failed| Tally {
        policy: policy.to_owned(),
        bound,
        failed,
        passed: bound - failed,
        ..Tally::default()
    };
    outcome.tallies = vec![
        tally("alpine-minimum-memory", 7, 1),
        Tally {
            unpaired: vec!["docs".to_owned(), "worker".to_owned()],
            ..tally("staging-not-below-production", 12, 1)
        },
        tally("floating-image-tag", 0, 0),
    ];
    outcome.coverage =
        Coverage { files: 31, excluded: vec![("tests".to_owned(), 12), ("backups".to_owned(), 3)] };
    outcome
}
