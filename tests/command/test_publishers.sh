#!/bin/sh
# SPDX-License-Identifier: MIT
# Several publishers at once: every line whole, and each publisher's in order.
. "$(dirname "$0")/lib.sh"
cd "$directory" || exit 1

# Lines "P N xxx…" of many lengths, every 5000th longer than small rings.
make_lines()
{
	awk -v p="$1" -v lines="$2" -v long="$3" 'BEGIN {
		for (x = "x"; length(x) < long; x = x x)
			;
		for (n = 1; n <= lines; n++)
			print p, n, substr(x, 1, n % 5000 ? n % 700 : long)
	}'
}

# publish_four LINES LONG OPTION...
publish_four()
{
	lines=$1
	long=$2
	shift 2
	new_ring "$@"
	for p in 1 2 3 4; do
		make_lines $p "$lines" "$long" >in$p
	done
	"$DISRUPTOR" subscribe "$ring" >out &
	subscriber=$!
	publishers=
	for p in 1 2 3 4; do
		"$DISRUPTOR" publish "$ring" --wait-consumers 1 <in$p &
		publishers="$publishers $!"
	done
	for process in $publishers; do
		wait "$process" || problem "publisher, $*"
	done
	"$DISRUPTOR" publish "$ring" --close </dev/null
	wait $subscriber || problem "subscriber, $*"
	for p in 1 2 3 4; do
		grep "^$p " out >out$p
		same in$p out$p "lines of publisher $p, $*"
	done
	is "$(wc -l <out)" $((4 * lines)) "lines in all, $*"
	"$DISRUPTOR" rm "$ring"
}

publish_four 20000 700
publish_four 20000 700 --capacity 64
publish_four 20000 700 --slots stamped --capacity 256
publish_four 20000 100000 --capacity 64
publish_four 20000 1000000 --capacity 1024
publish_four 10001 2000000 --capacity 8
publish_four 2000 700 --capacity 1

# One after the other in a single producer ring.
new_ring --single
"$DISRUPTOR" subscribe "$ring" >out &
for p in 1 2 3; do
	"$DISRUPTOR" publish "$ring" --wait-consumers 1 <in$p ||
		problem "publisher $p in turn"
done
"$DISRUPTOR" publish "$ring" --close <in4 || problem "publisher 4 in turn"
wait
cat in1 in2 in3 in4 >in
same in out "publishers in turn"
finish
