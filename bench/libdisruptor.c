/* SPDX-License-Identifier: MIT */
#include "libdisruptor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const consumer_names[BENCH_CONSUMERS_MAX] = { "0", "1",
								 "2" };

void libdisruptor_must(bool done)
{
	if (!done)
		bench_fail("%s (%m)", disruptor_error());
}

bool libdisruptor_fits(const struct bench_system *system,
		       const struct bench_shape *shape)
{
	return ((const struct libdisruptor *)system)->shared ||
	       !shape->processes;
}

/* --- opening -------------------------------------------------------------- */

static struct disruptor_options options_for(const struct bench_run *run)
{
	const struct libdisruptor *variant =
		(const struct libdisruptor *)run->system;
	struct disruptor_options o = { .size = sizeof(o) };

	o.event_size = run->shape.event_size;
	o.capacity = run->shape.capacity;
	o.slot_layout = variant->slots;
	o.wait_strategy = variant->wait;
	if (run->shape.producers > 1)
		o.producer_type = DISRUPTOR_MULTI_PRODUCER;
	if (run->crowded && variant->wait == DISRUPTOR_WAIT_BUSY_SPIN_HINT) {
		o.wait_strategy = DISRUPTOR_WAIT_YIELDING;
		o.wait_spin_ns = 1;
	}
	return o;
}

/* Names that would stay behind when the program fails. */
static struct libdisruptor_ring *opened;

static void unlink_names(const struct libdisruptor_ring *ring)
{
	int i;

	for (i = 0; i < 2; i++)
		if (ring->names[i][0] != '\0')
			disruptor_unlink(ring->names[i]);
}

static void unlink_opened(void)
{
	if (opened != NULL)
		unlink_names(opened);
}

static struct disruptor *open_one(struct libdisruptor_ring *ring, int which)
{
	struct disruptor_options o = options_for(ring->run);
	struct disruptor *d;

	if (!((const struct libdisruptor *)ring->run->system)->shared) {
		d = disruptor_new(&o);
	} else {
		snprintf(ring->names[which], sizeof(ring->names[which]),
			 "disruptor-bench.%ld.%d", (long)getpid(), which);
		d = disruptor_create_shared(ring->names[which], &o);
	}
	libdisruptor_must(d != NULL);
	return d;
}

void *libdisruptor_open(struct bench_run *run)
{
	struct libdisruptor_ring *ring = calloc(1, sizeof(*ring));
	static bool registered;

	if (ring == NULL)
		return NULL;
	if (!registered)
		atexit(unlink_opened);
	registered = true;
	opened = ring;
	ring->run = run;
	ring->there = open_one(ring, 0);
	if (run->system->kind == BENCH_ROUND_TRIP)
		ring->back = open_one(ring, 1);
	return ring;
}

void libdisruptor_close(void *memory)
{
	struct libdisruptor_ring *ring = memory;

	opened = NULL;
	unlink_names(ring);
	disruptor_free(ring->there);
	disruptor_free(ring->back);
	free(ring);
}

/* --- joining -------------------------------------------------------------- */

static struct disruptor *attach(const struct bench_member *m, int which)
{
	const struct libdisruptor_ring *ring = m->run->ring;
	struct disruptor *d = which == 0 ? ring->there : ring->back;

	if (!m->run->shape.processes || d == NULL)
		return d;
	d = disruptor_attach(ring->names[which], m->run->shape.event_size);
	libdisruptor_must(d != NULL);
	return d;
}

static struct disruptor_poller *new_poller(const struct bench_member *m,
					   struct disruptor *d)
{
	const char *upstream[BENCH_CONSUMERS_MAX + 1] = { NULL };
	const char *name = consumer_names[m->stage];
	struct disruptor_poller *poller;
	uint32_t k, n = 0;

	for (k = 0; k < m->stage; k++)
		if ((m->check.after >> k) & 1)
			upstream[n++] = consumer_names[k];
	poller = n == 0 ? disruptor_poller_new(d, name) :
			  disruptor_poller_new_after(d, name, upstream);
	libdisruptor_must(poller != NULL);
	return poller;
}

static struct disruptor_producer *new_producer(struct disruptor *d)
{
	struct disruptor_producer *producer = disruptor_producer_new(d);

	libdisruptor_must(producer != NULL);
	return producer;
}

void libdisruptor_join(struct bench_member *m)
{
	struct libdisruptor_member *handle = calloc(1, sizeof(*handle));

	if (handle == NULL)
		bench_fail("no memory");
	m->handle = handle;
	handle->there = attach(m, 0);
	handle->back = attach(m, 1);
	if (m->is_producer)
		handle->producer = new_producer(handle->there);
	else
		handle->poller = new_poller(m, handle->there);
	if (handle->back == NULL)
		return;
	if (m->is_producer)
		handle->poller = new_poller(m, handle->back);
	else
		handle->producer = new_producer(handle->back);
}

void libdisruptor_leave(struct bench_member *m)
{
	struct libdisruptor_member *handle = m->handle;

	disruptor_producer_free(handle->producer);
	disruptor_poller_free(handle->poller);
	if (m->run->shape.processes) {
		disruptor_free(handle->there);
		disruptor_free(handle->back);
	}
	free(handle);
}
