/* SPDX-License-Identifier: MIT */
/*
 * The explorer's insides. One exploration runs a scene many times, each time
 * with other choices, until there are none left within its bounds.
 *
 *	search.c	depth-first over choices; the shortest violation
 *	trail.c		one choice: replay it, or make it and note the others
 *	engine.c	participants as coroutines: who runs, who waits, who dies
 *	seen.c		execution graphs that were met before
 *	sites.c		places in the source
 *	mutants.c	the same with weaker orderings
 *
 * memory/: atomic memory as C11 has it
 *	operations.c	what the library calls
 *	memory.c	which stores a load may return, where one may go
 *	locations.c	the stores of each location, in modification order
 *	views.c		what a participant knows of them
 *	events.c	what participants did
 *	promises.c	stores that are made ahead of what comes before them
 *	places.c	where
 *	offers.c	which ones, and their names
 *	settle.c	what they release
 *	fences.c	fences, the kernel's locks
 *	membarrier.c	fences in everybody
 *	coherence.c	which executions sequential consistency forbids
 *	plain.c		data races on memory that is not atomic
 *	litmus.c	the classic tests of all this; litmus_tests.c: their table,
 *			litmus_modifications.c: those of load buffering with
 *			modifications; litmus_places.c: and behind one's own
 *			stores; litmus_parts.c: what they are made of
 *
 * random/: the same compared with the axioms, on random programs
 *
 * kernel/: src/os/ and threads simulated
 *	system.c	memory, and what a call orders
 *	locks.c		locks of the living
 *	sleep.c		futexes, membarrier
 *	files.c		files, mappings
 *	host.c		clocks, identities
 *	threads.c	mutexes, conditions, threads
 *
 * scenes_*.c: what is explored; play.c: what they have in common; improvise.c:
 * those that nobody thought of
 */
#ifndef EXPLORE_ENGINE_H
#define EXPLORE_ENGINE_H

#include "hooks.h"
#include "scene.h"

#include <setjmp.h>

#define PARTICIPANTS 6		/* 0: who sets the scene */
#define LOCATIONS 192
#define STORES_EACH 64
#define EVENTS_EACH 1024
#define UNBOUNDED 100

/* Which events of each participant come before: happens-before. */
struct clock {
	uint16_t at[8];
};

/* The newest store of each location that must not be gone behind. */
struct view {
	struct clock clock;
	uint32_t at[LOCATIONS];
};

enum state { READY, WAITING, SLEEPING, BLOCKED, DONE, DEAD };

struct participant {
	enum state state;
	struct view current;	/* what its loads and stores build upon */
	struct view acquired;	/* what an acquire fence would add */
	struct view released;	/* as of its last release fence */
	uint32_t events;
	uint64_t hash;		/* of all that it did and read */
	int64_t deadline;	/* WAITING, SLEEPING */
	const void *object;	/* what it sleeps on or is blocked by */
	bool expired;
	bool exposed;		/* a mutant: no order between store and load */
	uint32_t changes;	/* changes that it made itself */
	uint32_t known;		/* changes by others before its last look */
	int saved_errno;
	jmp_buf context;
	bool started;
	void *(*run)(void *);	/* a thread that the library made */
	void *argument;
};

enum outcome {
	FINISHED,
	VIOLATION,
	FORBIDDEN,	/* by the memory model: does not exist */
	SEEN,		/* leads to where we have been */
	CUT		/* too long */
};

/* Which stores go ahead of what stands before them; see promises.c. */
enum promises {
	PROMISES_OF_MACHINES,
	PROMISES_OF_C11,
	NO_PROMISES		/* RC11 */
};

struct bounds {
	int deviations;	/* preemptions, stale reads, early stores together */
	int kills;
	int64_t runs;	/* at most; 0: no limit */
	int64_t states;	/* likewise */
};

struct engine {
	const struct scene *scene;
	struct bounds bounds;
	int mutant;		/* a site's id; -1: none */
	enum explore_order mutant_order;
	bool running;		/* not setting the scene */
	bool tracing;
	bool following;		/* replays a schedule from outside */
	enum promises promises;
	int current;
	int setting_for;	/* setup acts as this participant */
	uint32_t step;
	uint32_t point;		/* where who runs next is asked, in this step */
	uint32_t last_step;
	uint64_t last_hash;	/* at the last point */
	uint32_t changes;	/* stores that changed something */
	int left;		/* deviations that may still be made */
	int kills_left;
	int killed;
	int rounds;		/* jumps of the clock without progress */
	int64_t now;
	struct participant participant[PARTICIPANTS];
	jmp_buf back;
	enum outcome outcome;
	char reason[256];
};
extern struct engine engine;

/* --- engine.c ------------------------------------------------------------ */

struct participant *self(void);
/* Before a step that others can see: who takes the next one? */
void engine_point(void);
/* The current participant cannot go on. */
void engine_leave(enum state state);
_Noreturn void engine_end(enum outcome outcome);
/* One execution, by the choices of the trail. */
enum outcome engine_run(void);
/* Something that a waiting participant may wait for. */
void engine_changed(void);
bool engine_alive(int who);
bool engine_may_die(void);
/* Neither ended nor asleep. */
bool engine_is_ready(int who);
void engine_note(uint64_t what, uint64_t detail);
void engine_trace(const struct explore_site *site, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static inline uint64_t mix(uint64_t hash, uint64_t value)
{
	hash ^= value + UINT64_C(0x9e3779b97f4a7c15) + (hash << 6) +
		(hash >> 2);
	hash *= UINT64_C(0xff51afd7ed558ccd);
	return hash ^ (hash >> 32);
}

/* --- trail.c ------------------------------------------------------------- */

/*
 * A choice: 'p' who goes on (-1: is killed), 'r' a read, 'w' a store, 'a' a store
 * that is made ahead (promises.c), 'm' whether a
 * membarrier reaches who runs now or later.
 */
#define PROMISE 'a'
int trail_choose(char kind, int count, const int *values, bool is_free);
/* One that has nothing but 0 yet; its place is for trail_offer(). */
int trail_open(char kind, int *place);
/* Another value for a choice of this execution, for a later one to take. */
void trail_offer(int place, int value);
void trail_rewind(void);
/* To the next branch; false: all are done. */
bool trail_advance(void);
void trail_clear(void);
bool trail_is_new(void);
/* The choices that differ from the default: "12p2 40r1". */
void trail_describe(char *text, size_t size);
void trail_follow(const char *text);

/* --- memory/ -------------------------------------------------------------- */

struct event {
	struct clock clock;
	uint8_t by;
	bool sc;
	bool is_fence;
	uint16_t index;
	uint16_t location;
	int16_t node;
	uint32_t read;		/* stamp of the store that was read; 0: none */
	uint32_t written;
	uint32_t source;	/* read, or else just before what is written */
};

void memory_forget(void);	/* everything: a new exploration */
void memory_reset(void);	/* a new execution */
bool memory_learnt(void);	/* a location turned out to be shared */
uint64_t memory_hash(void);
uint64_t memory_newest(const void *p, size_t size);
void memory_settle(void);	/* time passes: all sees the newest stores */
struct event *memory_event(int who);
const struct event *memory_event_at(int who, uint32_t index);
uint32_t memory_event_count(int who);
/* Of the stores to a location that e's clock knows, the newest one's stamp. */
uint32_t memory_known_store(uint32_t location, const struct clock *clock);
/* A fence of full strength at who's place. */
void memory_fence_at(int who);
/* Whether the atomic stores to this address all come before; for races. */
bool memory_is_ordered(uintptr_t address, const struct clock *clock);
/* A kernel object: whoever touches it sees what its last user had seen. */
struct kernel_object {
	struct view view;
	uint64_t last;
};
void memory_enter_kernel(struct kernel_object *object);

static inline bool happened(const struct clock *before_clock, int by,
			    uint32_t index)
{
	return before_clock->at[by] >= index;
}

/* --- promises.c ----------------------------------------------------------- */

void promises_reset(void);
/* Where the current participant's stretch began; for the hash of the state. */
uint32_t promises_stretch(void);
uint64_t promises_hash(void);
bool promises_any(void);
bool promises_has(int who);
/* Somebody else runs. */
void promises_break(int who);
/* A fence or a call: what comes behind it does not go ahead of it. */
void promises_barrier(void);
/* The compiler's. */
void promises_pass(void);
/* Who runs is interrupted: to be killed, or for a membarrier's fence. */
void promises_interrupt(bool by_fence);
void promises_leave(enum state state);

/* --- offers.c ------------------------------------------------------------- */

void promises_forget(void);
void promise_name(int id, char *text, size_t size);
const char *promise_read(const char *text, int *id);

/* --- membarrier.c --------------------------------------------------------- */

void membarrier_reset(void);
uint64_t membarrier_hash(void);
/* Before a step: barriers of others may reach who runs. */
void membarrier_point(void);
void memory_membarrier(void);
/* It is killed. */
void membarrier_leave(void);

/* --- coherence.c ---------------------------------------------------------- */

void coherence_reset(void);
/* False: no execution of C11 has this event. */
bool coherence_add(struct event *e);
/* Orders the parts of one membarrier. */
bool coherence_order(int16_t before, int16_t after);

/* --- plain.c -------------------------------------------------------------- */

void plain_reset(void);
void plain_forget(void);
void plain_watch(const void *from, size_t size);
void plain_check_atomic(uintptr_t address, bool writes);

/* --- seen.c --------------------------------------------------------------- */

void seen_clear(void);
/* Whether it was met with at least as much still allowed; notes it. */
bool seen_before(uint64_t hash, int left, int kills_left);
uint64_t seen_count(void);

/* --- sites.c -------------------------------------------------------------- */

#define SITES 512

void sites_number(void);
int sites_count(void);
const struct explore_site *sites_at(int id);
enum explore_order sites_order(struct explore_site *site);
/* "file.c function operation(object)"; the same wherever the line is. */
void sites_name(const struct explore_site *site, char *text, size_t size);
int sites_find(const char *name);
/* Prints those that have an ordering that can be made weaker. */
int sites_list_files(void);
void sites_reach(const struct explore_site *site);
bool sites_was_reached(int id);
void sites_clear_reached(void);

/* --- system.c ------------------------------------------------------------- */

void system_forget(void);
void system_reset(void);
void system_keep(void);	/* what setup made is the start of each execution */
void system_bury(int who);
uint64_t system_hash(void);

/*
 * A call that others can see. What it has to do with (NULL: nothing) orders
 * before it what its last user did.
 */
void system_enter(const void *address);
/* Places in simulated memory, which are the same in each run. */
bool system_holds(const void *p);
size_t system_place(const void *p);
void *system_at(size_t place);

/* --- threads.c ------------------------------------------------------------ */

void threads_reset(void);
/* Thread-local storage is the participant's. */
void threads_leave(int who);
void threads_enter(int who);
/* A thread's last step. */
void threads_end(void);

/* --- search.c ------------------------------------------------------------- */

struct findings {
	uint64_t runs;
	uint64_t states;
	uint64_t kills;
	uint64_t forbidden;
	uint64_t cut;
	double seconds;
	bool violated;
	bool complete;		/* within the bounds */
	int depth;		/* deviations of the schedule, its kills too */
	char schedule[512];
	char reason[256];
};

/* All within the bounds. */
void search(const struct scene *scene, const struct bounds *bounds,
	    struct findings *findings);
/* With few deviations first: what it finds is the shortest. */
void search_shortest(const struct scene *scene, const struct bounds *bounds,
		     struct findings *findings);
enum outcome search_replay(const struct scene *scene, const char *schedule);
void search_prepare(const struct scene *scene);

#endif
