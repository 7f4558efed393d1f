/* SPDX-License-Identifier: MIT */
/*
 * E9: consumers join and are evicted while a producer scans (src/gate.c,
 * src/consumer_record.c). A consumer dies and holds up the producer of a ring
 * of two slots; the producer evicts it; another one joins, perhaps in the same
 * record. No slot may be written again that a live consumer has still to read.
 *
 * To read the cursor before the gate does no harm: once a joiner is active, no
 * gate rises behind its back.
 *
 * mutants: NO_SECOND_EPOCH NO_GATE_NOTED EPOCH_LATE ACTIVE_LATE FREE_LIVE
 */
#define CAPACITY 2
#ifndef LAST
#define LAST 5
#endif
#define RECORDS 2
#define NONE 99

byte epoch, cursor, gate;
byte sequence[RECORDS];
bool gates[RECORDS], dead[RECORDS];
bool registry;			/* the lock; falls with its holder */
byte slot[CAPACITY] = NONE;	/* the sequence that was written there */
bool finished;

inline lock()
{
	atomic { !registry -> registry = true }
}

inline unlock()
{
	registry = false
}

proctype producer()
{
	byte known, again, limit, next, minimum, i;
	bool listed[RECORDS];

	known = 255;
	do
	:: next == LAST -> break
	:: next < LAST && next < limit ->
		/* Claims, writes, publishes. */
		slot[next % CAPACITY] = next;
		cursor = next + 1;
		next++
	:: next < LAST && next >= limit ->
scan:		again = epoch;
		if
		:: again != known ->
			i = 0;
			do
			:: i == RECORDS -> break
			:: else -> listed[i] = gates[i]; i++
			od;
			known = again
		:: else
		fi;
		minimum = next;
		i = 0;
		do
		:: i == RECORDS -> break
		:: else ->
			atomic {
				if
				:: listed[i] && sequence[i] < minimum ->
					minimum = sequence[i]
				:: else
				fi
			};
			i++
		od;
#ifndef NO_GATE_NOTED
		if
		:: minimum > gate -> gate = minimum
		:: else
		fi;
#endif
#ifndef NO_SECOND_EPOCH
		if
		:: epoch != known -> goto scan
		:: else
		fi;
#endif
		limit = minimum + CAPACITY;
		if
		:: next >= limit ->
			/* Full: evict who is dead, or sleep until it moves. */
			i = 0;
			do
			:: i == RECORDS -> break
#ifdef FREE_LIVE
			:: i < RECORDS && gates[i] ->
#else
			:: i < RECORDS && gates[i] && dead[i] ->
#endif
				lock();
				if
#ifdef FREE_LIVE
				:: gates[i] ->
#else
				:: gates[i] && dead[i] ->
#endif
					gates[i] = false;
					epoch++
				:: else
				fi;
				unlock();
				i++
			:: else -> i++
			od;
			(epoch != known || dead[0] || dead[1] ||
			 !listed[0] && !listed[1] ||
			 listed[0] && sequence[0] > minimum ||
			 listed[1] && sequence[1] > minimum)
		:: else
		fi
	od;
	finished = true
}

inline consume(me)
{
	do
	:: sequence[me] < cursor ->
		assert(slot[sequence[me] % CAPACITY] == sequence[me]);
		sequence[me] = sequence[me] + 1
	:: finished && sequence[me] >= cursor -> break
	od
}

/* Was there from the beginning, and dies somewhere. */
proctype elder()
{
	do
	:: !dead[0] && sequence[0] < cursor ->
		assert(slot[sequence[0] % CAPACITY] == sequence[0]);
		sequence[0] = sequence[0] + 1
	:: atomic { true -> dead[0] = true; break }
	od
}

proctype joiner()
{
	byte me, start, seen;

	lock();
	/* A record that is free, or whose owner is dead. */
	if
	:: !gates[1] -> me = 1
	:: !gates[0] -> me = 0
	:: gates[0] && dead[0] -> gates[0] = false; epoch++; me = 0
	fi;
	dead[me] = false;
	sequence[me] = (cursor > CAPACITY -> cursor - CAPACITY : 0);
#ifdef EPOCH_LATE
	gates[me] = true;
	start = gate;
	seen = cursor;
	epoch++;
#else
#ifdef ACTIVE_LATE
	epoch++;
	start = gate;
	seen = cursor;
	gates[me] = true;
#else
	gates[me] = true;
	epoch++;
	start = gate;
	seen = cursor;
#endif
#endif
	if
	:: start > seen -> start = seen
	:: else
	fi;
	if
	:: start + CAPACITY < seen -> start = seen - CAPACITY
	:: else
	fi;
	sequence[me] = start;
	unlock();
	consume(me)
}

init {
	atomic {
		gates[0] = true;
		run producer();
		run elder();
		run joiner()
	}
}
