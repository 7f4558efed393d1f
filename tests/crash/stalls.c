/* SPDX-License-Identifier: MIT */
/*
 * Every operation is stopped at every instruction that makes a difference, and
 * stays alive. Meanwhile others go on as far as they can, look after the dead
 * and join; what it has claimed is never taken. Then it goes on, and what it
 * publishes late is delivered, what it decides late does no harm. THIN, SHARD as
 * in single_step.c. FULL=1: all of those, all instructions of operations that are
 * not long, and each 32nd of the others: who stands still may have in hand what
 * it has read, so to it more instructions make a difference.
 */
#include "meanwhile.h"

#define THIN 8
#define LONG_STRIDE 32
#define LATER 6 /* events that it publishes when it goes on */
#define LONG_STALL_NS (400 * MS)

static int64_t stalls, again;

/* --- when it goes on --- */

static void publish_more(struct victim *v)
{
	struct life *life = victim_life(v);
	int i;

	disruptor_abandon(v->p);
	for (i = 0; i < LATER; i++) {
		CHECK(disruptor_claim_timeout(v->p, SCENE_STUCK_NS) != NULL);
		book_claimed(life);
		book_fill_claim(v->p, v->slot, 0, life->published, 1);
		book_publish(life, v->p, 1);
	}
}

static void consume_to_the_end(struct victim *v)
{
	int64_t n, i;

	while ((n = disruptor_poll_wait(v->c, SCENE_STUCK_NS)) > 0) {
		for (i = 0; i < n; i++)
			book_take(&v->s->book, &v->reader,
				  disruptor_poller_event(v->c, i));
		disruptor_poller_advance(v->c, n);
	}
	CHECK_EQ(n, -ESHUTDOWN);
	v->s->place_begun = 0;
	v->s->place_finished = 0;
}

static void go_on(struct victim *v)
{
	if (v->p != NULL)
		publish_more(v);
	if (v->c != NULL)
		consume_to_the_end(v);
	disruptor_free(v->d);
}

/* --- and then --- */

static void pump_until_it_ends(struct world *w, pid_t pid)
{
	int64_t deadline = book_now() + SCENE_STUCK_NS;
	int status;

	while (waitpid(pid, &status, WNOHANG) == 0) {
		world_take_all(w);
		if (book_now() < deadline)
			continue;
		world_stuck(w, "who was stopped");
		CHECK_EQ(kill(pid, SIGKILL), 0);
		step_join_killed(pid);
		return;
	}
	CHECK_EQ(status, 0);
}

static void close_and_pump(struct world *w, pid_t pid)
{
	world_pump(w, SCENE_PUMPED);
	CHECK_EQ(disruptor_close(w->d), 0);
	w->closed = true;
	pump_until_it_ends(w, pid);
}

/* What it was about to do late meets a full ring that nobody has read yet. */
static bool needs_nobody(const struct operation *operation)
{
	return operation->run == run_recover || operation->run == run_evict;
}

static bool ends_at_the_close(const struct operation *operation)
{
	return operation->run == run_consume ||
	       operation->run == run_consume_batch ||
	       operation->run == run_poll_wait || operation->run == run_join ||
	       operation->run == run_join_named || operation->run == run_follow;
}

static bool stall(const struct flavour *flavour, enum scene_state state,
		  const struct operation *operation, int64_t target,
		  int64_t long_ns)
{
	struct world w;
	bool met;
	pid_t pid;

	victim_where("%s, %s, %s stopped at %lld", flavour->name,
		     scene_states[state], operation->name, (long long)target);
	w = world_new(flavour, state);
	pid = victim_stop(&w, VICTIM, operation, target, go_on);
	met = !step_of(w.s, VICTIM)->missed;
	meanwhile(&w, operation, long_ns);
	CHECK_EQ(kill(pid, SIGCONT), 0);
	if (needs_nobody(operation))
		world_join(&w, pid, "who was stopped");
	else if (ends_at_the_close(operation))
		close_and_pump(&w, pid);
	else
		pump_until_it_ends(&w, pid);
	w.closed = (disruptor_load_acquire_u32(&w.d->words->control.state) &
		    DISRUPTOR_STATE_CLOSED) != 0;
	nothing_was_taken(&w);
	stalls++;
	judge(&w);
	return met;
}

static void stall_there(const struct flavour *flavour, enum scene_state state,
			const struct operation *operation, int64_t target)
{
	while (!stall(flavour, state, operation, target, 0)) {
		again++;
		victim_step_more();
	}
	victim_slack = 0;
}

/* --- somebody claims all the rest, and dies --- */

static void run_claim(struct victim *v)
{
	publish_claimed(v, disruptor_claim_n_timeout(v->p, 1, SCENE_STUCK_NS));
}

static const struct operation claim = { "claim", IN_ANY,	   true,
					false,	 prepare_producer, run_claim };

static void claim_all_and_die(void *argument)
{
	struct scene *s = argument;
	struct disruptor_producer *p = PRODUCER(ATTACH(s->name));

	if (disruptor_claim_up_to_timeout(p, SCENE_CAPACITY, 0) > 0)
		book_claimed(&s->book.life[RIVAL][0]);
	raise(SIGKILL);
}

static void stall_beside_a_rival(const struct flavour *flavour,
				 enum scene_state state, int64_t target)
{
	struct world w;
	pid_t pid;

	victim_where("%s, %s, claim at %lld, and a rival dies", flavour->name,
		     scene_states[state], (long long)target);
	w = world_new(flavour, state);
	pid = victim_stop(&w, VICTIM, &claim, target, go_on);
	step_join_killed(child_start(claim_all_and_die, w.s));
	victim_is_dead(&w, RIVAL);
	world_recover(&w);
	CHECK_EQ(kill(pid, SIGCONT), 0);
	pump_until_it_ends(&w, pid);
	stalls++;
	judge(&w);
}

/* --- all of it --- */

static void cell(const struct flavour *flavour, enum scene_state state,
		 const struct operation *operation, int64_t thin)
{
	static struct schedule schedule;
	int64_t target;

	victim_record(flavour, state, operation, &schedule, thin);
	if (step_setting("FULL", 0))
		schedule_fill(&schedule, LONG_STRIDE);
	while (!scene_has_failed() && (target = schedule_next(&schedule)) >= 0)
		if (!leaps_is_deep(&victim_routes->leaps[0], target))
			stall_there(flavour, state, operation, target);
	if (operation->run == run_publish_batch && state != FULL)
		stall(flavour, state, operation, schedule.length / 2,
		      LONG_STALL_NS);
}

static void rivals(const struct flavour *flavour, enum scene_state state)
{
	static struct schedule schedule;
	int64_t target;

	victim_where("%s, %s, claim", flavour->name, scene_states[state]);
	victim_record(flavour, state, &claim, &schedule, 1);
	while (!scene_has_failed() && (target = schedule_next(&schedule)) >= 0)
		stall_beside_a_rival(flavour, state, target);
}

static void all_operations(const struct flavour *flavour,
			   enum scene_state state)
{
	const char *only = getenv("OPERATION");
	int64_t thin = step_setting("FULL", 0) ? 1 : THIN;
	size_t i;

	for (i = 0; i < OPERATIONS; i++) {
		const struct operation *o = &operations[i];

		if ((only != NULL && strcmp(only, o->name) != 0) ||
		    o->detached || !(o->states & IN(state)) ||
		    (o->multi && !flavour_multi(flavour)) ||
		    step_is_others_part() || scene_has_failed())
			continue;
		/* Recovery and publication: all of them, always. */
		cell(flavour, state, o,
		     o->run == run_recover || o->run == run_publish ? 1 : thin);
	}
	if (flavour_multi(flavour) && state != FULL && state != CLAIMED &&
	    !step_is_others_part() && !scene_has_failed())
		rivals(flavour, state);
}

int main(int argc, char **argv)
{
	char extra[64];
	size_t flavour;
	int state;

	(void)argc;
	step_setup(argv);
	for (flavour = 0; flavour < FLAVOURS; flavour++)
		for (state = 0; state < SCENE_STATES; state++)
			if (flavours[flavour].shared)
				all_operations(&flavours[flavour],
					       (enum scene_state)state);
	snprintf(extra, sizeof(extra),
		 ",\"stalls\":%" PRId64 ",\"again\":%" PRId64, stalls, again);
	return tally_print(&scene_sum, "stalls", extra);
}
