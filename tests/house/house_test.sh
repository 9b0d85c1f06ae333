#!/bin/bash
# SPDX-License-Identifier: MIT
# house_test.sh includes|headers_c|headers_cxx SOURCE_DIR COMPILER \
#     STOREY=DIRECTORIES...
# house_test.sh climbs|endpoints SOURCE_DIR COMPILER
# The directories, with colons between, are those that CMake gives a storey to
# look for headers in.
set -u
check=$1 source=$2 compiler=$3
shift 3
failures=0

fail() { echo "FAILED: $*"; failures=$((failures + 1)); }

# What each storey stands on. This is the design, not what the build says.
declare -A below=(
    [base]=''
    [http]='base'
    [blocking]='base http'
    [threads]='base http blocking'
    [processes]='base http blocking threads'
    [nonblocking]='base http blocking threads'
    [callbacks]='base http blocking threads nonblocking'
    [deferreds]='base http blocking threads nonblocking callbacks'
    [coroutines]='base http blocking threads nonblocking callbacks deferreds'
    [harness]='base http blocking threads processes nonblocking callbacks'
)
below[harness]+=' deferreds coroutines'

# compiles DIRECTORIES LANGUAGE [OPTION...]: the program text on standard input
compiles() {
    local flags=() language=$2 directory
    for directory in ${1//:/ }; do
        flags+=(-I "$directory")
    done
    shift 2
    "$compiler" -D_GNU_SOURCE -fsyntax-only "${flags[@]}" "$@" -x "$language" -
}

a_header_of() { (cd "$source" && printf '%s\n' "$1"/*.h | head -n 1); }

# A storey finds its own headers, and none of a storey that it does not stand
# on.
includes() {
    local pair storey directories other header
    for pair; do
        storey=${pair%%=*} directories=${pair#*=}
        for other in "${!below[@]}"; do
            header=$(a_header_of "$other")
            if [ "$other" = "$storey" ]; then
                echo "#include \"$header\"" | compiles "$directories" c ||
                    fail "$storey cannot include $header"
            elif [[ " ${below[$storey]} " != *" $other "* &&
                -e $source/$header ]]; then
                echo "#include \"$header\"" |
                    compiles "$directories" c 2>/dev/null &&
                    fail "$storey can include $header"
            fi
        done
    done
}

# Each header stands by itself, and may be included twice.
headers() {
    local language=$1 standard=$2 pair storey directories header
    shift 2
    for pair; do
        storey=${pair%%=*} directories=${pair#*=}
        while read -r header; do
            printf '#include "%s"\n' "$header" "$header" |
                compiles "$directories" "$language" -std="$standard" -Wall \
                    -Wextra -Wpedantic -Werror ||
                fail "$header is not $standard"
        done < <(cd "$source" && find "$storey" -name '*.h' ! -name '*_internal.h')
    done
}

headers_c() { headers c c17 "$@"; }
headers_cxx() { headers c++ c++17 "$@"; }

# An include that climbs would get around the directories.
climbs() {
    local climbing='^[[:blank:]]*#[[:blank:]]*include[[:blank:]]*["<][^">]*\.\./'
    echo ' # include "../http/url.h"' | grep -q "$climbing" ||
        fail 'the pattern finds nothing'
    while read -r found; do
        fail "$found"
    done < <(cd "$source" && grep -rn "$climbing" --include='*.[ch]' \
        --include='*.cc' "${!below[@]}" talks lessons tests)
}

# Where a connection leads is a struct endpoint. A struct url that is copied to be
# kept, or whose host or port is set by hand, stands in for one; so does one that
# is made of an endpoint and no target.
endpoints() {
    local stand_in='url_copy\(|(\.|->)endpoint(\.|->)[a-z]+ = ' found
    echo '    url.endpoint.port = 80;' | grep -qE "$stand_in" ||
        fail 'the pattern finds nothing'
    while read -r found; do
        fail "$found"
    done < <(
        cd "$source" || exit
        outside_http | xargs grep -nE "$stand_in"
        outside_http | xargs grep -lE '\.endpoint = \{' |
            xargs -r grep -LF .target
    )
}

outside_http() {
    find "${!below[@]}" lessons tests -name '*.[ch]' -o -name '*.cc' 2>/dev/null |
        grep -Ev '^(tests/)?http/'
}

$check "$@"
echo "$failures failures"
[ $failures = 0 ]
