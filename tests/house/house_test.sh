#!/bin/bash
# SPDX-License-Identifier: MIT
# house_test.sh includes|headers SOURCE_DIR COMPILER STOREY=DIRECTORIES...
# The directories, with colons between, are those that CMake gives a storey to
# look for headers in.
set -u
check=$1 source=$2 compiler=$3
shift 3
failures=0

fail() { echo "FAILED: $*"; failures=$((failures + 1)); }

# What each storey stands on. This is the design, not what the build says.
declare -A below=(
    [http]=''
    [blocking]='http'
    [threads]='http blocking'
    [processes]='http blocking threads'
    [nonblocking]='http blocking threads'
    [callbacks]='http blocking threads nonblocking'
    [deferreds]='http blocking threads nonblocking callbacks'
    [coroutines]='http blocking threads nonblocking callbacks deferreds'
    [harness]='http blocking threads processes nonblocking callbacks'
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

# Each header stands by itself, in C++17 too.
headers() {
    local pair storey directories header
    for pair; do
        storey=${pair%%=*} directories=${pair#*=}
        while read -r header; do
            echo "#include \"$header\"" |
                compiles "$directories" c++ -std=c++17 -Wall -Wextra \
                    -Wpedantic -Werror || fail "$header is not C++17"
        done < <(cd "$source" && find "$storey" -name '*.h' ! -name '*_internal.h')
    done
}

$check "$@"
echo "$failures failures"
[ $failures = 0 ]
