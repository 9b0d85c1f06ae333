#!/bin/bash
# SPDX-License-Identifier: MIT
# aarch64_test.sh SOURCES: stacks on the processor of phones and of many
# servers, with an emulator in its place: stack_driver.c finds nothing wrong.
# And it would: of a switch that forgets any one register it says which.
set -u
source=$1
compiler=aarch64-linux-gnu-gcc
emulator=qemu-aarch64
for tool in $compiler $emulator; do
    command -v "$tool" >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
done

here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
fail() { echo "FAILED: $*"; exit 1; }

compile() { # compile FILE...: into objects of these names, in $here
    (cd "$here" && $compiler -std=c17 -D_GNU_SOURCE -O2 -Wall -Wextra \
        -fno-tree-slp-vectorize -ffunction-sections -I"$source" -c "$@") ||
        fail "$* does not compile"
}

link() { # link PROGRAM SWITCH
    $compiler -static -Wl,--gc-sections -o "$1" "$here"/*.o "$2" ||
        fail "$1 does not link"
}

engine=("$source"/coroutines/{stack,stack_pool,stack_context}.c
    "$source"/coroutines/{delegate,generator,generator_drop}.c)
below=("$source"/callbacks/{outcome,failure,unhandled,exception_handler,handle_name}.c
    "$source"/base/{bytes,text,output,contract,path}.c)
compile "$source/tests/coroutines/stack_driver.c" "${engine[@]}" "${below[@]}"

switch=$source/coroutines/stack_switch.S
$compiler -c "$switch" -o "$here/switch" || fail "$switch does not assemble"
link "$here/right" "$here/switch"
$emulator "$here/right" || fail "the stacks ended with $?"

# forgets WHERE REGISTER OTHER: OTHER is stored, or loaded, in the place of
# REGISTER, which so is lost.
forgets() {
    local code
    sed "s/^\(  *$1 .*\)\b$2\b/\1$3/" "$switch" >"$here/planted.S"
    cmp -s "$switch" "$here/planted.S" && fail "there is no $1 of $2"
    $compiler -c "$here/planted.S" -o "$here/planted" ||
        fail "without the $1 of $2 it does not assemble"
    link "$here/wrong" "$here/planted"
    $emulator "$here/wrong" >"$here/said" 2>&1
    code=$?
    if [ $code != 1 ] || ! grep -q "^wrong: $2 is not kept" "$here/said"; then
        cat "$here/said"
        fail "a switch without the $1 of $2 is not found: it ended with $code"
    fi
}

for where in stp ldp; do
    for register in x{21..29}; do
        forgets $where "$register" xzr
    done
    for register in d{8..15}; do
        forgets $where "$register" d0
    done
done
# With these a new stack begins: it needs them to be loaded.
forgets stp x19 xzr
forgets stp x20 xzr
echo "36 switches that forget a register are found"
