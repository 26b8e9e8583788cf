A=${X:-default} B="${X-dash}" C="${X:=assigned}" D=${X:?message} E=${X:+alternate}
: "${Y:=8080}"
F=${X,,} G=${X^^} H=${X%-*} I=${X%%:*} J=${X#*=} K=${X##*/} L=${X%.git} M=${X/a/b} N=${X//a/b}
O=${#X} P=${X:0:7} Q=${X:-${Y:-"deep $Z"}} R=${1:-"staging"} S=${X:-a b}
T=$((X + 1)) U=$((2 * (3 + Y))) V=$(echo "$A-x") W=$(printf '%s' "$B") AA=$(printf '%s-%s' a "$B")
AB=$(echo "$X" | tr '[:upper:]' '[:lower:]') AC=$(cat VERSION) AD=$(<VERSION) AE=${!X} AF=${X#a*b}
AG="$(gcloud config get-value project 2>/dev/null)"
AH=${IMAGE_TAG:-$(git rev-parse --short HEAD)}
AI=$(cat <<EOF
one $A
EOF
)
((COUNT++))
((TOTAL += 2))
