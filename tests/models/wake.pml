/* SPDX-License-Identifier: MIT */
/*
 * E5 and E7: sleepers and who wakes them (src/wait_strategy.c,
 * include/disruptor/wait_strategy.h). A publisher of EVENTS events, SLEEPERS
 * that wait for them, each on the cursor's signal word. CHAIN: the first of them
 * publishes its own sequence, for a follower that sleeps on its word. HALT: one
 * event more is waited for than comes, and somebody halts them all, as
 * disruptor_halt_handles() and disruptor_close() do. RELINK: the follower's
 * upstream is dead, and somebody takes it away, so that the follower waits for
 * the cursor from then on. FENCE: the sleepers' processes have no membarrier.
 *
 * A store waits in the store buffer of whoever stored it as long as it likes, as
 * on every processor; membarrier drains all of them, a fence its own. A sleep
 * has no end of its own here, so a lost wake-up is a deadlock.
 *
 *	SLEEPERS=2: NO_BARRIER LOOK_FIRST NO_LAST_LOOK NO_COUNT WAKE_ONE
 *	SLEEPERS=3
 *	SLEEPERS=2,FENCE: NO_BIT NO_FENCE
 *	SLEEPERS=1,CHAIN: WRONG_WORD
 *	SLEEPERS=2,CHAIN,EVENTS=1
 *	SLEEPERS=1,CHAIN,FENCE: NO_FENCE
 *	SLEEPERS=2,HALT,EVENTS=1: HALT_LATE (NO_FENCE)
 *	SLEEPERS=1,HALT,CHAIN,EVENTS=1: HALT_ONE_WORD
 *	SLEEPERS=2,HALT,FENCE,EVENTS=1: NO_FENCE
 *	RELINK: NO_SECOND_POINT (NO_FENCE)
 *	RELINK,FENCE: NO_FENCE
 *
 * With membarrier on the sleeper's side the fence of disruptor_wake() is not
 * needed: either the barrier shows the flag, or the waker sees the sleeper.
 */
#ifndef EVENTS
#define EVENTS 2
#endif
#ifdef RELINK
#define SLEEPERS 0
#endif
#if defined(CHAIN) || defined(RELINK)
#define FOLLOWS
#endif
#define FOLLOWER SLEEPERS
#define EVERYBODY (SLEEPERS + 1)
#define NOT_ASLEEP 9

#define SLEEPS 1	/* the bits: somebody may be asleep */
#define FENCES 2	/* a sleeper has no membarrier */
#define WAKE 4		/* above them wakes are counted */

/* What is stored with a buffer: the cursor, the first one's sequence, a flag. */
#define CURSOR 0
#define FIRST 1
#define HALTED 2

#ifdef HALT
#define WANTED (EVENTS + 1)
#else
#define WANTED EVENTS
#endif

byte visible[3], buffered[3];
byte word[2];			/* of the cursor, of the first sleeper */
byte asleep[EVERYBODY] = NOT_ASLEEP; /* on which word */
bool relinked;

inline drain_all()
{
	atomic {
		visible[0] = buffered[0];
		visible[1] = buffered[1];
		visible[2] = buffered[2]
	}
}

/* A buffer drains at any time. */
active proctype processor()
{
end:	do
	:: visible[0] != buffered[0] -> visible[0] = buffered[0]
	:: visible[1] != buffered[1] -> visible[1] = buffered[1]
	:: visible[2] != buffered[2] -> visible[2] = buffered[2]
	od
}

/* disruptor_wake(), of whom own is the buffer */
inline wake(own, w)
{
#ifndef NO_FENCE
	visible[own] = buffered[own];
#endif
	seen = word[w];
	do
	:: !(seen & SLEEPS) -> break
	:: seen & SLEEPS ->
		atomic {
			if
			:: word[w] == seen ->
#ifdef NO_COUNT
				word[w] = seen - SLEEPS;
#else
				word[w] = seen - SLEEPS + WAKE;
#endif
				won = true
			:: else -> seen = word[w]
			fi
		};
		if
		:: won ->
			/* disruptor_os_futex_wake_all() */
			atomic {
				i = 0;
				do
				:: i == EVERYBODY -> break
				:: else ->
					if
					:: asleep[i] == w ->
						asleep[i] = NOT_ASLEEP;
#ifdef WAKE_ONE
						break
#endif
					:: else
					fi;
					i++
				od;
				i = 0;
				won = false
			};
			break
		:: else
		fi
	od;
	seen = 0
}

/* disruptor_signal_wanted(): the load may be done before the store is seen. */
inline publish(own, value, w)
{
	buffered[own] = value;
	if
	:: word[w] & (SLEEPS | FENCES) -> wake(own, w)
	:: else
	fi
}

proctype publisher()
{
	byte n, seen, i;
	bool won;

	do
	:: n == EVENTS -> break
	:: else ->
		n++;
		publish(CURSOR, n, 0)
	od
}

#ifdef HALT
proctype halter()
{
	byte seen, i;
	bool won;

#ifdef HALT_LATE
	wake(HALTED, 0);
	wake(HALTED, 1);
	buffered[HALTED] = true
#else
	buffered[HALTED] = true;
	wake(HALTED, 0);
#ifndef HALT_ONE_WORD
	wake(HALTED, 1)
#endif
#endif
}
#endif

#ifdef RELINK
/* take_away(): it is another one's upstream, the epoch, both words. */
proctype evictor()
{
	byte seen, i;
	bool won;

	buffered[HALTED] = true;	/* the relinking, in its buffer */
	wake(HALTED, 1);
	wake(HALTED, 0)
}
#endif

/* What an attempt finds. */
inline attempt()
{
#ifdef RELINK
	if
	:: visible[HALTED] -> on = CURSOR
	:: else
	fi;
#endif
	if
	:: visible[on] > next -> next = visible[on]; found = true
#ifdef HALT
	:: visible[on] <= next && visible[HALTED] -> goto halted
	:: visible[on] <= next && !visible[HALTED]
#else
	:: visible[on] <= next
#endif
	fi
}

/* block(): announce(), order_after_announcement(), sleep_on() */
inline block()
{
	w = on;
#ifdef LOOK_FIRST
	attempt();
#endif
	atomic { word[w] = word[w] | SLEEPS; expected = word[w] };
#ifdef FENCE
#ifndef NO_BIT
	atomic { word[w] = word[w] | FENCES };
#endif
	if
	:: me == 0 -> visible[FIRST] = buffered[FIRST]
	:: else
	fi;
#else
#ifndef NO_BARRIER
	drain_all();
#endif
#endif
#ifndef LOOK_FIRST
#ifndef NO_LAST_LOOK
	attempt();
#endif
#endif
	if
#ifdef NO_SECOND_POINT
	:: !found ->
#else
	:: !found && w == on ->
#endif
		atomic {
			if
			:: word[w] == expected -> asleep[me] = w
			:: else
			fi
		};
		asleep[me] == NOT_ASLEEP
	:: else
	fi;
	expected = 0
}

proctype sleeper(byte me; byte on)
{
	byte next, expected, w, seen, i;
	bool found, won;

	do
	:: next == WANTED -> break
	:: next < WANTED ->
		found = false;
		attempt();
		if
		:: found
		:: else -> block()
		fi;
#ifdef CHAIN
		if
		:: found && me == 0 ->
			/* disruptor_poller_release() */
#ifdef WRONG_WORD
			publish(FIRST, next, 0)
#else
			publish(FIRST, next, 1)
#endif
		:: else
		fi
#endif
	od;
halted:	skip
}

init {
	byte p;

	atomic {
#if defined(FENCE) && !defined(NO_BIT)
		/* join_barriers(): when its process attached. */
		word[0] = FENCES;
		word[1] = FENCES;
#endif
		run publisher();
#ifdef HALT
		run halter();
#endif
#ifdef RELINK
		run evictor();
#endif
#if SLEEPERS > 0
		for (p : 0 .. SLEEPERS - 1) {
			run sleeper(p, CURSOR)
		}
#endif
#ifdef FOLLOWS
		run sleeper(FOLLOWER, FIRST)
#endif
		skip
	}
}
