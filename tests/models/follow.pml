/* SPDX-License-Identifier: MIT */
/*
 * E3 and E9: whom a consumer follows (src/upstream.c, src/consumer_record.c,
 * src/eviction.c). FIRST is followed by MIDDLE, and that by LAST_ONE, which has
 * a set of upstreams of two words, one record in each. MIDDLE leaves, or dies
 * and is middle_died away by somebody who is killed at any step, so that another one
 * has to finish; then a new consumer gets its record, which follows nobody. The
 * last one never gets an event that FIRST has not handled; with FAIL it fails
 * instead of getting one that MIDDLE has not handled. Nobody waits for ever.
 *
 *	KILLS=0: LESS_FIRST
 *	KILLS=1: ONE_READING LESS_FIRST START_EARLY EPOCH_AFTER_SET EPOCH_UNSEEN
 *		NO_SUSPICION
 *	KILLS=1,FAIL: LOST_LATE
 */
#ifndef KILLS
#define KILLS 1
#endif
#define CAPACITY 1
#define LAST 2
#define FIRST 0
#define MIDDLE 1
#define LAST_ONE 2
#define RECORDS 3

/* The region. A record that is not alive is not gated by, once it is free. */
byte epoch, cursor;
byte sequence[RECORDS];
bool gates[RECORDS];
bool first_word, middle_word;	/* the last one's upstream, a word each */
bool its_first = true;		/* MIDDLE's upstream: FIRST */
bool lost;			/* DISRUPTOR_CONSUMER_UPSTREAM_LOST */
bool registry, middle_died;
byte kills;
/* Known from above: what was handled. */
byte handled[RECORDS];
bool failed;

inline lock()
{
	atomic { !registry -> registry = true }
}

/* An end: the lock falls. */
inline may_die(who)
{
	if
	:: atomic {
		who != LAST_ONE && kills < KILLS ->
		kills++;
		registry = false;
		goto gone
	   }
	:: true
	fi
}

/* A producer that scans: the model join has more of that. */
#ifdef NO_SUSPICION
#define SUSPECTS false
#else
#define SUSPECTS (!gates[MIDDLE])
#endif
#define FREE(i) (!gates[i] || cursor < sequence[i] + CAPACITY)

proctype producer()
{
	do
	:: atomic {
		cursor < LAST && FREE(FIRST) && FREE(MIDDLE) &&
		FREE(LAST_ONE) ->
		cursor++
	   }
	:: cursor == LAST || failed -> break
	od
}

proctype first()
{
	do
	:: sequence[FIRST] == LAST || failed -> break
	:: sequence[FIRST] < cursor ->
		handled[FIRST]++;
		sequence[FIRST] = handled[FIRST]
	od
}

/* Follows the first one, as long as it lives; keeps no place. */
proctype middle()
{
	if
	:: sequence[FIRST] > 0 && gates[MIDDLE] && !middle_died ->
		handled[MIDDLE] = 1;
		sequence[MIDDLE] = 1
	:: true
	fi;
	middle_died = true	/* dead */
}

/* relink_follower(), take_away(): lost, more to wait for, then less. */
inline take_away(who)
{
#ifdef FAIL
#ifndef LOST_LATE
	lost = true;
	may_die(who);
#endif
#endif
#ifdef LESS_FIRST
	middle_word = false;
	may_die(who);
	first_word = first_word || its_first;
#else
	first_word = first_word || its_first;
	may_die(who);
	middle_word = false;
#endif
	may_die(who);
#ifdef FAIL
#ifdef LOST_LATE
	lost = true;
	may_die(who);
#endif
#endif
	gates[MIDDLE] = false;
	may_die(who);
	epoch++;
	may_die(who)
}

/* Whoever is held up by it, and whoever looks for a record. */
inline evict_if_dead(who)
{
	lock();
	if
	:: gates[MIDDLE] && middle_died -> take_away(who)
	:: else
	fi;
	registry = false
}

proctype evictor()
{
end:	middle_died;
	evict_if_dead(FIRST);
gone:	skip
}

/* join_new(), activate(): in the record that is free now. */
proctype joiner()
{
	byte start;

end:	middle_died;
	lock();
	if
	:: gates[MIDDLE] -> take_away(MIDDLE)
	:: else
	fi;
	its_first = false;
	sequence[MIDDLE] = (cursor > CAPACITY -> cursor - CAPACITY : 0);
	middle_died = false;
	gates[MIDDLE] = true;
#ifndef START_EARLY
	epoch++;
#endif
	start = cursor;
	sequence[MIDDLE] = start;
#ifdef START_EARLY
	epoch++;
#endif
	registry = false;
	do
	:: sequence[MIDDLE] < cursor -> sequence[MIDDLE] = sequence[MIDDLE] + 1
	:: sequence[MIDDLE] == LAST || failed -> break
	od;
gone:	skip
}

/* disruptor_consumer_upstream(): what two readings agree on. */
inline read_upstream()
{
	one = first_word;
	two = middle_word;
#ifndef ONE_READING
	do
	:: again = first_word;
		if
		:: again == one ->
			again = middle_word;
			if
			:: again == two -> break
			:: else -> two = again
			fi
		:: else -> one = again; two = middle_word
		fi
	od
#endif
}

proctype last_one()
{
	byte known = 99, new, ready, next;
	bool one, two, again;

	do
	:: next == LAST -> break
	:: next < LAST ->
		if
		:: epoch != known ->
			/* disruptor_poller_revalidate() */
#ifdef EPOCH_AFTER_SET
			read_upstream();
			known = epoch;
#else
			new = epoch;
			read_upstream();
			known = new;
#endif
#ifdef FAIL
			if
			:: lost -> failed = true; break
			:: else
			fi
#endif
		:: else
		fi;
		/* disruptor_sequence_barrier_ready(), then the epoch */
		ready = LAST;
		if
		:: !one && !two -> ready = cursor
		:: else ->
			if
			:: one -> ready = sequence[FIRST]
			:: else
			fi;
			if
			:: two -> new = sequence[MIDDLE];
				ready = (new < ready -> new : ready)
			:: else
			fi
		fi;
		if
#ifndef EPOCH_UNSEEN
		:: epoch != known
#endif
		:: epoch == known && ready > next ->
			assert(ready <= handled[FIRST]);
#ifdef FAIL
			assert(ready <= handled[MIDDLE]);
#endif
			sequence[LAST_ONE] = ready;
			next = ready
		:: epoch == known && ready <= next ->
			/* Held up: disruptor_poller_suspect(). */
			(epoch != known ||
			 !one && !two && cursor > next ||
			 one && !two && sequence[FIRST] > next ||
			 two && sequence[MIDDLE] > next &&
				(!one || sequence[FIRST] > next) ||
			 two && gates[MIDDLE] && middle_died || two && SUSPECTS);
			if
			:: two && gates[MIDDLE] && middle_died -> evict_if_dead(LAST_ONE)
			:: else
			fi;
			if
			:: two && SUSPECTS -> known = 99
			:: else
			fi
#ifdef EPOCH_UNSEEN
		:: epoch != known && ready > next ->
			assert(ready <= handled[FIRST]);
			sequence[LAST_ONE] = ready;
			next = ready
		:: epoch != known && ready <= next
#endif
		fi
	od;
gone:	skip
}

init {
	atomic {
		gates[FIRST] = true;
		gates[MIDDLE] = true;
		gates[LAST_ONE] = true;
		middle_word = true;
		run producer();
		run first();
		run middle();
		run evictor();
		run joiner();
		run last_one()
	}
}
