#!/bin/bash
# SPDX-License-Identifier: MIT
# house_test.sh includes|headers_c|headers_cxx SOURCE_DIR COMPILER \
#     STOREY=DIRECTORIES...
# house_test.sh climbs|endpoints|names|parts|rules|seams|std_names|waits|write_rules \
#     SOURCE_DIR COMPILER
# house_test.sh circles|definitions SOURCE_DIR COMPILER OBJECT...
# The directories, with colons between, are those that CMake gives a storey to
# look for headers in.
set -u
check=$1 source=$2 compiler=$3
shift 3
failures=0

fail() { echo "FAILED: $*"; failures=$((failures + 1)); }

# What each storey may include. This is the design, not what the build says.
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

# A storey finds its own headers, and none of a storey that it may not include.
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

# Each header compiles by itself, and may be included twice.
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
# kept, or whose host or port is set by hand, takes its place; so does one that
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
# one name: answer.c and answer.h, wire.c and wire_internal.h.
include_edges() {
    (cd "$1" && grep -rE '^[[:blank:]]*#[[:blank:]]*include[[:blank:]]*"' \
        --include='*.[ch]' harness) |
        sed -nE 's/^([^:]*)\.[ch]:[^"]*"(harness\/[^"]*)\.h".*/\1 \2/p' |
        sed 's/_internal\>//g' |
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
    echo ' # include "harness/c_internal.h"' >harness/b.c
    echo '#include "harness/a.h"' >harness/c_internal.h
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

# ---- one name, one thing ----

# Names that several of these objects define. Of two in libraries the linker
# takes the one that it meets first, for all that use the name, without a word.
# Those that begin with two underscores are the compiler's.
defined_twice() {
    nm -A -P "$@" | awk '
        { sub(":$", "", $1) }
        $3 ~ /^[BDRT]$/ && $2 !~ /^__/ { homes[$2] = homes[$2] " " $1; n[$2]++ }
        END { for (name in n) if (n[name] > 1) print name ":" homes[name] }'
}

definitions() {
    local planted found
    planted=$(mktemp -d) || exit 1
    (
        cd "$planted" || exit 1
        echo 'int a(void) { return 1; }' >a.c
        echo 'int a(void) { return 2; } static int b; int c(void){return b;}' \
            >b.c
        "$compiler" -c a.c && "$compiler" -c b.c
    ) || fail 'the planted files do not compile'
    [ "$(defined_twice "$planted"/?.o)" = "a: $planted/a.o $planted/b.o" ] ||
        fail 'a planted second definition was not found'
    rm -r "$planted"
    [ -n "$(nm -P "$@" | head -n 1)" ] || fail 'no definitions were found'
    while read -r found; do
        fail "defined twice: $found"
    done < <(defined_twice "$@")
}

# ---- what is done in one place ----

uses() { # uses PATTERN [KIND]
    (cd "$source" && grep -rnE "$1" --include="*.${2:-c}" "${!below[@]}" \
        lessons/tool lessons/print talks)
}

# seam PATTERN FILE [ALSO...]: only there, and there it is; or in one of ALSO,
# each of which has its own reason.
seam() {
    local found kind=${2##*.} file
    found=$(uses "$1" "$kind")
    for file in "${@:2}"; do
        grep -q "^$file:" <<<"$found" || fail "$file has nothing like $1"
        found=$(grep -v "^$file:" <<<"$found")
    done
    [ -z "$found" ] || fail "what only $2 should do: ${found//$'\n'/ }"
}

# unused PATTERN INSTEAD: not there at all.
unused() {
    local found
    found=$(uses "$1")
    [ -z "$found" ] || fail "what $2 does better: ${found//$'\n'/ }"
}

# unused_in_tests PATTERN BUT INSTEAD: in no test, unless the line has BUT.
unused_in_tests() {
    local found
    found=$(cd "$source" && grep -rnE "$1" --include='*.cc' --include='*.h' \
        tests | grep -vE "$2" | grep -v "^$3:" | grep -vE ':[0-9]+: *(//|\*)')
    [ -z "$found" ] || fail "what $3 does with care: ${found//$'\n'/ }"
}

number_readers='\<([fs]?scanf|ato(i|ll?|f)|strto(u?l|u?ll|[iu]max))\('

# Each of these has a care that is forgotten where it is done once more.
seams() {
    seam 'O_CREAT|O_TMPFILE|fopen\([^)]*"[wa]' base/whole_file.c
    seam '\<mkdir\(' base/folder.c
    seam '\<stdout = ' base/output.c
    # Each of the others says beside it why its program gets another environment.
    seam '\<(popen|system|posix_spawnp?|f?exec[vl]p?e?(at)?)\(' base/program.c \
        callbacks/spawn.c harness/race/launch.c harness/race/tracee.c \
        lessons/tool/learner/race_command.c lessons/tool/teacher/play_act.c \
        talks/smtp_server.c
    seam 'import subprocess|subprocess\.(run|Popen|call|check_)|os\.(system|popen|exec|spawn|posix_spawn)' \
        harness/chart/programs.py
    seam '^ *(import|from) matplotlib' harness/chart/drawing.py
    seam 'tempfile\.|os\.open\(|\<open\([^)]*, "[wa]b?"' harness/chart/files.py \
        harness/chart/drawing.py lessons/print/page.py # a folder, for a browser
    seam 'sched_[gs]etaffinity|_SC_NPROCESSORS' base/processors.c
    # What was ignored when a command was started stays so.
    seam '\<signal\((SIGINT|SIGTERM|SIGHUP|SIGQUIT|number), SIG_DFL' \
        harness/interrupt.c lessons/tool/terminal_guard.c
    seam '\<sigaction\(' harness/interrupt.c harness/inquiry.c
    seam 'signal\.signal\(' harness/chart/command.py
    unused_in_tests '\<kill(pg)?\(' 'kill\(getpp?id\(\)|, 0\)' tests/support/child.h
    # These lose what they have no memory for, and do not tell.
    unused 'cJSON_(Create|Add|Print)' harness/json_write.c
    unused open_memstream base/buffer_stream.c
    # A number that does not fit is undefined, or silently another one.
    grep -qE "$number_readers" <<<'    if (sscanf(line, "%d", &fd) == 1)' ||
        fail 'the pattern finds no planted sscanf'
    unused "$number_readers" base/number.h
}

# ---- the parts of the lessons' tool ----

# The tool itself, and then its folders: each includes only those before it.
parts() {
    local part known='' found
    for part in '' program/ tell/ learner/ author/ teacher/; do
        known+="${known:+|}${part}[a-z_]*\\.h"
        found=$(cd "$source/lessons/tool" &&
            grep -nE '^#include "lessons/tool/' "$part"*.[ch] |
            grep -vE "\"lessons/tool/($known)\"")
        [ -z "$found" ] || fail "not for lessons/tool/$part: ${found//$'\n'/ }"
    done
}

# ---- what the documents name ----

# What a page has in backquotes, a line each.
quoted() { tr '\n\140' ' \n' <"$1" | sed -n 'n;p'; }

# name_faults DIR PAGE: which `folder/`, `folder/file`, `folder/file:function` and
# `name_of_ours` of the page is not there? What the lab makes itself is not.
name_faults() {
    local anchor file function
    while read -r anchor; do
        file=${anchor%:*} function=${anchor#"$file"}
        if [ ! -e "$1/$file" ]; then
            echo "$2 names $file, which is not there"
        elif [ -n "$function" ] &&
            ! grep -q "\<${function#:}(" "$1/$file"; then
            echo "$2 names ${function#:}, which $file does not have"
        fi
    done < <(quoted "$1/$2" |
        grep -x '[a-z.]*[a-z]/[A-Za-z0-9_./]*\(:[a-z_]*\)*' |
        grep -Ev '^(build|results|work)/' | sort -u)
    while read -r anchor; do
        grep -rqw --include='*.[ch]' --include=CMakeLists.txt \
            --exclude-dir={build,results,work} -- "$anchor" "$1" ||
            echo "$2 names $anchor, which no source has"
    done < <(quoted "$1/$2" | grep -xE '[a-z]+(_[a-z]+)+' | sort -u)
}

# The documents for those who read and change the code name what is there.
names() {
    local planted page found
    planted=$(mktemp -d) || exit 1
    mkdir "$planted/base"
    echo 'int there(void);' >"$planted/base/here.h"
    printf '\140%s\140\n' base/ base/here.h base/here.h:there base/here.h:gone base/gone.h \
        there_too results/x there >"$planted/PAGE.md"
    [ "$(name_faults "$planted" PAGE.md)" = "$(printf 'PAGE.md names %s\n' \
        'base/gone.h, which is not there' \
        'gone, which base/here.h does not have' \
        'there_too, which no source has')" ] || fail 'the planted names were not found'
    rm -r "$planted"
    for page in ARCHITECTURE.md CONTRIBUTING.md README.md; do
        [ "$(quoted "$source/$page" | wc -l)" -gt 20 ] ||
            fail "hardly anything was found in $page"
        while read -r found; do
            fail "$found"
        done < <(name_faults "$source" "$page")
    done
}

# ---- the rules of the originals ----

# Lines "RULE FILE": this file below tests/ has a test whose name has the rule, or
# a table of rows with it in a comment.
proofs() {
    (
        cd "$1/tests" || exit
        mapfile -t files < <(find . -name '*.cc' -o -name '*_rows.h' | cut -c3- | sort)
        awk '
            function note(text,    before) {
                while (match(text, "[A-Z][A-Z][0-9]+")) {
                    before = substr(text, RSTART - 1, RSTART > 1)
                    if (before !~ /[A-Z]/)
                        print substr(text, RSTART, RLENGTH), FILENAME
                    text = substr(text, RSTART + RLENGTH)
                }
            }
            /^TEST(_[FP])?\(/ { name = " " }
            name != "" { name = name $0 }
            name ~ /\)/ { note(name); name = "" }
            FILENAME ~ /_rows\.h$/ && /^ *\/\*/ { note($0) }' "${files[@]}"
    ) | sort -u
}

# RULES.md with its last column filled in.
rules_page() {
    proofs "$1" | awk '
        FILENAME == "-" {
            files[$1] = files[$1] (files[$1] == "" ? "" : ", ") $2
            next
        }
        /^\| [A-Z][A-Z][0-9]+ \|/ {
            sub(/\|[^|]*\|$/, "| " files[$2] " |")
            sub(/\|  \|$/, "| |")
        }
        { print }' - "$1/RULES.md"
}

rules_of() { sed -nE 's/^\| ([A-Z]{2}[0-9]+) \|.*/\1/p' "$1/RULES.md"; }

# Lines "RULE FILE": what sources and documents say of rules.
rules_named() {
    local families
    families=$(rules_of "$1" | tr -d 0-9 | sort -u | paste -sd '|')
    (
        cd "$1" || exit
        grep -rowE --include='*.[ch]' --include='*.cc' --include='*.md' \
            --exclude-dir={build,results,work} --exclude=RULES.md \
            "($families)[0-9]+" . | sed -E 's|^\./([^:]*):(.*)|\2 \1|'
    )
    proofs "$1" | sed 's| | tests/|'
}

rule_faults() {
    local known rule file
    known=$(rules_of "$1")
    rules_named "$1" | sort -u | while read -r rule file; do
        grep -qx "$rule" <<<"$known" || echo "$file names $rule, which RULES.md lacks"
    done
    comm -23 <(sort <<<"$known") <(proofs "$1" | cut -d' ' -f1 | sort -u) |
        sed 's/$/ of RULES.md is in the name of no test/'
    rules_page "$1" | cmp -s - "$1/RULES.md" ||
        echo 'RULES.md has other tests: tests/house/house_test.sh write_rules . cc'
}

# Each rule has a test, and whatever names a rule names one of RULES.md.
rules() {
    local planted found
    planted=$(mktemp -d) || exit 1
    mkdir "$planted/tests" "$planted/base"
    printf '| %s | said | from | |\n' LO1 LO2 >"$planted/RULES.md"
    printf 'TEST(Loop,\n     LO1_Turns)\nTEST(Loop, ATurn_LO4)\n' \
        >"$planted/tests/loop_test.cc"
    echo '/* LO3 */' >"$planted/base/loop.h"
    [ "$(rule_faults "$planted")" = "$(printf '%s\n' \
        'base/loop.h names LO3, which RULES.md lacks' \
        'tests/loop_test.cc names LO4, which RULES.md lacks' \
        'LO2 of RULES.md is in the name of no test' \
        'RULES.md has other tests: tests/house/house_test.sh write_rules . cc')" ] ||
        fail 'the planted rules were not found'
    rm -r "$planted"
    [ "$(rules_of "$source" | wc -l)" -gt 20 ] || fail 'RULES.md has no rules'
    while read -r found; do
        fail "$found"
    done < <(rule_faults "$source")
}

write_rules() {
    local page
    page=$(rules_page "$source") && printf '%s\n' "$page" >"$source/RULES.md"
}

# ---- what the next standard library may not bring along ----

# HEADER NAME...: the header promises std::NAME. What else brings it along is the
# choice of one release of one library.
standard_names() {
    cat <<'END'
algorithm all_of any_of copy count count_if equal fill find find_if generate
algorithm includes lower_bound max max_element min min_element none_of remove
algorithm is_sorted remove_if replace reverse rotate shuffle sort stable_sort transform
algorithm unique upper_bound
array array begin data empty end get size
atomic atomic atomic_bool atomic_int
chrono chrono
cinttypes int16_t int32_t int64_t uint16_t uint32_t uint64_t uint8_t
cstdint int16_t int32_t int64_t intptr_t uint16_t uint32_t uint64_t uint8_t uintptr_t
cmath abs ceil cos floor log pow round sqrt
condition_variable condition_variable
csignal raise signal
cstddef byte nullptr_t ptrdiff_t size_t
cstdio fclose fflush fopen fprintf fputs fread fwrite printf puts remove rename
cstdio setvbuf snprintf sscanf tmpfile
cstdlib abort abs atexit atoi calloc exit free getenv malloc qsort realloc strtol
cstdlib strtoul system
cstring memchr memcmp memcpy memmove memset strchr strcmp strerror strlen strncmp
cstring strstr
deque deque
exception exception terminate
filesystem filesystem
fstream fstream ifstream ofstream
functional bind function greater hash invoke less ref
future async future promise
initializer_list begin end initializer_list
ios ios
iostream cerr cout endl ostream
iterator advance back_inserter begin data distance empty end istreambuf_iterator
iterator make_move_iterator next prev rbegin rend reverse_iterator size
limits numeric_limits
list begin end list size
map begin end map multimap size
memory make_shared make_unique shared_ptr unique_ptr weak_ptr
mutex call_once lock_guard mutex once_flag scoped_lock unique_lock
new bad_alloc nothrow
numeric accumulate iota
optional make_optional nullopt optional
ostream endl ostream
queue priority_queue queue
random minstd_rand mt19937 mt19937_64 uniform_int_distribution
regex regex regex_match regex_replace regex_search smatch sregex_iterator
set begin end multiset set size
sstream istringstream ostringstream stringstream
stdexcept invalid_argument logic_error out_of_range runtime_error
string begin data empty end getline size stod stoi stol stoul stoull string
string to_string
string_view string_view string_view_literals
system_error errc error_code system_error
thread this_thread thread
tuple get make_tuple tie tuple
type_traits decay_t enable_if_t is_same is_same_v
unordered_map unordered_map
unordered_set unordered_set
utility as_const exchange forward get make_pair move pair swap
variant get holds_alternative variant visit
vector begin data empty end size vector
END
}

# Lines "FILE: std::NAME without <HEADER>". A header of ours that a file includes
# may bring the other along.
lacking_headers() { # lacking_headers FILE...
    awk '
        FILENAME == "-" {
            for (i = 2; i <= NF; i++)
                home[$i] = home[$i] " " $1
            next
        }
        FNR == 1 {
            base = FILENAME
            sub(".*/", "", base)
            of_name[base] = of_name[base] " " FILENAME
        }
        /^[ \t]*#[ \t]*include / {
            name = $0
            gsub("^[^<\"]*[<\"]|[>\"].*$", "", name)
            sub(".*/", "", name)
            included[FILENAME] = included[FILENAME] " " name
            next
        }
        {
            sub("//.*", "")
            while (match($0, "std::[a-z_0-9]+")) {
                used[FILENAME, substr($0, RSTART + 5, RLENGTH - 5)] = 1
                $0 = substr($0, RSTART + RLENGTH)
            }
        }
        function one_of(homes, file,    list, i, n) {
            n = split(homes, list, " ")
            for (i = 1; i <= n; i++)
                if (reaches(file, list[i], " "))
                    return 1
            return 0
        }
        function reaches(file, header, seen,    names, paths, i, j, n, m) {
            if (index(seen, " " file " "))
                return 0
            if (index(included[file] " ", " " header " "))
                return 1
            n = split(included[file], names, " ")
            for (i = 1; i <= n; i++) {
                m = split(of_name[names[i]], paths, " ")
                for (j = 1; j <= m; j++)
                    if (reaches(paths[j], header, seen file " "))
                        return 1
            }
            return 0
        }
        END {
            for (use in used) {
                split(use, part, SUBSEP)
                homes = home[part[2]]
                if (homes == "")
                    print part[1] ": add std::" part[2] " to standard_names"
                else if (!one_of(homes, part[1]))
                    print part[1] ": std::" part[2] " without <" \
                        substr(homes, 2) ">"
            }
        }' - "$@" < <(standard_names)
}

std_names() {
    local planted found
    planted=$(mktemp -d) || exit 1
    echo 'int a = std::count(0, 0, 0);' >"$planted/a.cc"
    echo '#include <string>' >"$planted/b.h"
    printf '#include "b.h"\nstd::string b;\n' >"$planted/b.cc"
    [ "$(cd "$planted" && lacking_headers ./*)" = \
        './a.cc: std::count without <algorithm>' ] ||
        fail 'the planted file was not found'
    rm -r "$planted"
    while read -r found; do
        fail "$found"
    done < <(
        cd "$source" || exit
        mapfile -d '' files < <(find tests lessons talks \
            \( -name '*.cc' -o -name '*.h' \) -print0)
        lacking_headers "${files[@]}"
    )
}

# ---- what a coroutine can wait for ----

# shapeless FILE...: which of their awaitables, yield points and transports have
# no WAIT_SHAPE; and the files that make Futures, Deferreds or moments, and have
# none at all.
shapeless() {
    awk '
        function tell(  i) {
            for (i = 0; i < count; i++)
                if (!index(shapes, "WAIT_SHAPE(" names[i] ","))
                    print file ": " names[i]
            if (makes && shapes == "")
                print file ": none"
            count = makes = 0
            shapes = ""
        }
        FNR == 1 { tell(); file = FILENAME }
        /const struct (awaitable|yield_point|transport)_ops [a-z_]+ = / {
            sub(/ =.*/, "")
            names[count++] = $NF
        }
        /(future|deferred|moment)_init\(&/ { makes = 1 }
        /WAIT_SHAPE/ { shapes = shapes $0 }
        END { tell() }' "$@"
}

# Those of which ps knows by itself.
known_to_ps() {
    local kinds
    kinds=$(sed -n 's/.*strcmp(kind, "\([a-z_]*\)").*/\1/p' \
        "$source/harness/ps/await.c" | paste -sd '|')
    grep -vE ": ($kinds)\$|^coroutines/task.c: none\$"
}

# Else `ps` says of a program that hangs there only that it waits.
waits() {
    local planted
    planted=$(mktemp -d)
    echo 'static const struct awaitable_ops nap_ops = {' >"$planted/nap.c"
    echo '    moment_init(&nap->moment, loop);' >>"$planted/nap.c"
    [ "$(cd "$planted" && shapeless nap.c)" = "$(printf '%s\n' \
        'nap.c: nap_ops' 'nap.c: none')" ] || fail 'the planted file was not found'
    rm -r "$planted"
    while read -r found; do
        fail "has no WAIT_SHAPE: $found"
    done < <(
        cd "$source" || exit
        shapeless callbacks/*.c deferreds/*.c coroutines/*.c | known_to_ps
    )
}

$check "$@"
echo "$failures failures"
[ $failures = 0 ]
