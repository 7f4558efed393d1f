/* SPDX-License-Identifier: MIT */
/* Rings for tests: unique names, every flavour, events that are numbers. */
#ifndef TEST_RING_H
#define TEST_RING_H

#include <test.h>

#include <fcntl.h>
#include <sys/stat.h>

#define RING_DIRECTORY "/dev/shm/"
#define RING_NAMES 64
#define RING_NAME_SIZE 64

struct flavour {
	const char *name;
	bool shared;
	enum disruptor_producer_type producer_type;
	enum disruptor_slot_layout slot_layout;
};

static const struct flavour flavours[] TEST_UNUSED = {
	{ "private single packed", false, DISRUPTOR_SINGLE_PRODUCER,
	  DISRUPTOR_SLOTS_PACKED },
	{ "private single stamped", false, DISRUPTOR_SINGLE_PRODUCER,
	  DISRUPTOR_SLOTS_STAMPED },
	{ "private multi packed", false, DISRUPTOR_MULTI_PRODUCER,
	  DISRUPTOR_SLOTS_PACKED },
	{ "private multi stamped", false, DISRUPTOR_MULTI_PRODUCER,
	  DISRUPTOR_SLOTS_STAMPED },
	{ "shared single packed", true, DISRUPTOR_SINGLE_PRODUCER,
	  DISRUPTOR_SLOTS_PACKED },
	{ "shared single stamped", true, DISRUPTOR_SINGLE_PRODUCER,
	  DISRUPTOR_SLOTS_STAMPED },
	{ "shared multi packed", true, DISRUPTOR_MULTI_PRODUCER,
	  DISRUPTOR_SLOTS_PACKED },
	{ "shared multi stamped", true, DISRUPTOR_MULTI_PRODUCER,
	  DISRUPTOR_SLOTS_STAMPED },
};

#define FLAVOURS (sizeof(flavours) / sizeof(flavours[0]))

/* A test that runs once for each flavour that it asks for. */
struct flavoured {
	void (*test)(const struct flavour *flavour);
	bool (*wants)(const struct flavour *flavour);
};

static inline bool flavour_any(const struct flavour *flavour)
{
	return flavour != NULL;
}

static inline bool flavour_multi(const struct flavour *flavour)
{
	return flavour->producer_type == DISRUPTOR_MULTI_PRODUCER;
}

static inline bool flavour_single(const struct flavour *flavour)
{
	return flavour->producer_type == DISRUPTOR_SINGLE_PRODUCER;
}

static inline bool flavour_shared(const struct flavour *flavour)
{
	return flavour->shared;
}

static inline bool flavour_is_asked_for(const struct flavour *flavour)
{
	const char *only = getenv("DISRUPTOR_TEST_FLAVOUR");

	return only == NULL || strcmp(only, flavour->name) == 0;
}

static inline void run_flavoured(void **state)
{
	const struct flavoured *flavoured = *state;
	size_t i;

	for (i = 0; i < FLAVOURS; i++) {
		if (!flavoured->wants(&flavours[i]) ||
		    !flavour_is_asked_for(&flavours[i]))
			continue;
		test_where = flavours[i].name;
		watchdog();
		flavoured->test(&flavours[i]);
	}
	test_where = NULL;
}

static char ring_names[RING_NAMES][RING_NAME_SIZE];
static unsigned int ring_names_used;

static inline void ring_path(char *path, size_t size, const char *name)
{
	snprintf(path, size, RING_DIRECTORY "%.*s", RING_NAME_SIZE, name);
}

/* A name that nobody has. The file goes away when the test ends. */
static inline const char *ring_new_name(void)
{
	static unsigned int number;
	char *name = ring_names[ring_names_used++ % RING_NAMES];
	char path[RING_NAME_SIZE + 32];

	ring_path(path, sizeof(path), name);
	if (name[0] != '\0')
		unlink(path);
	snprintf(name, RING_NAME_SIZE, "disruptor-test.%ld.%u", (long)getpid(),
		 number++);
	ring_path(path, sizeof(path), name);
	unlink(path);
	return name;
}

/* The name that was made last. */
static inline const char *ring_name(void)
{
	return ring_names[(ring_names_used + RING_NAMES - 1) % RING_NAMES];
}

static inline int test_teardown(void **state)
{
	char path[RING_NAME_SIZE + 32];
	unsigned int i;

	(void)state;
	alarm(0);
	for (i = 0; i < RING_NAMES; i++) {
		if (ring_names[i][0] == '\0')
			continue;
		ring_path(path, sizeof(path), ring_names[i]);
		unlink(path);
		ring_names[i][0] = '\0';
	}
	return 0;
}

#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(function, test_setup, test_teardown)

/* In TEST_MAIN() only: the test for each flavour, for some of them. */
#define TEST_SOME(function, wants)                                             \
	{                                                                      \
#function, run_flavoured, test_setup, test_teardown,           \
			&(struct flavoured)                                    \
		{                                                              \
			function, wants                                        \
		}                                                              \
	}
#define TEST_EACH(function) TEST_SOME(function, flavour_any)
#define TEST_MULTI(function) TEST_SOME(function, flavour_multi)
#define TEST_SINGLE(function) TEST_SOME(function, flavour_single)
#define TEST_SHARED(function) TEST_SOME(function, flavour_shared)

/* DISRUPTOR_TEST_ONLY: the name of one test, * and ? allowed. */
#define TEST_MAIN(...)                                                         \
	int main(void)                                                         \
	{                                                                      \
		const struct CMUnitTest tests[] = { __VA_ARGS__ };             \
                                                                               \
		cmocka_set_test_filter(getenv("DISRUPTOR_TEST_ONLY"));         \
		return cmocka_run_group_tests(tests, NULL, NULL);              \
	}                                                                      \
	struct disruptor_semicolon_

/* 8 events of 8 bytes, unless the options say otherwise. */
static inline struct disruptor *
ring_try_new(const struct flavour *flavour,
	     const struct disruptor_options *options)
{
	struct disruptor_options o = *options;

	o.producer_type = flavour->producer_type;
	o.slot_layout = flavour->slot_layout;
	if (o.event_size == 0)
		o.event_size = sizeof(int64_t);
	if (o.capacity == 0)
		o.capacity = 8;
	if (!flavour->shared)
		return disruptor_new(&o);
	return disruptor_create_shared(ring_new_name(), &o);
}

static inline struct disruptor *
ring_new_at(const struct flavour *flavour,
	    const struct disruptor_options *options, const char *file, int line)
{
	struct disruptor *d = ring_try_new(flavour, options);

	test_check(d != NULL, "a new ring", file, line);
	return d;
}

/* RING(flavour, .capacity = 4, ...) */
#define RING(flavour, ...)                                                     \
	ring_new_at(flavour, DISRUPTOR_OPTIONS(__VA_ARGS__), __FILE__, __LINE__)

static inline struct disruptor_producer *producer_at(struct disruptor *d,
						     const char *file, int line)
{
	struct disruptor_producer *p = disruptor_producer_new(d);

	test_check(p != NULL, "a producer", file, line);
	return p;
}

static inline struct disruptor_poller *
poller_at(struct disruptor_poller *poller, const char *file, int line)
{
	test_check(poller != NULL, "a poller", file, line);
	return poller;
}

#define PRODUCER(d) producer_at(d, __FILE__, __LINE__)
#define POLLER(d, name)                                                        \
	poller_at(disruptor_poller_new(d, name), __FILE__, __LINE__)
#define FOLLOWER(d, name, ...)                                                 \
	poller_at(disruptor_poller_new_after(                                  \
			  d, name, DISRUPTOR_AFTER_NAMES(__VA_ARGS__)),        \
		  __FILE__, __LINE__)

/* Events that are numbers. */
static inline void put_at(struct disruptor_producer *p, int64_t value,
			  const char *file, int line)
{
	void *event = disruptor_try_claim(p);

	test_check(event != NULL, "room for one event", file, line);
	memcpy(event, &value, sizeof(value));
	disruptor_publish(p);
}

#define PUT(p, value) put_at(p, value, __FILE__, __LINE__)

/* first, first + 1, …; n of them. */
static inline void put_many(struct disruptor_producer *p, int64_t first,
			    int64_t n)
{
	int64_t i;

	for (i = 0; i < n; i++)
		PUT(p, first + i);
}

static inline int64_t value_at(struct disruptor_poller *poller, int64_t i)
{
	int64_t value;

	memcpy(&value, disruptor_poller_event(poller, i), sizeof(value));
	return value;
}

/* Polls and finishes one event, which holds value. */
static inline void take_at(struct disruptor_poller *poller, int64_t value,
			   const char *file, int line)
{
	int64_t n = disruptor_poll(poller);

	test_check(n > 0, "an event is ready", file, line);
	test_check_eq(value_at(poller, 0), value, "value", file, line);
	disruptor_poller_advance(poller, 1);
}

#define TAKE(poller, value) take_at(poller, value, __FILE__, __LINE__)

/* Polls and finishes first, first + 1, …; n of them. */
static inline void take_many(struct disruptor_poller *poller, int64_t first,
			     int64_t n)
{
	int64_t i;

	for (i = 0; i < n; i++)
		TAKE(poller, first + i);
}

#endif
