# SPDX-License-Identifier: MIT
# Sourced by each test here. DISRUPTOR is the program. A test prints what fails
# and goes on; exit code 0, 1, or 77 when nothing could be tested.

: "${DISRUPTOR:?set it to the path of the disruptor program}"
set -u
test_name=$(basename "$0" .sh)
directory=$(mktemp -d "${TMPDIR:-/tmp}/disruptor-$test_name.XXXXXX") || exit 1
rings=
failures=0

clean_up()
{
	# Not $(jobs -p): a subshell has no jobs.
	jobs -p >"$directory/jobs"
	while read -r process; do
		kill -KILL "$process" 2>/dev/null
	done <"$directory/jobs"
	for used in $rings; do
		"$DISRUPTOR" rm --force "$used" 2>/dev/null
		rm -f "/dev/shm/$used"
	done
	rm -rf "$directory"
}
trap clean_up EXIT
trap 'exit 1' INT TERM HUP

# Sets ring to a name of its own.
name_ring()
{
	ring_number=$((${ring_number:-0} + 1))
	ring=$test_name-$$-$ring_number
	rings="$rings $ring"
}

# A new ring, made with these options.
new_ring()
{
	name_ring
	"$DISRUPTOR" create "$ring" "$@" || problem "create $ring $*"
}

problem()
{
	echo "$test_name: $*" >&2
	failures=$((failures + 1))
}

# same FILE FILE WHAT
same()
{
	cmp "$1" "$2" >&2 || problem "$3"
}

# is VALUE VALUE WHAT
is()
{
	[ "$1" = "$2" ] || problem "$3: '$1' is not '$2'"
}

# wait_for COMMAND...: until it succeeds; gives up after 2 minutes or more.
wait_for()
{
	tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		if [ $tries -gt 6000 ]; then
			problem "waited in vain for: $*"
			return 1
		fi
		sleep 0.02
	done
}

# has_consumers RING N
has_consumers()
{
	"$DISRUPTOR" stat "$1" | grep -q "^consumers  $2 of "
}

# has_producers RING N: that are alive
has_producers()
{
	[ "$("$DISRUPTOR" stat "$1" | sed '/^consumers/,$d' |
		grep -c '^  #[0-9]*  *alive')" = "$2" ]
}

# minds_signals PROCESS: it is the program, and has handlers for SIGINT and
# SIGTERM. Before that, SIGINT is ignored in what a shell has in the background.
minds_signals()
{
	tr '\n' ' ' <"/proc/$1/status" |
		grep -q "^Name:.${DISRUPTOR##*/} .*SigCgt:[^ ]*[4-7c-f]..[2367abef] "
}

# is_asleep PROCESS: so it has read all that is in its pipe, since a writer wakes
# a reader before write() returns.
is_asleep()
{
	grep -q '^State:.S' "/proc/$1/status"
}

finish()
{
	[ $failures -eq 0 ] || exit 1
	exit 0
}
