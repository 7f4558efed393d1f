#!/bin/sh
# SPDX-License-Identifier: MIT
# What interrupted and killed publishers and subscribers leave behind.
. "$(dirname "$0")/lib.sh"
cd "$directory" || exit 1
mkfifo pipe pipe2

# has_bytes FILE N
has_bytes()
{
	[ "$(wc -c <"$1")" -ge "$2" ]
}

# has_published RING N
has_published()
{
	"$DISRUPTOR" stat "$1" | grep -q "^published  $2\$"
}

# is_full RING CAPACITY: of one subscriber
is_full()
{
	"$DISRUPTOR" stat --json "$1" | grep -q "\"lag\":$2,"
}

# code_of SIGNAL: of a program that it ended
code_of()
{
	case $1 in
	INT) echo 130 ;;
	TERM) echo 143 ;;
	esac
}

# A publisher that is interrupted ends the record that it is in.
for producer in --single --multi; do
	for signal in INT TERM; do
		new_ring $producer
		"$DISRUPTOR" subscribe "$ring" --count 2 >out &
		subscriber=$!
		"$DISRUPTOR" publish "$ring" --wait-consumers 1 <pipe &
		publisher=$!
		exec 3>pipe
		echo one >&3
		printf two >&3
		wait_for has_bytes out 4
		wait_for is_asleep $publisher
		kill -$signal $publisher
		wait $publisher
		is $? "$(code_of $signal)" "exit code of publish after SIG$signal"
		wait $subscriber || problem "subscribe, $producer"
		is "$(cat out)" "$(printf 'one\ntwo')" "data, $producer"
		exec 3>&-
	done
done

# So does one in the midst of a record that is longer than a claim.
new_ring --capacity 64
"$DISRUPTOR" subscribe "$ring" >out &
subscriber=$!
"$DISRUPTOR" publish "$ring" --wait-consumers 1 <pipe &
publisher=$!
exec 3>pipe
head -c 100000 /dev/zero >&3
wait_for has_bytes out 100000
kill -INT $publisher
wait $publisher
is $? 130 "exit code of publish in a long record"
echo next | "$DISRUPTOR" publish "$ring" --close
wait $subscriber || problem "subscribe to a long record"
{ head -c 100000 /dev/zero; echo next; } >expected
same expected out "an interrupted long record"
exec 3>&-

# On a full ring, where nothing can be finished, it ends all the same.
new_ring --capacity 4
"$DISRUPTOR" subscribe "$ring" --as place --timeout 0 2>/dev/null
seq 1 100 | "$DISRUPTOR" publish "$ring" &
publisher=$!
wait_for has_published "$ring" 4
kill -INT $publisher
wait $publisher
is $? 130 "exit code of publish on a full ring"

# One that is killed in a long record holds nobody up for long.
new_ring --capacity 64
"$DISRUPTOR" subscribe "$ring" --stats >out 2>stats &
subscriber=$!
"$DISRUPTOR" publish "$ring" --wait-consumers 1 <pipe &
publisher=$!
"$DISRUPTOR" publish "$ring" --wait-consumers 1 <pipe2 &
other=$!
exec 3>pipe 4>pipe2
head -c 100000 /dev/zero >&3
wait_for has_bytes out 90000
echo waits >&4
sleep 0.2
grep -q waits out && problem "a line in the midst of a long record"
kill -KILL $publisher
wait $publisher 2>/dev/null
wait_for grep -q waits out
echo flows >&4
wait_for grep -q flows out
exec 3>&- 4>&-
wait $other
"$DISRUPTOR" publish "$ring" --close </dev/null
wait $subscriber || problem "subscribe after a killed publisher"
grep -q '^torn  *1 ' stats || problem "torn records: $(cat stats)"

# The same when the name is gone and nobody can look.
new_ring --capacity 64
"$DISRUPTOR" subscribe "$ring" >out &
subscriber=$!
"$DISRUPTOR" publish "$ring" --wait-consumers 1 <pipe &
publisher=$!
"$DISRUPTOR" publish "$ring" --wait-consumers 1 --close <pipe2 &
other=$!
exec 3>pipe 4>pipe2
head -c 100000 /dev/zero >&3
wait_for has_bytes out 90000
wait_for has_producers "$ring" 2
"$DISRUPTOR" rm "$ring"
kill -KILL $publisher
wait $publisher 2>/dev/null
echo waits >&4
wait_for grep -q waits out
exec 3>&- 4>&-
wait $other || problem "publish after rm"
wait $subscriber || problem "subscribe after rm"

# A subscriber that is interrupted while it waits, or cannot write.
for signal in INT TERM; do
	new_ring
	"$DISRUPTOR" subscribe "$ring" >out &
	subscriber=$!
	wait_for has_consumers "$ring" 1
	kill -$signal $subscriber
	wait $subscriber
	is $? "$(code_of $signal)" "exit code of subscribe after SIG$signal"
	wait_for has_consumers "$ring" 0
done
new_ring --capacity 1024
seq 1 100000 >in
"$DISRUPTOR" subscribe "$ring" --as reader >pipe &
subscriber=$!
exec 3<pipe
"$DISRUPTOR" publish "$ring" --wait-consumers 1 --close <in &
publisher=$!
wait_for is_full "$ring" 1024
wait_for is_asleep $subscriber
kill -INT $subscriber
wait $subscriber
is $? 130 "exit code of subscribe that cannot write"
cat <&3 >part
exec 3<&-
"$DISRUPTOR" subscribe "$ring" --as reader >rest || problem "the rest"
wait $publisher || problem "publish to one that cannot write"
cat part rest >all
lines=$(sort -n -u all | wc -l)
[ "$lines" -ge 100000 ] || problem "lost: $lines lines of 100000"

# --wait-ring and --wait-consumers can be interrupted.
name_ring
"$DISRUPTOR" subscribe "$ring" --wait-ring &
subscriber=$!
wait_for minds_signals $subscriber
kill -INT $subscriber
wait $subscriber
is $? 130 "exit code of --wait-ring"
new_ring
"$DISRUPTOR" publish "$ring" --wait-consumers 1 </dev/null &
publisher=$!
wait_for minds_signals $publisher
kill -TERM $publisher
wait $publisher
is $? 143 "exit code of --wait-consumers"

# A file that is truncated is an error, not the end by SIGBUS.
new_ring
"$DISRUPTOR" subscribe "$ring" >out 2>errors &
subscriber=$!
wait_for has_consumers "$ring" 1
: >"/dev/shm/$ring"
wait $subscriber
is $? 1 "exit code of subscribe to a ring that was truncated"
grep -q "^disruptor: $ring: .*truncated.*; " errors ||
	problem "truncated: $(cat errors)"
rm -f "/dev/shm/$ring"
finish
