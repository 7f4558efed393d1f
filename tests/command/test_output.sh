#!/bin/sh
# SPDX-License-Identifier: MIT
# When output cannot be written, memory or permission is missing: an error, and
# nothing is lost.
. "$(dirname "$0")/lib.sh"
cd "$directory" || exit 1

seq 1 100000 >in

# one_line TEXT: errors holds one line with TEXT.
one_line()
{
	is "$(wc -l <errors)" 1 "lines on standard error ($1)"
	grep -q -F -- "$1" errors || problem "'$1' is not in: $(cat errors)"
}

# --- standard output

new_ring
"$DISRUPTOR" subscribe "$ring" --as reader --timeout 0 2>/dev/null
"$DISRUPTOR" publish "$ring" --close <in &
"$DISRUPTOR" subscribe "$ring" --as reader >/dev/full 2>errors
is $? 1 "exit code of subscribe >/dev/full"
one_line "$ring: cannot write to standard output: No space left"
"$DISRUPTOR" subscribe "$ring" --as reader >&- 2>errors
is $? 1 "exit code of subscribe >&-"
one_line "$ring: cannot write to standard output"
# What head has read may come again, what it has not read comes.
{ "$DISRUPTOR" subscribe "$ring" --as reader 2>errors; echo $? >code; } |
	head -n 5 >part
is "$(cat code)" 141 "exit code of subscribe | head"
is "$(wc -c <errors)" 0 "bytes on standard error of subscribe | head"
head -n 5 in >five
same five part "subscribe | head"
"$DISRUPTOR" subscribe "$ring" --as reader >out || problem "after all that"
first=$(head -n 1 out)
tail -n +"${first%%[!0-9]*}" in >rest
size=$(wc -c <rest)
tail -c "$size" out >last
same rest last "nothing is lost"
[ "${first%%[!0-9]*}" -le 60000 ] || problem "lost lines up to $first"
wait

for arguments in "stat $ring" "stat $ring --json" "check $ring" "--help" \
	"--version" "create --help" "publish --help"; do
	# shellcheck disable=SC2086 # several arguments
	"$DISRUPTOR" $arguments >/dev/full 2>errors
	is $? 1 "exit code of $arguments >/dev/full"
	one_line "cannot write to standard output"
done

# A reader that leaves while nothing comes is noticed.
new_ring
mkfifo pipe
"$DISRUPTOR" subscribe "$ring" >pipe &
subscriber=$!
exec 3<pipe
wait_for has_consumers "$ring" 1
exec 3<&-
wait $subscriber
is $? 141 "exit code when the reader has left"

# --- shared memory is full

if [ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null; then
	# shellcheck disable=SC2016 # for the inner shell
	unshare -m sh -c '
		mount -t tmpfs -o size=1m tmpfs /dev/shm || exit 77
		"$1" create full 2>errors
		code=$?
		ls -A /dev/shm
		exit $code' - "$DISRUPTOR" >left
	code=$?
	if [ $code -ne 77 ]; then
		is $code 1 "exit code of create in a full /dev/shm"
		one_line "full: "
		one_line "/dev/shm"
		is "$(cat left)" "" "left over in a full /dev/shm"
	fi
else
	echo "$test_name: a full /dev/shm was not tested: needs root"
fi

# --- permission

if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
	chmod 755 "$directory"
	cp "$DISRUPTOR" "$directory/program"
	nobody="setpriv --reuid 65534 --regid 65534 --clear-groups"
	new_ring
	for command in publish subscribe stat check rm; do
		$nobody ./program $command "$ring" </dev/null 2>errors
		is $? 1 "exit code of $command without permission"
		one_line "$ring: no permission"
	done
	new_ring --mode 0666
	"$DISRUPTOR" stat "$ring" --json | grep -q '"mode":"0666"' ||
		problem "--mode 0666"
	$nobody ./program subscribe "$ring" >out &
	subscriber=$!
	"$DISRUPTOR" publish "$ring" --wait-consumers 1 --close <in
	wait $subscriber || problem "subscribe with permission"
	same in out "subscribe with permission"
else
	echo "$test_name: permission was not tested: needs root and setpriv"
fi
finish
