echo "gcloud run deploy not-run"
cat <<USAGE
gcloud run deploy not-run
USAGE
echo y | gcloud run deploy x
sudo -E env A=1 gcloud run deploy x --memory 1Gi >/dev/null 2>&1
B=2 C="$D" nohup docker run -d img &
cat > .env <<EOF
PORT=8080
NAME=$NAME
EOF
echo "A=1" >> .env
cat <<'EOF' | kubectl apply -f -
kind: Pod $x
EOF
kubectl apply -f - <<-EOF
	kind: Service
	EOF
kubectl apply -f - <<< "kind: Job"
eval "$CMD --quiet"
$CMD arg
"${CMD[@]}"
bash -c "gcloud run deploy $X"
(cd sub && run inside)
{ run a; run b; }
set -a; source .env; . ./lib.sh; . "$DIR/common.sh"
export $(grep -v '^#' .env.staging | xargs)
trap cleanup EXIT
time exec gcloud app deploy
read -p "Continue? " -r answer
echo "$(gcloud run deploy hidden)"
gcloud builds submit --tag "$IMAGE" . && gcloud run deploy x \
  --image "$IMAGE" \
  --quiet
kubectl apply -f - <<EOF
x
EOF
