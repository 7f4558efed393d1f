/* SPDX-License-Identifier: MIT */
/* A handler that handles as many events as it is let, and waits in the next. */
#ifndef TEST_GATED_H
#define TEST_GATED_H

#include <ring.h>

#define ALL UINT32_MAX

struct gated {
	uint32_t let;		/* so many, in all */
	uint32_t entered;
	uint32_t handled;
	int64_t last;		/* sequence */
};

static inline void handle_gated(void *context, void *event, int64_t sequence,
				bool end_of_batch)
{
	struct gated *g = context;
	uint32_t handled = disruptor_load_relaxed_u32(&g->handled);

	(void)event;
	(void)end_of_batch;
	disruptor_store_release_u32(&g->entered, handled + 1);
	while (disruptor_load_acquire_u32(&g->let) <= handled)
		pause_ms(1);
	g->last = sequence;
	disruptor_store_release_u32(&g->handled, handled + 1);
}

static inline uint32_t handled_by(const struct gated *g)
{
	return disruptor_load_acquire_u32(&g->handled);
}

static inline void wait_until_handled(const struct gated *g, uint32_t n)
{
	while (handled_by(g) < n)
		pause_ms(1);
}

/* Until the handler has the n-th event in hand. */
static inline void wait_until_entered(const struct gated *g, uint32_t n)
{
	while (disruptor_load_acquire_u32(&g->entered) < n)
		pause_ms(1);
}

static inline void let(struct gated *g, uint32_t n)
{
	disruptor_store_release_u32(&g->let, n);
}

/* Waits as long as an event that is let through wrongly may need to come. */
static inline void check_held(const struct gated *g, uint32_t n)
{
	pause_ms(3);
	test_check_eq(handled_by(g), n, "events handled", __FILE__, __LINE__);
}

/* GATED(d, &g, .after = ..., ...) */
#define GATED(d, g, ...)                                                       \
	gated_at(d,                                                            \
		 DISRUPTOR_PROCESSOR_OPTIONS(.on_event = handle_gated,         \
					     .context = (g), __VA_ARGS__),     \
		 __FILE__, __LINE__)

static inline struct disruptor_processor *
gated_at(struct disruptor *d, const struct disruptor_processor_options *o,
	 const char *file, int line)
{
	struct disruptor_processor *p = disruptor_handle_events_opts(d, o);

	test_check(p != NULL, "a processor", file, line);
	return p;
}

#endif
