# The part "status" of scripts/bench: "status --offline" of a large site. Its words are those of scripts/bench.
# shellcheck shell=bash disable=SC2154

# deploy SITE GATEWAY FINGERPRINT: a gateway whose journal tells of a deployment of this certificate, with all its steps
deploy() {
  local step state head='{"time":"2026-01-01T00:00:00Z","run":"0123456789abcdef","event":'
  printf '{\n  "schema": 1,\n  "name": "%s",\n  "host": "%s.example.com",\n  "port": 8443,\n  "ssh_user": "admin",\n  "install_path": "/opt/IGEL/icg",\n  "health": "auto",\n  "wait_seconds": 90\n}\n' \
    "$2" "$2" >"$1/gateways/$2.json"
  {
    printf '%s"begin","schema":1,"action":"update","user":"admin@console.example.com","live_path":"/opt/IGEL/icg/usg/keys/keystore.jks","staged_path":"/opt/IGEL/icg/usg/keys/.keystore.jks.umsadm-new","backup_path":"/opt/IGEL/icg/usg/keys/keystore.jks.umsadm-20260101T000000Z-0123456789abcdef","new_leaf":"%s","restart":true,"verify":true,"health_required":true}\n' "$head" "$3"
    for step in backup upload swap restart verify; do
      for state in started 'done'; do printf '%s"step","step":"%s","state":"%s"}\n' "$head" "$step" "$state"; done
    done
    printf '%s"end","outcome":"updated","verified":true}\n' "$head"
  } >"$1/journal/gateways/$2.jsonl"
}

cat_site() { find "$1/gateways" "$1/journal" "$1/certificates" -type f -exec cat {} +; }

bench_status() {
  local count=1000 site=$work/status number=0 fingerprint format
  echo "status --offline: a site with $count gateways, each with a certificate and a journal, and cat of the same files"
  site_with "$count" "$site"
  mkdir -p "$site/journal/gateways"
  while read -r fingerprint; do
    number=$((number + 1))
    deploy "$site" "gw$number" "$fingerprint"
  done < <(grep -rL '"Bench Root"' --include=record.json "$site/certificates" | xargs sed -n 's/.*"fingerprint_sha256": "\(.*\)",/\1/p')
  [[ $(find "$site/gateways" -name '*.json' | wc -l) -eq $count ]]
  cat_site "$site" >/dev/null
  for _ in $(seq "$runs"); do
    measure "$work/status.cat" cat_site "$site"
    measure "$work/status.text" "$umsadm" --site "$site" status --offline
    for format in nagios prometheus; do
      measure "$work/status.$format" "$umsadm" --site "$site" status --offline --format "$format"
    done
  done
  row '' umsadm nagios prometheus cat
  rows_of status.text status.nagios status.prometheus status.cat
  row 'wall by that of cat (at most 3)' "$(ratio "$(median "$work/status.text" 1)" "$(median "$work/status.cat" 1)")" \
    "$(ratio "$(median "$work/status.nagios" 1)" "$(median "$work/status.cat" 1)")" \
    "$(ratio "$(median "$work/status.prometheus" 1)" "$(median "$work/status.cat" 1)")" 1
  echo
}
