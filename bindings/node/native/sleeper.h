/* SPDX-License-Identifier: MIT */
/*
 * Those who wait in an event loop. What they wait for, and what their thread is
 * told, is in sleepers.c. Who sleeps for them is one of two: the event loop
 * itself (watch.c) where the kernel has futexes in io_uring, else a thread of the
 * process (crew.c).
 */
#ifndef SLEEPER_H
#define SLEEPER_H

#include <disruptor/disruptor.h>

struct crew;
struct environment;
struct watch;
struct watched;

enum notice {
	NOTICE_NONE,
	NOTICE_TIME,		/* time has passed */
	NOTICE_MOVED
};

/*
 * One who waits. Its thread of JavaScript has announced it and registers it; it
 * is told when the word has moved, and now and then that time has passed.
 */
struct sleeper {
	struct sleeper *next;		/* in its crew, or of its watched word */
	struct sleeper *next_notice;
	struct environment *environment;
	uint32_t id;
	struct crew *crew;		/* who sleeps for it: one of the two */
	struct watched *watched;
	int place;			/* of its word in the crew */
	enum notice notice;
	struct disruptor_wait_point point;
	int64_t began;
	int64_t due;
	/*
	 * NULL: a handle of the library. Else it is asked, by who sleeps for
	 * it, whether the wait is over; if not it has announced itself anew.
	 */
	bool (*look)(struct sleeper *sleeper);
	/*
	 * NULL, or asked in its own thread when time has passed: whether there
	 * is anything to tell JavaScript.
	 */
	bool (*recheck)(void *context);
	void *context;
	int kind;
	uint64_t start, count;
};

enum registration {
	SLEEPER_FAILED = -1,	/* there is no thread to be had */
	SLEEPER_MOVED = 0,	/* no need to sleep */
	SLEEPER_ASLEEP = 1
};

/* --- sleepers.c --------------------------------------------------------- */

enum registration sleeper_register(struct sleeper *sleeper);
/* Afterwards nothing is told to it. Harmless when it is not registered. */
void sleeper_cancel(struct sleeper *sleeper);
void sleepers_cancel_all(struct environment *environment);
/* The next one that has a notice, and which. NULL: none. */
struct sleeper *sleepers_take_notice(struct environment *environment,
				     enum notice *notice);
int64_t now_ns(void);

/* Whom there is something to tell; under sleepers.c's lock. */
struct notices {
	struct sleeper *first, *last;
};

/* --- between sleepers.c and who sleeps, the lock is held ------------------ */

/* True: it has a notice. It is to be taken off its word, if it has moved. */
bool sleeper_attend(struct sleeper *sleeper, int64_t now);
bool sleeper_has_moved(const struct sleeper *sleeper);

void sleepers_lock(void);
void sleepers_unlock(void);

bool crew_add(struct sleeper *sleeper);
void crew_remove(struct sleeper *sleeper);
void crews_remove_all(const struct environment *environment);

/* --- watch.c, in its own thread, without the lock ------------------------- */

enum registration watch_add(struct watch *watch, struct sleeper *sleeper);
void watch_remove(struct sleeper *sleeper);
void watch_remove_all(struct watch *watch);

#endif
