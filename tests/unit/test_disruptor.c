/* SPDX-License-Identifier: MIT */
/* disruptor.h, version.h: what a ring says of itself; errors in words. */
#include <ring.h>

static void version(void **state)
{
	char text[32];

	(void)state;
	snprintf(text, sizeof(text), "%d.%d.%d", DISRUPTOR_VERSION_MAJOR,
		 DISRUPTOR_VERSION_MINOR, DISRUPTOR_VERSION_PATCH);
	CHECK_STR(DISRUPTOR_VERSION, text);
	CHECK_STR(disruptor_version(), DISRUPTOR_VERSION);
}

static void *no_error_yet(void *argument)
{
	CHECK_STR(disruptor_error(), "");
	CHECK_NULL(disruptor_attach("a/b", 0), EINVAL);
	snprintf(argument, 100, "%s", disruptor_error());
	return NULL;
}

/* Each thread has its own last failure, in one line. */
static void errors(void **state)
{
	char here[100], there[100];

	(void)state;
	CHECK_NULL(disruptor_new(NULL), EINVAL);
	snprintf(here, sizeof(here), "%s", disruptor_error());
	thread_join(thread_start(no_error_yet, there));
	CHECK_STR(disruptor_error(), here);
	CHECK(strcmp(here, there) != 0);
	CHECK(here[0] != '\0');
	CHECK(strchr(here, '\n') == NULL);
	CHECK(strchr(there, '\n') == NULL);
}

static void geometry(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .event_size = 40, .capacity = 100,
				   .type_name = "forty");

	CHECK_EQ(disruptor_capacity(d), 128);
	CHECK_EQ(disruptor_event_size(d), 40);
	CHECK_STR(disruptor_type_name(d), "forty");
	CHECK_EQ(disruptor_producer_type(d), flavour->producer_type);
	disruptor_free(d);
}

static void published(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .first_sequence = 1000);
	struct disruptor_producer *p = PRODUCER(d);
	int64_t i;

	for (i = 0; i < 50; i++) {
		CHECK_EQ(disruptor_published(d), 1000 + 3 * i);
		CHECK_EQ(disruptor_claim_n(p, 3), 3);
		CHECK_EQ(disruptor_published(d), 1000 + 3 * i);
		disruptor_publish(p);
	}
	disruptor_free(d);
}

static void consumer_count(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *a = POLLER(d, NULL), *b = POLLER(d, "b");

	CHECK_EQ(disruptor_consumer_count(d), 2);
	disruptor_poller_free(a);
	CHECK_EQ(disruptor_consumer_count(d), 1);
	disruptor_poller_free(b);
	CHECK_EQ(disruptor_consumer_count(d), 1);
	CHECK_EQ(disruptor_remove_consumer(d, "b"), 0);
	CHECK_EQ(disruptor_consumer_count(d), 0);
	disruptor_free(d);
}

/* A new ring is all zeroes, whatever the memory was before. */
static void events_are_zeroed(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .event_size = 100);
	struct disruptor_producer *p = PRODUCER(d);
	unsigned char *event;
	int64_t i, j;

	CHECK_EQ(disruptor_claim_n(p, 8), 8);
	for (i = 0; i < 8; i++) {
		event = disruptor_producer_event(p, i);
		for (j = 0; j < 100; j++)
			CHECK_EQ(event[j], 0);
	}
	disruptor_free(d);
}

/* All that hangs on a ring goes with it; the sanitizers watch. */
static void free_takes_all(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);

	POLLER(d, "a");
	FOLLOWER(d, NULL, "a");
	FOLLOWER(d, "c", "a");
	PUT(PRODUCER(d), 1);
	if (flavour_multi(flavour))
		CHECK(disruptor_claim(PRODUCER(d)) != NULL);
	disruptor_free(d);
}

/* Many rings, one after the other and at once: no descriptor stays open. */
static void many_rings(const struct flavour *flavour)
{
	struct disruptor *rings[16];
	int before, after, i, lap;

	before = dup(0);
	CHECK(before >= 0);
	close(before);
	for (lap = 0; lap < 20; lap++) {
		for (i = 0; i < 16; i++) {
			rings[i] = RING(flavour, .capacity = 8);
			POLLER(rings[i], "a");
			PUT(PRODUCER(rings[i]), i);
		}
		for (i = 0; i < 16; i++)
			disruptor_free(rings[i]);
	}
	after = dup(0);
	CHECK_EQ(after, before);
	close(after);
}

TEST_MAIN(TEST(version), TEST(errors), TEST_EACH(geometry),
	  TEST_EACH(published), TEST_EACH(consumer_count),
	  TEST_EACH(events_are_zeroed), TEST_EACH(free_takes_all),
	  TEST_EACH(many_rings));
