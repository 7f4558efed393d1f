/* SPDX-License-Identifier: MIT */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#define CONSUMERS_NAP_NS INT64_C(1000000)

void *disruptor_allocate(size_t size)
{
	size_t rounded = (size + DISRUPTOR_LINE - 1) & -(size_t)DISRUPTOR_LINE;
	void *memory = aligned_alloc(DISRUPTOR_LINE, rounded);

	if (memory == NULL)
		disruptor_fail(ENOMEM, "no memory");
	else
		memset(memory, 0, rounded);
	return memory;
}

static void place_pointers(struct disruptor *d)
{
	const struct disruptor_header *h = &d->header;

	d->words = (void *)(d->region + h->control_offset);
	d->producers = (void *)(d->region + h->producers_offset);
	d->consumers = (void *)(d->region + h->consumers_offset);
	d->ring.events = d->region + h->events_offset;
	d->ring.words =
		h->word_stride != 0 ? d->region + h->words_offset : NULL;
	d->ring.mask = h->capacity - 1;
	d->ring.event_stride = h->event_stride;
	d->ring.word_stride = h->word_stride;
	d->ring.event_size = h->event_size;
}

void disruptor_place(struct disruptor *d, const struct disruptor_header *header,
		     unsigned char *region, int fd)
{
	struct stat st;

	d->header = *header;
	d->region = region;
	d->probe_fd = fd;
	if (fd >= 0 && disruptor_os_file_stat(fd, &st) == 0) {
		d->device = st.st_dev;
		d->inode = st.st_ino;
	}
	place_pointers(d);
}

static void take_defaults(struct disruptor *d)
{
	const struct disruptor_header *h = &d->header;

	d->wait.strategy = (enum disruptor_wait_strategy)h->wait_strategy;
	d->wait.fallback = (enum disruptor_wait_strategy)h->wait_fallback;
	d->wait.spin_ns = h->wait_spin_ns;
	d->wait.yield_ns = h->wait_yield_ns;
	d->wait.sleep_ns = h->wait_sleep_ns;
}

/*
 * E5 without a fence for the publisher needs its process registered for the
 * sleeper's membarrier. Where the kernel refuses, this process's publishers
 * fence, and if it sleeps, everybody has to: DISRUPTOR_SIGNAL_FENCE, set long
 * before the first sleep.
 */
static void join_barriers(struct disruptor *d)
{
	uint32_t i;

	d->can_barrier = disruptor_os_barrier_register(d->shared) &&
			 disruptor_os_barrier(d->shared);
	if (d->can_barrier)
		return;
	disruptor_fetch_or_relaxed_u32(&d->words->control.signal,
				       DISRUPTOR_SIGNAL_FENCE);
	for (i = 0; i < d->header.consumers_max; i++)
		disruptor_fetch_or_relaxed_u32(&d->consumers[i].signal,
					       DISRUPTOR_SIGNAL_FENCE);
}

/* Linux makes mutexes and conditions without resources: this does not fail. */
void disruptor_cond_init(pthread_cond_t *condition)
{
	pthread_condattr_t monotonic;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(condition, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

static void make_locks(struct disruptor *d)
{
	pthread_mutex_init(&d->mutex, NULL);
	disruptor_cond_init(&d->changed);
}

struct disruptor *disruptor_make(const struct disruptor_header *header,
				 unsigned char *region, const char *name,
				 int fd)
{
	struct disruptor *d = disruptor_allocate(sizeof(*d));

	if (d == NULL)
		return NULL;
	make_locks(d);
	disruptor_place(d, header, region, fd);
	d->shared = name != NULL;
	if (d->shared)
		memcpy(d->name, name, strlen(name));
	d->generation = disruptor_os_generation();
	if (d->shared)
		disruptor_os_guard_add(region, header->total_size,
				       &d->words->control.state,
				       DISRUPTOR_STATE_CLOSED);
	take_defaults(d);
	join_barriers(d);
	return d;
}

static void start_sequences(unsigned char *region,
			    const struct disruptor_header *header)
{
	struct disruptor_shared_words *words =
		(void *)(region + header->control_offset);

	disruptor_sequence_store_relaxed(&words->cursor,
					 header->first_sequence);
}

struct disruptor *disruptor_new(const struct disruptor_options *given)
{
	struct disruptor_options options;
	struct disruptor_header header;
	struct disruptor *d;
	unsigned char *region;

	if (disruptor_options_resolve(&options, given) < 0 ||
	    disruptor_header_make(&header, &options) < 0)
		return NULL;
	region = disruptor_os_map_private(header.total_size);
	if (region == NULL) {
		disruptor_fail(ENOMEM, "no memory for %llu bytes",
			       (unsigned long long)header.total_size);
		return NULL;
	}
	if (options.huge_pages)
		disruptor_os_want_huge_pages(region, header.total_size);
	memcpy(region, &header, sizeof(header));
	start_sequences(region, &header);
	d = disruptor_make(&header, region, NULL, -1);
	if (d == NULL)
		disruptor_os_unmap(region, header.total_size);
	return d;
}

int disruptor_check_process(const struct disruptor *d)
{
	if (d->generation == disruptor_os_generation())
		return 0;
	return disruptor_fail(ECHILD, "this handle belongs to the parent "
				      "process: attach again after fork()");
}

static void free_producers(struct disruptor *d)
{
	pthread_mutex_lock(&d->mutex);
	while (d->producer_handles != NULL)
		disruptor_producer_unmake(d->producer_handles);
	pthread_mutex_unlock(&d->mutex);
}

static void free_pollers(struct disruptor *d)
{
	pthread_mutex_lock(&d->mutex);
	while (d->poller_handles != NULL)
		disruptor_poller_unmake(&d->poller_handles->handle);
	pthread_mutex_unlock(&d->mutex);
}

void disruptor_free(struct disruptor *d)
{
	bool is_ours;

	if (d == NULL)
		return;
	/* A child frees its own copies and touches nothing of its parent's. */
	is_ours = d->generation == disruptor_os_generation();
	if (is_ours) {
		/* First: a claim that is in hand would hold up the drain. */
		free_producers(d);
		disruptor_graph_free(d);
		free_pollers(d);
		pthread_cond_destroy(&d->changed);
		pthread_mutex_destroy(&d->mutex);
	}
	if (d->shared && disruptor_probe_is_ours(d))
		disruptor_os_file_close(d->probe_fd);
	disruptor_os_guard_drop(d->region);
	/* A shared region was never mapped in a child. */
	if (is_ours || !d->shared)
		disruptor_os_unmap(d->region, d->header.total_size);
	free(d);
}

void disruptor_wake_everybody(struct disruptor *d)
{
	uint32_t i;

	disruptor_wake(&d->words->control.signal, d->shared);
	for (i = 0; i < d->header.consumers_max; i++)
		disruptor_wake(&d->consumers[i].signal, d->shared);
}

int disruptor_close(struct disruptor *d)
{
	if (d == NULL)
		return disruptor_fail_no_disruptor();
	if (disruptor_check_process(d) < 0)
		return -ECHILD;
	/* E8: see disruptor_sequencer_claim_multi(). */
	disruptor_fetch_or_u32(&d->words->control.state,
			       DISRUPTOR_STATE_CLOSED);
	disruptor_wake_everybody(d);
	return 0;
}

int64_t disruptor_capacity(const struct disruptor *d)
{
	return (int64_t)d->header.capacity;
}

size_t disruptor_event_size(const struct disruptor *d)
{
	return d->header.event_size;
}

const char *disruptor_type_name(const struct disruptor *d)
{
	return d->header.type_name;
}

enum disruptor_producer_type
disruptor_producer_type(const struct disruptor *d)
{
	return (enum disruptor_producer_type)d->header.producer_type;
}

static bool is_halted(struct disruptor *d)
{
	bool halted;

	pthread_mutex_lock(&d->mutex);
	halted = d->halted;
	pthread_mutex_unlock(&d->mutex);
	return halted;
}

/*
 * A consumer is counted from when it gates on, and chooses its start only then;
 * both while it holds the registry's lock.
 */
static bool are_there(struct disruptor *d, int n)
{
	bool enough = false;
	int lock;

	if (disruptor_consumer_count(d) < n)
		return false;
	pthread_mutex_lock(&d->mutex);
	lock = disruptor_registry_try_lock(d);
	if (lock >= 0) {
		enough = disruptor_consumer_count(d) >= n;
		disruptor_registry_unlock(d, lock);
	}
	pthread_mutex_unlock(&d->mutex);
	/* The program closed the ring's descriptor: there is nobody to ask. */
	return enough || lock == -EBADF;
}

int disruptor_wait_for_consumers(struct disruptor *d, int n, int64_t timeout_ns)
{
	int64_t deadline = disruptor_deadline(timeout_ns);

	if (d == NULL)
		return disruptor_fail_no_disruptor();
	if (disruptor_check_process(d) < 0)
		return -ECHILD;
	while (!are_there(d, n)) {
		if (disruptor_is_closed(d->words))
			return disruptor_fail_closed(d->words);
		if (is_halted(d))
			return disruptor_fail(ECANCELED, "halted");
		if (disruptor_os_now() >= deadline)
			return disruptor_fail(ETIMEDOUT,
					      "there are fewer than %d "
					      "consumers", n);
		disruptor_os_nap(CONSUMERS_NAP_NS);
	}
	return 0;
}

const char *disruptor_version(void)
{
	return DISRUPTOR_VERSION;
}
