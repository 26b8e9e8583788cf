#!/usr/bin/env bash
set -euo pipefail
A=plain
B="double $A \"quoted\" \$not ${A}x"
C='single $A'
D=$'ansi\tc\x41'
E=mixed"dou ble"'sin gle'$A
F=
G=a\ b
H="two
lines"
run $A "$B" ${C} "${D}-x" --flag=$E --name="$G" 'x y' $(date) "$(git rev-parse HEAD)" `whoami`
run a \
  b \
  --memory=512Mi # comment
export X=1 Y="$A"
export A
readonly Z=3
X+=more
unset X
IMAGE=$REGION-docker.pkg.dev/$PROJECT/$REPO/app:$TAG
run $A/$B/$C:x '$a/$b/c' "$A/$B/$C" --i=$A-b/$C/x
: ${X:-some-text} ${X:-"a"b$c/d}
