ARGS=(--image "$IMAGE" --port 8080)
ARGS+=(--memory "1Gi")
FIRST+=(a)
EMPTY=()
declare -A MAP=([staging]="1Gi" [production]=4Gi)
declare -a LIST
MAP[dev]=512Mi
LIST[0]=x
run "${ARGS[@]}" ${ARGS[0]} "${MAP[$ENV]}" ${#ARGS[@]} "${ARGS[*]}" $ARGS "${UNKNOWN[@]}" "${!MAP[@]}"
JOINED=$(IFS=,; echo "${LIST[*]}")
for x in a "b c" $LIST "${ARGS[@]}" {1..3} eu-{west,east} k8s/*.yaml; do
  run "$x"
done
