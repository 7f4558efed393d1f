/* SPDX-License-Identifier: MIT */
/* inspect.h: what is told about a ring, and what is found wrong with it. */
#include <region.h>

#define FIRST 5

static struct disruptor *new_ring(const struct flavour *flavour)
{
	return RING(flavour, .event_size = 12, .capacity = 8,
		    .first_sequence = FIRST, .consumers_max = 5,
		    .type_name = "tick", .mode = 0640,
		    .wait_strategy = DISRUPTOR_WAIT_YIELDING);
}

static struct disruptor_ring_info *inspect(void)
{
	struct disruptor_ring_info *info = disruptor_inspect(ring_name());

	CHECK(info != NULL);
	return info;
}

static void publish(struct disruptor_producer *p, int64_t n)
{
	CHECK_EQ(disruptor_try_claim_n(p, n), n);
	disruptor_publish(p);
}

static void finish(struct disruptor_poller *poller, int64_t n)
{
	CHECK(disruptor_poll(poller) >= n);
	disruptor_poller_advance(poller, n);
}

static void properties(const struct flavour *flavour)
{
	struct disruptor *d = new_ring(flavour);
	struct disruptor_ring_info *info = inspect();
	struct region r = region_open(ring_name());

	CHECK_EQ(info->capacity, 8);
	CHECK_EQ(info->event_size, 12);
	CHECK_EQ(info->event_stride, r.header->event_stride);
	CHECK_EQ(info->total_size, r.size);
	CHECK_EQ(info->layout_major, DISRUPTOR_LAYOUT_MAJOR);
	CHECK_EQ(info->layout_minor, DISRUPTOR_LAYOUT_MINOR);
	CHECK_EQ(info->producer_type, flavour->producer_type);
	CHECK_EQ(info->slot_layout, flavour->slot_layout);
	CHECK_EQ(info->wait_strategy, DISRUPTOR_WAIT_YIELDING);
	CHECK_EQ(info->consumers_max, 5);
	CHECK_STR(info->type_name, "tick");
	CHECK_EQ(memcmp(info->ring_id, r.header->ring_id, 16), 0);
	CHECK_EQ(info->creator_pid, getpid());
	CHECK_EQ(info->mode, 0640);
	CHECK(info->created_ns > 0);
	disruptor_inspect_free(info);
	region_close(&r);
	disruptor_free(d);
}

static void an_empty_ring(const struct flavour *flavour)
{
	struct disruptor *d = new_ring(flavour);
	struct disruptor_ring_info *info = inspect();

	CHECK(!info->closed);
	CHECK_EQ(info->first_sequence, FIRST);
	CHECK_EQ(info->claimed, FIRST);
	CHECK_EQ(info->published, FIRST);
	CHECK_EQ(info->recovered, 0);
	CHECK_EQ(info->evicted, 0);
	CHECK_EQ(info->producer_count, 0);
	CHECK_EQ(info->consumer_count, 0);
	disruptor_inspect_free(info);
	CHECK_EQ(disruptor_check(ring_name(), NULL, NULL), 0);
	disruptor_free(d);
}

static const struct disruptor_consumer_info *
consumer(const struct disruptor_ring_info *info, const char *name)
{
	uint32_t i;

	for (i = 0; i < info->consumer_count; i++)
		if (strcmp(info->consumers[i].name, name) == 0)
			return &info->consumers[i];
	CHECK_STR("no such consumer", name);
	return NULL;
}

static void participants(const struct flavour *flavour)
{
	struct disruptor *d = new_ring(flavour);
	struct disruptor_producer *p = PRODUCER(d);
	struct disruptor_poller *a = POLLER(d, "a");
	struct disruptor_poller *b = FOLLOWER(d, "b", "a");
	struct disruptor_poller *c = FOLLOWER(d, NULL, "a", "b");
	const struct disruptor_consumer_info *one, *two;
	struct disruptor_ring_info *info;

	publish(p, 6);
	finish(a, 4);
	finish(b, 1);
	disruptor_poller_free(b);
	info = inspect();
	CHECK_EQ(info->consumer_count, 3);
	one = consumer(info, "a");
	CHECK(one->alive);
	CHECK(one->holds);
	CHECK_EQ(one->pid, getpid());
	CHECK_EQ(one->sequence, FIRST + 4);
	CHECK_EQ(one->lag, 2);
	CHECK_EQ(one->upstream[0], 0);
	two = consumer(info, "b");
	CHECK(!two->alive);
	CHECK(two->holds);
	CHECK_EQ(two->sequence, FIRST + 1);
	CHECK_EQ(two->upstream[0], UINT64_C(1) << one->index);
	CHECK(!consumer(info, "")->holds);
	CHECK(consumer(info, "")->alive);
	CHECK_EQ(consumer(info, "")->upstream[0],
		 UINT64_C(1) << one->index | UINT64_C(1) << two->index);
	CHECK_EQ(info->producer_count, 1);
	CHECK(info->producers[0].alive);
	CHECK_EQ(info->producers[0].pid, getpid());
	disruptor_inspect_free(info);
	disruptor_poller_free(c);
	CHECK_EQ(disruptor_check(ring_name(), NULL, NULL), 0);
	disruptor_free(d);
}

static void progress(const struct flavour *flavour)
{
	struct disruptor *d = new_ring(flavour);
	struct disruptor_producer *p = PRODUCER(d);
	struct disruptor_ring_info *info;

	publish(p, 8);
	publish(p, 8);
	CHECK_EQ(disruptor_try_claim_n(p, 2), 2);
	info = inspect();
	CHECK_EQ(info->published, FIRST + 16);
	CHECK_EQ(info->claimed, FIRST + (flavour_multi(flavour) ? 18 : 16));
	disruptor_inspect_free(info);
	disruptor_publish(p);
	CHECK_EQ(disruptor_close(d), 0);
	info = inspect();
	CHECK_EQ(info->published, FIRST + 18);
	CHECK_EQ(info->claimed, FIRST + 18);
	CHECK(info->closed);
	disruptor_inspect_free(info);
	disruptor_free(d);
	info = inspect();
	CHECK_EQ(info->published, FIRST + 18);
	CHECK_EQ(disruptor_check(ring_name(), NULL, NULL), 0);
	disruptor_inspect_free(info);
}

static void count_problems(void *context, const char *problem)
{
	CHECK(problem[0] != '\0');
	CHECK(strchr(problem, '\n') == NULL);
	++*(int *)context;
}

static void check_finds(void)
{
	int problems = 0;
	int n = disruptor_check(ring_name(), count_problems, &problems);

	CHECK(n > 0);
	CHECK_EQ(problems, n);
	CHECK_EQ(disruptor_check(ring_name(), NULL, NULL), n);
	disruptor_inspect_free(inspect());
}

/* One thing wrong at a time in a ring that is otherwise good. */
static void damage(const struct flavour *flavour)
{
	struct disruptor *d = new_ring(flavour);
	struct disruptor_producer *p = PRODUCER(d);
	struct disruptor_poller *a = POLLER(d, "a");
	struct region r = region_open(ring_name());
	int64_t *cursor = &r.words->cursor.value;
	int64_t *place = &r.consumers[0].sequence.value;

	publish(p, 4);
	finish(a, 2);
	disruptor_free(d);
	CHECK_EQ(disruptor_check(ring_name(), NULL, NULL), 0);
	*place += 100;
	check_finds();
	*place -= 200;
	check_finds();
	*place += 100;
	*cursor = FIRST - 1;
	check_finds();
	*cursor = INT64_MAX;
	check_finds();
	*cursor = FIRST + 4;
	r.consumers[1].status = 200;
	check_finds();
	r.consumers[1].status = 0;
	r.consumers[0].upstream[3] = UINT64_C(1) << 63;
	check_finds();
	r.consumers[0].upstream[3] = 0;
	if (r.header->word_stride != 0) {
		*region_word(&r, FIRST + 1) = 2 * (FIRST + 1000);
		check_finds();
		*region_word(&r, FIRST + 1) = 1;
		check_finds();
		*region_word(&r, FIRST + 1) = 2 * (FIRST + 2);
	}
	CHECK_EQ(disruptor_check(ring_name(), NULL, NULL), 0);
	region_close(&r);
}

/* Looking does not change a byte. */
static void looking_changes_nothing(const struct flavour *flavour)
{
	static unsigned char before[64 * DISRUPTOR_PAGE];
	struct disruptor *d = new_ring(flavour);
	struct region r = region_open(ring_name());
	struct disruptor_producer *p = PRODUCER(d);

	POLLER(d, "a");
	publish(p, 3);
	CHECK(r.size <= sizeof(before));
	memcpy(before, r.bytes, r.size);
	disruptor_inspect_free(inspect());
	CHECK_EQ(disruptor_check(ring_name(), NULL, NULL), 0);
	CHECK_EQ(memcmp(before, r.bytes, r.size), 0);
	region_close(&r);
	disruptor_free(d);
	disruptor_inspect_free(NULL);
}

TEST_MAIN(TEST_SHARED(properties), TEST_SHARED(an_empty_ring),
	  TEST_SHARED(participants), TEST_SHARED(progress), TEST_SHARED(damage),
	  TEST_SHARED(looking_changes_nothing));
