#!/bin/bash
# SPDX-License-Identifier: MIT
# nginx_test.sh PROGRAM: a server that is not ours. Every model fetches files
# from it, four at a time, forty in all, and has to bring each byte of them.
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
    echo "    server { listen 127.0.0.1:$1; root $here/www; }
}"
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
start

check() { # check MODEL [OPTION...]
    local index name names=(page large empty) out=$here/out
    rm -rf "$out"
    "$program" fetch --model "$@" -c 4 -n 40 -o "$out" \
        "$base/page" "$base/large" "$base/empty" >"$here/lines" 2>"$here/err" ||
        fail "$* ended with $?"
    grep -q '^40 of 40 fetched' "$here/lines" || fail "$*: no summary"
    for ((index = 0; index < 40; index++)); do
        name=${names[index % 3]}
        cmp "$here/www/$name" "$out/$index-$name" || fail "$*: another body"
    done
    echo "$*: 40 bodies, byte for byte"
}

while read -r model rest; do
    [[ $rest != *'(not here: '* ]] || { echo "$model $rest"; continue; }
    check "$model"
    check "$model" -k
done < <("$program" fetch --list-models)
