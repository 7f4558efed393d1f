#!/bin/sh
# SPDX-License-Identifier: MIT
# A subscriber that stands still: evicted by the publisher, and nothing torn.
. "$(dirname "$0")/lib.sh"
cd "$directory" || exit 1

is_done()
{
	"$DISRUPTOR" stat --json "$ring" | grep -q '"sequence":1,"lag":0,'
}

# A batch is more than one write.
seq 1 2000000 >in
new_ring --capacity 64 --event-size 64K
mkfifo pipe
"$DISRUPTOR" subscribe "$ring" --stall-limit 0.05 >pipe 2>errors &
subscriber=$!
# A reader that does not read.
exec 3<pipe
wait_for has_consumers "$ring" 1
"$DISRUPTOR" stat --json "$ring" | grep -q '"stall_limit_ns":50000000,' ||
	problem "stat --json does not show the limit"
# It may be evicted as soon as the ring is full, so it writes something before.
head -c 100 in | "$DISRUPTOR" publish "$ring" --record 60000 || problem "publish"
wait_for is_done
# More than the pipe and the ring hold: the publisher gets through.
tail -c +101 in | "$DISRUPTOR" publish "$ring" --close --record 60000 ||
	problem "publish"
cat <&3 >out
exec 3<&-
wait $subscriber
is $? 1 "exit code of the evicted"
grep -q 'evicted at sequence [0-9]*; [0-9]* events were published since' \
	errors || problem "it says: $(cat errors)"
cmp -n "$(wc -c <out)" in out || problem "what was written is not whole"
[ -s out ] || problem "nothing was written"
"$DISRUPTOR" stat "$ring" | grep -q '^evicted    0 dead, 1 stalled$' ||
	problem "stat: $("$DISRUPTOR" stat "$ring" | grep evicted)"
"$DISRUPTOR" check "$ring" >out || problem "check: $(cat out)"

# Bad values.
for value in 0 -1 3601 x; do
	"$DISRUPTOR" subscribe "$ring" --stall-limit $value 2>errors
	is $? 2 "exit code of --stall-limit $value"
done
"$DISRUPTOR" subscribe "$ring" --upstream-lost x 2>errors
is $? 2 "exit code of --upstream-lost x"

# What followers do is shown, and done.
new_ring
"$DISRUPTOR" subscribe "$ring" --as up --timeout 0
for policy in pass hold fail; do
	"$DISRUPTOR" subscribe "$ring" --as $policy --after up \
		--upstream-lost $policy --timeout 0
	"$DISRUPTOR" stat --json "$ring" |
		grep -q "\"on_upstream_lost\":\"$policy\"" ||
		problem "stat --json does not show $policy"
done
seq 1 3 | "$DISRUPTOR" publish "$ring" --close
"$DISRUPTOR" subscribe "$ring" --as pass --upstream-lost pass >out ||
	problem "--upstream-lost pass"
is "$(wc -l <out)" 3 "lines that passed"
"$DISRUPTOR" subscribe "$ring" --as hold --upstream-lost hold --timeout 0.1
is $? 124 "exit code of --upstream-lost hold"
"$DISRUPTOR" subscribe "$ring" --as fail --upstream-lost fail 2>errors
is $? 1 "exit code of --upstream-lost fail"
grep -q 'died or was evicted' errors || problem "fail says: $(cat errors)"
"$DISRUPTOR" rm "$ring" --consumer up
"$DISRUPTOR" subscribe "$ring" --as hold --upstream-lost hold >out ||
	problem "hold, after rm"
is "$(wc -l <out)" 3 "lines of hold, after rm"
finish
