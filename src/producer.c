/* SPDX-License-Identifier: MIT */
#include "internal.h"

#include <stdlib.h>

#define UP_TO_TRIES 16

static struct disruptor_producer_private *
private_of(struct disruptor_producer *producer)
{
	return (struct disruptor_producer_private *)producer;
}

/* --- claims that do not succeed at once ---------------------------------- */

struct claim {
	struct disruptor_producer_private *p;
	int64_t n;
	bool up_to;
};

static void forget_intent(struct disruptor_sequencer *s)
{
	/*
	 * Who waits for room must not seem to own what it failed to claim:
	 * survivors would wait for it to resolve a dead producer's claim.
	 */
	if (s->intent != NULL)
		disruptor_sequence_store_release(&s->intent->intent_low,
						 DISRUPTOR_INTENT_IDLE);
}

static int64_t fail_stopped(struct disruptor_sequencer *s)
{
	const struct disruptor_shared_words *words = (const void *)s->cursor;

	/* Its last attempt may have been beaten to what it named. */
	forget_intent(s);
	if (disruptor_is_closed(words))
		return disruptor_fail_closed(words);
	/* E7: whoever halts or cancels has said why, if at all, before. */
	if (disruptor_fetch_and_acquire_u32(&s->halted, ~DISRUPTOR_CANCELED) &
	    DISRUPTOR_CANCELED)
		return disruptor_fail(ECANCELED, "the claim was canceled");
	return disruptor_fail(ECANCELED, "halted");
}

static int64_t fail_count(struct disruptor_sequencer *s, int64_t n,
			  int64_t capacity)
{
	if (s->claimed == 0)
		forget_intent(s);
	return disruptor_fail(EINVAL, "cannot claim %lld events: 1 to %lld",
			      (long long)n, (long long)capacity);
}

/* How many of n fit between the cursor and the limit. */
static int64_t room(const struct disruptor_producer_private *p, int64_t n)
{
	const struct disruptor_sequencer *s = &p->handle.sequencer;
	int64_t free = s->limit -
		       (s->multi ? disruptor_cursor(p->disruptor) : s->next);

	return free < n ? free : n;
}

static int64_t used_up(const struct claim *claim)
{
	const struct disruptor_sequencer *s = &claim->p->handle.sequencer;
	int64_t need = claim->up_to ? 1 : claim->n;

	if (s->limit == DISRUPTOR_SEQUENCE_MAX && room(claim->p, need) < need)
		return disruptor_fail(EOVERFLOW, "the ring's sequences are "
						 "used up");
	return 0;
}

static int64_t try_once(struct claim *claim, int64_t n)
{
	switch (disruptor_sequencer_try_claim(&claim->p->handle.sequencer, n)) {
	case DISRUPTOR_CLAIM_OK:
		return n;
	case DISRUPTOR_CLAIM_STOPPED:
		return fail_stopped(&claim->p->handle.sequencer);
	case DISRUPTOR_CLAIM_HELD:
		return disruptor_fail(EBUSY, "publish or abandon the last "
					     "claim first");
	default:
		return 0;
	}
}

/* n or an error; 0 while the ring is full. */
static int64_t attempt(void *context)
{
	struct claim *claim = context;
	struct disruptor_sequencer *s = &claim->p->handle.sequencer;
	int64_t result = try_once(claim, claim->n), n;
	int tries;

	if (result != 0)
		return result;
	forget_intent(s);
	if (!disruptor_gate_is_unmoved(claim->p))
		disruptor_gate_scan(claim->p);
	/* Others may take the room between the two looks at it. */
	for (tries = 0; tries < UP_TO_TRIES && result == 0; tries++) {
		n = claim->up_to ? room(claim->p, claim->n) : claim->n;
		if (n < 1)
			break;
		result = try_once(claim, n);
	}
	if (result == 0) {
		forget_intent(s);
		result = used_up(claim);
	}
	return result;
}

static uint32_t *point(void *context)
{
	struct disruptor_producer_private *p = ((struct claim *)context)->p;
	struct disruptor *d = p->disruptor;

	return p->slowest < 0 ? &d->words->control.signal :
				&d->consumers[p->slowest].signal;
}

static void suspect(void *context)
{
	struct disruptor_producer_private *p = ((struct claim *)context)->p;

	if (p->slowest >= 0)
		disruptor_consumer_evict_if_dead(p->disruptor,
						 (uint32_t)p->slowest);
	if (p->slowest >= 0)
		disruptor_consumer_evict_if_stalled(p->disruptor, &p->stall,
						    (uint32_t)p->slowest);
	/* Who took it away may have been killed before the epoch moved. */
	if (p->slowest >= 0 &&
	    !disruptor_consumer_is_active(p->disruptor, (uint32_t)p->slowest))
		disruptor_gate_forget(p);
	/*
	 * What a consumer does not pass may be a dead producer's claim, and a
	 * consumer that is asleep, stopped or gone does not look after it.
	 */
	disruptor_recover(p->disruptor, p->gate);
}

/* Without room, somebody always is in the way. */
static bool held_up(void *context)
{
	(void)context;
	return true;
}

int64_t disruptor_claim_slow(struct disruptor_producer *producer, int64_t n,
			     bool up_to, int64_t timeout_ns)
{
	struct claim claim = { private_of(producer), n, up_to };
	struct disruptor_waiter waiter = { &claim,  attempt,
					   point,   suspect,
					   held_up, &claim.p->wait,
					   claim.p->disruptor };
	int64_t result;

	if (n < 1 || n > producer->capacity)
		return fail_count(&producer->sequencer, n, producer->capacity);
	result = attempt(&claim);
	if (result != 0)
		return result;
	/* Its own batch may be the room that it would wait for. */
	if (timeout_ns != 0 &&
	    disruptor_processor_is_caller(claim.p->disruptor))
		return disruptor_fail(EDEADLK, "a handler cannot wait for room "
					       "in its own ring");
	if (timeout_ns != 0)
		result = disruptor_wait_until(&waiter, timeout_ns);
	if (result == 0) {
		if (disruptor_suspicion_due(&claim.p->suspicion, claim.p->gate))
			suspect(&claim);
		/* No words: a producer may ask again millions of times. */
		result = timeout_ns == 0 ? -EAGAIN : -ETIMEDOUT;
		errno = (int)-result;
	}
	return result;
}

int64_t disruptor_claim_up_to_timeout(struct disruptor_producer *producer,
				      int64_t max, int64_t timeout_ns)
{
	if (max > producer->capacity)
		max = producer->capacity;
	if (max > 0 && disruptor_sequencer_try_claim(&producer->sequencer,
						     max) == DISRUPTOR_CLAIM_OK)
		return max;
	return disruptor_claim_slow(producer, max, true, timeout_ns);
}

int64_t disruptor_claim_up_to(struct disruptor_producer *producer, int64_t max)
{
	return disruptor_claim_up_to_timeout(producer, max, DISRUPTOR_FOREVER);
}

void *disruptor_claim_or_drop(struct disruptor_producer *producer)
{
	struct disruptor_producer_private *p = private_of(producer);
	void *event = disruptor_try_claim(producer);

	if (event == NULL && errno == EAGAIN)
		disruptor_store_relaxed_u64(
			&p->dropped,
			disruptor_load_relaxed_u64(&p->dropped) + 1);
	return event;
}

uint64_t disruptor_producer_dropped(const struct disruptor_producer *producer)
{
	const struct disruptor_producer_private *p = producer->hidden;

	return disruptor_load_relaxed_u64(&p->dropped);
}

void disruptor_producer_cancel(struct disruptor_producer *producer)
{
	/* E7 for one: the flag, then whatever word it may sleep on. */
	disruptor_fetch_or_release_u32(&producer->sequencer.halted,
				       DISRUPTOR_CANCELED);
	disruptor_wake_everybody(private_of(producer)->disruptor);
}

void disruptor_abandon_slow(struct disruptor_producer *producer)
{
	struct disruptor_producer_private *p = private_of(producer);
	struct disruptor_sequencer *s = &producer->sequencer;

	if (!s->multi) {
		s->claimed = 0;
		return;
	}
	disruptor_store_relaxed_u64(
		&p->record->abandoned,
		disruptor_load_relaxed_u64(&p->record->abandoned) +
			(uint64_t)s->claimed);
	disruptor_sequencer_abandon(s);
}

/* --- handles -------------------------------------------------------------- */

/* A private ring has no locks: a record is taken while its owner is set. */
static int take_record(struct disruptor_producer_private *p)
{
	struct disruptor *d = p->disruptor;
	uint32_t i;
	int error;

	for (i = 0; i < d->header.producers_max; i++) {
		p->record = &d->producers[i];
		p->index = i;
		if (!d->shared &&
		    disruptor_load_relaxed_u64(&p->record->owner) != 0)
			continue;
		/*
		 * While the lock is ours and the record still the dead one's,
		 * it looks alive: if we were stopped just then, nobody could
		 * resolve its claims.
		 */
		disruptor_recover_producer(d, i);
		error = disruptor_liveness_take(d, &p->pin,
						DISRUPTOR_LOCK_PRODUCER(i));
		if (error == 0)
			return 0;
		if (error != -EAGAIN)
			return disruptor_fail(-error, "cannot lock a producer "
						      "record");
	}
	if (d->header.producer_type == DISRUPTOR_SINGLE_PRODUCER)
		return disruptor_fail(EBUSY, "the ring has its single producer "
					     "already");
	return disruptor_fail(EUSERS, "all %u producers of the ring are taken",
			      d->header.producers_max);
}

/*
 * The lock is ours. First the last owner's name goes: from then on nobody owns
 * what it left, and survivors may resolve it. Then that is swept away, and then
 * the next one's name comes.
 */
static void settle_record(struct disruptor_producer_record *record)
{
	/*
	 * E10: who finds any of these must find what the last owner published;
	 * and who looks whose the record is, that it is the last one's no more.
	 */
	disruptor_store_release_u64(&record->owner, 0);
	disruptor_fence_release();
	disruptor_sequence_store_relaxed(&record->intent_low,
					 DISRUPTOR_INTENT_IDLE);
	disruptor_store_relaxed_u32(&record->pid, disruptor_os_process_id());
	disruptor_store_relaxed_u32(&record->tid, disruptor_os_thread_id());
	disruptor_store_release_u64(&record->owner, disruptor_incarnation());
}

static void connect(struct disruptor_producer_private *p)
{
	struct disruptor *d = p->disruptor;
	struct disruptor_sequencer *s = &p->handle.sequencer;

	s->ring = d->ring;
	s->cursor = &d->words->cursor;
	s->control = &d->words->control;
	s->multi = d->header.producer_type == DISRUPTOR_MULTI_PRODUCER;
	s->shared = d->shared;
	s->intent = d->shared && s->multi ? p->record : NULL;
	s->halted = d->halted ? DISRUPTOR_HALTED : 0;
	/*
	 * A single producer goes on where the last one stopped, whose cursor
	 * may be behind its words.
	 */
	s->next = disruptor_stream_end(d);
	/* E1: behind the fence of settle_record(), with all that is published. */
	if (!s->multi)
		disruptor_sequence_store_relaxed(s->cursor, s->next);
	s->claimed = 0;
	s->limit = s->next;	/* the first claim scans the gate */
	disruptor_sequencer_prepare_fetch(s);
	p->handle.capacity = disruptor_capacity(d);
	p->handle.hidden = p;
	p->gate = d->header.first_sequence;
	p->gate_epoch = disruptor_load_relaxed_u64(&s->control->epoch) - 1;
	p->slowest = -1;
}

static int make_wait(struct disruptor_producer_private *p,
		     const struct disruptor_producer_options *o)
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

static int open_producer(struct disruptor_producer_private *p,
			 const struct disruptor_producer_options *options)
{
	struct disruptor *d = p->disruptor;
	int error = make_wait(p, options);

	if (error == 0 && d->read_only_events)
		error = disruptor_fail(EROFS, "the ring was attached with "
					      "read_only_events: no producers "
					      "here");
	if (error == 0 && disruptor_is_closed(d->words))
		error = disruptor_fail_closed(d->words);
	if (error == 0)
		error = take_record(p);
	if (error < 0)
		return error;
	settle_record(p->record);
	connect(p);
	p->following = d->producer_handles;
	d->producer_handles = p;
	return 0;
}

struct disruptor_producer *
disruptor_producer_new_opts(struct disruptor *d,
			    const struct disruptor_producer_options *given)
{
	struct disruptor_producer_options options;
	struct disruptor_producer_private *p;
	int error;

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
	p = disruptor_allocate(sizeof(*p));
	if (p == NULL)
		return NULL;
	p->disruptor = d;
	pthread_mutex_lock(&d->mutex);
	error = open_producer(p, &options);
	pthread_mutex_unlock(&d->mutex);
	if (error == 0)
		return &p->handle;
	free(p);
	errno = -error;
	return NULL;
}

struct disruptor_producer *disruptor_producer_new(struct disruptor *d)
{
	return disruptor_producer_new_opts(
		d, DISRUPTOR_PRODUCER_OPTIONS(.wait_strategy = 0));
}

void disruptor_producer_unmake(struct disruptor_producer_private *p)
{
	struct disruptor_producer_private **link;

	link = &p->disruptor->producer_handles;
	while (*link != p)
		link = &(*link)->following;
	*link = p->following;
	disruptor_abandon(&p->handle);
	forget_intent(&p->handle.sequencer);
	/* E10: who finds nobody there must find all its claims published. */
	disruptor_store_release_u64(&p->record->owner, 0);
	disruptor_os_pin_drop(&p->pin);
	free(p);
}

void disruptor_producer_free(struct disruptor_producer *producer)
{
	struct disruptor *d;

	if (producer == NULL)
		return;
	d = private_of(producer)->disruptor;
	if (disruptor_check_process(d) < 0)
		return;
	pthread_mutex_lock(&d->mutex);
	disruptor_producer_unmake(private_of(producer));
	pthread_mutex_unlock(&d->mutex);
}
