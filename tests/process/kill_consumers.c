/* SPDX-License-Identifier: MIT */
/*
 * Consumers are killed at random under load. Producers and the others go on; a
 * name goes on exactly after what it had finished; the anonymous are forgotten.
 */
#include <load.h>

#define CONSUMERS 4 /* 0, 1: with a name. 2, 3: anonymous */
#define PRODUCERS 2

/* Where a named consumer is, written before and after each advance. */
struct journal {
	int64_t sequence;
	uint64_t next[LOAD_PRODUCERS];
};

struct storm {
	char name[RING_NAME_SIZE];
	struct disruptor *d; /* the parent's */
	uint32_t joined[CONSUMERS];
	uint32_t stop;
	uint32_t producers;
	uint64_t sent[LOAD_PRODUCERS];
	struct journal journal[CONSUMERS][2];
	int64_t seen;
};

struct role {
	struct storm *storm;
	uint32_t id;
};

static void produce(void *argument)
{
	const struct role *role = argument;
	struct storm *storm = role->storm;
	struct disruptor *d = ATTACH(storm->name);
	struct disruptor_producer *p = PRODUCER(d);
	struct load_event *event;
	uint64_t number = 0;

	while (disruptor_load_acquire_u32(&storm->stop) == 0) {
		event = disruptor_claim(p);
		CHECK(event != NULL);
		load_fill(event, role->id, number++);
		disruptor_publish(p);
	}
	storm->sent[role->id] = number;
	disruptor_free(d);
}

static struct disruptor_poller *poller_of(struct disruptor *d, uint32_t id)
{
	switch (id) {
	case 0:
		return POLLER(d, "first");
	case 1:
		return FOLLOWER(d, "second", "first");
	case 2:
		return POLLER(d, NULL);
	default:
		return FOLLOWER(d, NULL, "second");
	}
}

/* --- with a name: exactly once, over all its lives ------------------------ */

/* The entry that says where it stands now. */
static struct journal *find_entry(struct journal *journal, int64_t sequence)
{
	if (journal[0].sequence == sequence)
		return &journal[0];
	CHECK_EQ(journal[1].sequence, sequence);
	return &journal[1];
}

static void finish(struct disruptor_poller *poller, struct journal *journal,
		   struct journal **entry, int64_t n)
{
	struct journal *other = *entry == &journal[0] ? &journal[1] :
							&journal[0];
	int64_t i;

	disruptor_store_seq_cst_i64(&other->sequence, -1);
	memcpy(other->next, (*entry)->next, sizeof(other->next));
	for (i = 0; i < n; i++)
		load_verify(disruptor_poller_event(poller, i), other->next);
	disruptor_store_seq_cst_i64(&other->sequence, (*entry)->sequence + n);
	disruptor_poller_advance(poller, n);
	*entry = other;
}

static void consume_named(struct storm *storm, struct disruptor_poller *poller,
			  uint32_t id)
{
	struct journal *journal = storm->journal[id];
	struct journal *entry =
		find_entry(journal, disruptor_poller_sequence(poller, 0));
	uint32_t i;
	int64_t n;

	disruptor_fetch_add_u32(&storm->joined[id], 1);
	while ((n = disruptor_poll_wait(poller, DISRUPTOR_FOREVER)) > 0)
		finish(poller, journal, &entry, n);
	CHECK_EQ(n, -ESHUTDOWN);
	for (i = 0; i < storm->producers; i++)
		CHECK_EQ(entry->next[i], storm->sent[i]);
}

/* --- anonymous: whole events, one after the other, from some place on ----- */

static void consume_anonymous(struct storm *storm,
			      struct disruptor_poller *poller, uint32_t id)
{
	int64_t n, i, sequence = disruptor_poller_sequence(poller, 0);
	const struct load_event *event;

	disruptor_fetch_add_u32(&storm->joined[id], 1);
	while ((n = disruptor_poll_wait(poller, DISRUPTOR_FOREVER)) > 0) {
		CHECK_EQ(disruptor_poller_sequence(poller, 0), sequence);
		for (i = 0; i < n; i++) {
			event = disruptor_poller_event(poller, i);
			CHECK_EQ(event->check,
				 load_check(event->producer, event->number));
		}
		disruptor_poller_advance(poller, n);
		sequence += n;
		disruptor_fetch_add_i64(&storm->seen, n);
	}
	CHECK_EQ(n, -ESHUTDOWN);
}

static void consume(void *argument)
{
	const struct role *role = argument;
	struct disruptor *d = ATTACH(role->storm->name);
	struct disruptor_poller *poller = poller_of(d, role->id);

	if (role->id < 2)
		consume_named(role->storm, poller, role->id);
	else
		consume_anonymous(role->storm, poller, role->id);
	disruptor_free(d);
}

/* --- the storm ------------------------------------------------------------ */

static pid_t start(struct storm *storm, uint32_t id, void (*run)(void *))
{
	struct role role = { storm, id };

	return child_start(run, &role);
}

static void kill_at_random(struct storm *storm, pid_t *consumers)
{
	int64_t kills = scaled(test_full() ? 600 : 100);
	uint64_t random = 21;
	uint32_t i;

	for (; kills > 0; kills--) {
		usleep((useconds_t)(test_random(&random) % 4000));
		i = (uint32_t)(test_random(&random) >> 32) % CONSUMERS;
		CHECK(child_kill(consumers[i]));
		consumers[i] = start(storm, i, consume);
	}
}

/* Who died last without a name may still be there, until somebody minds. */
static void account(struct storm *storm, int64_t total)
{
	struct disruptor_ring_info *info = disruptor_inspect(storm->name);
	uint32_t i, named = 0;

	CHECK(info != NULL);
	CHECK_EQ(info->published, total);
	CHECK_EQ(info->recovered, 0);
	for (i = 0; i < info->consumer_count; i++) {
		CHECK(!info->consumers[i].alive);
		if (!info->consumers[i].holds)
			continue;
		CHECK_EQ(info->consumers[i].sequence, total);
		CHECK_EQ(info->consumers[i].gaps, 0);
		named++;
	}
	CHECK_EQ(named, 2);
	print_message("  %lld events, %lld dead consumers evicted\n",
		      (long long)total, (long long)info->evicted);
	CHECK_EQ(disruptor_check(storm->name, NULL, NULL),
		 info->consumer_count - named);
	disruptor_inspect_free(info);
}

static void storm_test(const struct flavour *flavour, size_t capacity)
{
	struct storm *storm = shared_alloc(sizeof(*storm));
	pid_t producers[PRODUCERS], consumers[CONSUMERS];
	int64_t total = 0;
	uint32_t i;

	storm->d = RING(flavour, .capacity = capacity,
			.event_size = sizeof(struct load_event));
	storm->producers = flavour_multi(flavour) ? PRODUCERS : 1;
	snprintf(storm->name, sizeof(storm->name), "%s", ring_name());
	for (i = 0; i < CONSUMERS; i++) {
		consumers[i] = start(storm, i, consume);
		wait_for_u32(&storm->joined[i], 1);
	}
	for (i = 0; i < storm->producers; i++)
		producers[i] = start(storm, i, produce);
	kill_at_random(storm, consumers);
	disruptor_fetch_add_u32(&storm->stop, 1);
	for (i = 0; i < storm->producers; i++) {
		CHILD_JOIN(producers[i]);
		total += (int64_t)storm->sent[i];
	}
	CHECK_EQ(disruptor_close(storm->d), 0);
	for (i = 0; i < CONSUMERS; i++)
		CHILD_JOIN(consumers[i]);
	account(storm, total);
	disruptor_free(storm->d);
	shared_free(storm, sizeof(*storm));
}

static void in_a_small_ring(const struct flavour *flavour)
{
	storm_test(flavour, 8);
}

static void in_a_large_ring(const struct flavour *flavour)
{
	storm_test(flavour, 4096);
}

TEST_MAIN(TEST_SHARED(in_a_small_ring), TEST_SHARED(in_a_large_ring));
