#!/bin/sh
# SPDX-License-Identifier: MIT
# Records of fixed size, in rings of frames and in rings of bare events.
. "$(dirname "$0")/lib.sh"
cd "$directory" || exit 1

head -c 2500001 /dev/urandom >random
head -c 3001 random >small

# record_trip FILE BYTES OPTION...
record_trip()
{
	file=$1
	record=$2
	shift 2
	new_ring "$@"
	"$DISRUPTOR" subscribe "$ring" --stats >out 2>stats &
	"$DISRUPTOR" publish "$ring" --wait-consumers 1 --close \
		--record "$record" <"$file" || problem "publish $record $*"
	wait $! || problem "subscribe $record $*"
	same "$file" out "--record $record $*"
	size=$(wc -c <"$file")
	is "$(sed -n 's/^records  *//p' stats)" \
		"$(((size + record - 1) / record))" "records of $record $*"
	"$DISRUPTOR" rm "$ring"
}

for producer in --single --multi; do
	for slots in packed stamped; do
		record_trip small 1 $producer --slots $slots
		record_trip small 7 $producer --slots $slots
		record_trip random 255 $producer --slots $slots
		record_trip random 4096 $producer --slots $slots
		record_trip random 1000000 $producer --slots $slots
		record_trip random 1048576 $producer --slots $slots --capacity 16
	done
done

# bare_trip FILE SIZE OPTION...
bare_trip()
{
	file=$1
	size=$2
	shift 2
	new_ring --type test.bare --event-size "$size" "$@"
	"$DISRUPTOR" subscribe "$ring" >out &
	"$DISRUPTOR" publish "$ring" --wait-consumers 1 --close <"$file" ||
		problem "publish bare $size $*"
	wait $! || problem "subscribe bare $size $*"
	same "$file" out "bare events of $size $*"
	"$DISRUPTOR" rm "$ring"
}

head -c 2400000 random >whole
for producer in --single --multi; do
	for slots in packed stamped; do
		bare_trip small 1 $producer --slots $slots
		bare_trip whole 8 $producer --slots $slots
		bare_trip whole 48 $producer --slots $slots --capacity 64
		bare_trip whole 400000 $producer --slots $slots --capacity 2
	done
done

# What is left over is an error, after all that is whole has been published.
new_ring --type test.bare --event-size 1000
"$DISRUPTOR" subscribe "$ring" >out &
"$DISRUPTOR" publish "$ring" --wait-consumers 1 --close <small 2>errors
is $? 1 "exit code with bytes left over"
grep -q "^disruptor: $ring: the last 1 bytes" errors ||
	problem "the message about bytes left over: $(cat errors)"
"$DISRUPTOR" publish "$ring" --close </dev/null
wait
head -c 3000 small >whole
same whole out "what was whole"

# Frames do not go into a ring of bare events.
new_ring --type test.bare --event-size 10
"$DISRUPTOR" publish "$ring" --lines </dev/null 2>errors
is $? 1 "--lines in a ring of bare events"
"$DISRUPTOR" publish "$ring" --record 11 </dev/null 2>errors
is $? 1 "--record 11 in a ring of bare events of 10"
"$DISRUPTOR" publish "$ring" --record 10 </dev/null ||
	problem "--record 10 in a ring of bare events of 10"
finish
