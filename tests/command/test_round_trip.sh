#!/bin/sh
# SPDX-License-Identifier: MIT
# Files of every sort through rings of every sort, byte for byte.
. "$(dirname "$0")/lib.sh"
cd "$directory" || exit 1

: >empty
printf 'no newline' >no-last-newline
printf '\n\n\n' >empty-lines
printf '\0\0\n\0' >zeros
head -c 300000 /dev/zero >many-zeros
head -c 1000000 /dev/urandom >random
seq 1 100000 >numbers
seq 1 3000 >few-numbers
head -c 100000 random >less-random
{ echo short; head -c 10485760 /dev/zero | tr '\0' x; echo; echo end; } >long-line

# round_trip FILE OPTION...
round_trip()
{
	file=$1
	shift
	new_ring "$@"
	"$DISRUPTOR" subscribe "$ring" >out1 &
	first=$!
	"$DISRUPTOR" subscribe "/$ring" >out2 &
	second=$!
	"$DISRUPTOR" publish "$ring" --wait-consumers 2 --close <"$file" ||
		problem "publish $file $*"
	wait $first || problem "first subscriber of $file $*"
	wait $second || problem "second subscriber of $file $*"
	same "$file" out1 "$file, first subscriber, $*"
	same "$file" out2 "$file, second subscriber, $*"
	"$DISRUPTOR" rm "$ring" || problem "rm $file $*"
}

for file in empty no-last-newline empty-lines zeros many-zeros random numbers; do
	for producer in --single --multi; do
		for slots in packed stamped; do
			round_trip "$file" $producer --slots $slots
		done
	done
done
for producer in --single --multi; do
	for slots in packed stamped; do
		round_trip long-line $producer --slots $slots --capacity 64
	done
	round_trip less-random $producer --capacity 1
	round_trip less-random $producer --capacity 2
	round_trip few-numbers $producer --capacity 4
	round_trip no-last-newline $producer --event-size 17 --capacity 1
	round_trip less-random $producer --event-size 17 --capacity 256
	round_trip random $producer --event-size 1M --capacity 2
done

# A big program, as it lies on this machine.
big=$(find -L /usr/bin /usr/lib -type f -size +20000k -size -150000k \
	2>/dev/null | head -n 1)
if [ -n "$big" ]; then
	round_trip "$big"
	round_trip "$big" --single --capacity 1024
fi
finish
