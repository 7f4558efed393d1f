/* SPDX-License-Identifier: MIT */
/*
 * E5: two sleepers and a publisher of two events (src/wait_strategy.c). The
 * publisher's store waits in its store buffer as long as it likes, as on every
 * processor; only the sleeper's membarrier drains it. A sleep has no end of its
 * own here, so a lost wake-up is a deadlock.
 *
 * mutants: NO_BARRIER LOOK_FIRST NO_COUNT WAKE_ONE NO_LAST_LOOK
 */
#define EVENTS 2
#define SLEEPERS 2
#define SLEEPS 1	/* the bit: somebody may be asleep */
#define WAKE 2		/* above it wakes are counted */

byte progress;
byte buffered;		/* the publisher's store that is not visible yet */
byte word;
bool asleep[SLEEPERS];

inline drain()
{
	d_step { progress = buffered }
}

proctype publisher()
{
	byte n, seen;

	do
	:: n == EVENTS -> break
	:: else ->
		n++;
		buffered = n;
		/* The load may be done before the store is visible. */
		seen = word;
		if
		:: seen & SLEEPS ->
			drain();
again:			seen = word;
			if
			:: !(seen & SLEEPS) -> goto next
			:: else
			fi;
#ifdef NO_COUNT
#define WOKEN (seen - SLEEPS)
#else
#define WOKEN (seen - SLEEPS + WAKE)
#endif
			if
			:: atomic { word == seen -> word = WOKEN }
			:: atomic { word != seen -> goto again }
			fi;
			atomic {
#ifdef WAKE_ONE
				if
				:: asleep[0] -> asleep[0] = false
				:: else -> asleep[1] = false
				fi
#else
				asleep[0] = false;
				asleep[1] = false
#endif
			}
		:: else
		fi;
next:		skip
	od;
	/* Sooner or later every store is visible. */
	drain()
}

/* A buffer drains at any time. */
active proctype processor()
{
end:	do
	:: progress != buffered -> drain()
	od
}

proctype sleeper(byte me)
{
	byte next, expected;

	do
	:: next == EVENTS -> break
	:: next < EVENTS && progress > next -> next = progress
	:: next < EVENTS && progress <= next ->
#ifdef LOOK_FIRST
		if
		:: progress > next -> goto done
		:: else
		fi;
#endif
		d_step { word = word | SLEEPS; expected = word };
#ifndef NO_BARRIER
		drain();
#endif
#ifndef LOOK_FIRST
#ifndef NO_LAST_LOOK
		if
		:: progress > next -> goto done
		:: else
		fi;
#endif
#endif
		atomic {
			if
			:: word == expected -> asleep[me] = true
			:: else
			fi
		};
		!asleep[me];
done:		skip
	od
}

init {
	atomic {
		run publisher();
		run sleeper(0);
		run sleeper(1)
	}
}
