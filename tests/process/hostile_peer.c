/* SPDX-License-Identifier: MIT */
/*
 * A peer that writes all over the region while others join, produce, consume,
 * look and repair: nonsense and errors are fine, a fault, a count out of range,
 * or a call that neither returns nor can be cancelled is not.
 */
#include <region.h>

#include <child.h>

#define ROUNDS 2000
#define CAPACITY 64
#define SHORT_NS (MS / 5)

struct scene {
	char name[RING_NAME_SIZE];
	struct disruptor *d; /* of the child that suffers */
	uint32_t there, scribbles;
	int64_t claimed, polled; /* that succeeded all the same */
};

/* Edges of everything: of numbers, of sequences near the cursor, of words. */
static uint64_t wild(const struct region *r, uint64_t *random)
{
	static const uint64_t edges[] = { 0,
					  1,
					  2,
					  3,
					  CAPACITY,
					  UINT32_MAX,
					  INT64_MAX,
					  UINT64_C(1) << 62,
					  UINT64_C(1) << 63,
					  UINT64_MAX };
	uint64_t x = test_random(random), y = x >> 16;
	uint64_t near =
		(uint64_t)disruptor_load_relaxed_i64(&r->words->cursor.value) +
		y % 5 - 2;

	switch (x % 6) {
	case 0:
		return test_random(random);
	case 1:
		return near;
	case 2:
		return near - CAPACITY;
	case 3:
		return (near + 1) << 1 | (y >> 8 & 1);
	default:
		return edges[y % (sizeof(edges) / sizeof(edges[0]))];
	}
}

/* Half of it goes where it hurts: cursor, control line and records. */
static void scribble(void *argument)
{
	struct scene *s = argument;
	struct region r = region_open(s->name);
	uint64_t random = 5, words, at;
	struct disruptor_header header = *r.header;

	for (;;) {
		words = test_random(&random) % 2 ? r.size / 8 :
						   header.events_offset / 8;
		at = test_random(&random) % words * 8;
		disruptor_store_relaxed_u64((void *)(r.bytes + at),
					    wild(&r, &random));
		disruptor_fetch_add_u32(&s->scribbles, 1);
		/* Now and then somebody gets something done. */
		if (test_random(&random) % 64 == 0)
			usleep(50);
	}
}

static void check_result(int64_t n)
{
	CHECK(n <= CAPACITY);
	CHECK(n >= 0 || n == -EAGAIN || n == -ETIMEDOUT || n == -ESHUTDOWN ||
	      n == -ESTALE || n == -EUCLEAN || n == -EOVERFLOW ||
	      n == -EOWNERDEAD || n == -ECANCELED || n == -EBUSY);
}

static void *produce(void *argument)
{
	struct scene *s = argument;
	int64_t i, n;

	for (i = 0; i < scaled(ROUNDS); i++) {
		struct disruptor_producer *p = disruptor_producer_new(s->d);
		int j;

		for (j = 0; p != NULL && j < 4; j++) {
			n = disruptor_claim_up_to_timeout(p, 3, SHORT_NS);
			check_result(n);
			if (n > 0) {
				memset(disruptor_producer_event(p, n - 1), 3,
				       8);
				disruptor_fetch_add_i64(&s->claimed, n);
			}
			if (j % 3 == 0)
				disruptor_abandon(p);
			else
				disruptor_publish(p);
		}
		disruptor_producer_free(p);
	}
	return NULL;
}

static int64_t consume_once(struct scene *s, struct disruptor_poller *poller)
{
	int64_t n = disruptor_poll_wait(poller, SHORT_NS), i;
	uint64_t sum = 0;

	check_result(n);
	for (i = 0; i < n; i++)
		sum += *(unsigned char *)disruptor_poller_event(poller, i);
	if (n > 0)
		disruptor_fetch_add_i64(&s->polled, n);
	disruptor_poller_advance(poller, n);
	CHECK(disruptor_poller_missed(poller) >= 0);
	return (int64_t)(sum & 0xff);
}

static void *consume(void *argument)
{
	static const char *const names[] = { NULL, "a", "b" };
	struct scene *s = argument;
	int64_t i;
	static const enum disruptor_on_upstream_lost lost[] = {
		DISRUPTOR_UPSTREAM_DEFAULT, DISRUPTOR_UPSTREAM_PASS,
		DISRUPTOR_UPSTREAM_HOLD, DISRUPTOR_UPSTREAM_FAIL
	};
	int j;

	for (i = 0; i < scaled(ROUNDS); i++) {
		struct disruptor_poller *poller = disruptor_poller_new_opts(
			s->d, DISRUPTOR_POLLER_OPTIONS(
				      .name = names[i % 3],
				      .start = i % 2 ? DISRUPTOR_START_OLDEST :
						       DISRUPTOR_START_NEXT,
				      .stall_limit_ns = MS,
				      .on_upstream_lost = lost[i % 4],
				      .upstream = i % 5 ? NULL :
					      DISRUPTOR_AFTER_NAMES("a")));

		for (j = 0; poller != NULL && j < 4; j++)
			consume_once(s, poller);
		disruptor_poller_free(poller);
	}
	return NULL;
}

/* Waits for ever, whatever comes, until it is told to stop. */
static void *wait_for_halt(void *argument)
{
	struct scene *s = argument;
	struct disruptor_poller *poller = NULL;
	int64_t n = 0;

	while (n != -ECANCELED) {
		if (poller == NULL)
			poller = disruptor_poller_new(s->d, NULL);
		if (poller == NULL)
			break; /* taken from us, and all are damaged */
		n = disruptor_poll_wait(poller, DISRUPTOR_FOREVER);
		check_result(n);
		disruptor_poller_advance(poller, n);
		if (n != -ESTALE)
			continue;
		disruptor_poller_free(poller);
		poller = NULL;
	}
	return NULL;
}

static void *look(void *argument)
{
	struct scene *s = argument;
	struct disruptor_holder holder;
	int64_t i;

	for (i = 0; i < scaled(ROUNDS / 4); i++) {
		disruptor_inspect_free(disruptor_inspect(s->name));
		disruptor_check(s->name, NULL, NULL);
		disruptor_repair(s->d, NULL, NULL);
		disruptor_remove_consumer(s->d, "a");
		disruptor_find_holder(s->d, disruptor_published(s->d),
				      &holder);
		disruptor_free(disruptor_attach(s->name, 0));
	}
	return NULL;
}

static void suffer(void *argument)
{
	static void *(*const parts[])(void *) = { wait_for_halt, produce,
						  produce,	 consume,
						  consume,	 look };
	struct scene *s = argument;
	pthread_t threads[6];
	size_t i;

	s->d = ATTACH(s->name);
	disruptor_fetch_add_u32(&s->there, 1);
	wait_for_u32(&s->scribbles, 1);
	for (i = 0; i < 6; i++)
		threads[i] = thread_start(parts[i], s);
	for (i = 1; i < 6; i++)
		thread_join(threads[i]);
	CHECK_EQ(disruptor_halt(s->d), 0);
	thread_join(threads[0]);
	disruptor_free(s->d);
}

static void scribbled_over(const struct flavour *flavour)
{
	struct scene *s = shared_alloc(sizeof(*s));
	pid_t peer, victim;

	disruptor_free(RING(flavour, .capacity = CAPACITY, .consumers_max = 8,
			    .producers_max = 4));
	snprintf(s->name, sizeof(s->name), "%s", ring_name());
	victim = child_start(suffer, s);
	wait_for_u32(&s->there, 1);
	peer = child_start(scribble, s);
	CHILD_JOIN(victim);
	CHECK(child_kill(peer));
	print_message("  %s: %u scribbles, %lld claimed, %lld polled\n",
		      flavour->name, s->scribbles, (long long)s->claimed,
		      (long long)s->polled);
	shared_free(s, sizeof(*s));
}

TEST_MAIN(TEST_SHARED(scribbled_over));
