/* SPDX-License-Identifier: MIT */
#include "internal.h"

#include <string.h>

#define NS_PER_US INT64_C(1000)
#define NS_PER_S INT64_C(1000000000)
#define WAIT_MAX_NS (NS_PER_S * 3600)
#define SPIN_DEFAULT_NS (20 * NS_PER_US)
#define SPIN_CHOSEN_NS (2 * NS_PER_US)
#define YIELD_CHOSEN_NS (50 * NS_PER_US)
#define NAP_DEFAULT_NS (100 * NS_PER_US)
#define RECORDS_DEFAULT 64
#define MODE_DEFAULT 0600

int disruptor_options_copy(void *copy, size_t known, size_t smallest,
			   const void *given)
{
	const unsigned char *bytes = given;
	size_t size, i;

	memset(copy, 0, known);
	if (given == NULL)
		return disruptor_fail(EINVAL, "no options were given");
	memcpy(&size, given, sizeof(size));
	if (size < smallest)
		return disruptor_fail(EINVAL,
				      "options.size is %zu, less than %zu: set "
				      "it to the size of the struct",
				      size, smallest);
	for (i = known; i < size; i++)
		if (bytes[i] != 0)
			return disruptor_fail(E2BIG,
					      "options ask for something that "
					      "version %s does not know",
					      DISRUPTOR_VERSION);
	memcpy(copy, given, size < known ? size : known);
	return 0;
}

static bool bad_time(int64_t ns)
{
	return ns < 0 || ns > WAIT_MAX_NS;
}

static void wait_defaults(struct disruptor_wait *wait)
{
	bool phases = wait->strategy == DISRUPTOR_WAIT_YIELDING ||
		      wait->strategy == DISRUPTOR_WAIT_SLEEPING ||
		      wait->strategy == DISRUPTOR_WAIT_PHASED;

	if (phases && wait->spin_ns == 0)
		wait->spin_ns = SPIN_DEFAULT_NS;
	if (wait->fallback == DISRUPTOR_WAIT_DEFAULT)
		wait->fallback = DISRUPTOR_WAIT_BLOCKING;
	if (wait->sleep_ns == 0)
		wait->sleep_ns = NAP_DEFAULT_NS;
}

/*
 * Yields for a while between the spin and the sleep: where threads outnumber
 * the processors, who is waited for runs at once, and a sleep and its wake-up
 * cost more than that.
 */
static void choose_wait(struct disruptor_wait *wait)
{
	wait->strategy = DISRUPTOR_WAIT_PHASED;
	if (wait->spin_ns == 0)
		wait->spin_ns = SPIN_CHOSEN_NS;
	if (wait->yield_ns == 0)
		wait->yield_ns = YIELD_CHOSEN_NS;
}

int disruptor_wait_resolve(struct disruptor_wait *wait)
{
	if (wait->strategy == DISRUPTOR_WAIT_DEFAULT)
		choose_wait(wait);
	if ((uint32_t)wait->strategy > DISRUPTOR_WAIT_BLOCKING)
		return disruptor_fail(EINVAL, "wait_strategy %d is unknown",
				      (int)wait->strategy);
	if (wait->fallback != DISRUPTOR_WAIT_DEFAULT &&
	    wait->fallback != DISRUPTOR_WAIT_YIELDING &&
	    wait->fallback != DISRUPTOR_WAIT_SLEEPING &&
	    wait->fallback != DISRUPTOR_WAIT_BLOCKING)
		return disruptor_fail(EINVAL,
				      "wait_fallback must be yielding, "
				      "sleeping or blocking");
	if (bad_time(wait->spin_ns) || bad_time(wait->yield_ns) ||
	    bad_time(wait->sleep_ns))
		return disruptor_fail(EINVAL,
				      "a wait time is negative or more than "
				      "an hour");
	wait_defaults(wait);
	return 0;
}

uint64_t disruptor_round_capacity(uint64_t wanted)
{
	uint64_t capacity = 1;

	while (capacity < wanted && capacity < DISRUPTOR_CAPACITY_MAX)
		capacity <<= 1;
	return capacity;
}

static int resolve_geometry(struct disruptor_options *o)
{
	uint64_t capacity = disruptor_round_capacity(o->capacity);

	if (o->event_size == 0 || o->event_size > DISRUPTOR_EVENT_SIZE_MAX)
		return disruptor_fail(EINVAL,
				      "event_size %zu: must be 1 to %llu bytes",
				      o->event_size,
				      (unsigned long long)
					      DISRUPTOR_EVENT_SIZE_MAX);
	if (o->capacity == 0 || o->capacity > DISRUPTOR_CAPACITY_MAX)
		return disruptor_fail(EINVAL,
				      "capacity %zu: must be 1 to %llu events",
				      o->capacity,
				      (unsigned long long)
					      DISRUPTOR_CAPACITY_MAX);
	if (!disruptor_geometry_fits(capacity, o->event_size))
		return disruptor_fail(EINVAL,
				      "%llu events of %zu bytes are more than "
				      "a ring may have",
				      (unsigned long long)capacity,
				      o->event_size);
	if (capacity > SIZE_MAX)
		return disruptor_fail(EINVAL, "capacity: more than this "
					      "process can address");
	o->capacity = (size_t)capacity;
	if (o->first_sequence < 0 ||
	    o->first_sequence >= DISRUPTOR_SEQUENCE_MAX)
		return disruptor_fail(EINVAL, "first_sequence is out of range");
	return 0;
}

static int resolve_kind(struct disruptor_options *o)
{
	if (o->producer_type != DISRUPTOR_SINGLE_PRODUCER &&
	    o->producer_type != DISRUPTOR_MULTI_PRODUCER)
		return disruptor_fail(EINVAL, "producer_type is unknown");
	if (o->slot_layout == DISRUPTOR_SLOTS_DEFAULT)
		o->slot_layout = DISRUPTOR_SLOTS_PACKED;
	if (o->slot_layout != DISRUPTOR_SLOTS_PACKED &&
	    o->slot_layout != DISRUPTOR_SLOTS_STAMPED)
		return disruptor_fail(EINVAL, "slot_layout is unknown");
	if (o->producer_type == DISRUPTOR_SINGLE_PRODUCER)
		o->producers_max = 1;
	return 0;
}

static int resolve_limits(struct disruptor_options *o)
{
	if (o->producers_max == 0)
		o->producers_max = RECORDS_DEFAULT;
	if (o->consumers_max == 0)
		o->consumers_max = RECORDS_DEFAULT;
	if (o->producers_max > DISRUPTOR_PRODUCERS_LIMIT)
		return disruptor_fail(EINVAL, "producers_max is more than %d",
				      DISRUPTOR_PRODUCERS_LIMIT);
	if (o->consumers_max > DISRUPTOR_CONSUMERS_LIMIT)
		return disruptor_fail(EINVAL, "consumers_max is more than %d",
				      DISRUPTOR_CONSUMERS_LIMIT);
	if (o->read_only_events)
		return disruptor_fail(EINVAL, "read_only_events is for "
					      "attaching");
	if (o->mode == 0)
		o->mode = MODE_DEFAULT;
	if ((o->mode & ~0777u) != 0 || (o->mode & 0600) != 0600)
		return disruptor_fail(EINVAL,
				      "mode %o: permission bits, the owner's "
				      "read and write among them",
				      o->mode);
	if (o->type_name != NULL &&
	    strlen(o->type_name) >= DISRUPTOR_TYPE_NAME_SIZE)
		return disruptor_fail(EINVAL, "type_name is longer than %d",
				      DISRUPTOR_TYPE_NAME_SIZE - 1);
	return 0;
}

static int resolve_wait(struct disruptor_options *o)
{
	struct disruptor_wait wait = { o->wait_strategy, o->wait_fallback,
				       o->wait_spin_ns, o->wait_yield_ns,
				       o->wait_sleep_ns };
	int error = disruptor_wait_resolve(&wait);

	o->wait_strategy = wait.strategy;
	o->wait_fallback = wait.fallback;
	o->wait_spin_ns = wait.spin_ns;
	o->wait_yield_ns = wait.yield_ns;
	o->wait_sleep_ns = wait.sleep_ns;
	return error;
}

int disruptor_options_resolve(struct disruptor_options *resolved,
			      const struct disruptor_options *given)
{
	int error = disruptor_options_copy(resolved, sizeof(*resolved),
					   sizeof(*resolved), given);

	if (error == 0)
		error = resolve_geometry(resolved);
	if (error == 0)
		error = resolve_kind(resolved);
	if (error == 0)
		error = resolve_limits(resolved);
	if (error == 0)
		error = resolve_wait(resolved);
	return error;
}
