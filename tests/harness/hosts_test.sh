#!/bin/bash
# SPDX-License-Identifier: MIT
# hosts_test.sh PROGRAM SOURCE: a race on two machines. Each is a network
# namespace with a real sshd in it, and GNU parallel comes in by ssh.
set -u
program=$1 source=$2
PATH=$PATH:/usr/sbin:/sbin
skip() { echo "skipped: $*"; exit 77; }
for tool in parallel sshd ssh ssh-keygen ip unshare; do
    command -v "$tool" >/dev/null ||
        skip "no $tool (apt install parallel openssh-server iproute2)"
done
if [ "${3:-}" != inside ]; then
    unshare --net --mount --pid --fork true 2>/dev/null ||
        skip "no namespace may be made here"
    # Whatever is started in there ends with it.
    exec unshare --net --mount --pid --fork --kill-child --mount-proc \
        "$0" "$program" "$source" inside
fi

here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
fail() { echo "FAILED: $*"; cat "$here"/err "$here"/log* 2>/dev/null; exit 1; }

# Not the machine's own: sshd leaves its marks there, and insists on its folder.
mount -t tmpfs none /run || skip "no mounts here"
mkdir -p /run/sshd /run/netns
for key in host own; do
    ssh-keygen -q -t ed25519 -N '' -f "$here/$key" || fail "no keys"
done
chmod 755 "$here"
cp "$here/own.pub" "$here/authorized"
ip link set lo up
# What GNU parallel would put something else for.
lab="$here/{}lab {1} {#}"
mkdir "$lab"
printf '#!/bin/sh\nshift # --no-install\nexec %s "$@"\n' "$program" >"$lab/lab"
chmod +x "$lab/lab"

for i in 1 2; do
    ip netns add "lab$i" || skip "no network namespaces here"
    ip link add "to$i" type veth peer name eth0 netns "lab$i" ||
        skip "no networks here"
    ip address add "10.9.$i.1/24" dev "to$i"
    ip link set "to$i" up
    ip -n "lab$i" address add "10.9.$i.2/24" dev eth0
    ip -n "lab$i" link set eth0 up
    ip -n "lab$i" link set lo up
    ip netns exec "lab$i" "$(command -v sshd)" -D -e -f /dev/null \
        -o HostKey="$here/host" -o AuthorizedKeysFile="$here/authorized" \
        -o StrictModes=no -o PidFile=none -o UsePAM=no \
        -o PermitRootLogin=yes -o ListenAddress="10.9.$i.2" 2>"$here/log$i" &
    echo "10.9.$i.2"
done >"$here/hosts"
sed -i '1s/$/ # the first/' "$here/hosts"
echo '# this one is not there: 10.9.3.2' >>"$here/hosts"
cat >"$here/ssh_config" <<END
IdentityFile $here/own
IdentitiesOnly yes
StrictHostKeyChecking no
UserKnownHostsFile /dev/null
LogLevel ERROR
ConnectionAttempts 20
END
# What is set for parallel is not heard, so this comes before the real ssh.
mkdir "$here/bin"
printf '#!/bin/sh\nexec %s -F %s/ssh_config "$@"\n' "$(command -v ssh)" "$here" \
    >"$here/bin/ssh"
chmod +x "$here/bin/ssh"
export PATH=$here/bin:$PATH HOME=$here PARALLEL=--dry-run PARALLEL_SSH=false

said() { grep -q "$1" "$here/said" || fail "$(cat "$here/said")"; }
race() {
    /usr/bin/python3 -E -s -B "$source/harness/room/hosts.py" --hosts "$here/hosts" \
        --lab "$lab" --out "$here/out" --models epoll,callbacks --rounds 1 "$@" \
        >"$here/said" 2>"$here/err"
}
race -c 4 -n 20 --delay 1ms || fail "exit code $?"
said '^Results of 2 of 2 machines'
said '^2 machines; '
[ -e "$here/out/2.json" ] || fail "no results of the second machine"

echo 10.9.2.99 >>"$here/hosts"
sed -i 's/Attempts 20/Attempts 1\nConnectTimeout 1/' "$here/ssh_config"
race --processes 2 -c 8 --rounds 2
[ $? = 1 ] || fail "a machine that is not there was not missed"
said '^Results of 2 of 3 machines'
said '^  epoll .* 16 connections, 8 + 8$'
