#!/bin/sh
# SPDX-License-Identifier: MIT
# stat, check, --help and --version.
. "$(dirname "$0")/lib.sh"
cd "$directory" || exit 1

new_ring --capacity 1000 --event-size 100 --slots stamped --consumers-max 7 \
	--producers-max 9 --mode 0640 --wait yielding
mkfifo pipe
"$DISRUPTOR" subscribe "$ring" --as 'quote "\ end' >out &
subscriber=$!
wait_for has_consumers "$ring" 1
"$DISRUPTOR" subscribe "$ring" --after 'quote "\ end' >out2 &
wait_for has_consumers "$ring" 2
"$DISRUPTOR" publish "$ring" --wait-consumers 2 --close <pipe &
publisher=$!
exec 3>pipe
printf '1\n2\n3\n' >&3
# What is written is not yet what is done with.
are_done()
{
	[ "$("$DISRUPTOR" stat --json "$ring" | grep -o '"lag":0,' |
		wc -l)" = 2 ]
}
wait_for grep -q 3 out2
wait_for are_done
"$DISRUPTOR" stat "$ring" >table || problem "stat"
"$DISRUPTOR" stat --json "$ring" >json || problem "stat --json"
is "$(wc -l <json)" 1 "lines of --json"
for text in "1024 of 100 bytes" "disruptor.frames" stamped "mode 0640" \
	"of 9" "of 7" yielding "published  3" 'quote "\\ end'; do
	grep -q "$text" table || problem "stat has no '$text'"
done

cat >expected <<END
capacity 1024
closed false
consumers 2
event_size 100
follower alive,0,after quote "\\ end
name $ring
mode 0640
named alive,0,holds
producer_type multi
producers alive,$publisher
published 3,3
slot_layout stamped
subscriber $subscriber
type_name disruptor.frames
wait_strategy yielding
END
cat >look.py <<'END'
import json, sys
r = json.load(open("json"))
c = {bool(c["name"]): c for c in r["consumers"]}
p = r["producers"][0]
print("capacity", r["capacity"])
print("closed", str(r["closed"]).lower())
print("consumers", len(r["consumers"]))
print("event_size", r["event_size"])
print("follower %s,%d,after %s" % ("alive" if c[False]["alive"] else "dead",
      c[False]["lag"], c[False]["after"][0]))
print("name", r["name"])
print("mode", r["mode"])
print("named %s,%d,%s" % ("alive" if c[True]["alive"] else "dead",
      c[True]["lag"], "holds" if c[True]["holds"] else "leaves"))
print("producer_type", r["producer_type"])
print("producers %s,%d" % ("alive" if p["alive"] else "dead", p["pid"]))
print("published %d,%d" % (r["published"], r["claimed"]))
print("slot_layout", r["slot_layout"])
print("subscriber", c[True]["pid"])
print("type_name", r["type_name"])
print("wait_strategy", r["wait_strategy"])
END
cat >look.js <<'END'
const r = JSON.parse(require("fs").readFileSync("json", "utf8"));
const named = r.consumers.find((c) => c.name);
const follower = r.consumers.find((c) => !c.name);
const life = (x) => (x.alive ? "alive" : "dead");
console.log(`capacity ${r.capacity}
closed ${r.closed}
consumers ${r.consumers.length}
event_size ${r.event_size}
follower ${life(follower)},${follower.lag},after ${follower.after[0]}
name ${r.name}
mode ${r.mode}
named ${life(named)},${named.lag},${named.holds ? "holds" : "leaves"}
producer_type ${r.producer_type}
producers ${life(r.producers[0])},${r.producers[0].pid}
published ${r.published},${r.claimed}
slot_layout ${r.slot_layout}
subscriber ${named.pid}
type_name ${r.type_name}
wait_strategy ${r.wait_strategy}`);
END
for look in "python3 look.py" "node look.js"; do
	command -v "${look%% *}" >/dev/null || continue
	$look >seen
	same expected seen "stat --json by $look"
done

"$DISRUPTOR" check "$ring" >seen || problem "check of a ring in use"
is "$(cat seen)" "$ring: no problem found" "check"

# --watch goes on until it is interrupted.
"$DISRUPTOR" stat "$ring" --json --watch 0.05 >seen &
watcher=$!
has_lines()
{
	[ "$(wc -l <seen)" -ge 3 ]
}
wait_for has_lines
kill -INT $watcher
wait $watcher
is $? 130 "exit code of --watch"
exec 3>&-
wait
"$DISRUPTOR" stat "$ring" --json | grep -q '"closed":true' ||
	problem "stat of a closed ring"
"$DISRUPTOR" stat "$ring" | grep -q '^stream  *closed' ||
	problem "stat of a closed ring"

# Damage: the cursor is the first word of the second page.
new_ring --capacity 64
seq 1 200 | "$DISRUPTOR" publish "$ring"
"$DISRUPTOR" check "$ring" >seen || problem "check of a sound ring"
printf '\377' |
	dd of="/dev/shm/$ring" bs=1 seek=4103 conv=notrunc 2>/dev/null
"$DISRUPTOR" check "$ring" >seen 2>errors
is $? 1 "exit code of check of a damaged ring"
grep -q "^$ring: .*cursor" seen || problem "check found: $(cat seen)"
is "$(wc -l <errors)" 1 "lines on standard error of check"
grep -q "$ring: .*problem.*disruptor rm $ring" errors ||
	problem "check says: $(cat errors)"

# rm
new_ring
one=$ring
new_ring
"$DISRUPTOR" rm "$one" "$ring-none" "/$ring" 2>errors
is $? 1 "exit code of rm with one that is missing"
is "$(wc -l <errors)" 1 "lines on standard error of rm"
if [ -e "/dev/shm/$one" ] || [ -e "/dev/shm/$ring" ]; then
	problem "rm of two left one"
fi

# Help.
for command in "" create publish subscribe stat check rm bench; do
	# shellcheck disable=SC2086 # none or one
	"$DISRUPTOR" $command --help >seen 2>errors || problem "$command --help"
	grep -q "^usage: disruptor" seen || problem "$command --help: no usage"
	is "$(wc -c <errors)" 0 "bytes on standard error of $command --help"
	is "$(expand seen | awk 'length > 80' | wc -l)" 0 \
		"long lines of $command --help"
done
"$DISRUPTOR" --version | grep -q '^disruptor [0-9]*\.[0-9]*\.[0-9]*$' ||
	problem "--version"
finish
