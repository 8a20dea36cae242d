# Words for scenarios with many gateways: one fleet for a suite (tests/sandbox/fleet.sh), a site of its own for each scenario.
# shellcheck shell=bash disable=SC2154
# shellcheck source=tests/scenarios/sandbox.bash
source "$here/sandbox.bash"
# shellcheck source=tests/sandbox/fleet_records.sh
source "$sandbox_tools/fleet_records.sh"

# share_fleet COUNT: for begin_suite
share_fleet() {
    chmod 755 .
    fleet=$PWD/fleet
    trap 'stop_fleet; [ "$failed" -ne 0 ] || rm -rf "$suite_folder"' EXIT
    "$sandbox_tools/fleet.sh" start "$fleet" --count "$1" >start.log 2>&1 || {
        cat start.log
        return 1
    }
    # shellcheck source=/dev/null
    source "$fleet/env"
}

stop_fleet() { "$sandbox_tools/fleet.sh" stop "$fleet" >"$fleet.stop.log" 2>&1 || true; }

# A site that knows all gateways of the fleet, and a new certificate for them: "New".
site_of_fleet() {
    rm -f "$fleet"/gateways/*/control/*
    new_site
    import_fleet "$umsadm" "$fleet"
    add_fleet "$umsadm" "$fleet"
    run_ok cert create New --root "Sandbox Root" --host "$HOSTS" --key ec:p256
}

fingerprint_of_certificate() {
    "$umsadm" --json cert show "$1" >certificate.json
    "$check_json" certificate.json /result/fingerprint_sha256
}

# expect_serves CERTIFICATE GATEWAY...: what is really served, as openssl sees it
expect_serves() {
    local wanted gateway port served
    wanted=$(fingerprint_of_certificate "$1")
    for gateway in "${@:2}"; do
        port=$(awk -v name="$gateway" '$1 == name { print $3 }' "$fleet/gateways.tsv")
        served=$(openssl s_client -connect "$TLS_HOST:$port" </dev/null 2>/dev/null |
            openssl x509 -noout -fingerprint -sha256)
        expect_same "$wanted" "${served#*=}"
    done
}

# outcome_of NUMBER: of a deployment of the last run with --json
outcome_of() { json "/result/deployments/$1/outcome"; }

# misbehave GATEWAY FILE [TEXT]
misbehave() { printf '%s' "${3:-}" >"$fleet/gateways/$1/control/$2"; }
behave() { rm -f "$fleet/gateways/$1/control/$2"; }
