if [ "$1" = "staging" ]; then
  A=1
elif [[ $1 == prod* && -n "$X" ]]; then
  A=2
elif [ -z "$X" -o "$Y" != b ]; then
  A=3
else
  A=4
fi
[[ "$E" =~ ^(staging|production)$ ]] || exit 1
[ "$E" = staging ] && M=512Mi || M=4Gi
[ "$E" = staging ] && M=512Mi
[ -f .env ] && source .env
if [ "$N" -gt 3 ] || (( N < 1 )); then run x; fi
if $FLAG; then run flag; fi
if ! command -v gcloud >/dev/null; then echo "no gcloud"; exit 1; fi
if gcloud run services describe x; then run update; else run create; fi
gcloud projects describe p || exit 1
gcloud run services update x || gcloud run deploy x
test "$A" = b && run y
cd app && run z && run w
[ -d x ] || mkdir x && run after
case "$E" in
  staging|stg) M=1Gi ;;
  prod*) M=4Gi ;;
  "") M=none ;;
  *) echo unknown; exit 1 ;;
esac
while true; do run loop; break; done
until curl -f x; do sleep 1; done
while read -r line; do run "$line"; done < file
if [ $? -ne 0 ]; then echo failed; exit 1; fi
if grep -q x file; then run found; fi
[[ ! $X == y && ! -f z ]] && run negated
read -p "Sure? " -n 1 -r
if [[ ! $REPLY =~ ^[Yy]$ ]]; then exit 0; fi
run confirmed
