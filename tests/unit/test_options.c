/* SPDX-License-Identifier: MIT */
/* options.h: sizes that grow, ranges, defaults, rounding. */
#include <ring.h>

struct larger_options {
	struct disruptor_options known;
	unsigned char tail[64];
};

static void refused(struct disruptor_options o, int error)
{
	CHECK_NULL(disruptor_new(&o), error);
	CHECK(disruptor_error()[0] != '\0');
	CHECK_NULL(disruptor_create_shared(ring_new_name(), &o), error);
	CHECK_NULL(disruptor_attach(ring_name(), 0), ENOENT);
}

static void accepted(struct disruptor_options o, int64_t capacity)
{
	struct disruptor *d = disruptor_new(&o);

	CHECK(d != NULL);
	CHECK_EQ(disruptor_capacity(d), capacity);
	CHECK_EQ(disruptor_event_size(d), o.event_size);
	disruptor_free(d);
	d = disruptor_create_shared(ring_new_name(), &o);
	CHECK(d != NULL);
	CHECK_EQ(disruptor_capacity(d), capacity);
	CHECK_EQ(disruptor_event_size(d), o.event_size);
	disruptor_free(d);
}

static struct disruptor_options good(void)
{
	return *DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 8);
}

static void size_too_small(void **state)
{
	struct disruptor_options o = good();

	(void)state;
	o.size = 0;
	refused(o, EINVAL);
	o.size = sizeof(o.size);
	refused(o, EINVAL);
	o.size = offsetof(struct disruptor_options, capacity);
	refused(o, EINVAL);
	/* The first release's struct is the smallest there is. */
	o.size = offsetof(struct disruptor_options, first_sequence);
	refused(o, EINVAL);
	CHECK_NULL(disruptor_new(NULL), EINVAL);
	CHECK_NULL(disruptor_create_shared(ring_new_name(), NULL), EINVAL);
}

static void size_of_a_newer_caller(void **state)
{
	struct larger_options o = { .known = good() };
	struct disruptor *d;
	size_t i;

	(void)state;
	o.known.size = sizeof(o);
	d = disruptor_new(&o.known);
	CHECK(d != NULL);
	disruptor_free(d);
	d = disruptor_create_shared(ring_new_name(), &o.known);
	CHECK(d != NULL);
	disruptor_free(d);
	for (i = 0; i < sizeof(o.tail); i++) {
		o.tail[i] = 1;
		CHECK_NULL(disruptor_new(&o.known), E2BIG);
		CHECK_NULL(disruptor_create_shared(ring_new_name(), &o.known),
			   E2BIG);
		o.tail[i] = 0;
	}
}

static void capacity_limits(void **state)
{
	struct disruptor_options o = good();

	(void)state;
	o.capacity = 0;
	refused(o, EINVAL);
#if SIZE_MAX > UINT32_MAX
	o.capacity = (size_t)1 << 37;
	refused(o, EINVAL);
	o.capacity = ((size_t)1 << 36) + 1;
	refused(o, EINVAL);
#endif
	o.capacity = SIZE_MAX;
	refused(o, EINVAL);
	o.capacity = SIZE_MAX / 2 + 1;
	refused(o, EINVAL);
}

static void event_size_limits(void **state)
{
	struct disruptor_options o = good();

	(void)state;
	o.event_size = 0;
	refused(o, EINVAL);
	o.event_size = (size_t)DISRUPTOR_EVENT_SIZE_MAX + 1;
	refused(o, EINVAL);
	o.event_size = SIZE_MAX;
	refused(o, EINVAL);
	o = good();
	o.event_size = 1;
	accepted(o, 8);
}

static bool is_refusal(int error)
{
	return error == EINVAL || error == ENOMEM || error == ENOSPC;
}

static void more_than_the_address_space(void **state)
{
	struct disruptor_options o = good();

	(void)state;
	o.event_size = (size_t)DISRUPTOR_EVENT_SIZE_MAX;
	o.capacity = SIZE_MAX > UINT32_MAX ? SIZE_MAX >> 28 : SIZE_MAX >> 1;
	errno = 0;
	CHECK(disruptor_new(&o) == NULL);
	CHECK(is_refusal(errno));
	errno = 0;
	CHECK(disruptor_create_shared(ring_new_name(), &o) == NULL);
	CHECK(is_refusal(errno));
}

static void capacity_is_rounded_up(void **state)
{
	static const size_t pairs[][2] = {
		{ 1, 1 },	{ 2, 2 },	{ 3, 4 },  { 4, 4 },
		{ 5, 8 },	{ 8, 8 },	{ 9, 16 }, { 1000, 1024 },
		{ 1024, 1024 }, { 1025, 2048 },
	};
	struct disruptor_options o = good();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		o.capacity = pairs[i][0];
		accepted(o, (int64_t)pairs[i][1]);
	}
}

static void enumerations(void **state)
{
	struct disruptor_options o = good();

	(void)state;
	o.producer_type = (enum disruptor_producer_type)2;
	refused(o, EINVAL);
	o = good();
	o.slot_layout = (enum disruptor_slot_layout)3;
	refused(o, EINVAL);
	o = good();
	o.wait_strategy = (enum disruptor_wait_strategy)7;
	refused(o, EINVAL);
	o = good();
	o.wait_fallback = (enum disruptor_wait_strategy)99;
	refused(o, EINVAL);
}

static void participants(void **state)
{
	struct disruptor_options o = good();

	(void)state;
	o.producer_type = DISRUPTOR_MULTI_PRODUCER;
	o.producers_max = DISRUPTOR_PRODUCERS_LIMIT + 1;
	refused(o, EINVAL);
	o.producers_max = DISRUPTOR_PRODUCERS_LIMIT;
	o.consumers_max = DISRUPTOR_CONSUMERS_LIMIT + 1;
	refused(o, EINVAL);
	o.consumers_max = UINT32_MAX;
	refused(o, EINVAL);
	o.consumers_max = DISRUPTOR_CONSUMERS_LIMIT;
	accepted(o, 8);
}

static void sequences(void **state)
{
	struct disruptor_options o = good();

	(void)state;
	o.first_sequence = -1;
	refused(o, EINVAL);
	o.first_sequence = DISRUPTOR_SEQUENCE_MAX + 1;
	refused(o, EINVAL);
	o.first_sequence = INT64_MIN;
	refused(o, EINVAL);
	o.first_sequence = DISRUPTOR_SEQUENCE_MAX - 1;
	accepted(o, 8);
}

static void type_names(void **state)
{
	char name[DISRUPTOR_TYPE_NAME_SIZE + 1];
	struct disruptor_options o = good();
	struct disruptor *d;

	(void)state;
	memset(name, 'x', sizeof(name));
	name[DISRUPTOR_TYPE_NAME_SIZE - 1] = '\0';
	o.type_name = name;
	d = disruptor_new(&o);
	CHECK(d != NULL);
	CHECK_STR(disruptor_type_name(d), name);
	disruptor_free(d);
	name[DISRUPTOR_TYPE_NAME_SIZE - 1] = 'x';
	name[DISRUPTOR_TYPE_NAME_SIZE] = '\0';
	errno = 0;
	CHECK(disruptor_new(&o) == NULL);
	CHECK(errno == EINVAL || errno == ENAMETOOLONG);
}

static void defaults(void **state)
{
	struct disruptor_options o = good();
	struct disruptor *d = disruptor_new(&o);
	struct disruptor_poller *poller;

	(void)state;
	CHECK(d != NULL);
	CHECK_EQ(disruptor_producer_type(d), DISRUPTOR_SINGLE_PRODUCER);
	CHECK_STR(disruptor_type_name(d), "");
	CHECK_EQ(disruptor_published(d), 0);
	CHECK_EQ(disruptor_consumer_count(d), 0);
	poller = POLLER(d, NULL);
	CHECK_EQ(disruptor_consumer_count(d), 1);
	disruptor_poller_free(poller);
	disruptor_free(d);
}

static void huge_pages_are_a_wish(void **state)
{
	struct disruptor_options o = good();

	(void)state;
	o.huge_pages = true;
	accepted(o, 8);
}

TEST_MAIN(TEST(size_too_small), TEST(size_of_a_newer_caller),
	  TEST(capacity_limits), TEST(event_size_limits),
	  TEST(more_than_the_address_space), TEST(capacity_is_rounded_up),
	  TEST(enumerations), TEST(participants), TEST(sequences),
	  TEST(type_names), TEST(defaults), TEST(huge_pages_are_a_wish));
