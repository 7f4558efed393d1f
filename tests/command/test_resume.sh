#!/bin/sh
# SPDX-License-Identifier: MIT
# A named subscriber is ended and comes back: nothing lost; nothing twice after
# a signal, and after kill -9 no more than the last batch.
. "$(dirname "$0")/lib.sh"
cd "$directory" || exit 1

seq 1 200000 >in

# Ends the subscriber by that signal, again and again, until the stream ends.
# Later and later: on a slow machine it must get as far as to its first batch.
resume_until_end()
{
	signal=$1
	: >out
	rounds=0
	while :; do
		"$DISRUPTOR" subscribe "$ring" --as reader >>out &
		subscriber=$!
		pause=$((rounds % 10 + rounds * rounds * rounds / 1000))
		sleep "$(printf '%d.%02d' $((pause / 100)) $((pause % 100)))"
		kill -"$signal" $subscriber 2>/dev/null
		wait $subscriber
		code=$?
		rounds=$((rounds + 1))
		[ $code -ne 0 ] || break
		if [ $code -ne $expected ]; then
			problem "exit code $code after SIG$signal"
			break
		fi
		[ $rounds -lt 100 ] || {
			problem "no end after SIG$signal"
			break
		}
		[ $rounds -lt 30 ] || sleep 0.0$((rounds % 7))
	done
}

# A publisher whose data come in portions, so that there is time to be killed.
publish_slowly()
{
	awk '{ print } NR % 4000 == 0 { system(""); system("sleep 0.01") }' in |
		"$DISRUPTOR" publish "$ring" --wait-consumers 1 --close
}

for options in "--multi --capacity 1024" "--single --capacity 64" "--multi"; do
	# shellcheck disable=SC2086 # several options
	new_ring $options
	"$DISRUPTOR" subscribe "$ring" --as reader --timeout 0 2>/dev/null
	is $? 124 "--timeout 0"
	publish_slowly &
	publisher=$!
	expected=130
	resume_until_end INT
	wait $publisher || problem "publisher, $options"
	same in out "resumed after SIGINT, $options"

	# shellcheck disable=SC2086
	new_ring $options
	"$DISRUPTOR" subscribe "$ring" --as reader --timeout 0 2>/dev/null
	publish_slowly &
	publisher=$!
	expected=137
	resume_until_end KILL
	wait $publisher || problem "publisher, $options"
	# A line that was written in part is followed by itself: drop the part.
	sort -n -u out | awk '$1 >= 1 && $1 <= 200000' >all
	awk 'NR == FNR { seen[$1] = 1; next } !($1 in seen)' out in >lost
	is "$(wc -l <lost)" 0 "lines lost after SIGKILL, $options"
	# The cut end of a line and the next line together make an odd number,
	# one for each kill; going back too far makes thousands.
	awk -v batch=5000 '
		$1 < last - batch || $1 > last + batch { print; next }
		{ last = $1 }' out >back
	[ "$(wc -l <back)" -le "$rounds" ] ||
		problem "went back further than a batch, $options"
done

# A place that nobody comes back for holds the ring; rm --consumer frees it.
new_ring --capacity 16
"$DISRUPTOR" subscribe "$ring" --as gone --timeout 0 2>/dev/null
seq 1 1000 | "$DISRUPTOR" publish "$ring" &
publisher=$!
sleep 0.2
kill -0 $publisher 2>/dev/null || problem "the place was not held"
"$DISRUPTOR" rm "$ring" --consumer gone || problem "rm --consumer"
wait $publisher || problem "publisher after rm --consumer"
"$DISRUPTOR" rm "$ring" --consumer gone 2>/dev/null
is $? 1 "rm --consumer of nobody"
finish
