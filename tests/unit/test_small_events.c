/* SPDX-License-Identifier: MIT */
/* typed.h: a ring whose events are smaller than the type. Nothing overlaps. */
#include <child.h>

struct big {
	int64_t first, second;
};

struct small {
	int64_t first;
};

DISRUPTOR_DEFINE(big, struct big);
DISRUPTOR_DEFINE(small, struct small);

static void on_big(void *context, struct big *event, int64_t sequence,
		   bool end_of_batch)
{
	(void)context;
	(void)sequence;
	(void)end_of_batch;
	event->second = -1;
}

DISRUPTOR_DEFINE_HANDLER(handle_big, struct big, on_big);

static void claims(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);

	CHECK_NULL(big_claim(p), EMSGSIZE);
	CHECK_NULL(big_try_claim(p), EMSGSIZE);
	CHECK_NULL(big_claim_timeout(p, MS), EMSGSIZE);
	CHECK_EQ(disruptor_producer_sequence(p, 0), 0);
	CHECK(small_claim(p) != NULL);
	CHECK(big_producer_event(p, 0) == NULL);
	disruptor_publish(p);
	CHECK_EQ(disruptor_published(d), 1);
	disruptor_free(d);
}

static void polls(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *poller = POLLER(d, NULL);
	struct disruptor_batch batch = { .count = 1 };

	PUT(PRODUCER(d), 9);
	CHECK_EQ(disruptor_poll(poller), 1);
	CHECK(big_event(poller, 0) == NULL);
	CHECK_EQ(small_event(poller, 0)->first, 9);
	batch.ring = poller->barrier.ring;
	CHECK(big_batch_event(&batch, 0) == NULL);
	CHECK_EQ(small_batch_event(&batch, 0)->first, 9);
	disruptor_free(d);
}

/* 8 and its word have 16 bytes, 12 and its word 24: neither holds the type. */
static void every_smaller_size(const struct flavour *flavour)
{
	struct disruptor *d;
	size_t size;

	for (size = 1; size < sizeof(struct big); size++) {
		d = RING(flavour, .capacity = 8, .event_size = size);
		CHECK_NULL(big_try_claim(PRODUCER(d)), EMSGSIZE);
		CHECK_EQ(disruptor_published(d), 0);
		disruptor_free(d);
	}
}

struct scene {
	const struct flavour *flavour;
	int err;
};

static void handle_small_ones(void *argument)
{
	struct scene *s = argument;
	struct disruptor *d = RING(s->flavour, .capacity = 8);
	char path[RING_NAME_SIZE + 32];

	ring_path(path, sizeof(path), ring_name());
	unlink(path);
	CHECK(dup2(s->err, STDERR_FILENO) >= 0);
	CHECK(disruptor_handle_events_with(d, handle_big, NULL) != NULL);
	CHECK_EQ(disruptor_start(d), 0);
	PUT(PRODUCER(d), 1);
	disruptor_shutdown(d, DISRUPTOR_FOREVER);
}

static void handler_says_so(const struct flavour *flavour)
{
	struct scene s = { .flavour = flavour };
	char text[400] = "";
	int ends[2], status;
	pid_t pid;

	CHECK_EQ(pipe(ends), 0);
	s.err = ends[1];
	pid = child_start(handle_small_ones, &s);
	close(ends[1]);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(read(ends[0], text, sizeof(text) - 1) >= 0);
	close(ends[0]);
	CHECK(WIFSIGNALED(status));
	CHECK_EQ(WTERMSIG(status), SIGABRT);
	CHECK(strstr(text, "libdisruptor: ") == text);
	CHECK(strstr(text, "16 bytes") != NULL);
	CHECK(strstr(text, "have 8") != NULL);
}

TEST_MAIN(TEST_EACH(claims), TEST_EACH(polls), TEST_EACH(every_smaller_size),
	  TEST_EACH(handler_says_so));
