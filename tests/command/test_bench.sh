# SPDX-License-Identifier: MIT
# disruptor bench: shapes, placements, JSON; and that it leaves nothing behind.
. "$(dirname "$0")/lib.sh"

# value KEY: of the JSON object in seen, the first of that name.
value()
{
	sed 's/.*"'"$1"'":\("[^"]*"\|[^,}]*\).*/\1/' seen | tr -d '"'
}

cd "$directory" || exit 1
"$DISRUPTOR" bench --seconds 0.1 >seen 2>errors || problem "bench"
is "$(wc -c <errors)" 0 "bytes on standard error"
grep -q '^ring  *65536 events of 64 bytes' seen || problem "no shape"
# All samples may have been moved: then it says so, and there is no placement.
grep -qE '^(same core|same cache|far apart|one CPU only)$|moved' seen ||
	problem "no placement: $(cat seen)"

"$DISRUPTOR" bench --json --seconds 0.1 --capacity 1000 --event-size 16 \
	--batch 10 --slots stamped --wait yielding --shared --producers 2 \
	--consumers 2 >seen 2>errors || problem "bench with options"
is "$(wc -l <seen)" 1 "lines of JSON"
is "$(value capacity)" 1024 "capacity"
is "$(value event_size)" 16 "event size"
is "$(value batch)" 10 "batch"
is "$(value slots)" stamped "slots"
is "$(value wait)" yielding "wait"
is "$(value shared)" true "shared"
is "$(value producers)" 2 "producers"
if grep -q ps_per_event seen; then
	[ "$(value ps_per_event)" -gt 0 ] || problem "time of an event"
	[ "$(value ps_per_event_min)" -le "$(value ps_per_event_max)" ] ||
		problem "the least time is more than the most"
fi

# The shape of a ring that there is; an option has precedence.
new_ring --capacity 256 --event-size 32 --type word --slots stamped --single
"$DISRUPTOR" bench "$ring" --json --seconds 0.1 --event-size 8 >seen ||
	problem "bench of a ring"
is "$(value capacity)" 256 "capacity of the ring"
is "$(value slots)" stamped "slots of the ring"
is "$(value event_size)" 8 "event size of the option"
is "$("$DISRUPTOR" stat --json "$ring" | sed 's/.*"claimed":\([0-9]*\).*/\1/')" 0 \
	"events in the ring that was to be left alone"
find /dev/shm -name 'disruptor-bench-*' -user "$(id -u)" >left
for file in $(cat left); do
	# Another bench may be running, or may have been.
	kill -0 "$(basename "$file" | cut -d- -f3)" 2>/dev/null ||
		[ ! -e "$file" ] || problem "left behind: $file"
done

"$DISRUPTOR" bench "$ring-none" 2>errors
is $? 1 "exit code for a ring that does not exist"
for wrong in "--event-size 12" "--batch 0" "--capacity 8 --batch 9" \
	"--cpus x" "--cpus 100000" "--slots round" "--seconds 0" \
	"--producers 64"; do
	# shellcheck disable=SC2086 # several words
	"$DISRUPTOR" bench $wrong >seen 2>errors
	is $? 2 "exit code of bench $wrong"
	is "$(wc -l <errors)" 1 "lines on standard error of bench $wrong"
done
finish
