/* SPDX-License-Identifier: MIT */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

/*
 * One scan of commit words looks at no more than this, to stay in the cache;
 * unless the handle's batch_max says otherwise.
 */
#define SCAN_MAX 256
/* One poll looks no more often than this, and once for each slot's gap. */
#define TRIES_MAX 64
#define STALL_LIMIT_MAX_NS (INT64_C(3600) * 1000000000)
/* A waiting poller looks so often before it asks the clock. */
#define LOOKS_BEFORE_CLOCK 32

static struct disruptor_poller_private *
private_of(struct disruptor_poller *poller)
{
	return (struct disruptor_poller_private *)poller;
}

/* --- polls that do not succeed at once ------------------------------------ */

static void step_over_gap(struct disruptor_poller *poller)
{
	struct disruptor_consumer_record *r = poller->record;

	disruptor_store_relaxed_u64(
		&r->gaps, disruptor_load_relaxed_u64(&r->gaps) + 1);
	poller->next++;
	if (poller->ready < poller->next)
		poller->ready = poller->next;
	disruptor_sequence_store_release(&r->sequence, poller->next);
	if (disruptor_signal_wanted(&r->signal))
		disruptor_poller_wake(poller);
}

enum look { LOOK_NOTHING, LOOK_READY, LOOK_GAP, LOOK_DAMAGE };

static enum look look_at_word(const struct disruptor_poller *poller)
{
	uint64_t word = disruptor_load_acquire_u64(disruptor_ring_buffer_word(
		&poller->barrier.ring, poller->next));

	if (word == disruptor_word_gap(poller->next))
		return LOOK_GAP;
	if (word == disruptor_word_published(poller->next))
		return LOOK_READY;
	return word < disruptor_word_published(poller->next) ? LOOK_NOTHING :
							       LOOK_DAMAGE;
}

/* What upstream has passed is event or gap; take the events before a gap. */
static enum look look_before_gap(struct disruptor_poller *poller, int64_t ready)
{
	enum look look = look_at_word(poller);

	if (look == LOOK_NOTHING)
		return LOOK_DAMAGE;
	if (look == LOOK_READY)
		poller->ready = disruptor_sequence_barrier_scan(
			&poller->barrier, poller->next, ready);
	return look;
}

static enum look look(struct disruptor_poller *poller)
{
	const struct disruptor_sequence_barrier *b = &poller->barrier;
	int64_t ready = disruptor_sequence_barrier_ready(
		b, poller->ready, poller->next + poller->batch_max);

	if (ready <= poller->next)
		return b->upstream_count == 0 && b->ring.words != NULL ?
			       look_at_word(poller) :
			       LOOK_NOTHING;
	if ((uint64_t)(ready - poller->next) > b->ring.mask + 1)
		return LOOK_DAMAGE;
	if (b->upstream_count != 0 && b->ring.words != NULL)
		return look_before_gap(poller, ready);
	poller->ready = ready;
	return LOOK_READY;
}

static int64_t count_ready(struct disruptor_poller *poller)
{
	if (poller->ready - poller->next > poller->batch_max)
		poller->ready = poller->next + poller->batch_max;
	return poller->ready - poller->next;
}

/*
 * E8, the consumer's half: state first, then look again, then the cursor. What
 * was claimed before the close is waited for, or recovered if its producer died.
 */
static bool drained(struct disruptor_poller *poller)
{
	const struct disruptor_control *control = poller->barrier.control;
	const struct disruptor *d = private_of(poller)->disruptor;

	return (disruptor_load_seq_cst_u32(&control->state) &
		DISRUPTOR_STATE_CLOSED) != 0 &&
	       look(poller) == LOOK_NOTHING &&
	       disruptor_stream_end(d) <= poller->next;
}

/*
 * One look. E9: nothing that was read counts if the epoch moved meanwhile; then
 * *again says so.
 */
static enum look look_once(struct disruptor_poller *poller, bool *again)
{
	const struct disruptor_control *control = poller->barrier.control;
	enum look found = look(poller);

	*again = disruptor_load_relaxed_u64(&control->epoch) != poller->epoch;
	if (!*again && found == LOOK_GAP) {
		step_over_gap(poller);
		*again = true;
	}
	return found;
}

/* Something is claimed that does not come. */
static bool held_up(void *context)
{
	const struct disruptor_poller *poller = context;

	return disruptor_sequence_load_relaxed(poller->barrier.cursor) >
	       poller->next;
}

static void look_after_the_dead(struct disruptor_poller *poller)
{
	struct disruptor_poller_private *p = private_of(poller);

	if (p->disruptor->shared && held_up(poller) &&
	    disruptor_suspicion_due(&p->suspicion, poller->next))
		disruptor_poller_suspect(private_of(poller));
}

static int64_t fail_damaged(const struct disruptor_poller *poller)
{
	int error = disruptor_check_cut(poller->record);

	return error < 0 ? error :
			   disruptor_fail(EUCLEAN, "the ring is damaged at "
						   "sequence %lld",
					  (long long)poller->next);
}

static int64_t answer(struct disruptor_poller *poller, enum look found)
{
	if (found == LOOK_READY)
		return count_ready(poller);
	if (found == LOOK_DAMAGE)
		return fail_damaged(poller);
	if (drained(poller))
		return disruptor_check_cut(poller->record) < 0 ? -EIO :
								 -ESHUTDOWN;
	look_after_the_dead(poller);
	if (private_of(poller)->upstream_died) {
		private_of(poller)->upstream_died = false;
		return disruptor_fail_upstream();
	}
	return 0;
}

/*
 * The cursor says so, but its line is the producers', who need it for each
 * claim: it is left alone while events come as fast as looks.
 */
bool disruptor_poll_is_held_up(struct disruptor_poller *poller)
{
	if (poller->idle_at != poller->next) {
		poller->idle_at = poller->next;
		poller->idle_looks = 0;
	}
	if (poller->idle_looks < DISRUPTOR_IDLE_LOOKS) {
		poller->idle_looks++;
		return false;
	}
	return disruptor_sequence_load_relaxed(poller->barrier.cursor) >
	       poller->next;
}

int64_t disruptor_poll_slow(struct disruptor_poller *poller)
{
	const struct disruptor_control *control = poller->barrier.control;
	enum look found;
	bool again;
	int error;
	int64_t tries = TRIES_MAX + (int64_t)poller->barrier.ring.mask;

	while (tries-- > 0) {
		if (disruptor_poller_halted(poller))
			return -ECANCELED;
		if (disruptor_load_relaxed_u64(&control->epoch) !=
		    poller->epoch) {
			error = disruptor_poller_revalidate(private_of(poller));
			if (error != 0)
				return error < 0 ? error : 0;
		}
		found = look_once(poller, &again);
		if (!again)
			return answer(poller, found);
	}
	return 0;	/* consumers come and go too fast: ask again */
}

void disruptor_poller_wake(struct disruptor_poller *poller)
{
	disruptor_wake(&poller->record->signal,
		       private_of(poller)->disruptor->shared);
}

/* --- waiting -------------------------------------------------------------- */

static int64_t attempt(void *context)
{
	return disruptor_poll(context);
}

static void suspect(void *context)
{
	disruptor_poller_suspect(private_of(context));
}

static uint32_t *point(void *context)
{
	struct disruptor_poller_private *p = private_of(context);
	int32_t index = disruptor_poller_slowest_upstream(p);

	return index < 0 ? &p->disruptor->words->control.signal :
			   &p->disruptor->consumers[index].signal;
}

/*
 * Before the clock is asked, which takes as long as an event does from core to
 * core.
 */
static int64_t look_again(struct disruptor_poller *poller,
			  const struct disruptor_wait *wait)
{
	bool hint = wait->strategy != DISRUPTOR_WAIT_BUSY_SPIN;
	int64_t n = 0;
	int i;

	if (hint && wait->strategy != DISRUPTOR_WAIT_BUSY_SPIN_HINT &&
	    wait->spin_ns < DISRUPTOR_SPIN_SHORTEST_NS)
		return 0;
	for (i = 0; i < LOOKS_BEFORE_CLOCK && n == 0; i++) {
		if (hint)
			disruptor_spin_hint();
		n = disruptor_poll(poller);
	}
	return n;
}

int64_t disruptor_poll_wait_slow(struct disruptor_poller *poller,
				 int64_t timeout_ns)
{
	struct disruptor_poller_private *p = private_of(poller);
	struct disruptor_waiter waiter = { poller,  attempt,  point,
					   suspect, held_up,  &p->wait,
					   p->disruptor };
	int64_t n = look_again(poller, &p->wait);

	if (n != 0)
		return n;
	return disruptor_wait_until(&waiter, timeout_ns);
}

/* --- handles -------------------------------------------------------------- */

/* Joining chose it, but a peer may have written over it since. */
static int64_t first_sequence(const struct disruptor *d,
			      const struct disruptor_consumer_record *r)
{
	int64_t s = disruptor_sequence_load_relaxed(&r->sequence);

	if (s < d->header.first_sequence)
		return d->header.first_sequence;
	return s < DISRUPTOR_SEQUENCE_MAX ? s : DISRUPTOR_SEQUENCE_MAX;
}

static void connect(struct disruptor_poller_private *p,
		    const struct disruptor_poller_options *o)
{
	struct disruptor *d = p->disruptor;
	struct disruptor_poller *poller = &p->handle;
	int64_t capacity = disruptor_capacity(d);

	poller->record = &d->consumers[p->index];
	poller->next = first_sequence(d, poller->record);
	poller->ready = poller->next;
	poller->barrier.ring = d->ring;
	poller->barrier.cursor = &d->words->cursor;
	poller->barrier.control = &d->words->control;
	poller->barrier.upstream = p->upstream;
	poller->shared = d->shared;
	poller->halted = d->halted;
	poller->batch_max = d->ring.words != NULL && capacity > SCAN_MAX ?
				    SCAN_MAX :
				    capacity;
	if (o->batch_max > 0)
		poller->batch_max =
			o->batch_max < capacity ? o->batch_max : capacity;
	poller->hidden = p;
	p->on_upstream_lost = o->on_upstream_lost;
	disruptor_slip_prepare(p);
	/* The first poll learns whom to follow. */
	poller->epoch = disruptor_load_relaxed_u64(
				&d->words->control.epoch) -
			1;
}

static int make_wait(struct disruptor_poller_private *p,
		     const struct disruptor_poller_options *o)
{
	struct disruptor_wait wait = { o->wait_strategy, o->wait_fallback,
				       o->wait_spin_ns, o->wait_yield_ns,
				       o->wait_sleep_ns };

	p->wait = p->disruptor->wait;
	if (o->wait_strategy == DISRUPTOR_WAIT_DEFAULT)
		return 0;
	p->wait = wait;
	return disruptor_wait_resolve(&p->wait);
}

static int check_options(const struct disruptor_poller_options *o)
{
	if (o->name != NULL && *o->name == '\0')
		return disruptor_fail(EINVAL, "a consumer's name is not empty; "
					      "NULL makes it anonymous");
	if (o->name != NULL && strlen(o->name) >= DISRUPTOR_CONSUMER_NAME_SIZE)
		return disruptor_fail(ENAMETOOLONG,
				      "a consumer's name has at most %d bytes",
				      DISRUPTOR_CONSUMER_NAME_SIZE - 1);
	if (o->start != DISRUPTOR_START_NEXT &&
	    o->start != DISRUPTOR_START_OLDEST)
		return disruptor_fail(EINVAL, "start is unknown");
	if (o->batch_max < 0)
		return disruptor_fail(EINVAL, "batch_max is negative");
	if (o->stall_limit_ns < 0 || o->stall_limit_ns > STALL_LIMIT_MAX_NS)
		return disruptor_fail(EINVAL, "stall_limit_ns is negative or "
					      "more than an hour");
	if ((uint32_t)o->on_upstream_lost > DISRUPTOR_UPSTREAM_FAIL)
		return disruptor_fail(EINVAL, "on_upstream_lost is unknown");
	return 0;
}

static int open_poller(struct disruptor_poller_private *p,
		       const struct disruptor_poller_options *o,
		       const struct disruptor_consumer_set *upstream)
{
	struct disruptor *d = p->disruptor;
	int error = check_options(o);

	if (error == 0)
		error = make_wait(p, o);
	if (error == 0)
		error = disruptor_consumer_join(p, o, upstream);
	if (error < 0)
		return error;
	connect(p, o);
	p->following = d->poller_handles;
	d->poller_handles = p;
	return 0;
}

struct disruptor_poller *
disruptor_poller_make(struct disruptor *d,
		      const struct disruptor_poller_options *options,
		      const struct disruptor_consumer_set *upstream)
{
	struct disruptor_poller_private *p = disruptor_allocate(sizeof(*p));
	int error;

	if (p == NULL)
		return NULL;
	p->disruptor = d;
	error = open_poller(p, options, upstream);
	if (error == 0)
		return &p->handle;
	free(p);
	errno = -error;
	return NULL;
}

struct disruptor_poller *
disruptor_poller_new_opts(struct disruptor *d,
			  const struct disruptor_poller_options *given)
{
	struct disruptor_poller_options options;
	struct disruptor_poller *poller;

	if (d == NULL) {
		disruptor_fail_no_disruptor();
		return NULL;
	}
	/* Before the mutex, which a thread of the parent may have held. */
	if (disruptor_check_process(d) < 0)
		return NULL;
	if (disruptor_options_copy(&options, sizeof(options), sizeof(options),
				   given) < 0)
		return NULL;
	pthread_mutex_lock(&d->mutex);
	poller = disruptor_poller_make(d, &options, NULL);
	pthread_mutex_unlock(&d->mutex);
	return poller;
}

struct disruptor_poller *disruptor_poller_new(struct disruptor *d,
					      const char *name)
{
	return disruptor_poller_new_opts(
		d, DISRUPTOR_POLLER_OPTIONS(.name = name));
}

struct disruptor_poller *
disruptor_poller_new_after(struct disruptor *d, const char *name,
			   const char *const *upstream)
{
	return disruptor_poller_new_opts(
		d, DISRUPTOR_POLLER_OPTIONS(.name = name,
					    .upstream = upstream));
}

uint32_t disruptor_poller_index(const struct disruptor_poller *poller)
{
	return poller->hidden->index;
}

void disruptor_poller_leave(struct disruptor_poller *poller)
{
	disruptor_consumer_leave(private_of(poller));
}

void disruptor_poller_unmake(struct disruptor_poller *poller)
{
	struct disruptor_poller_private *p = private_of(poller);
	struct disruptor_poller_private **link = &p->disruptor->poller_handles;

	while (*link != p)
		link = &(*link)->following;
	*link = p->following;
	disruptor_consumer_leave(p);
	free(p);
}

void disruptor_poller_free(struct disruptor_poller *poller)
{
	struct disruptor *d;

	if (poller == NULL)
		return;
	d = private_of(poller)->disruptor;
	if (disruptor_check_process(d) < 0)
		return;
	pthread_mutex_lock(&d->mutex);
	disruptor_poller_unmake(poller);
	pthread_mutex_unlock(&d->mutex);
}
