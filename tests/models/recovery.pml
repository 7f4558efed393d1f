/* SPDX-License-Identifier: MIT */
/*
 * E10 and E11: claims of dead producers (src/recovery.c, src/producer.c,
 * include/disruptor/sequencer.h). Producers claim BATCH events at a time, where
 * their last claim ended first, without a look at the cursor, and publish or
 * abandon them; KILLS of them are killed at any step (VICTIM: only that one). A
 * consumer recovers what blocks it, and SURVIVORS others do, each once, whenever
 * it likes. HEIRS take the records of the dead and of those that left. ALONE:
 * nobody consumes, and producers that wait for room recover. FOLLOWER: a second
 * consumer follows the first, and looks at words only below gap_end. CANCEL: a
 * claim may be stopped. HELP: beside consumers, too, who waits for room recovers.
 *
 * Memory is sequentially consistent here: orders are the explorer's business.
 * Where the library sleeps and asks again, a process waits until what it would
 * find is something else: who waits for ever is a deadlock.
 *
 *	PRODUCERS=3: TIMED_OUT INTENT_LATE
 *	PRODUCERS=3,HELP,CAPACITY=1,VICTIM=1
 *	PRODUCERS=3,HELP,CAPACITY=1,KILLS=0
 *	PRODUCERS=3,ALONE,CAPACITY=1: CURSOR_LATE
 *	PRODUCERS=3,ALONE,CAPACITY=1,KILLS=2
 *	PRODUCERS=2,SURVIVORS=2,CAPACITY=1: PLAIN_GAP STALE CURSOR_LATE
 *	PRODUCERS=2,CLAIMS=2,SURVIVORS=1,CAPACITY=1,VICTIM=0: INTENT_KEPT
 *		FULL_UNSEEN
 *	PRODUCERS=2,CLAIMS=2,CAPACITY=1: (WORD_EARLY)
 *	PRODUCERS=2,CLAIMS=2,CAPACITY=1,KILLS=0
 *	PRODUCERS=2,BATCH=2,SURVIVORS=1: INTENT_NARROW
 *	PRODUCERS=2,BATCH=2,KILLS=0
 *	PRODUCERS=2,BATCH=2: (LOW_FIRST)
 *	PRODUCERS=2,CAPACITY=1,CANCEL: STOP_KEPT
 *	PRODUCERS=2,CAPACITY=1,CANCEL,KILLS=0
 *	PRODUCERS=2,FOLLOWER,KILLS=0
 *	PRODUCERS=2,FOLLOWER,SURVIVORS=1,VICTIM=0: GAP_END_LATE
 *	PRODUCERS=1,HEIRS=1: HEIR_KEEPS (OWNER_FIRST)
 *	PRODUCERS=1,HEIRS=2,KILLS=0
 *	PRODUCERS=1,HEIRS=2,VICTIM=0: SETTLE_EARLY
 *
 * WORD_EARLY: who leaves out the second look at the word changes it from what it
 * saw first, which fails if it moved. LOW_FIRST: an intent changes only once its
 * last claim is decided, so who mixes two of them is not wrong about what is
 * undecided. OWNER_FIRST: the heir seems to own what the dead one left, until it
 * has swept that away, and nobody decides it meanwhile.
 */
#ifndef PRODUCERS
#define PRODUCERS 3
#endif
#ifndef KILLS
#define KILLS 1
#endif
#ifndef CAPACITY
#define CAPACITY 2
#endif
#ifndef CLAIMS
#define CLAIMS 1
#endif
#ifndef BATCH
#define BATCH 1
#endif
#ifndef MOST
#define MOST CAPACITY
#endif
#ifndef HEIRS
#define HEIRS 0
#endif
#ifndef SURVIVORS
#define SURVIVORS 0
#endif
/*
 * What is read or written in several steps is so where a record changes its
 * owner or an intent its length, and at once elsewhere.
 */
#if HEIRS > 0 || BATCH > 1
#define TOGETHER
#else
#define TOGETHER atomic
#endif
#define EVERYBODY (PRODUCERS + HEIRS)
#define END ((PRODUCERS * CLAIMS + HEIRS) * BATCH)
#define IDLE 99
#define NOBODY 99
#define EVENT(s) (((s) + 1) * 2)
#define GAP(s) (EVENT(s) + 1)
#define WORD(s) word[(s) % CAPACITY]

/* The region. A record is locked while its owner lives. */
byte cursor, gap_end;
byte owner[PRODUCERS], low[PRODUCERS], high[PRODUCERS];
bool locked[PRODUCERS];
byte word[CAPACITY];
byte passed;			/* the consumer's sequence */
#ifdef FOLLOWER
byte followed;
#define GATE followed
#else
#define GATE passed
#endif

bool dead[EVERYBODY];
byte record[EVERYBODY] = NOBODY;
byte running = EVERYBODY;	/* who may still claim */
/* Known from above: whose it is, and what became of it. */
byte claimed_by[END] = NOBODY;
bool published[END];

/* --- src/recovery.c ------------------------------------------------------- */

/* may_own(): i is that record, or PRODUCERS. */
inline somebody_may_own()
{
	i = 0;
	do
	:: i == PRODUCERS -> break
	:: i < PRODUCERS ->
	TOGETHER {
		whose = owner[i];
		if
		:: whose == 0 || low[i] == IDLE || low[i] > s
		:: else ->
			if
			:: s >= high[i]
			:: else ->
#ifndef TIMED_OUT
				if
				:: locked[i] ->
					if
					:: owner[i] == whose -> break
					:: else
					fi
				:: else
				fi
#else
				skip
#endif
			fi
		fi;
		i++
	}
	od
}

#define MAY_STILL_OWN                                                          \
	(locked[i] && owner[i] == whose && low[i] != IDLE && low[i] <= s &&    \
	 s < high[i] && WORD(s) < EVENT(s))

/* Only followers look at it. */
inline raise_gap_end(to)
{
#ifdef FOLLOWER
	atomic {
		if
		:: gap_end < to -> gap_end = to
		:: else
		fi
	}
#else
	skip
#endif
}

/* resolve(): GAP for one of the dead, at most once. */
inline decide()
{
#ifndef GAP_END_LATE
	raise_gap_end(s + 1);
#endif
#ifdef STALE
	seen = WORD(s);
#endif
#ifdef PLAIN_GAP
	WORD(s) = GAP(s)
#else
	atomic {
		if
		:: WORD(s) == seen ->
			WORD(s) = GAP(s);
			assert(claimed_by[s] != NOBODY);
			assert(dead[claimed_by[s]]);
			assert(!published[s])
		:: else
		fi
	}
#endif
#ifdef GAP_END_LATE
	;raise_gap_end(s + 1)
#endif
}

/* disruptor_recover(from), which waits where its caller would ask again. */
inline recover(from, most)
{
	s = from;
	atomic {
		end = cursor;
		if
		:: end > s + most -> end = s + most
		:: else
		fi
	};
	do
#ifdef CURSOR_LATE
	:: true ->
#else
	:: s >= end -> break
	:: s < end ->
#endif
		if
		:: WORD(s) >= EVENT(s)
		:: else ->
#ifdef WORD_EARLY
			seen = WORD(s);
#endif
			somebody_may_own();
			if
			:: i < PRODUCERS ->
				/* Alive: until it resolves, moves on or dies. */
				if
				:: s == from -> !MAY_STILL_OWN
				:: else
				fi;
				break
			:: else
			fi;
#ifdef CURSOR_LATE
			if
			:: s >= cursor -> break
			:: else
			fi;
#endif
#ifndef WORD_EARLY
			seen = WORD(s);
#endif
#ifndef STALE
			if
			:: seen >= EVENT(s)
			:: else ->
#endif
				decide()
#ifndef STALE
			fi
#endif
		fi;
		s++
	od;
	atomic { s = 0; end = 0; i = 0; whose = 0; seen = 0 }
}

/* --- include/disruptor/sequencer.h, src/producer.c ------------------------ */

inline note_intent(from, to)
{
#ifdef LOW_FIRST
	low[r] = from;
	high[r] = to
#else
	TOGETHER {
		high[r] = to;
		low[r] = from
	}
#endif
}

/* gate.c: limit becomes one past what is free. */
inline scan_gate()
{
#ifdef ALONE
	atomic {
		end = cursor;
		s = (end > CAPACITY -> end - CAPACITY : 0);
		s = (s > gate -> s : gate)
	};
	do
	:: s < end && WORD(s) >= EVENT(s) -> s++
	:: else -> break
	od;
	atomic { gate = s; limit = gate + CAPACITY; s = 0; end = 0 }
#else
	limit = GATE + CAPACITY
#endif
}

/* disruptor_sequencer_claim_multi(): found is where the claim is. */
inline claim()
{
	skip;
again:	if
	:: found + BATCH > limit ->
		/* CLAIM_FULL: attempt(), or fail_stopped(). */
#ifdef CANCEL
		if
		:: true ->
#ifndef STOP_KEPT
			low[r] = IDLE;
#endif
			goto stays
		:: true
		fi;
#endif
#ifndef INTENT_KEPT
		low[r] = IDLE;
#endif
#ifdef FULL_UNSEEN
		limit = found + BATCH;
#else
		scan_gate();
#endif
		if
		:: found + BATCH > limit ->
#ifdef ALONE
			recover(gate, CAPACITY)
#else
#ifdef HELP
			recover(passed, 1);
#endif
			GATE + CAPACITY >= found + BATCH
#endif
		:: else
		fi;
		goto again
	:: else
	fi;
#ifndef INTENT_LATE
#ifdef INTENT_NARROW
	note_intent(found, found + 1);
#else
	note_intent(found, found + BATCH);
#endif
#endif
	atomic {
		if
		:: cursor == found ->
			k = 0;
			do
			:: k == BATCH -> break
			:: else ->
				claimed_by[found + k] = me;
				/* Its last lap's claim is decided and passed. */
				assert(found + k < CAPACITY ||
				       WORD(found + k) + 2 * CAPACITY >=
						EVENT(found + k));
				k++
			od;
			cursor = found + BATCH
		:: else -> found = cursor; goto again
		fi
	};
#ifdef INTENT_LATE
	note_intent(found, found + BATCH);
#endif
	k = 0
}

/* disruptor_sequencer_publish_words(), disruptor_sequencer_abandon() */
inline publish()
{
	do
	:: k == BATCH -> break
	:: else ->
		atomic {
			assert(WORD(found) < EVENT(found));
			WORD(found) = EVENT(found);
			published[found] = true;
			found++;
			k++
		}
	od
}

inline abandon()
{
	raise_gap_end(found + BATCH);
	do
	:: k == BATCH -> break
	:: else ->
		atomic {
			assert(WORD(found) < EVENT(found));
			WORD(found) = GAP(found);
			found++;
			k++
		}
	od
}

proctype producer(byte me)
{
	byte r, found, limit, left = CLAIMS, k;
	byte s, end, i, whose, seen, gate;

	{
#if HEIRS > 0
	if
	:: me < PRODUCERS -> r = me
	:: else ->
		/* take_record() */
		left = 1;
#if PRODUCERS > 1
		if
		:: r = 0
		:: r = 1
		fi;
#endif
		if
		:: owner[r] != 0 && low[r] < cursor && !locked[r] ->
			k = low[r];
			if
			:: k != IDLE -> recover(k, CAPACITY)
			:: else
			fi;
			k = 0
		:: else
		fi;
#ifdef SETTLE_EARLY
		low[r] = IDLE;
#endif
		if
		:: atomic { !locked[r] -> locked[r] = true; record[me] = r }
		:: locked[r] -> goto ended
		fi;
		/* settle_record(), connect() */
		owner[r] = 0;
#ifdef OWNER_FIRST
		owner[r] = me + 1;
#endif
#ifndef SETTLE_EARLY
#ifndef HEIR_KEEPS
		low[r] = IDLE;
#endif
#endif
#ifndef OWNER_FIRST
		owner[r] = me + 1;
#endif
		atomic { found = cursor; limit = found };
		if
		:: true
		:: true -> goto stays
		fi
	fi;
#else
	atomic { r = me; limit = CAPACITY };
#endif
	do
	:: left == 0 -> break
	:: else ->
		claim();
#ifdef FOLLOWER
		if
		:: true -> publish()
		:: true -> abandon()
		fi;
#else
		publish();
#endif
		left--
	od;
#if HEIRS > 0
	/* disruptor_producer_unmake() */
	low[r] = IDLE;
	owner[r] = 0;
	atomic { locked[r] = false; record[me] = NOBODY; goto ended };
#endif
stays:	/* Lives on, and claims nothing more. */
	skip
	} unless { dead[me] };
ended:	atomic {
		running--;
		r = 0; found = 0; limit = 0; left = 0; k = 0;
		s = 0; end = 0; i = 0; whose = 0; seen = 0; gate = 0
	}
}

/* An end of a process, at any step. Its locks fall with it. */
#define KILL(p)                                                                \
	atomic {                                                               \
		kills < KILLS && !dead[p] && record[p] != NOBODY ->            \
		dead[p] = true;                                                \
		locked[record[p]] = false;                                     \
		record[p] = NOBODY;                                            \
		kills++                                                        \
	}

proctype killer()
{
	byte kills;

	/* It is no deadlock only while somebody may still be killed: KILLS=0. */
end:	do
#ifdef VICTIM
	:: KILL(VICTIM)
#else
	:: KILL(0)
#if EVERYBODY > 1
	:: KILL(1)
#endif
#if EVERYBODY > 2
	:: KILL(2)
#endif
#endif
	od
}

/* --- who consumes and recovers -------------------------------------------- */

#ifndef ALONE
proctype consumer()
{
	byte s, end, i, whose, seen;

	do
	:: atomic {
		WORD(passed) == EVENT(passed) ->
		assert(published[passed]);
		passed++
	   }
	:: atomic {
		WORD(passed) == GAP(passed) ->
		assert(!published[passed]);
		passed++
	   }
	:: WORD(passed) > GAP(passed) -> assert(false)
	:: cursor > passed && WORD(passed) < EVENT(passed) ->
		recover(passed, MOST)
	:: cursor == passed && running == 0 -> break
	od
}
#endif

/* Another process: one attempt, at what was in the way at any time. */
proctype survivor()
{
	byte s, end, i, whose, seen;

	recover(passed, 1)
}

#ifdef FOLLOWER
/* disruptor_poll_is_plain(), look_before_gap() */
proctype follower()
{
	byte ready;

	do
	:: followed == END -> break
	:: followed == passed && running == 0 && cursor == passed -> break
	:: followed < passed ->
		ready = passed;
		if
		:: gap_end <= followed ->
			/* All events: no word is looked at. */
			do
			:: followed == ready -> break
			:: else ->
				atomic {
					assert(published[followed]);
					followed++
				}
			od
		:: else ->
			atomic {
				assert(WORD(followed) >= EVENT(followed));
				assert(WORD(followed) <= GAP(followed));
				assert(WORD(followed) == GAP(followed) ||
				       published[followed]);
				followed++
			}
		fi
	od
}
#endif

init {
	byte p;

	atomic {
		for (p : 0 .. PRODUCERS - 1) {
			owner[p] = p + 1;
			record[p] = p;
			locked[p] = true;
			low[p] = IDLE
		}
		for (p : 0 .. EVERYBODY - 1) {
			run producer(p)
		}
#ifndef ALONE
		run consumer();
#endif
#ifdef FOLLOWER
		run follower();
#endif
#if SURVIVORS > 0
		for (p : 1 .. SURVIVORS) {
			run survivor()
		}
#endif
		run killer()
	}
}
