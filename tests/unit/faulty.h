/* SPDX-License-Identifier: MIT */
/* A handler that fails where it is told, and remembers what it saw. */
#ifndef TEST_FAULTY_H
#define TEST_FAULTY_H

#include <ring.h>

#define SEEN_MAX 64

struct faulty {
	int64_t fail_at;	/* sequence */
	uint32_t fails;		/* so many times, then no more */
	int error;
	int64_t release_at;	/* sequence, when it is handled; 0: never */
	uint32_t held;		/* 1: waits at fail_at until it is 0 */
	uint32_t calls;		/* stored last */
	int64_t seen[SEEN_MAX];
	bool ends[SEEN_MAX];	/* of a batch */
	/* error_handler: its answer, and what it was told last. */
	enum disruptor_on_error answer;
	uint32_t asked;
	int told_error;
	int64_t told_value, told_sequence;
	uint32_t told_attempts;
};

static inline uint32_t faulty_calls(const struct faulty *f)
{
	return disruptor_load_acquire_u32(&f->calls);
}

static inline void wait_for_calls(const struct faulty *f, uint32_t n)
{
	while (faulty_calls(f) < n)
		pause_ms(1);
}

static inline int handle_faulty(void *context, void *event, int64_t sequence,
				bool end_of_batch)
{
	struct faulty *f = context;
	uint32_t i = disruptor_load_relaxed_u32(&f->calls);

	(void)event;
	if (i < SEEN_MAX) {
		f->seen[i] = sequence;
		f->ends[i] = end_of_batch;
	}
	if (f->release_at != 0 && sequence == f->release_at)
		CHECK_EQ(disruptor_release(sequence), 0);
	disruptor_store_release_u32(&f->calls, i + 1);
	if (sequence != f->fail_at)
		return 0;
	while (disruptor_load_acquire_u32(&f->held) != 0)
		pause_ms(1);
	if (f->fails == 0)
		return 0;
	f->fails--;
	return -f->error;
}

static inline enum disruptor_on_error answer_faulty(void *context, int error,
						    void *event,
						    int64_t sequence,
						    uint32_t attempts)
{
	struct faulty *f = context;

	f->asked++;
	f->told_error = error;
	memcpy(&f->told_value, event, sizeof(f->told_value));
	f->told_sequence = sequence;
	f->told_attempts = attempts;
	return f->answer;
}

/* What was seen, in order: "0 1 2 1 2". */
static inline void check_seen_at(const struct faulty *f, const char *expected,
				 const char *file, int line)
{
	char text[SEEN_MAX * 4] = "";
	size_t used = 0;
	uint32_t i;

	for (i = 0; i < faulty_calls(f) && i < SEEN_MAX; i++)
		used += (size_t)snprintf(&text[used], sizeof(text) - used,
					 i == 0 ? "%d" : " %d",
					 (int)f->seen[i]);
	if (strcmp(text, expected) == 0)
		return;
	fprintf(stderr, "%s:%d: seen: %s; expected: %s\n", file, line, text,
		expected);
	test_failed(file, line);
}

#define CHECK_SEEN(f, expected) check_seen_at(f, expected, __FILE__, __LINE__)

#define FAULTY(d, f, ...)                                                      \
	faulty_at(d,                                                           \
		  DISRUPTOR_PROCESSOR_OPTIONS(                                 \
			  .on_event_or_error = handle_faulty, .context = (f),  \
			  .error_handler = answer_faulty, __VA_ARGS__),        \
		  __FILE__, __LINE__)

static inline struct disruptor_processor *
faulty_at(struct disruptor *d, const struct disruptor_processor_options *o,
	  const char *file, int line)
{
	struct disruptor_processor *p = disruptor_handle_events_opts(d, o);

	test_check(p != NULL, "a processor", file, line);
	return p;
}

#endif
