/* SPDX-License-Identifier: MIT */
/*
 * Scenes: a single producer writes to free slots ahead of what it claims
 * (src/fetch_ahead.c), where nobody may read. A ring of the smallest size for
 * which it does.
 */
#include "play.h"
#include "scenes.h"

#include "internal.h"

#define EVENT_SIZE 16
#define CAPACITY 128
#define AHEAD 32	/* it fetches the block after the next, of so many */
#define READ 80		/* in the first block that it fetches again */

static uint64_t *event_at(int64_t sequence)
{
	return disruptor_ring_buffer_event(&play->ring[0]->ring, sequence);
}

static void empty_setup(void)
{
	play_ring(DISRUPTOR_OPTIONS(.event_size = EVENT_SIZE,
				    .capacity = CAPACITY, .consumers_max = 2));
	play_producer(0);
}

static void fill(void)
{
	int64_t i;

	scene_act_as(0);
	for (i = 0; i < CAPACITY; i += AHEAD) {
		disruptor_try_claim_n(play->producer[0], AHEAD);
		disruptor_publish(play->producer[0]);
	}
	*event_at(READ) = READ;
}

/* Makes it fetch where event READ was, if there is room. */
static void publish_block(void)
{
	if (disruptor_try_claim_n(play->producer[0], AHEAD) == AHEAD)
		disruptor_publish(play->producer[0]);
}

static void publish_blocks(void)
{
	publish_block();
	publish_block();
}

/* Block by block. */
static void read_and_pass(void)
{
	struct disruptor_poller *p = play->poller[1];
	int64_t first, n;

	do {
		first = disruptor_poller_sequence(p, 0);
		n = disruptor_poll(p);
		if (first <= READ && first + n > READ)
			scene_require(*event_at(READ) == READ,
				      "an event is overwritten");
		disruptor_poller_advance(p, n);
	} while (n > 0 && first < READ);
}

#define BY_BLOCKS(...) \
	DISRUPTOR_POLLER_OPTIONS(.batch_max = AHEAD, __VA_ARGS__)

/* --- one that is there ---------------------------------------------------- */

static void behind_setup(void)
{
	empty_setup();
	play_consumer(1, BY_BLOCKS(.name = NULL));
	fill();
}

const struct scene scene_fetch = {
	.name = "fetch",
	.what = "a producer fetches ahead what a consumer reads and passes",
	.setup = behind_setup,
	.participant = { publish_blocks, read_and_pass },
	.deviations = 7, .deep_deviations = 10,
};

/* --- one that comes ------------------------------------------------------- */

static void alone_setup(void)
{
	empty_setup();
	fill();
}

static void join_and_read(void)
{
	play->poller[1] = disruptor_poller_new_opts(
		play->ring[1], BY_BLOCKS(.start = DISRUPTOR_START_OLDEST));
	scene_require(play->poller[1] != NULL, "cannot join: %s",
		      disruptor_error());
	read_and_pass();
}

const struct scene scene_fetch_join = {
	.name = "fetch-join",
	.what = "the same as a consumer joins, from the oldest event on",
	.setup = alone_setup,
	.participant = { publish_block, join_and_read },
	.deviations = 7, .deep_deviations = 10,
};
