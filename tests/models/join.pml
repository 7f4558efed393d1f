/* SPDX-License-Identifier: MIT */
/*
 * E9: who gates (src/gate.c, src/consumer_record.c, src/eviction.c, src/stall.c).
 * A consumer has been there from the beginning; it may die, and with LIMIT it
 * may be evicted while it lives, whenever it has something to read. Another one
 * joins, perhaps in the same record. A producer claims, scans and evicts, and
 * another one that waits for room evicts too; or SINGLE: the first one has the
 * role, and the second inherits it. KILLS of them are killed at any step, the
 * producer of a multi producer ring only as it waits: claims of the dead are the
 * model recovery's business.
 *
 * No live consumer's slot is overwritten, unless it can know by then that it
 * was evicted: by the epoch at its next poll, by its status before. Nobody waits
 * for ever. VICTIM: who it is that may be killed.
 *
 *	LAST=3,VICTIM=ELDER: NO_SECOND_EPOCH NO_GATE_NOTED EPOCH_LATE
 *		ACTIVE_LATE EPOCH_AFTER_LIST FREE_LIVE
 *	CAPACITY=2,LAST=3,VICTIM=ELDER: NO_SECOND_EPOCH NO_GATE_NOTED
 *	VICTIM=JOINER
 *	SINGLE,VICTIM=0: GATE_LOWERED ROLE_FORGOTTEN
 *	LIMIT,KILLS=0: MARK_FREES EVICTED_AT_LATE
 *	LIMIT,VICTIM=1: UNTOLD NO_MARK NO_FINISH NO_FORGET NO_PIN
 */
#ifndef KILLS
#define KILLS 1
#endif
#ifndef CAPACITY
#define CAPACITY 1
#endif
#ifndef LAST
#define LAST 2
#endif
#define RECORDS 2
#define ELDER 2
#define JOINER 3
#define NOBODY 9
#define UNKNOWN 99
#define SLOT(s) slot[(s) % CAPACITY]
#define WORD(s) word[(s) % CAPACITY]

#define FREE 0
#define JOINING 1
#define ACTIVE 2
#define EVICTING 3
/* status: whose it is, and its state */
#define STATUS(who, state) (((who) << 2) | (state))
#define STATE(i) (status[i] & 3)
#ifdef MARK_FREES
#define GATES(i) (STATE(i) == ACTIVE)
#else
#define GATES(i) (STATE(i) >= ACTIVE)
#endif

/* The region. */
byte epoch, cursor;
byte gate[2];			/* of producers, as they noted it */
byte status[RECORDS], sequence[RECORDS];
byte evicted_at[RECORDS] = UNKNOWN;
byte pin[RECORDS] = NOBODY;	/* the record's lock: whose, while it lives */
byte registry = NOBODY;		/* who holds the lock */
byte word[CAPACITY];		/* sequence + 1 */
byte slot[CAPACITY] = UNKNOWN;	/* whose event is there, whole or in part */

bool dead[4], waits[2];
byte running = 2;		/* producers that may still publish */

inline lock(who)
{
	atomic { registry == NOBODY -> registry = who }
}

inline unlock()
{
	registry = NOBODY
}

/* --- src/eviction.c, src/stall.c ------------------------------------------- */

#ifdef NO_FINISH
#define LOST(i) (STATE(i) != FREE && pin[i] == NOBODY)
#else
#define LOST(i)                                                                \
	(STATE(i) == EVICTING || (STATE(i) != FREE && pin[i] == NOBODY))
#endif
#ifdef LIMIT
#define MAY_STALL(i) ((status[i] >> 2) == ELDER)
#else
#ifdef FREE_LIVE
#define MAY_STALL(i) true
#else
#define MAY_STALL(i) false
#endif
#endif
/* stands_still(): it could go on. */
#define STALLED(i)                                                             \
	(STATE(i) == ACTIVE && MAY_STALL(i) && WORD(sequence[i]) > sequence[i])

/* disruptor_consumer_lose(), take_away(); the registry is locked. */
inline lose(i)
{
#ifndef EVICTED_AT_LATE
	evicted_at[i] = sequence[i];
#endif
#ifndef UNTOLD
	if
	:: STATE(i) == EVICTING -> epoch++
	:: else
	fi;
#endif
	status[i] = STATUS(status[i] >> 2, FREE);
#ifdef EVICTED_AT_LATE
	evicted_at[i] = sequence[i];
#endif
	epoch++
}

/*
 * disruptor_consumer_evict_if_dead(), disruptor_consumer_evict_if_stalled(): the
 * limit may be over at any time.
 */
inline evict(who, i)
{
	lock(who);
	if
	:: LOST(i) -> lose(i)
	:: !LOST(i) && STALLED(i) ->
#ifndef NO_MARK
		status[i] = STATUS(status[i] >> 2, EVICTING);
#endif
		lose(i)
	:: else
	fi;
	unlock()
}

/* --- src/gate.c ------------------------------------------------------------ */

inline list_active()
{
	known = again;
	i = 0;
	do
	:: i == RECORDS -> break
	:: else -> listed[i] = GATES(i); i++
	od
}

/* What is relied on is written down, fence, and the epoch read again. */
inline note_gate()
{
#ifndef NO_GATE_NOTED
#ifdef SINGLE
	if
#ifdef GATE_LOWERED
	:: true -> gate[0] = minimum
#else
	:: minimum > gate[0] -> gate[0] = minimum
#endif
	:: else
	fi
#else
	gate[me] = minimum
#endif
#else
	skip
#endif
}

inline scan()
{
	again = epoch;
	do
	:: true ->
#ifdef SINGLE
		base = next;
#else
		base = cursor;
#endif
		if
		:: again != known ->
			list_active();
#ifdef EPOCH_AFTER_LIST
			known = epoch; again = known
#endif
		:: else
		fi;
		minimum = base;
		/* slowest() */
		slowest = NOBODY;
		i = 0;
		do
		:: i == RECORDS -> break
		:: else ->
			atomic {
				if
				:: listed[i] && (slowest == NOBODY ||
						 sequence[i] < minimum) ->
					slowest = i;
					minimum = (sequence[i] < minimum ->
						sequence[i] : minimum)
				:: else
				fi;
				i++
			}
		od;
		atomic {
			minimum = (minimum + CAPACITY < base ->
				base - CAPACITY : minimum)
		};
		note_gate();
		again = epoch;
#ifdef NO_SECOND_EPOCH
		break
#else
		if
		:: again == known -> break
		:: else
		fi
#endif
	od;
	atomic { relied = minimum; i = 0; base = 0; again = 0; minimum = 0 }
}

/* Who took it away may have been killed before the epoch moved. */
#ifdef NO_FORGET
#define FORGETS(i) false
#else
#define FORGETS(i) (!GATES(i))
#endif

/* suspect() of src/producer.c, when there is something to suspect. */
inline wait_for_room()
{
	waits[me] = true;
	(epoch != known || sequence[slowest] != relied ||
	 LOST(slowest) || STALLED(slowest) || FORGETS(slowest));
	if
	:: LOST(slowest) || STALLED(slowest) -> evict(me, slowest)
	:: else
	fi;
	if
	:: FORGETS(slowest) -> known = UNKNOWN
	:: else
	fi;
	waits[me] = false
}

proctype producer(byte me)
{
	byte next, known = UNKNOWN, again, base, minimum, relied, slowest, i;
	bool listed[RECORDS];

	{
#ifdef SINGLE
	/* take_record(), connect() */
	if
	:: me == 0 -> waits[0] = true
	:: me == 1 ->
		(dead[0] || running == 1);
		next = cursor;
		waits[1] = true
	fi;
#endif
	relied = 0;
	do
#ifdef SINGLE
	:: next == LAST -> break
	:: next < LAST && next < relied + CAPACITY && known != UNKNOWN ->
		/* Claims and fills, then publishes, or abandons. */
		SLOT(next) = next;
		if
		:: true -> atomic { WORD(next) = next + 1; cursor = next + 1; next++ }
		:: true
		fi
	:: next < LAST && (next >= relied + CAPACITY || known == UNKNOWN) ->
#else
	:: cursor >= LAST -> break
	:: cursor < LAST && next < relied + CAPACITY && known != UNKNOWN ->
		/* A claim, and at worst all of it is filled at once. */
		atomic { SLOT(next) = next; cursor++ };
		atomic { WORD(next) = next + 1; next++ }
	:: cursor < LAST && (next >= relied + CAPACITY || known == UNKNOWN) ->
#endif
		scan();
		if
		:: next >= relied + CAPACITY -> wait_for_room()
		:: else
		fi
	od
	} unless { dead[me] };
	atomic {
		waits[me] = false;
		running--;
		next = 0; known = 0; again = 0; base = 0; minimum = 0;
		relied = 0; slowest = 0; i = 0; listed[0] = false;
		listed[1] = false
	}
}

#ifndef SINGLE
/* Another producer that waits for room, as long as it likes. */
proctype evictor()
{
	byte me = 1;

	{
	waits[1] = true;
	if
	:: LOST(0) || STALLED(0) -> evict(me, 0)
	:: LOST(1) -> evict(me, 1)
	:: running == 1
	fi
	} unless { dead[1] };
done:	atomic { running--; goto over };
over:	skip
}
#endif

/* --- src/event_poller.c, src/upstream.c ------------------------------------ */

/* note_eviction(): until it is known where; its place is not the record's. */
inline learn_of_eviction()
{
	do
	:: status[r] >> 2 == me && LOST(r) -> evict(me, r)
	:: status[r] >> 2 != me || !GATES(r) -> break
	od;
	assert(evicted_at[r] <= next && evicted_at[r] + CAPACITY >= next);
	goto gone
}

#define OWN STATUS(me, ACTIVE)

/* No limit: what it has not read yet is there until it has read it. */
inline consume_safely()
{
	do
	:: sequence[r] == LAST ||
	   running == 0 && WORD(sequence[r]) <= sequence[r] -> break
	:: atomic {
		sequence[r] < LAST && WORD(sequence[r]) > sequence[r] ->
		assert(WORD(sequence[r]) == sequence[r] + 1);
		assert(SLOT(sequence[r]) == sequence[r]);
		assert(status[r] == OWN);
		sequence[r] = sequence[r] + 1
	   }
	od
}

#ifdef LIMIT
inline consume()
{
	next = sequence[r];
	known = UNKNOWN;
	do
	:: next == LAST || running == 0 && WORD(next) <= next -> break
	:: next < LAST && WORD(next) > next ->
		/* disruptor_poll(): words first, then the epoch. */
		ready = WORD(next);
		if
		:: epoch != known ->
			/* disruptor_poller_revalidate() */
			known = epoch;
			if
			:: status[r] != OWN -> learn_of_eviction()
			:: else -> ready = 0
			fi
		:: else ->
			assert(ready == next + 1);
			/* Reads; disruptor_poller_is_evicted() */
			ready = SLOT(next);
			if
			:: status[r] == OWN -> assert(ready == next)
			:: else -> learn_of_eviction()
			fi;
			/* disruptor_poller_release() */
			atomic { sequence[r] = next + 1; next++; ready = 0 }
		fi
	od
}

#endif

proctype elder()
{
	byte me = ELDER, r, next, known, ready;

	{
#ifdef LIMIT
	consume();
#else
	consume_safely();
#endif
gone:	pin[r] = NOBODY
	} unless { dead[ELDER] };
	atomic { r = 0; next = 0; known = 0; ready = 0 }
}

/* disruptor_consumer_join(), START_OLDEST */
proctype joiner()
{
	byte me = JOINER, r, next;

	{
	lock(me);
	/* take_record() */
	do
	:: r == RECORDS -> unlock(); r = 0; goto left
	:: r < RECORDS ->
		if
		:: LOST(r) -> lose(r)
		:: else
		fi;
		if
		:: STATE(r) == FREE ->
#ifdef NO_PIN
			pin[r] = me;
			break
#else
			if
			:: atomic { pin[r] == NOBODY -> pin[r] = me; break }
			:: pin[r] != NOBODY
			fi
#endif
		:: else
		fi;
		r++
	od;
	/* join_new(), activate() */
	status[r] = STATUS(me, JOINING);
	sequence[r] = (cursor > CAPACITY -> cursor - CAPACITY : 0);
#ifndef ACTIVE_LATE
	status[r] = OWN;
#endif
#ifndef EPOCH_LATE
	epoch++;
#endif
	/* start_sequence(): highest_gate(), then the cursor. */
#ifdef SINGLE
#ifdef ROLE_FORGOTTEN
	next = (dead[0] -> 0 : gate[0]);
#else
	next = gate[0];
#endif
#else
	next = (dead[0] -> 0 : gate[0]);
	next = (!dead[1] && gate[1] > next -> gate[1] : next);
#endif
	atomic {
		next = (next > cursor -> cursor : next);
		next = (next + CAPACITY < cursor -> cursor - CAPACITY : next)
	};
#ifdef EPOCH_LATE
	epoch++;
#endif
	sequence[r] = next;
#ifdef ACTIVE_LATE
	status[r] = OWN;
#endif
	atomic { unlock(); next = 0 };
	consume_safely();
	pin[r] = NOBODY;
left:	skip
	} unless { dead[JOINER] };
	next = 0
}

/* An end, at any step; all locks fall with it. */
#define KILL(p, may)                                                           \
	atomic {                                                               \
		kills < KILLS && !dead[p] && (may) ->                          \
		dead[p] = true;                                                \
		kills++;                                                       \
		registry = (registry == p -> NOBODY : registry);               \
		pin[0] = (pin[0] == p -> NOBODY : pin[0]);                     \
		pin[1] = (pin[1] == p -> NOBODY : pin[1])                      \
	}

proctype killer()
{
	byte kills;

	do
#ifdef VICTIM
	:: KILL(VICTIM, VICTIM > 1 || waits[VICTIM])
#else
	:: KILL(0, waits[0])
	:: KILL(1, waits[1])
	:: KILL(ELDER, true)
	:: KILL(JOINER, true)
#endif
	:: break
	od
}

init {
	atomic {
		status[0] = STATUS(ELDER, ACTIVE);
		pin[0] = ELDER;
		run producer(0);
#ifdef SINGLE
		run producer(1);
#else
		run evictor();
#endif
		run elder();
		run joiner();
		run killer()
	}
}
