#!/bin/sh
# SPDX-License-Identifier: MIT
# stat, check and check --repair on the ring of dead processes.
. "$(dirname "$0")/lib.sh"
cd "$directory" || exit 1

new_ring --capacity 64
"$DISRUPTOR" subscribe "$ring" --as home --timeout 0 2>errors
mkfifo pipe
"$DISRUPTOR" publish "$ring" <pipe &
publisher=$!
"$DISRUPTOR" subscribe "$ring" >out &
subscriber=$!
exec 3>pipe
wait_for has_consumers "$ring" 2
echo 1 >&3
wait_for grep -q 1 out
# Both are done with it.
wait_for is_asleep $publisher
wait_for is_asleep $subscriber
kill -KILL $publisher $subscriber
wait
exec 3>&-

"$DISRUPTOR" stat "$ring" >table || problem "stat, everybody dead"
grep -q "gone .* $publisher" table || problem "stat: no dead publisher"
grep -q "gone .* $subscriber " table || problem "stat: no dead subscriber"
grep -q '^published  1$' table || problem "stat: published"
"$DISRUPTOR" check "$ring" >out 2>errors
is $? 1 "exit code of check"
grep -q ' died; ' out || problem "check: $(cat out)"
grep -q -e '--repair' errors || problem "check's advice: $(cat errors)"

# The state word, and the cursor.
printf '\004' | dd of="/dev/shm/$ring" bs=1 seek=4224 conv=notrunc 2>/dev/null
printf '\377' | dd of="/dev/shm/$ring" bs=1 seek=4103 conv=notrunc 2>/dev/null
"$DISRUPTOR" check "$ring" --repair >out || problem "--repair: $(cat out)"
is "$(grep -c ': repaired: ' out)" 3 "what was repaired"
grep -q 'no problem found$' out || problem "left: $(cat out)"
"$DISRUPTOR" check --repair "$ring" >out
is "$(cat out)" "$ring: no problem found" "the second time"
"$DISRUPTOR" subscribe "$ring" --as home --count 1 >out || problem "subscribe"
is "$(cat out)" 1 "what was left in the ring"

# What cannot be repaired.
printf 'x' | dd of="/dev/shm/$ring" bs=1 seek=40 conv=notrunc 2>/dev/null
"$DISRUPTOR" check --repair "$ring" >out 2>errors
is $? 1 "exit code with a damaged header"
grep -q 'header is damaged' errors || problem "header: $(cat errors)"
finish
