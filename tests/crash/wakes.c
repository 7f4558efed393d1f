/* SPDX-License-Identifier: MIT */
/*
 * Wakers and sleepers are killed at every instruction that makes a difference.
 * Who sleeps for what was published, closed or made free returns, though its
 * wake-up died with the waker and nothing else moves.
 */
#include "victims.h"

/* --- a consumer sleeps --- */

static void run_sleep(struct victim *v)
{
	disruptor_poll_wait(v->c, SOON);
}

static void prepare_sleep(struct victim *v)
{
	v->c = disruptor_poller_new_opts(
		v->d,
		DISRUPTOR_POLLER_OPTIONS(.wait_strategy =
						 DISRUPTOR_WAIT_BLOCKING));
	CHECK(v->c != NULL);
}

static const struct operation sleeper = { "sleep", IN(ASLEEP),	  false,
					  false,   prepare_sleep, run_sleep };

static void beside_a_sleeper(const struct flavour *flavour,
			     const struct operation *operation)
{
	static struct schedule schedule;
	int64_t target;

	victim_where("%s, %s", flavour->name, operation->name);
	victim_record(flavour, ASLEEP, operation, &schedule, 1);
	while ((target = schedule_next(&schedule)) >= 0) {
		struct world w;

		victim_where("%s, %s at %lld", flavour->name, operation->name,
			     (long long)target);
		w = world_new(flavour, ASLEEP);
		victim_kill(&w, VICTIM, operation, STEP_KILL, target);
		judge(&w);
	}
}

/* --- a producer sleeps on a full ring --- */

static void prepare_advance(struct victim *v)
{
	prepare_named(v);
	CHECK_EQ(disruptor_poll(v->c), SCENE_CAPACITY);
	disruptor_store_seq_cst_u32(&v->s->ready, 1);
	while (!(disruptor_load_acquire_u32(&v->c->record->signal) &
		 DISRUPTOR_SIGNAL_SLEEPERS))
		sched_yield();
}

static void run_advance(struct victim *v)
{
	disruptor_poller_advance(v->c, 1);
}

static const struct operation advance = { "advance",	   IN(EMPTY),
					  false,	   false,
					  prepare_advance, run_advance };

static void sleep_for_room(void *argument)
{
	struct scene *s = argument;
	struct disruptor *d = ATTACH(s->name);
	struct disruptor_producer *p = disruptor_producer_new_opts(
		d, DISRUPTOR_PRODUCER_OPTIONS(.wait_strategy =
						      DISRUPTOR_WAIT_BLOCKING));

	CHECK(p != NULL);
	wait_for_u32(&s->ready, 1);
	CHECK(disruptor_claim(p) != NULL);
	book_fill_claim(p, RIVAL, 0, 0, 1);
	book_publish(&s->book.life[RIVAL][0], p, 1);
	disruptor_free(d);
}

static struct world full_world(const struct flavour *flavour)
{
	struct world w = world_new(flavour, EMPTY);
	int i;

	for (i = 0; i < SCENE_CAPACITY; i++)
		CHECK(world_put(&w));
	/* "n" is the one that the producer will wait for. */
	while (world_take_all(&w))
		;
	if (!world_multi(&w)) {
		disruptor_producer_free(w.p);
		w.p = NULL;
	}
	w.sleeper = child_start(sleep_for_room, w.s);
	return w;
}

static bool has_advanced(const struct world *w)
{
	uint32_t i;

	for (i = 0; i < SCENE_CONSUMERS; i++)
		if (strcmp(w->d->consumers[i].name, "n") == 0)
			return disruptor_sequence_load_acquire(
				       &w->d->consumers[i].sequence) > 0;
	return false;
}

static void judge_room(struct world *w)
{
	if (has_advanced(w)) {
		world_join(w, w->sleeper, "producer, without a wake-up");
		w->sleeper = 0;
	}
	judge(w);
}

static void below_a_producer(const struct flavour *flavour)
{
	static struct schedule schedule;
	struct world w;
	int64_t target;

	victim_where("%s, advance", flavour->name);
	w = full_world(flavour);
	victim_kill(&w, VICTIM, &advance, STEP_RECORD, 0);
	schedule_make(&schedule, step_of(w.s, VICTIM), 1);
	judge_room(&w);
	while ((target = schedule_next(&schedule)) >= 0) {
		victim_where("%s, advance at %lld", flavour->name,
			     (long long)target);
		w = full_world(flavour);
		victim_kill(&w, VICTIM, &advance, STEP_KILL, target);
		judge_room(&w);
	}
}

int main(int argc, char **argv)
{
	size_t i;

	(void)argc;
	step_setup(argv);
	for (i = 0; i < FLAVOURS; i++) {
		if (!flavours[i].shared || scene_has_failed())
			continue;
		beside_a_sleeper(&flavours[i], operation_named("publish"));
		beside_a_sleeper(&flavours[i], operation_named("close"));
		beside_a_sleeper(&flavours[i], &sleeper);
		below_a_producer(&flavours[i]);
	}
	return tally_print(&scene_sum, "wakes", "");
}
