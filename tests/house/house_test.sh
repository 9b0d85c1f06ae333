#!/bin/bash
# SPDX-License-Identifier: MIT
# house_test.sh includes|headers_c|headers_cxx SOURCE_DIR COMPILER \
#     STOREY=DIRECTORIES...
# house_test.sh climbs|endpoints|names|rules|seams SOURCE_DIR COMPILER
# house_test.sh circles SOURCE_DIR COMPILER OBJECT...
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

# ---- circles inside the harness ----

# Lines "A B": module A includes a header of module B. A module is all files of
# one name: answer.c and answer.h.
include_edges() {
    (cd "$1" && grep -rE '^[[:blank:]]*#[[:blank:]]*include[[:blank:]]*"' \
        --include='*.[ch]' harness) |
        sed -nE 's/^([^:]*)\.[ch]:[^"]*"(harness\/[^"]*)\.h".*/\1 \2/p' |
        awk '$1 != $2'
}

# Lines "A B": object A uses what object B defines, by whatever header it knows
# of it.
object_edges() {
    nm -A -P "$@" | awk '
        { sub(":$", "", $1) }
        $3 == "U" { uses[$1 " " $2] }
        $3 ~ /^[BDRTVW]$/ { home[$2] = $1 }
        END {
            for (use in uses) {
                split(use, part, " ")
                if (part[2] in home && home[part[2]] != part[1])
                    print part[1], home[part[2]]
            }
        }'
}

# Whose members lie in a circle of these edges? Nothing when there is none.
members() { tsort 2>&1 >/dev/null | sed -n 's/^tsort: \([^-].*\)/\1/p'; }

no_circle() {
    local edges found
    edges=$(cat)
    [ -n "$edges" ] || fail "no $1 were found"
    found=$(members <<<"$edges")
    [ -z "$found" ] || fail "a circle of $1:" "${found//$'\n'/ }"
}

# A check that finds nothing must be able to: here are two circles.
plant_circles() {
    mkdir -p "$1/harness"
    cd "$1" || exit 1
    echo '#include "harness/b.h"' >harness/a.h
    echo ' # include "harness/c.h"' >harness/b.c
    echo '#include "harness/a.h"' >harness/c.c
    echo 'int b(void); int a(void) { return b(); }' >harness/a.c
    echo 'int a(void); int b(void) { return a(); }' >harness/d.c
    "$compiler" -c harness/a.c -o a.o && "$compiler" -c harness/d.c -o d.o
}

circles() {
    local planted
    planted=$(mktemp -d) || exit 1
    (plant_circles "$planted") || fail 'the planted files do not compile'
    [ "$(include_edges "$planted" | members | sort | tr '\n' ' ')" = \
        'harness/a harness/b harness/c ' ] ||
        fail 'a planted circle of includes was not found'
    [ "$(object_edges "$planted/a.o" "$planted/d.o" | members | wc -l)" = 2 ] ||
        fail 'a planted circle of calls was not found'
    rm -r "$planted"
    include_edges "$source" | no_circle includes
    object_edges "$@" | no_circle calls
}

# ---- what is done in one place ----

uses() { # uses PATTERN
    (cd "$source" && grep -rnE "$1" --include='*.c' "${!below[@]}" \
        lessons/tool talks)
}

# seam PATTERN FILE: only there, and there it is.
seam() {
    local found
    found=$(uses "$1")
    grep -q "^$2:" <<<"$found" || fail "$2 has nothing like $1"
    found=$(grep -v "^$2:" <<<"$found")
    [ -z "$found" ] || fail "what only $2 should do: ${found//$'\n'/ }"
}

# unused PATTERN INSTEAD: not there at all.
unused() {
    local found
    found=$(uses "$1")
    [ -z "$found" ] || fail "what $2 does better: ${found//$'\n'/ }"
}

# Each of these has a care that is forgotten where it is done once more.
seams() {
    seam 'O_CREAT|O_TMPFILE|fopen\([^)]*"[wa]' base/whole_file.c
    seam '\<mkdir\(' base/folder.c
    seam '\<stdout = ' base/output.c
    # These lose what they have no memory for, and do not tell.
    unused 'cJSON_(Create|Add|Print)' harness/json_write.c
    unused open_memstream base/buffer_stream.c
}

# ---- what the documents name ----

# Every `folder/`, `folder/file` and `folder/file:function` that the page names
# is there.
names() {
    local page=ARCHITECTURE.md anchor file function count=0
    while read -r anchor; do
        file=${anchor%:*} function=${anchor#"$file"}
        count=$((count + 1))
        if [ ! -e "$source/$file" ]; then
            fail "$page names $file, which is not there"
        elif [ -n "$function" ] &&
            ! grep -q "\<${function#:}(" "$source/$file"; then
            fail "$page names ${function#:}, which $file does not have"
        fi
    done < <(tr '\140' '\n' <"$source/$page" |
        grep -x '[a-z]*/[A-Za-z0-9_./]*\(:[a-z_]*\)*')
    [ $count -gt 20 ] || fail "only $count names were found in $page"
}

# Every rule in the table of http/README.md has a test that names it.
rules() {
    local rule count=0
    while read -r rule; do
        count=$((count + 1))
        grep -rqw "$rule" "$source/tests/http" "$source/tests/reports" ||
            fail "no test names the rule $rule"
    done < <(sed -nE 's/^\| (HT[0-9]+) \|.*/\1/p' "$source/http/README.md")
    [ $count -gt 0 ] || fail 'http/README.md has no rules'
}

$check "$@"
echo "$failures failures"
[ $failures = 0 ]
