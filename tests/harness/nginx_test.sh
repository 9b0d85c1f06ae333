#!/bin/bash
# SPDX-License-Identifier: MIT
# nginx_test.sh PROGRAM: a server that is not ours. Every model fetches files
# from it, four at a time, forty in all, and has to bring each byte of them; by
# https as well, where there is openssl to make a certificate with.
set -u
program=$1
PATH=$PATH:/usr/sbin
command -v nginx >/dev/null || { echo "skipped: nginx is not installed"; exit 77; }

here=$(mktemp -d)
server=
# shellcheck disable=SC2317 # it is called: by the trap
clean_up() {
    [ -z "$server" ] || { kill "$server"; wait "$server"; } 2>/dev/null
    rm -rf "$here"
}
trap clean_up EXIT

fail() { echo "FAILED: $*"; cat "$here/err" "$here/log" 2>/dev/null; exit 1; }

configure() { # configure PORT
    local kind
    echo "daemon off; master_process off; pid $here/pid; error_log $here/log;
events {}
http {
    access_log off;"
    for kind in client_body proxy fastcgi uwsgi scgi; do
        echo "    ${kind}_temp_path $here/temp;"
    done
    echo "    server { listen 127.0.0.1:$1; root $here/www; }"
    [ ! -e "$here/certificate" ] || echo "    server {
        listen 127.0.0.1:$(($1 + 1)) ssl; root $here/www;
        ssl_certificate $here/certificate; ssl_certificate_key $here/key; }"
    echo "}"
}

# It signs itself, and so is the one that is to be trusted.
make_certificate() {
    command -v openssl >/dev/null || { echo "no https: openssl is missing"; return; }
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
        -subj /CN=test -addext subjectAltName=IP:127.0.0.1 -days 2 \
        -keyout "$here/key" -out "$here/certificate" 2>"$here/err" ||
        fail "openssl makes no certificate"
    if "$program" fetch --cacert "$here/certificate" http://127.0.0.1:1/ 2>&1 |
        grep -q 'https is not part of this build'; then
        echo "no https in this build"
        rm "$here/certificate"
    fi
}

# nginx cannot be told to take any port that is free: it is tried.
start() {
    local port
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        port=$((20000 + RANDOM % 12000))
        configure $port >"$here/conf"
        nginx -c "$here/conf" 2>"$here/err" &
        server=$!
        base=http://127.0.0.1:$port
        secure_base=https://127.0.0.1:$((port + 1))
        # It either answers soon or gives up by itself: then the next port.
        while kill -0 $server 2>/dev/null; do
            "$program" fetch -o "$here/probe" "$base/page" >/dev/null 2>&1 &&
                cmp -s "$here/www/page" "$here/probe/0-page" && return
        done
        wait $server
    done
    fail "nginx does not start"
}

mkdir "$here/www"
: >"$here/www/empty"
head -c 100 /dev/urandom >"$here/www/page"
head -c 300000 /dev/urandom >"$here/www/large"
make_certificate
start

check() { # check BASE MODEL [OPTION...]
    local from=$1 index name names=(page large empty) out=$here/out
    shift
    rm -rf "$out"
    "$program" fetch --model "$@" -c 4 -n 40 -o "$out" \
        "$from/page" "$from/large" "$from/empty" >"$here/lines" 2>"$here/err" ||
        fail "$* ended with $?"
    grep -q '^40 of 40 fetched' "$here/lines" || fail "$*: no summary"
    for ((index = 0; index < 40; index++)); do
        name=${names[index % 3]}
        cmp "$here/www/$name" "$out/$index-$name" || fail "$*: another body"
    done
    echo "${from%%:*} $*: 40 bodies, byte for byte"
}

# The address sanitizer's allocator is not safe across fork() where there are
# threads, as in fetch: a child may wait for ever for a lock that was held.
forks_safely() {
    [[ $1 != fork && $1 != process-pool ]] || ! grep -q __asan_init "$program"
}

# A race on a server that is not ours: it counts nothing for us, so what was
# fetched is what the contestants say.
check_race() {
    "$program" race --url "$base/page" --models sequential,threads,epoll,tasks \
        -c 4 -n 40 --rounds 2 --out "$here/race" >"$here/lines" 2>"$here/err" ||
        fail "the race ended with $?"
    python3 - "$here/race" <<'END' || fail "the race has other results"
import glob, json, sys
[path] = set(glob.glob(sys.argv[1] + "/results.json") or
             glob.glob(sys.argv[1] + "/*/results.json"))
runs = [run for run in json.load(open(path))["runs"] if run["block"] == "own"]
assert len(runs) == 8, len(runs)
for run in runs:
    assert run["finished"] == 40 and not run["errors"], run
    assert run["body_bytes"] == 40 * 100, run
END
    echo "race --url: 8 runs of 40 pages"
}

check_race
while read -r model rest; do
    [[ $rest != *'(not here: '* ]] || { echo "$model $rest"; continue; }
    check "$base" "$model"
    check "$base" "$model" -k
    [ -e "$here/certificate" ] || continue
    forks_safely "$model" || continue
    check "$secure_base" "$model" --cacert "$here/certificate"
    check "$secure_base" "$model" -k --cacert "$here/certificate"
done < <("$program" fetch --list-models)
