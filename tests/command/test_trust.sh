#!/bin/sh
# SPDX-License-Identifier: MIT
# Rings that somebody else may write to, and how to join them all the same.
. "$(dirname "$0")/lib.sh"
cd "$directory" || exit 1

# refused ARGUMENT...: with what to do about it
refused()
{
	"$DISRUPTOR" "$@" </dev/null >out 2>errors
	is $? 1 "exit code of $1"
	grep -q -e '--trust attaches all the same$' errors ||
		problem "$1: $(cat errors)"
}

new_ring
"$DISRUPTOR" subscribe "$ring" --as x --timeout 0
chmod 0666 "/dev/shm/$ring"
refused publish "$ring"
refused subscribe "$ring" --timeout 0
refused rm "$ring" --consumer x
for look in stat check; do
	"$DISRUPTOR" $look "$ring" >out || problem "$look"
done
echo 1 | "$DISRUPTOR" publish "$ring" --trust || problem "publish --trust"
"$DISRUPTOR" subscribe "$ring" --trust --as x --count 1 >out ||
	problem "subscribe --trust"
is "$(cat out)" 1 "what came"
"$DISRUPTOR" rm "$ring" --consumer x --trust || problem "rm --trust"
"$DISRUPTOR" rm "$ring" || problem "rm"

# What was asked for needs no trust.
new_ring --mode 0666
echo 1 | "$DISRUPTOR" publish "$ring" || problem "publish, mode 0666"

# Another owner.
if [ "$(id -u)" = 0 ]; then
	new_ring
	chown 65534 "/dev/shm/$ring"
	refused publish "$ring"
	grep -q 'user 65534' errors || problem "owner: $(cat errors)"
	echo 1 | "$DISRUPTOR" publish "$ring" --trust ||
		problem "publish --trust, another owner"
fi
finish
