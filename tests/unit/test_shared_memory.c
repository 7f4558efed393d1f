/* SPDX-License-Identifier: MIT */
/* shared_memory.h: create, attach, unlink; names; what must agree. */
#include <child.h>

#define NAME_MAX_BYTES 240

static struct disruptor_options options(void)
{
	return *DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 1000,
				  .type_name = "number");
}

static struct disruptor *create(void)
{
	struct disruptor_options o = options();
	struct disruptor *d = disruptor_create_shared(ring_new_name(), &o);

	CHECK(d != NULL);
	return d;
}

static void two_handles_one_ring(void **state)
{
	struct disruptor *a = create(), *b = ATTACH(ring_name());
	struct disruptor_poller *poller = POLLER(b, NULL);
	struct disruptor_producer *p = PRODUCER(a);

	(void)state;
	CHECK_EQ(disruptor_capacity(b), 1024);
	CHECK_EQ(disruptor_event_size(b), 8);
	CHECK_STR(disruptor_type_name(b), "number");
	CHECK_EQ(disruptor_producer_type(b), DISRUPTOR_SINGLE_PRODUCER);
	put_many(p, 0, 10);
	take_many(poller, 0, 10);
	CHECK_EQ(disruptor_published(b), 10);
	CHECK_EQ(disruptor_close(b), 0);
	CHECK_NULL(disruptor_try_claim(p), ESHUTDOWN);
	disruptor_free(a);
	CHECK_EQ(disruptor_poll(poller), -ESHUTDOWN);
	disruptor_free(b);
}

/* Leaving does not end the stream, and the ring stays. */
static void the_ring_outlives_us(void **state)
{
	struct disruptor *d = create();
	struct disruptor_producer *p = PRODUCER(d);

	(void)state;
	disruptor_poller_free(POLLER(d, "home"));
	put_many(p, 0, 5);
	disruptor_free(d);
	d = ATTACH(ring_name());
	CHECK_EQ(disruptor_published(d), 5);
	take_many(POLLER(d, "home"), 0, 5);
	p = PRODUCER(d);
	PUT(p, 5);
	disruptor_free(d);
}

static void create_twice(void **state)
{
	struct disruptor *d = create();
	struct disruptor_options o = options();

	(void)state;
	CHECK_NULL(disruptor_create_shared(ring_name(), &o), EEXIST);
	disruptor_free(d);
	CHECK_NULL(disruptor_create_shared(ring_name(), &o), EEXIST);
	CHECK_EQ(disruptor_unlink(ring_name()), 0);
	d = disruptor_create_shared(ring_name(), &o);
	CHECK(d != NULL);
	disruptor_free(d);
}

static void nothing_there(void **state)
{
	const char *name = ring_new_name();

	(void)state;
	CHECK_NULL(disruptor_attach(name, 0), ENOENT);
	CHECK_NULL(disruptor_inspect(name), ENOENT);
	CHECK_ERROR(disruptor_unlink(name), ENOENT);
	CHECK_ERROR(disruptor_check(name, NULL, NULL), ENOENT);
	CHECK(disruptor_error()[0] != '\0');
}

/* The name goes, the ring stays for those who have it. */
static void unlink_while_in_use(void **state)
{
	struct disruptor *d = create(), *e = ATTACH(ring_name());
	struct disruptor_poller *poller = POLLER(e, NULL);
	struct disruptor_producer *p = PRODUCER(d);

	(void)state;
	PUT(p, 1);
	CHECK_EQ(disruptor_unlink(ring_name()), 0);
	CHECK_NULL(disruptor_attach(ring_name(), 0), ENOENT);
	CHECK_ERROR(disruptor_unlink(ring_name()), ENOENT);
	TAKE(poller, 1);
	/* Whoever is in it may still join it. */
	disruptor_poller_free(poller);
	poller = POLLER(e, "late");
	PUT(p, 2);
	TAKE(poller, 2);
	disruptor_free(d);
	p = PRODUCER(e);
	PUT(p, 3);
	TAKE(poller, 3);
	disruptor_free(e);
}

static void event_size_must_agree(void **state)
{
	struct disruptor *d = create(), *e;

	(void)state;
	CHECK_NULL(disruptor_attach(ring_name(), 7), EPROTO);
	CHECK_NULL(disruptor_attach(ring_name(), 9), EPROTO);
	CHECK_NULL(disruptor_attach(ring_name(), SIZE_MAX), EPROTO);
	e = disruptor_attach(ring_name(), 8);
	CHECK(e != NULL);
	disruptor_free(e);
	disruptor_free(d);
}

static void mismatch(struct disruptor_options o)
{
	CHECK_NULL(disruptor_attach_opts(ring_name(), &o), EPROTO);
	CHECK(disruptor_error()[0] != '\0');
}

static void options_must_agree(void **state)
{
	struct disruptor *d = create(), *e;
	struct disruptor_options o = options();

	(void)state;
	/* Those that it was created with. */
	e = disruptor_attach_opts(ring_name(), &o);
	CHECK(e != NULL);
	disruptor_free(e);
	mismatch(*DISRUPTOR_OPTIONS(.event_size = 16));
	mismatch(*DISRUPTOR_OPTIONS(.capacity = 512));
	mismatch(*DISRUPTOR_OPTIONS(.capacity = 2048));
	mismatch(*DISRUPTOR_OPTIONS(.producer_type = DISRUPTOR_MULTI_PRODUCER));
	mismatch(*DISRUPTOR_OPTIONS(.slot_layout = DISRUPTOR_SLOTS_STAMPED));
	mismatch(*DISRUPTOR_OPTIONS(.type_name = "text"));
	mismatch(*DISRUPTOR_OPTIONS(.type_name = "numbers"));
	o.size = 0;
	CHECK_NULL(disruptor_attach_opts(ring_name(), &o), EINVAL);
	e = disruptor_attach_opts(
		ring_name(),
		DISRUPTOR_OPTIONS(.capacity = 1024, .type_name = "number",
				  .wait_strategy = DISRUPTOR_WAIT_BLOCKING));
	CHECK(e != NULL);
	disruptor_free(e);
	disruptor_free(d);
}

static void refused_name(const char *name, int error)
{
	struct disruptor_options o = options();

	CHECK_NULL(disruptor_create_shared(name, &o), error);
	CHECK_NULL(disruptor_attach(name, 0), error);
	CHECK_NULL(disruptor_inspect(name), error);
	CHECK_ERROR(disruptor_unlink(name), error);
	CHECK_ERROR(disruptor_check(name, NULL, NULL), error);
}

static void wrong_names(void **state)
{
	char name[1000];

	(void)state;
	refused_name(NULL, EINVAL);
	refused_name("", EINVAL);
	refused_name("/", EINVAL);
	refused_name("//x", EINVAL);
	refused_name("a/b", EINVAL);
	refused_name("/a/b", EINVAL);
	refused_name("a/", EINVAL);
	refused_name("..", EINVAL);
	refused_name(".", EINVAL);
	refused_name("/..", EINVAL);
	refused_name("../dev/shm/x", EINVAL);
	memset(name, 'n', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	refused_name(name, ENAMETOOLONG);
	name[NAME_MAX_BYTES + 1] = '\0';
	refused_name(name, ENAMETOOLONG);
}

static void longest_name(void **state)
{
	struct disruptor_options o = options();
	char name[NAME_MAX_BYTES + 2];
	struct disruptor *d;

	(void)state;
	memset(name, 'n', sizeof(name));
	snprintf(name, sizeof(name), "/disruptor-test.%ld.", (long)getpid());
	name[strlen(name)] = 'n';
	name[NAME_MAX_BYTES + 1] = '\0';
	disruptor_unlink(name + 1);
	d = disruptor_create_shared(name, &o);
	CHECK(d != NULL);
	disruptor_free(d);
	d = disruptor_attach(name + 1, 0);
	CHECK_EQ(disruptor_unlink(name), 0);
	CHECK(d != NULL);
	disruptor_free(d);
}

static void leading_slash(void **state)
{
	struct disruptor *d = create(), *e;
	struct disruptor_options o = options();
	char name[RING_NAME_SIZE + 1];

	(void)state;
	snprintf(name, sizeof(name), "/%s", ring_name());
	CHECK_NULL(disruptor_create_shared(name, &o), EEXIST);
	e = ATTACH(name);
	PUT(PRODUCER(d), 1);
	CHECK_EQ(disruptor_published(e), 1);
	CHECK_EQ(disruptor_unlink(name), 0);
	CHECK_NULL(disruptor_attach(ring_name(), 0), ENOENT);
	disruptor_free(e);
	disruptor_free(d);
}

struct handles {
	struct disruptor *d;
	struct disruptor_poller *poller;
};

static void use_parents_ring(void *argument)
{
	struct handles *h = argument;
	struct disruptor *d;

	CHECK_NULL(disruptor_producer_new(h->d), ECHILD);
	CHECK_NULL(disruptor_poller_new(h->d, NULL), ECHILD);
	CHECK_ERROR(disruptor_close(h->d), ECHILD);
	d = ATTACH(ring_name());
	CHECK_NULL(disruptor_poller_new(d, "parent"), EBUSY);
	PUT(PRODUCER(d), 5);
	disruptor_free(d);
	disruptor_free(h->d);
}

/* A forked child attaches anew, and cannot harm its parent's handles. */
static void fork_and_attach(void **state)
{
	struct handles h = { .d = create() };

	(void)state;
	h.poller = POLLER(h.d, "parent");
	CHILD_JOIN(child_start(use_parents_ring, &h));
	CHECK_EQ(disruptor_consumer_count(h.d), 1);
	TAKE(h.poller, 5);
	PUT(PRODUCER(h.d), 6);
	TAKE(h.poller, 6);
	disruptor_free(h.d);
}

TEST_MAIN(TEST(two_handles_one_ring), TEST(the_ring_outlives_us),
	  TEST(create_twice), TEST(nothing_there), TEST(unlink_while_in_use),
	  TEST(event_size_must_agree), TEST(options_must_agree),
	  TEST(wrong_names), TEST(longest_name), TEST(leading_slash),
	  TEST(fork_and_attach));
