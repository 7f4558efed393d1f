/* SPDX-License-Identifier: MIT */
/* A peer scribbles on a consumer's status while that one joins and leaves. */
#include <child.h>

#include <internal.h>

struct scene {
	char name[RING_NAME_SIZE];
	struct disruptor *d; /* the parent's */
	const char *consumer;
	uint64_t value;
	uint32_t there;
};

/* Takes each status away as soon as it says that somebody is there. */
static void scribble(void *argument)
{
	struct scene *s = argument;
	struct disruptor *d = ATTACH(s->name);
	uint64_t *status = &d->consumers[0].status;

	disruptor_fetch_add_u32(&s->there, 1);
	for (;;)
		if (disruptor_consumer_state(disruptor_load_relaxed_u64(
			    status)) == DISRUPTOR_CONSUMER_ACTIVE)
			disruptor_store_seq_cst_u64(status, s->value);
}

/* It works, or says that it was taken away. */
static void use(struct disruptor_poller *poller, struct disruptor_producer *p)
{
	int64_t n;

	if (disruptor_try_claim(p) != NULL)
		disruptor_publish(p);
	n = disruptor_poll(poller);
	CHECK((n >= 0 && n <= 8) || n == -ESTALE || n == -EUCLEAN);
	if (n > 0)
		disruptor_poller_advance(poller, n);
}

static void join_and_leave(struct scene *s, struct disruptor_producer *p)
{
	struct disruptor_poller *poller =
		disruptor_poller_new(s->d, s->consumer);

	if (poller == NULL) {
		CHECK(errno == ESTALE || errno == EUSERS || errno == EUCLEAN);
		/* The list has no handle that was never given out. */
		CHECK(s->d->poller_handles == NULL);
		return;
	}
	use(poller, p);
	disruptor_poller_free(poller);
	CHECK(s->d->poller_handles == NULL);
}

static void scene_test(const struct flavour *flavour, const char *consumer,
		       uint64_t value)
{
	struct scene *s = shared_alloc(sizeof(*s));
	struct disruptor_producer *p;
	int64_t i;
	pid_t pid;

	s->d = RING(flavour, .capacity = 8, .consumers_max = 1);
	snprintf(s->name, sizeof(s->name), "%s", ring_name());
	s->consumer = consumer;
	s->value = value;
	p = PRODUCER(s->d);
	pid = child_start(scribble, s);
	wait_for_u32(&s->there, 1);
	for (i = 0; i < scaled(1000); i++)
		join_and_leave(s, p);
	CHECK(child_kill(pid));
	CHECK_EQ(disruptor_halt(s->d), 0);
	disruptor_free(s->d);
	shared_free(s, sizeof(*s));
}

static void anonymous(const struct flavour *flavour)
{
	scene_test(flavour, NULL, 0);
	scene_test(flavour, NULL, DISRUPTOR_CONSUMER_JOINING);
}

static void named(const struct flavour *flavour)
{
	scene_test(flavour, "name", 0);
	scene_test(flavour, "name", DISRUPTOR_CONSUMER_JOINING);
}

/* It says that somebody else is there. */
static void changed_owner(const struct flavour *flavour)
{
	scene_test(flavour, NULL,
		   UINT64_C(77) << 8 | DISRUPTOR_CONSUMER_ACTIVE);
	scene_test(flavour, "name",
		   UINT64_C(77) << 8 | DISRUPTOR_CONSUMER_ACTIVE);
}

TEST_MAIN(TEST_SHARED(anonymous), TEST_SHARED(named),
	  TEST_SHARED(changed_owner));
