#!/bin/sh
# SPDX-License-Identifier: MIT
# Every mistake gets an exit code and one line that names the ring.
. "$(dirname "$0")/lib.sh"
cd "$directory" || exit 1

# refused CODE TEXT ARGUMENT...: the line must hold TEXT.
refused()
{
	code=$1
	text=$2
	shift 2
	timeout 60 "$DISRUPTOR" "$@" </dev/null >out 2>errors
	is $? "$code" "exit code of: $*"
	is "$(wc -l <errors)" 1 "lines on standard error of: $*"
	is "$(wc -c <out)" 0 "bytes on standard output of: $*"
	grep -q -F -- "$text" errors ||
		problem "'$text' is not in: $(cat errors)"
	grep -q '^disruptor: ' errors || problem "no name in: $(cat errors)"
	grep -q '; ' errors || problem "nothing to do in: $(cat errors)"
}

# --- a limit of the shell is an error, not the end by SIGXFSZ

name_ring
(
	ulimit -f 64
	"$DISRUPTOR" create "$ring" --capacity 64K 2>errors
)
is $? 1 "exit code of create beyond ulimit -f"
grep -q "^disruptor: $ring: .*ulimit -f.*; " errors ||
	problem "beyond ulimit -f: $(cat errors)"

# --- usage: exit code 2

refused 2 "disruptor --help"
refused 2 "frobnicate" frobnicate
for command in create publish subscribe stat check rm; do
	refused 2 "name is missing" $command
	refused 2 "--frobnicate" $command --frobnicate x
	refused 2 "-x" $command -x y
	refused 2 "takes no value" $command --help=1
done
for command in create publish subscribe stat check; do
	refused 2 "two" $command one two
done
refused 2 "needs a value" create x --capacity
refused 2 "nonsense" create x --capacity nonsense
refused 2 "-1" create x --capacity -1
refused 2 "1X" create x --event-size 1X
refused 2 "0x10" create x --capacity 0x10
refused 2 "" create x --capacity ""
refused 2 "round" create x --slots round
refused 2 "0999" create x --mode 0999
refused 2 "--mode" create x --mode 0
refused 2 "lazy" create x --wait lazy
refused 2 "--consumers-max" create x --consumers-max 0
refused 2 "--event-size" create x --type other
refused 2 "lazy" subscribe x --wait lazy
refused 2 "yesterday" subscribe x --from yesterday
refused 2 "--count" subscribe x --count 0
refused 2 "soon" subscribe x --timeout soon
refused 2 "-1" subscribe x --timeout -1
refused 2 "--after" subscribe x --after a,,b
refused 2 "--record" publish x --record 0
refused 2 "takes no value" publish x --close=1
refused 2 "--watch" stat x --watch 0

# --- create

name_ring
refused 1 "$ring" create "$ring" --capacity 0
refused 1 "$ring" create "$ring" --capacity 99999999999999999999
refused 1 "$ring" create "$ring" --capacity 1000000G
refused 1 "$ring" create "$ring" --event-size 0
refused 1 "$ring" create "$ring" --event-size 16
refused 1 "$ring" create "$ring" --event-size 2G
refused 1 "$ring" create "$ring" --type other --event-size 0
refused 1 "$ring" create "$ring" --consumers-max 257
refused 1 "$ring" create "$ring" --producers-max 257
refused 1 "$ring" create "$ring" --capacity 64G --event-size 1G
long=$(printf 'x%.0s' $(seq 1 300))
refused 1 "$ring" create "$ring" --event-size 8 --type "$long"
for name in "" / // a/b /a/b ../a . .. "$long"; do
	refused 1 "$name" create "$name"
	refused 1 "$name" publish "$name"
	refused 1 "$name" subscribe "$name"
	refused 1 "$name" stat "$name"
	refused 1 "$name" check "$name"
	refused 1 "$name" rm "$name"
done
refused 1 "a?b" stat "$(printf 'a\nb')"
[ ! -e "/dev/shm/$ring" ] || problem "a refused ring was made"
"$DISRUPTOR" create "$ring"
refused 1 "$ring: a ring or file of that name exists" create "$ring"

# --- no such ring

refused 1 "disruptor create $ring-none" publish "$ring-none"
refused 1 "$ring-none" subscribe "$ring-none"
refused 1 "$ring-none" stat "$ring-none"
refused 1 "$ring-none" check "$ring-none"
refused 1 "$ring-none" rm "$ring-none"
refused 1 "$ring-none" rm "$ring-none" --consumer x
"$DISRUPTOR" rm -f "$ring-none" || problem "rm -f of a missing ring"
"$DISRUPTOR" rm --force || problem "rm -f of nothing"

# --- no ring

# no_ring TEXT: the file /dev/shm/$ring is refused by all.
no_ring()
{
	for command in publish subscribe stat check; do
		refused 1 "$ring" $command "$ring"
		grep -q "$1" errors || problem "not '$1': $(cat errors)"
	done
}

# set_byte OFFSET OCTAL
set_byte()
{
	# shellcheck disable=SC2059 # the format is the byte
	printf "\\$2" | dd of="/dev/shm/$ring" bs=1 seek="$1" conv=notrunc \
		2>/dev/null
}

# damage_byte OFFSET: it becomes 7, or 8 where it is 7 (a checksum's may be).
damage_byte()
{
	before=$(od -A n -t u1 -j "$1" -N 1 "/dev/shm/$ring" | tr -d ' ')
	set_byte "$1" 7
	[ "$before" != 7 ] || set_byte "$1" 10
}

name_ring
head -c 100000 /dev/urandom >"/dev/shm/$ring"
no_ring "no ring"
refused 1 "$ring" rm "$ring"
[ -e "/dev/shm/$ring" ] || problem "rm took a file that is no ring"
: >"/dev/shm/$ring"
no_ring "empty"
printf 'DSRUPTOR' >"/dev/shm/$ring"
no_ring "short"
rm "/dev/shm/$ring"
mkdir "/dev/shm/$ring"
no_ring "no ring"
rmdir "/dev/shm/$ring"
mkfifo "/dev/shm/$ring"
no_ring "no ring"
rm "/dev/shm/$ring"
ln -s /etc/passwd "/dev/shm/$ring"
no_ring "no ring"
rm "/dev/shm/$ring"

new_ring
truncate -s 20000 "/dev/shm/$ring"
no_ring "$ring"
new_ring
set_byte 12 77
no_ring "version"
new_ring
set_byte 8 1
set_byte 9 2
set_byte 10 3
set_byte 11 4
no_ring "byte order"
# capacity, event_stride, event_size, producers_max, offsets, checksum
for offset in 16 32 40 48 56 60 112 136 152 280; do
	new_ring
	damage_byte $offset
	no_ring "$ring"
	"$DISRUPTOR" rm "$ring" || problem "rm of a damaged ring"
done

# --- too many

producer_lives()
{
	"$DISRUPTOR" stat "$1" | grep -q '#0  *alive'
}

new_ring --single --consumers-max 2
mkfifo pipe
"$DISRUPTOR" publish "$ring" <pipe &
publisher=$!
exec 3>pipe
"$DISRUPTOR" subscribe "$ring" --as one 3>&- &
wait_for has_consumers "$ring" 1
wait_for producer_lives "$ring"
refused 1 "$ring" publish "$ring"
grep -q -- --multi errors || problem "no advice: $(cat errors)"
refused 1 "'one' is in use" subscribe "$ring" --as one
grep -q "$ring" errors || problem "no name: $(cat errors)"
refused 1 "$ring" rm "$ring" --consumer one
refused 1 "$ring" rm "$ring" --consumer other
refused 1 "$ring" subscribe "$ring" --after nobody
refused 1 "$ring" subscribe "$ring" --as "$long"
refused 1 "$ring" subscribe "$ring" --as ""
"$DISRUPTOR" subscribe "$ring" 3>&- &
wait_for has_consumers "$ring" 2
refused 1 "$ring" subscribe "$ring"
grep -q -- --consumers-max errors || problem "no advice: $(cat errors)"
exec 3>&-
wait $publisher
new_ring --producers-max 1
"$DISRUPTOR" publish "$ring" <pipe &
exec 3>pipe
wait_for producer_lives "$ring"
refused 1 "$ring" publish "$ring"
grep -q -- --producers-max errors || problem "no advice: $(cat errors)"
exec 3>&-

# --- a stream that has ended

new_ring
"$DISRUPTOR" publish "$ring" --close </dev/null
refused 1 "$ring: the ring is closed" publish "$ring"

# Standard input that cannot be read, or is closed.
new_ring
"$DISRUPTOR" publish "$ring" </ 2>errors
is $? 1 "exit code with a directory as input"
grep -q "$ring: cannot read" errors || problem "message: $(cat errors)"
"$DISRUPTOR" publish "$ring" <&- 2>errors
is $? 1 "exit code with closed input"
finish
