/* SPDX-License-Identifier: MIT */
/*
 * E10 and E11: claims of dead producers (src/recovery.c). Three producers claim
 * and publish, any of them is killed at any step, a consumer recovers what
 * blocks it; with SURVIVOR a second one recovers as well, as late as it likes.
 * Memory is sequentially consistent here: orders are the explorer's business.
 *
 * sizes: PRODUCERS=3 PRODUCERS=2,CLAIMS=2 PRODUCERS=2,SURVIVOR,CAPACITY=1
 * The second look at the word does no harm when left out: the compare-and-swap
 * from the first one's value fails if the word moved meanwhile.
 *
 * mutants: INTENT_LATE INTENT_KEPT TIMED_OUT PLAIN_GAP STALE
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
#define SEQUENCES (PRODUCERS * CLAIMS)
#define IDLE 99
#define EVENT(s) (((s) + 1) * 2)
#define GAP(s) (EVENT(s) + 1)

byte cursor, consumed;
byte low[PRODUCERS] = IDLE, high[PRODUCERS];
bool dead[PRODUCERS], ended[PRODUCERS];
byte word[CAPACITY];
byte kills, recoveries;
/* Known from above. */
byte owner[SEQUENCES + 1] = IDLE;
bool published[SEQUENCES + 1];

proctype producer(byte me)
{
	byte c, n;

	{
	do
	:: n == CLAIMS -> break
	:: else ->
retry:		atomic {
			c = cursor;
			if
			:: c >= consumed + CAPACITY ->
#ifndef INTENT_KEPT
				low[me] = IDLE;
#endif
				/* Sleeps until there is room. */
				cursor < consumed + CAPACITY;
				goto retry
			:: else
			fi
		};
#ifndef INTENT_LATE
		high[me] = c + 1;
		low[me] = c;
#endif
		atomic {
			if
			:: cursor == c -> cursor = c + 1; owner[c] = me
			:: else -> goto retry
			fi
		};
#ifdef INTENT_LATE
		high[me] = c + 1;
		low[me] = c;
#endif
		atomic {
			assert(word[c % CAPACITY] < EVENT(c));
			word[c % CAPACITY] = EVENT(c);
			published[c] = true;
			n++
		}
	od
	} unless { dead[me] };
	ended[me] = true
}

proctype killer()
{
	byte p;

	do
	:: kills < KILLS ->
		atomic {
			select (p : 0 .. PRODUCERS - 1);
			if
			:: !dead[p] && !ended[p] -> dead[p] = true; kills++
			:: else -> break
			fi
		}
	:: break
	od
}

/* One attempt at sequence s; waits where the library sleeps and asks again. */
inline recover(s, i, seen)
{
	if
	:: cursor > s && word[s % CAPACITY] < EVENT(s) ->
		d_step { seen = word[s % CAPACITY]; i = 0 };
		do
		:: i == PRODUCERS -> break
		:: i < PRODUCERS && low[i] != IDLE && low[i] <= s &&
		   high[i] > s ->
#ifndef TIMED_OUT
			/* Alive: until it resolves, moves on or dies. */
			(dead[i] || low[i] == IDLE || low[i] > s ||
			 high[i] <= s || word[s % CAPACITY] >= EVENT(s));
#endif
			if
			:: word[s % CAPACITY] >= EVENT(s) -> break
			:: else -> i++
			fi
		:: else -> i++
		od;
		seen = word[s % CAPACITY];
#ifndef STALE
		if
		:: seen < EVENT(s) ->
#else
		if
		:: true ->
			seen = word[s % CAPACITY];
#endif
#ifdef PLAIN_GAP
			word[s % CAPACITY] = GAP(s);
			recoveries++
#else
			atomic {
				if
				:: word[s % CAPACITY] == seen ->
					word[s % CAPACITY] = GAP(s);
					recoveries++;
					assert(owner[s] != IDLE);
					assert(dead[owner[s]])
				:: else
				fi
			}
#endif
		:: else
		fi
	:: else
	fi
}

proctype consumer()
{
	byte i, seen;

	do
	:: word[consumed % CAPACITY] == EVENT(consumed) ->
		assert(published[consumed]);
		consumed++
	:: word[consumed % CAPACITY] == GAP(consumed) ->
		assert(!published[consumed]);
		consumed++
	:: word[consumed % CAPACITY] > GAP(consumed) -> assert(false)
	:: cursor > consumed && word[consumed % CAPACITY] < EVENT(consumed) ->
		recover(consumed, i, seen)
	:: cursor == consumed && ended[0] && ended[1] &&
	   ended[PRODUCERS - 1] -> break
	od
}

proctype survivor()
{
	byte i, seen, s = consumed;

	recover(s, i, seen)
}

init {
	byte p;

	atomic {
		for (p : 0 .. PRODUCERS - 1) {
			run producer(p)
		}
		run consumer();
		run killer();
#ifdef SURVIVOR
		run survivor();
#endif
		skip
	}
}
