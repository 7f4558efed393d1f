/* SPDX-License-Identifier: MIT */
#include "engine.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#define STACK_SIZE (64 * 1024)
#define STEPS_MAX 20000
#define ROUNDS_MAX 12
#define JUMP_NS INT64_C(1000000)

struct engine engine;
static _Alignas(64) unsigned char stacks[PARTICIPANTS][STACK_SIZE];

struct participant *self(void)
{
	return &engine.participant[engine.current];
}

bool engine_alive(int who)
{
	return engine.participant[who].state != DEAD;
}

void engine_note(uint64_t what, uint64_t detail)
{
	self()->hash = mix(mix(self()->hash, what), detail);
}

void engine_trace(const struct explore_site *site, const char *format, ...)
{
	char name[200] = "";
	va_list arguments;

	if (!engine.tracing)
		return;
	va_start(arguments, format);
	printf("%5u  participant %d  ", engine.step, engine.current - 1);
	vprintf(format, arguments);
	if (site != NULL)
		sites_name(site, name, sizeof(name));
	printf("  %s\n", name);
	va_end(arguments);
}

/* --- ends ---------------------------------------------------------------- */

void engine_end(enum outcome outcome)
{
	engine.outcome = outcome;
	_longjmp(engine.back, 1);
}

void scene_violated(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(engine.reason, sizeof(engine.reason), format, arguments);
	va_end(arguments);
	engine_trace(NULL, "VIOLATION: %s", engine.reason);
	engine_end(VIOLATION);
}

/* --- switching ------------------------------------------------------------ */

static void begin(void)
{
	int who = engine.current;

	if (self()->run != NULL) {
		self()->run(self()->argument);
		threads_end();
	} else {
		engine.scene->participant[who - 1]();
	}
	engine_leave(DONE);
}

static void start(struct participant *p)
{
	static ucontext_t context;

	p->started = true;
	getcontext(&context);
	context.uc_stack.ss_sp = stacks[engine.current];
	context.uc_stack.ss_size = STACK_SIZE;
	context.uc_link = NULL;
	makecontext(&context, begin, 0);
	setcontext(&context);
}

static _Noreturn void enter(int who)
{
	engine.current = who;
	threads_enter(who);
	errno = self()->saved_errno;
	if (self()->started)
		_longjmp(self()->context, 1);
	start(self());
	__builtin_unreachable();
}

static __attribute__((noinline)) void switch_to(int who)
{
	promises_break(engine.current);
	self()->saved_errno = errno;
	threads_leave(engine.current);
	if (_setjmp(self()->context) == 0)
		enter(who);
}

/* --- who runs ------------------------------------------------------------- */

static bool others_changed(const struct participant *p)
{
	return engine.changes - p->changes != p->known;
}

static bool is_runnable(const struct participant *p)
{
	return p->state == READY ||
	       (p->state == WAITING && others_changed(p));
}

bool engine_is_ready(int who)
{
	enum state state = engine.participant[who].state;

	return state == READY || state == WAITING;
}

void engine_changed(void)
{
	engine.changes++;
	self()->changes++;
	engine.rounds = 0;
}

static bool may_die(int who)
{
	return engine.kills_left > 0 && who > 0 &&
	       (engine.scene->mortal >> (who - 1)) & 1;
}

bool engine_may_die(void)
{
	return may_die(engine.current);
}

static uint64_t state_hash(int who)
{
	uint64_t hash = mix(memory_hash(), (uint64_t)who);
	int i;

	hash = mix(hash, promises_stretch());
	hash = mix(hash, promises_hash());
	hash = mix(hash, membarrier_hash());
	hash = mix(hash, (uint64_t)engine.now);
	hash = mix(hash, system_hash());
	for (i = 1; i < PARTICIPANTS; i++) {
		const struct participant *p = &engine.participant[i];

		hash = mix(hash, p->hash);
		hash = mix(hash, (uint64_t)p->state * 4 +
					 others_changed(p) * 2u + p->expired);
	}
	return hash;
}

/* Between two points something must happen that the hash knows of. */
static void stop_if_seen(int who)
{
	uint64_t hash = state_hash(who);

	if (hash == engine.last_hash) {
		fprintf(stderr, "explore: nothing since the last point\n");
		abort();
	}
	engine.last_hash = hash;
	if (!engine.following && trail_is_new() &&
	    seen_before(hash, engine.left, engine.kills_left))
		engine_end(SEEN);
}

static void count_point(void)
{
	engine.point = engine.step == engine.last_step ? engine.point + 1 : 1;
	engine.last_step = engine.step;
}

static int others_runnable(int values[PARTICIPANTS])
{
	int i, who, count = 0;

	for (i = 1; i < PARTICIPANTS; i++) {
		who = (engine.current - 1 + i) % (PARTICIPANTS - 1) + 1;
		if (who != engine.current &&
		    is_runnable(&engine.participant[who]))
			values[count++] = who;
	}
	return count;
}

static _Noreturn void die(void)
{
	engine_trace(NULL, "is killed");
	engine.kills_left--;
	engine.killed++;
	engine_note('k', 0);
	promises_leave(DEAD);
	membarrier_leave();
	system_bury(engine.current);
	engine_leave(DEAD);
	__builtin_unreachable();
}

void engine_point(void)
{
	int values[PARTICIPANTS + 2], count = 0, chosen;

	if (!engine.running)
		return;
	if (engine.step > STEPS_MAX)
		engine_end(CUT);
	count_point();
	stop_if_seen(engine.current);
	values[count++] = engine.current;
	if (may_die(engine.current))
		values[count++] = -1;
	count += others_runnable(values + count);
	chosen = count == 1 ? engine.current :
			      trail_choose('p', count, values, false);
	if (chosen < 0)
		die();
	if (chosen != engine.current) {
		/* It may have waited; now it runs until it waits again. */
		engine.participant[chosen].state = READY;
		switch_to(chosen);
	}
	membarrier_point();
}

/* --- nobody runs ---------------------------------------------------------- */

static int64_t earliest(enum state state)
{
	int64_t deadline = INT64_MAX;
	int i;

	for (i = 1; i < PARTICIPANTS; i++)
		if (engine.participant[i].state == state &&
		    engine.participant[i].deadline < deadline)
			deadline = engine.participant[i].deadline;
	return deadline;
}

static bool anybody(enum state state)
{
	return earliest(state) != INT64_MAX;
}

static void wake_by_time(void)
{
	int i;

	for (i = 1; i < PARTICIPANTS; i++) {
		struct participant *p = &engine.participant[i];

		if ((p->state != WAITING && p->state != SLEEPING) ||
		    p->deadline > engine.now)
			continue;
		p->expired = true;
		p->state = READY;
		p->known = engine.changes - p->changes;
	}
}

static void look_for_missed(void)
{
	int i;

	if (engine.scene->has_missed == NULL || engine.killed > 0)
		return;
	for (i = 1; i < PARTICIPANTS; i++)
		if (engine.participant[i].state == SLEEPING &&
		    engine.scene->has_missed(i - 1))
			scene_violated("lost wake-up: participant %d sleeps, "
				       "and what it waits for is there", i - 1);
}

/*
 * All wait: time passes. Then every store has reached everybody. In a strict
 * scene nobody needs time: who sleeps now has missed his wake-up.
 */
static void pass_time(void)
{
	int64_t waiting = earliest(WAITING), sleeping = earliest(SLEEPING);

	if (waiting == INT64_MAX && sleeping == INT64_MAX)
		scene_violated("deadlock: nobody can go on");
	if (engine.scene->strict && engine.killed == 0 &&
	    (waiting == INT64_MAX || engine.rounds >= 2) &&
	    anybody(SLEEPING))
		scene_violated("lost wake-up: all are done or asleep");
	look_for_missed();
	if (++engine.rounds > ROUNDS_MAX)
		scene_violated("stuck: time passes and nothing happens");
	engine.now = waiting < sleeping ? waiting : sleeping;
	memory_settle();
	wake_by_time();
}

static bool all_ended(void)
{
	int i;

	for (i = 1; i < PARTICIPANTS; i++)
		if (engine.participant[i].state != DONE &&
		    engine.participant[i].state != DEAD)
			return false;
	return true;
}

static _Noreturn void finish(void)
{
	engine.current = 0;
	memory_settle();
	if (engine.scene->check != NULL)
		engine.scene->check();
	engine_end(FINISHED);
}

/* Chooses who goes on after current could not. */
static int next_one(void)
{
	int values[PARTICIPANTS], count = others_runnable(values);

	while (count == 0 && !is_runnable(self())) {
		if (all_ended())
			finish();
		pass_time();
		count = others_runnable(values);
	}
	if (is_runnable(self()))
		values[count++] = engine.current;
	count_point();
	stop_if_seen(0);
	return count == 1 ? values[0] : trail_choose('p', count, values, true);
}

void engine_leave(enum state state)
{
	struct participant *p = self();
	int who;

	promises_leave(state);
	p->state = state;
	who = next_one();
	engine.participant[who].state = READY;
	if (who != engine.current)
		switch_to(who);
	/* What changed until now is what the next look may find. */
	p->known = engine.changes - p->changes;
}

void scene_wait(void)
{
	if (!engine.running)
		return;
	engine.step++;
	engine_trace(NULL, "waits");
	self()->deadline = engine.now + JUMP_NS;
	self()->expired = false;
	engine_leave(WAITING);
	engine_note('z', (uint64_t)self()->expired);
}

/* --- one execution -------------------------------------------------------- */

static void reset_participants(void)
{
	int i;

	for (i = 0; i < PARTICIPANTS; i++) {
		struct participant *p = &engine.participant[i];

		p->state = i > 0 && engine.scene->participant[i - 1] != NULL ?
				   READY :
				   DONE;
		p->started = p->expired = p->exposed = false;
		p->events = p->changes = p->known = 0;
		p->hash = (uint64_t)i;
		p->object = NULL;
		p->run = NULL;
		p->saved_errno = 0;
	}
}

static void reset(void)
{
	memory_reset();
	promises_reset();
	membarrier_reset();
	coherence_reset();
	plain_reset();
	system_reset();
	threads_reset();
	trail_rewind();
	reset_participants();
	engine.step = engine.changes = 0;
	engine.point = engine.last_step = 0;
	engine.last_hash = 0;
	engine.now = JUMP_NS;
	engine.left = engine.bounds.deviations;
	engine.kills_left = engine.bounds.kills;
	engine.killed = engine.rounds = 0;
	engine.reason[0] = '\0';
}

enum outcome engine_run(void)
{
	reset();
	engine.running = true;
	if (_setjmp(engine.back) == 0) {
		engine.current = 0;
		engine.participant[0].state = DONE;
		enter(next_one());
	}
	engine.running = false;
	engine.current = 0;
	return engine.outcome;
}

int scene_self(void)
{
	return engine.current - 1;
}

bool scene_is_dead(int n)
{
	return engine.participant[n + 1].state == DEAD;
}

bool scene_has_ended(int n)
{
	return engine.participant[n + 1].state == DEAD ||
	       engine.participant[n + 1].state == DONE;
}

uint64_t scene_peek(const int64_t *word)
{
	return memory_newest(word, sizeof(*word));
}

bool scene_has_deaths(void)
{
	return engine.killed > 0;
}
