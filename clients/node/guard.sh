#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# usage: guard.sh DIR COMMAND...   runs COMMAND until standard input ends; then ends it and removes DIR ("" removes nothing).
# The test process holds the other end of standard input. The system closes it however that process ends, also after SIGKILL.
dir=$1
shift
exec 3<&0
"$@" 3<&- &
server=$!
{
    while read -r _ <&3; do :; done
    kill -TERM "$server"
    i=0
    while [ $i -lt 50 ] && kill -0 "$server"; do
        sleep 0.1
        i=$((i + 1))
    done
    kill -KILL "$server"
} >/dev/null 2>&1 &
watcher=$!
wait "$server"
status=$?
kill -KILL "$watcher" 2>/dev/null
[ -z "$dir" ] || rm -rf "$dir"
exit $status
