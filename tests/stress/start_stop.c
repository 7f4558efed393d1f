/* SPDX-License-Identifier: MIT */
/*
 * A thousand starts and stops leave nothing behind: no memory, no thread, no
 * file descriptor, no mapping.
 */
#include <ring.h>

#include <dirent.h>
#include <malloc.h>

#define PROCESSORS 3
#define CYCLES 1000
#define WARM_UP 20
#define EVENTS 5
/* What the C library may keep; malloc()'s smallest piece has 32 bytes. */
#define BYTES_KEPT 8192
#define MAPPINGS_KEPT 8

/* What this process has of everything. */
struct possession {
	size_t bytes;		/* of malloc(), where it can be asked */
	int threads;
	int descriptors;
	int mappings;
};

static int lines_of(const char *path)
{
	FILE *file = fopen(path, "r");
	int c, lines = 0;

	CHECK(file != NULL);
	while ((c = getc(file)) != EOF)
		lines += c == '\n';
	fclose(file);
	return lines;
}

static int entries_of(const char *path)
{
	DIR *directory = opendir(path);
	int entries = 0;

	CHECK(directory != NULL);
	while (readdir(directory) != NULL)
		entries++;
	closedir(directory);
	return entries;
}

static struct possession count(void)
{
	struct possession p = {
		.bytes = mallinfo2().uordblks,
		.threads = entries_of("/proc/self/task"),
		.descriptors = entries_of("/proc/self/fd"),
		.mappings = lines_of("/proc/self/maps"),
	};

	return p;
}

/* Who was joined may be in the kernel's list for an instant more. */
static void wait_for_threads(int threads)
{
	while (entries_of("/proc/self/task") > threads)
		pause_ms(1);
}

static void check_unchanged(const struct possession *before, int64_t cycles)
{
	struct possession after;

	wait_for_threads(before->threads);
	after = count();
	print_message("  %lld cycles: %lld bytes, %d threads, %d descriptors, "
		      "%d mappings more\n",
		      (long long)cycles,
		      (long long)after.bytes - (long long)before->bytes,
		      after.threads - before->threads,
		      after.descriptors - before->descriptors,
		      after.mappings - before->mappings);
	CHECK(after.bytes <= before->bytes + BYTES_KEPT);
	/* Fewer, if one of the warming up was still in the list before. */
	CHECK(after.threads <= before->threads);
	CHECK_EQ(after.descriptors, before->descriptors);
	CHECK(after.mappings <= before->mappings + MAPPINGS_KEPT);
}

struct work {
	uint32_t handled;
	int error;		/* of on_start */
	uint32_t states;	/* that live */
};

static void *make(void *context)
{
	struct work *w = context;

	disruptor_fetch_add_u32(&w->states, 1);
	return w;
}

static void destroy(void *state)
{
	struct work *w = state;

	disruptor_fetch_add_u32(&w->states, (uint32_t)-1);
}

static int start(void *state)
{
	return -((struct work *)state)->error;
}

static void handle(void *state, void *event, int64_t sequence,
		   bool end_of_batch)
{
	struct work *w = state;

	(void)event;
	(void)sequence;
	(void)end_of_batch;
	disruptor_fetch_add_u32(&w->handled, 1);
}

/* A chain, with all that a processor may have made for it. */
static void build(struct disruptor *d, struct work *w)
{
	struct disruptor_processor *p = NULL;
	int i;

	for (i = 0; i < PROCESSORS; i++) {
		p = disruptor_handle_events_opts(
			d, DISRUPTOR_PROCESSOR_OPTIONS(
				   .on_event = handle, .context = w,
				   .state_new = make, .state_free = destroy,
				   .on_start = start, .thread_name = "worker",
				   .after = p != NULL ? DISRUPTOR_AFTER(p) :
							NULL));
		CHECK(p != NULL);
	}
}

static struct disruptor *ring_with(const struct flavour *flavour,
				   struct work *w)
{
	struct disruptor *d = RING(flavour, .capacity = 8);

	build(d, w);
	return d;
}

static void wait_until_handled(const struct work *w, uint32_t n)
{
	while (disruptor_load_acquire_u32(&w->handled) < n)
		pause_ms(1);
}

/* --- one cycle of each kind ---------------------------------------------- */

static void start_and_halt(struct disruptor *d, struct work *w)
{
	struct disruptor_producer *p;
	uint32_t before = disruptor_load_acquire_u32(&w->handled);

	CHECK_EQ(disruptor_start(d), 0);
	p = PRODUCER(d);
	put_many(p, 0, EVENTS);
	disruptor_producer_free(p);
	wait_until_handled(w, before + EVENTS * PROCESSORS);
	CHECK_EQ(disruptor_halt(d), 0);
}

static void start_and_fail(struct disruptor *d, struct work *w)
{
	w->error = EIO;
	CHECK_ERROR(disruptor_start(d), EIO);
}

static void start_and_drain(struct disruptor *d, struct work *w)
{
	struct disruptor_producer *p = PRODUCER(d);

	(void)w;
	put_many(p, 0, EVENTS);
	disruptor_producer_free(p);
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
}

typedef void (*cycle)(struct disruptor *, struct work *);

/* --- many of them --------------------------------------------------------- */

static void with_one_ring(const struct flavour *flavour, cycle once)
{
	struct work w = { .handled = 0 };
	struct disruptor *d = ring_with(flavour, &w);
	struct possession before;
	int64_t i;

	for (i = 0; i < WARM_UP; i++)
		once(d, &w);
	before = count();
	for (i = 0; i < scaled(CYCLES); i++)
		once(d, &w);
	check_unchanged(&before, scaled(CYCLES));
	CHECK_EQ(w.states, 0);
	disruptor_free(d);
}

static void ring_and_all(const struct flavour *flavour)
{
	struct work w = { .handled = 0 };
	struct disruptor *d = ring_with(flavour, &w);

	start_and_drain(d, &w);
	CHECK_EQ(w.handled, EVENTS * PROCESSORS);
	CHECK_EQ(w.states, 0);
	disruptor_free(d);
	if (flavour->shared)
		CHECK_EQ(disruptor_unlink(ring_name()), 0);
}

static void halts(const struct flavour *flavour)
{
	with_one_ring(flavour, start_and_halt);
}

static void failing_starts(const struct flavour *flavour)
{
	with_one_ring(flavour, start_and_fail);
}

/* A private ring closes with its shutdown, and is not started again. */
static void drains(const struct flavour *flavour)
{
	with_one_ring(flavour, start_and_drain);
}

static void rings(const struct flavour *flavour)
{
	struct possession before;
	int64_t i;

	for (i = 0; i < WARM_UP; i++)
		ring_and_all(flavour);
	before = count();
	for (i = 0; i < scaled(CYCLES); i++)
		ring_and_all(flavour);
	check_unchanged(&before, scaled(CYCLES));
}

static bool multi_packed(const struct flavour *flavour)
{
	return flavour_multi(flavour) &&
	       flavour->slot_layout == DISRUPTOR_SLOTS_PACKED;
}

static bool shared_multi_packed(const struct flavour *flavour)
{
	return flavour->shared && multi_packed(flavour);
}

TEST_MAIN(TEST_SOME(halts, multi_packed),
	  TEST_SOME(failing_starts, multi_packed),
	  TEST_SOME(drains, shared_multi_packed),
	  TEST_SOME(rings, multi_packed));
