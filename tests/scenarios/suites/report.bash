# shellcheck shell=bash disable=SC2154,SC2034
# "report": the page of a real gateway and a real UMS Server, of a site alone, and of names that nobody should have.
# shellcheck source=tests/scenarios/sandbox.bash
source "$here/sandbox.bash"
# shellcheck source=tests/scenarios/ums_servers.bash
source "$here/ums_servers.bash"

probe() { need xmllint; }

# Well-formed, and nothing in it that is fetched, run or sent.
expect_page() {
    xmllint --noout --nonet "$1" 2>xmllint.log || fail "well-formed XML: $(head -3 xmllint.log)"
    # shellcheck disable=SC2016
    if grep -inE 'https?:|//[a-z]|src *=|url *\(|@import|<script|<link|<img|<iframe|<form| on[a-z]+ *=|javascript:' "$1"; then
        fail "nothing from outside in $1"
    fi
    expect_same "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'" \
        "$(xpath "$1" 'string(//meta[@http-equiv="Content-Security-Policy"]/@content)')"
    expect_same "" "$(xpath "$1" '//a[not(starts-with(@href,"#"))]')"
    expect_same 0 "$(xpath "$1" 'count(//table[not(.//th[@scope="col"])])')"
    expect_same 0 "$(xpath "$1" 'count(//svg[@role="img"][not(title)])')"
}
xpath() { xmllint --nonet --xpath "$2" "$1" 2>/dev/null || true; }
expect_in_page() { grep -qF -- "$2" "$1" || fail "\"$2\" in $1"; }
expect_not_in_page() { ! grep -qF -- "$2" "$1" || fail "no \"$2\" in $1"; }
part_of() { xpath "$1" "normalize-space(//section[@aria-labelledby=\"$2\"])"; }
expect_in_part() { [[ $(part_of "$1" "$2") == *"$3"* ]] || fail "\"$3\" in the part $2 of $1: $(part_of "$1" "$2")"; }

scenario_a_site_that_is_empty() {
    new_site
    run_ok report -o page.html
    expect_stdout 'wrote the report to "page.html": 0 gateways, 0 servers; 0 errors, 0 warnings'
    expect_page page.html
    expect_mode 644 page.html
    expect_in_page page.html "The site has neither a gateway nor a server yet"
    expect_same "UMS Servers and Gateways" "$(xpath page.html 'string(//h1)')"
}

scenario_a_site_offline() {
    site_with_certificate
    run_ok cert create Short --root Root --host icg.example.com --key ec:p256 --days 5
    make_used berlin Short
    make_used munich ICG
    run_ok gateway edit berlin --label site=berlin --label ring=1 --group pair
    run_ok --json report --offline -o page.html --title "Example & Co"
    expect_json /result/file page.html
    expect_json /result/offline true
    expect_json /result/needs_attention true
    expect_json /result/errors 0
    expect_json /result/warnings 1
    expect_json /result/gateways 2
    expect_json /result/servers 0
    expect_json /result/deployments 2
    expect_page page.html
    expect_same "Example & Co" "$(xpath page.html 'string(//h1)')"
    expect_in_page page.html "Offline: nobody was asked"
    expect_in_page page.html "1 warning needs attention"
    expect_in_part page.html attention "expires-soon 1 gateway"
    expect_in_part page.html attention "umsadm cert renew --gateway berlin"
    expect_in_part page.html timeline "berlin Short@1"
    expect_in_part page.html timeline "Root@1 root, for 2 gateways"
    expect_same "berlin" "$(xpath page.html 'string((//table[@class="timeline"])[1]/tbody/tr[1]/th/bdi)')"
    expect_in_part page.html gateways "not asked: 2"
    expect_in_part page.html gateways "berlin icg.example.com:8443 ring=1 site=berlin group pair"
    expect_same 1 "$(xpath page.html 'count(//small[@class="labels"])')"
    expect_in_part page.html deployments "2026-01-01 00:00 berlin update updated"
    expect_in_part page.html deployments "Short@1"
}

scenario_an_existing_file_is_kept() {
    new_site
    echo mine >page.html
    run report --offline -o page.html
    expect_error 1 "exists"
    expect_stderr "--force"
    expect_same mine "$(cat page.html)"
    run_ok --quiet report --offline -o page.html --force
    expect_no_stdout
    expect_no_stderr
    expect_page page.html
    mkfifo pipe
    run report --offline -o pipe --force
    expect_error 1 "no regular file"
    [ -p pipe ] || fail "the pipe is still one"
    run report --offline -o missing/page.html
    expect_exit 1
    [ "$(find . -maxdepth 1 -name '.tmp*' -o -name '*.tmp' | wc -l)" -eq 0 ] || fail "nothing left behind"
}

scenario_standard_output_and_wrong_words() {
    new_site
    run_ok --quiet report --offline -o -
    expect_no_stderr
    mv stdout page.html
    expect_page page.html
    run --json report --offline -o -
    expect_error 2 "cannot be used together with --json"
    run report --offline
    expect_exit 2
    run report --offline -o page2.html --title " "
    expect_error 2 "title"
    [ ! -e page2.html ] || fail "no file"
    export UMSADM_SITE=$PWD/none
    run report --offline -o page2.html
    expect_error 3 "no site"
}

# Names, subjects and journals of foreign origin: all of it is text.
scenario_what_is_hostile_is_text() {
    local evil=$'<script>alert(1)</script>"\'& \u202eevil'
    site_with_certificate
    run_ok cert create "${evil//\//|}" --root Root --host icg.example.com --key ec:p256 --days 9
    make_used berlin "${evil//\//|}"
    sed -i 's|"action": "update"|"action": "update", "user": "<b>\\u0007\&\\u202e\\\"</b>", "reason": "]]>\\u001b[31m<img src=x>"|' \
        "$UMSADM_SITE/journal/gateways/berlin.jsonl"
    run_ok report --offline -o page.html --title "$evil"
    mv page.html seen.html
    # What is escaped looks like a reference to grep.
    sed 's/&lt;img src=x&gt;//' seen.html >page.html
    expect_page page.html
    expect_not_in_page seen.html $'\u202e'
    expect_not_in_page seen.html $'\e'
    expect_not_in_page seen.html '<b>'
    expect_in_page seen.html '&lt;script&gt;alert(1)&lt;|script&gt;&quot;&#39;&amp; \u202eevil'
    expect_same '<script>alert(1)</script>"'"'"'& \u202eevil' "$(xpath seen.html 'string(//h1)')"
    expect_in_part seen.html deployments '<b>\x07&\u202e"</b>'
    expect_in_part seen.html deployments ']]>\x1b[31m<img src=x>'
}

# A timeline of hundreds is put together by month, and the gateways that need no attention are folded away.
scenario_a_site_of_many() {
    local number
    site_with_certificate
    make_used gw0 ICG
    for number in $(seq 1 59); do
        sed "s/gw0/gw$number/" "$UMSADM_SITE/gateways/gw0.json" >"$UMSADM_SITE/gateways/gw$number.json"
        cp "$UMSADM_SITE/journal/gateways/gw0.jsonl" "$UMSADM_SITE/journal/gateways/gw$number.jsonl"
    done
    chmod 600 "$UMSADM_SITE"/gateways/*.json
    run_ok --json report --offline -o page.html
    expect_json /result/gateways 60
    expect_json /result/deployments 20
    expect_page page.html
    expect_in_part page.html gateways "60 gateways that need no attention"
    expect_in_part page.html deployments "The newest 20 of 60"
    expect_same 13 "$(xpath page.html 'count((//table[@class="timeline"])[1]/tbody/tr)')"
    expect_same 60 "$(xpath page.html 'count(//table[contains(@class,"gateways")]/tbody/tr)')"
}

# What is served, what was installed, and what the servers have: with a real gateway and two real servers.
scenario_everybody_is_asked() {
    local reason
    reason=$(need_sandbox && need_ums_servers)
    if [ -n "$reason" ]; then
        echo "skipped: $reason"
        return
    fi
    new_site
    with_gateway --key ec:P-256 --days 200
    with_servers 2
    trap 'stop_servers; stop_gateway' EXIT
    run_ok cert import "$ROOT_PEM" "$ROOT_KEY_PEM"
    add_gateway berlin
    put_control pkcs12 backup-format ums1 ums2
    add_server ums1
    add_server ums2
    run_ok id adopt ums1
    run_ok cert create "ICG Berlin" --root "$(openssl x509 -in "$ROOT_PEM" -noout -subject -nameopt multiline |
        sed -n 's/ *commonName *= //p')" --host "127.0.0.1;localhost;icg.example.com" --key ec:p256
    run_ok keystore update berlin --cert "ICG Berlin" --yes
    run_ok report -o page.html
    expect_page page.html
    expect_in_page page.html "Gateways and servers were asked."
    expect_in_part page.html gateways "as installed: 1"
    expect_in_part page.html gateways "ICG Berlin@1 ICG Berlin@1 ICG Berlin@1"
    expect_same 2 "$(xpath page.html 'count(//table[contains(@class,"matrix")]//td[@class="mark here"])')"
    expect_same 1 "$(xpath page.html 'count(//td[@class="mark here"][@data-label="Main UMS ID"])')"
    expect_in_part page.html attention "ums-id-differs 1 server"
    expect_in_part page.html deployments "berlin update updated"
    expect_not_in_page page.html "$STORE_PASSWORD"
    expect_not_in_page page.html "$(cat "$SSH_PASSWORD_FILE")"
    expect_not_in_page page.html "PRIVATE KEY"

    "$RESTART_COMMAND" stop >stop.log 2>&1
    run_ok report -o page.html --force
    expect_page page.html
    expect_in_part page.html gateways "nothing served: 1"
    expect_in_part page.html attention "it serves nothing"
}
