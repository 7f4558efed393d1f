#!/bin/sh
# SPDX-License-Identifier: MIT
# What the options of publish and subscribe do.
. "$(dirname "$0")/lib.sh"
cd "$directory" || exit 1

seq 1 1000 >in

# --count, and the next one goes on behind it.
new_ring
"$DISRUPTOR" subscribe "$ring" --as reader --timeout 0 2>/dev/null
"$DISRUPTOR" publish "$ring" --close <in || problem "publish"
for n in 1 9 90 400 500; do
	"$DISRUPTOR" subscribe "$ring" --count $n --as reader >part ||
		problem "--count $n"
	is "$(wc -l <part)" $n "lines of --count $n"
	cat part >>out
done
same in out "parts of --count"
"$DISRUPTOR" subscribe "$ring" --as reader >rest || problem "drained"
is "$(wc -c <rest)" 0 "bytes behind the end"

# A new consumer of a closed ring ends at once; --from oldest has it all.
"$DISRUPTOR" subscribe "$ring" >rest || problem "closed ring"
is "$(wc -c <rest)" 0 "bytes of a closed ring"
new_ring
"$DISRUPTOR" publish "$ring" --close <in
"$DISRUPTOR" subscribe "$ring" --from oldest >out || problem "--from oldest"
same in out "--from oldest"

# It begins with a whole record, when the oldest that is left is a part of one.
new_ring --capacity 16
{ head -c 20000 /dev/zero | tr '\0' x; echo; seq 1 3; } |
	"$DISRUPTOR" publish "$ring" --close
"$DISRUPTOR" subscribe "$ring" --from oldest >out || problem "--from oldest"
is "$(tr '\n' ' ' <out)" "1 2 3 " "--from oldest within a record"

# --timeout
new_ring
"$DISRUPTOR" subscribe "$ring" --timeout 0.3 2>errors
is $? 124 "exit code of --timeout"
is "$(wc -l <errors)" 1 "lines on standard error of --timeout"

# --wait-ring, --wait-consumers and options behind the name or before it.
name_ring
"$DISRUPTOR" subscribe --wait-ring "$ring" >out &
subscriber=$!
sleep 0.1
"$DISRUPTOR" create --capacity=64 -- "$ring"
"$DISRUPTOR" publish --wait-consumers=1 "/$ring" --close <in ||
	problem "publish --wait-consumers"
wait $subscriber || problem "subscribe --wait-ring"
same in out "--wait-ring"

# --after: a pipeline of three, in which nobody overtakes.
new_ring --capacity 64
"$DISRUPTOR" subscribe "$ring" --as first >out1 &
wait_for has_consumers "$ring" 1
"$DISRUPTOR" subscribe "$ring" --as second >out2 &
wait_for has_consumers "$ring" 2
"$DISRUPTOR" subscribe "$ring" --after first,second >out3 &
wait_for has_consumers "$ring" 3
"$DISRUPTOR" stat "$ring" --json | grep -q '"after":\["first","second"\]' ||
	problem "stat does not show --after"
"$DISRUPTOR" publish "$ring" --close <in || problem "publish to --after"
wait
same in out1 "first of --after"
same in out2 "second of --after"
same in out3 "third of --after"

# Every way of waiting, on both sides.
for wait in default busy-spin busy-spin-hint yielding sleeping phased blocking
do
	new_ring --capacity 256 --wait $wait
	"$DISRUPTOR" subscribe "$ring" --wait $wait >out1 &
	"$DISRUPTOR" subscribe "$ring" >out2 &
	"$DISRUPTOR" publish "$ring" --wait $wait --wait-consumers 2 --close \
		<in || problem "publish --wait $wait"
	wait
	same in out1 "subscribe --wait $wait"
	same in out2 "create --wait $wait"
done

# What has been read is published before more comes.
for producer in --single --multi; do
	new_ring $producer
	mkfifo pipe
	"$DISRUPTOR" subscribe "$ring" >out &
	subscriber=$!
	"$DISRUPTOR" publish "$ring" --wait-consumers 1 --close <pipe &
	exec 3>pipe
	for n in 1 2 3; do
		echo "line $n" >&3
		wait_for grep -q "line $n" out
	done
	exec 3>&-
	wait $subscriber || problem "tail -f, $producer"
	rm pipe
done

# In a ring with a single producer a line's beginning too.
new_ring --single
mkfifo pipe
"$DISRUPTOR" subscribe "$ring" >out &
"$DISRUPTOR" publish "$ring" --wait-consumers 1 --close <pipe &
exec 3>pipe
printf 'begin' >&3
wait_for grep -q "begin" out
printf 'end' >&3
exec 3>&-
wait
is "$(cat out)" beginend "a line in two parts"

# --stats
new_ring
mkfifo pipe2
"$DISRUPTOR" subscribe "$ring" --stats >out 2>stats &
"$DISRUPTOR" publish "$ring" --wait-consumers 1 --close --stats \
	<pipe2 2>stats2 &
# Twice: what comes all at once has no rate.
exec 3>pipe2
cat in >&3
wait_for grep -q '^1000$' out
cat in >&3
exec 3>&-
wait
for word in records events bytes seconds rate latency; do
	grep -q "^$word  *[0-9p]" stats || problem "--stats has no $word"
done
is "$(sed -n 's/^bytes  *\([0-9]*\) .*/\1/p' stats2)" $(($(wc -c <in) * 2)) \
	"bytes of publish --stats"

# Progress: on a terminal, and only for what takes a while.
transfer()
{
	"$DISRUPTOR" publish "$ring" <in
	{ echo a; sleep 1.3; echo b; } | "$DISRUPTOR" publish "$ring"
}
new_ring
transfer 2>errors
is "$(wc -c <errors)" 0 "bytes on standard error without a terminal"
# Where a terminal can be had.
if script -qec true /dev/null >/dev/null 2>&1 </dev/null; then
	cat >transfer.sh <<-END
		exec 2>&1
		{
			echo a
			# What is published after a second shows it.
			for n in \$(seq 1000); do
				! grep -q B/s log || break
				sleep 0.1
				echo b
			done
		} | "$DISRUPTOR" publish "$ring"
	END
	script -qefc "sh transfer.sh" log >/dev/null </dev/null
	grep -q 'B/s' log || problem "no progress on a terminal"
fi
finish
