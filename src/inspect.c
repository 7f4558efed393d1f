/* SPDX-License-Identifier: MIT */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#define LOOKS_MAX 100

int disruptor_view_open(struct disruptor *view, const char *name)
{
	struct disruptor_header header;
	unsigned char *region;
	int fd = disruptor_open_to_look(name, &header);

	if (fd < 0)
		return fd;
	region = disruptor_map_to_look(fd, &header);
	if (region == NULL) {
		disruptor_keep_errno(disruptor_os_file_close(fd));
		return -errno;
	}
	memset(view, 0, sizeof(*view));
	disruptor_place(view, &header, region, fd);
	view->shared = true;
	disruptor_os_guard_add(region, header.total_size, NULL, 0);
	return 0;
}

void disruptor_view_close(struct disruptor *view)
{
	disruptor_os_guard_drop(view->region);
	disruptor_os_unmap(view->region, view->header.total_size);
	disruptor_os_file_close(view->probe_fd);
}

static void copy_header(struct disruptor_ring_info *info,
			const struct disruptor_header *h)
{
	info->capacity = h->capacity;
	info->event_size = h->event_size;
	info->event_stride = h->event_stride;
	info->total_size = h->total_size;
	info->layout_major = h->layout_major;
	info->layout_minor = h->layout_minor;
	info->producer_type = (enum disruptor_producer_type)h->producer_type;
	info->slot_layout = (enum disruptor_slot_layout)h->slot_layout;
	info->wait_strategy = (enum disruptor_wait_strategy)h->wait_strategy;
	info->producers_max = h->producers_max;
	info->consumers_max = h->consumers_max;
	memcpy(info->type_name, h->type_name, sizeof(info->type_name));
	memcpy(info->ring_id, h->ring_id, sizeof(info->ring_id));
	info->created_ns = h->created_ns;
	info->creator_pid = h->creator_pid;
	info->first_sequence = h->first_sequence;
}

static void copy_words(struct disruptor_ring_info *info, struct disruptor *d)
{
	const struct disruptor_control *c = &d->words->control;
	struct stat st;

	info->closed = disruptor_is_closed(d->words);
	info->published = disruptor_published(d);
	info->claimed = disruptor_cursor(d);
	if (info->claimed < info->published)
		info->claimed = info->published;
	info->is_held = info->published < info->claimed &&
			disruptor_find_holder_in_view(d, info->published,
						      &info->holder) == 0;
	info->recovered = disruptor_load_relaxed_u64(&c->recovered);
	info->evicted = disruptor_load_relaxed_u64(&c->evicted);
	info->stalled = disruptor_load_relaxed_u64(&c->stalled);
	if (disruptor_os_file_stat(d->probe_fd, &st) == 0)
		info->mode = (uint32_t)st.st_mode & 0777;
}

/* The intent stays when all of it is published. */
static void copy_claim(struct disruptor_producer_info *p,
		       const struct disruptor *d,
		       const struct disruptor_producer_record *r)
{
	int64_t low = disruptor_sequence_load_relaxed(&r->intent_low);
	int64_t high = disruptor_sequence_load_relaxed(&r->intent_high);
	int64_t cursor = disruptor_cursor(d);

	if (d->header.producer_type != DISRUPTOR_MULTI_PRODUCER ||
	    low < d->header.first_sequence || high > cursor ||
	    low < cursor - disruptor_capacity(d) ||
	    disruptor_first_unresolved(&d->ring, low, high) >= high)
		return;
	p->claim_low = low;
	p->claim_high = high;
}

static void copy_record(struct disruptor_producer_info *info,
			struct disruptor *d, uint32_t index)
{
	const struct disruptor_producer_record *r = &d->producers[index];

	*info = (struct disruptor_producer_info){ .index = index };
	info->pid = disruptor_load_relaxed_u32(&r->pid);
	info->tid = disruptor_load_relaxed_u32(&r->tid);
	copy_claim(info, d, r);
	info->abandoned = disruptor_load_relaxed_u64(&r->abandoned);
	info->alive = disruptor_liveness_alive(d,
					       DISRUPTOR_LOCK_PRODUCER(index));
}

/* Of one owner who is there, or of those who were, and then none is alive. */
static bool copy_producer(struct disruptor_producer_info *info,
			  struct disruptor *d, uint32_t index)
{
	const struct disruptor_producer_record *r = &d->producers[index];
	uint64_t owner;
	int tries = 0;

	do {
		owner = disruptor_load_acquire_u64(&r->owner);
		copy_record(info, d, index);
	} while (!disruptor_producer_is_still(r, owner) &&
		 ++tries < LOOKS_MAX);
	info->alive = info->alive && owner != 0 && tries < LOOKS_MAX;
	return info->pid != 0;
}

static void copy_producers(struct disruptor_ring_info *info,
			   struct disruptor *d)
{
	uint32_t i;

	for (i = 0; i < d->header.producers_max; i++)
		info->producer_count += copy_producer(
			&info->producers[info->producer_count], d, i);
}

static void copy_policy(struct disruptor_consumer_info *info,
			const struct disruptor_consumer_record *r)
{
	uint32_t policy = disruptor_load_relaxed_u32(&r->policy);

	info->holds = (policy & DISRUPTOR_CONSUMER_HOLD) != 0;
	info->on_upstream_lost =
		(policy & DISRUPTOR_CONSUMER_UPSTREAM_HOLD) ?
			DISRUPTOR_UPSTREAM_HOLD :
		(policy & DISRUPTOR_CONSUMER_UPSTREAM_FAIL) ?
			DISRUPTOR_UPSTREAM_FAIL :
		(policy & DISRUPTOR_CONSUMER_UPSTREAM_PASS) ?
			DISRUPTOR_UPSTREAM_PASS :
			DISRUPTOR_UPSTREAM_DEFAULT;
	info->upstream_lost =
		(policy & DISRUPTOR_CONSUMER_UPSTREAM_LOST) != 0;
	info->stall_limit_ns =
		(int64_t)disruptor_load_relaxed_u32(&r->stall_limit_us) * 1000;
}

static void copy_fields(struct disruptor_consumer_info *info,
			  struct disruptor *d, uint32_t index,
			  int64_t published)
{
	const struct disruptor_consumer_record *r = &d->consumers[index];
	uint32_t w;

	disruptor_consumer_get_name(r, info->name);
	info->index = index;
	info->pid = disruptor_load_relaxed_u32(&r->pid);
	info->alive = disruptor_liveness_alive(d,
					       DISRUPTOR_LOCK_CONSUMER(index));
	copy_policy(info, r);
	/* E3, as the lags: by the fence of disruptor_consumer_is_still(). */
	info->sequence = disruptor_sequence_load_before_fence(&r->sequence);
	info->lag = info->sequence >= 0 && info->sequence < published ?
			    published - info->sequence :
			    0;
	info->gaps = disruptor_load_relaxed_u64(&r->gaps);
	for (w = 0; w < DISRUPTOR_CONSUMERS_LIMIT / 64; w++)
		info->upstream[w] = disruptor_load_relaxed_u64(&r->upstream[w]);
}

/* Of one owner. False: nobody, or they change faster than they are read. */
static bool copy_consumer(struct disruptor_consumer_info *info,
			  struct disruptor *d, uint32_t index,
			  int64_t published)
{
	const struct disruptor_consumer_record *r = &d->consumers[index];
	uint64_t status;
	int tries;

	for (tries = 0; tries < LOOKS_MAX; tries++) {
		status = disruptor_load_acquire_u64(&r->status);
		if (!disruptor_consumer_gates(status))
			return false;
		copy_fields(info, d, index, published);
		if (disruptor_consumer_is_still(r, status))
			return true;
	}
	return false;
}

static void copy_consumers(struct disruptor_ring_info *info,
			   struct disruptor *d)
{
	uint32_t i;

	for (i = 0; i < d->header.consumers_max; i++)
		info->consumer_count += copy_consumer(
			&info->consumers[info->consumer_count], d, i,
			info->published);
}

static struct disruptor_ring_info *allocate_info(const struct disruptor *d)
{
	struct disruptor_ring_info *info = calloc(1, sizeof(*info));

	if (info != NULL) {
		info->producers = calloc(d->header.producers_max,
					 sizeof(*info->producers));
		info->consumers = calloc(d->header.consumers_max,
					 sizeof(*info->consumers));
	}
	if (info != NULL && info->producers != NULL && info->consumers != NULL)
		return info;
	disruptor_inspect_free(info);
	disruptor_fail(ENOMEM, "no memory");
	return NULL;
}

struct disruptor_ring_info *disruptor_inspect(const char *name)
{
	struct disruptor_ring_info *info;
	struct disruptor view;

	if (disruptor_view_open(&view, name) < 0)
		return NULL;
	info = allocate_info(&view);
	if (info != NULL) {
		copy_header(info, &view.header);
		copy_words(info, &view);
		copy_producers(info, &view);
		copy_consumers(info, &view);
	}
	if (info != NULL && disruptor_check_cut(view.region) < 0) {
		disruptor_keep_errno(disruptor_inspect_free(info));
		info = NULL;
	}
	disruptor_view_close(&view);
	return info;
}

void disruptor_inspect_free(struct disruptor_ring_info *info)
{
	if (info == NULL)
		return;
	free(info->producers);
	free(info->consumers);
	free(info);
}
