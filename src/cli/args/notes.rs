//! What stands below the help of each command: examples and exit codes.

pub(super) const EXIT_CODES: &str = "\
Exit codes:
  0  nothing denies
  1  a finding denies
  2  wrong usage, celador.yaml, policy or path; output that could not be written
  3  folders were searched and nothing was checked";

pub(super) const CHECK_EXAMPLES: &str = "\
Examples:
  celador check                              the project around the working directory
  celador check k8s/ scripts/deploy.sh       report on these; the rest is read for comparisons
  celador check --policy floating-image-tag  ask one policy only
  celador check --policy policies/mine.yaml  ask a policy file besides the others
  celador check --format json > report.json
  celador check --format human --format sarif=celador.sarif --format junit=celador.xml
  celador check --explain --policy mine      also why it passes
  celador check --environment production     gate what is deployed to production
  celador check --format concise             one line a finding
  celador check --statistics                 how many findings of each policy

Exit codes:
  0  nothing denies
  1  a finding denies
  2  wrong usage, celador.yaml, policy or path; output that could not be written
  3  folders were searched and nothing was checked";

pub(super) const TEST_EXAMPLES: &str = "\
Examples:
  celador test                            the policies that celador.yaml names
  celador test policies/                  every policy file below a folder
  celador test --builtin --policy 'alpine-*'
  celador test --update                   write what is found into the examples
  celador test --min-coverage 90          each condition seen true and false
  celador test --mutate --min-score 80    small changes of policy and files must be noticed
  celador test --format junit > junit.xml

Exit codes:
  0  every example passes, and every minimum is met
  1  an example fails, or a minimum is not met
  2  wrong usage, policy or path; nothing to test; output that could not be written";

pub(super) const BASELINE_NOTES: &str = "\
A baseline that is there only shrinks: what is mended is taken out, and what is new is listed and refused,
unless --accept-new and a reason say otherwise. The file is celador-baseline.json unless celador.yaml says
`baseline: FILE`.

Exit codes:
  0  the baseline holds what is found
  1  there are new findings, which it does not hold
  2  wrong usage, celador.yaml or policy, or a baseline that cannot be read: nothing was written";

pub(super) const RECORD_NOTES: &str = "\
`celador check` of the whole project then finds a policy that is bound to nothing any more, and a file that
deploys nothing any more. The file is celador-record.json unless celador.yaml says `record: FILE`.

Exit codes:
  0  the record was written, or says already what is checked
  2  wrong usage, celador.yaml or policy: nothing was written";
pub(super) const WAIVE_EXAMPLES: &str = "\
Examples:
  celador waive floating-image-tag@deploy.sh:3 --reason 'rebuilt hourly' --owner @docs --until 2026-12-31
  celador waive b4498f46dad96085 --project --reason 'moves in May' --owner @web --until 2027-05-31

The comment stands above what it is for, in the file's own syntax; where none can stand, an entry of
celador.yaml is written. Nothing is written unless the finding is set aside by it, and nothing else changes.

Exit codes:
  0  the waiver was written
  2  no finding matches, or several; the waiver lacks what is asked; it could not be written";

pub(super) const INIT_NOTES: &str = "\
It holds the services and environments that were found, and every policy that has something to judge, each
set to warn: nothing denies before somebody says so.

Exit codes:
  0  the file was written
  2  there is one already, or it could not be written";

pub(super) const FACTS_EXAMPLES: &str = "\
Examples:
  celador facts                           what is deployed, with which values
  celador facts --why backend.memory      the way of a value from its literal to the command
  celador facts --why backend.env.PORT    the same of a variable
  celador facts --bypasses                what turns checks off, in which environments
  celador facts --unresolved              what could not be followed, and why
  celador facts deploy.py --format json";
