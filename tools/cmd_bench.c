/* SPDX-License-Identifier: MIT */
#include "arguments.h"
#include "bench_report.h"
#include "command.h"
#include "message.h"
#include "signals.h"
#include "units.h"

#include <stdlib.h>
#include <string.h>

#define CAPACITY 65536
#define EVENT_SIZE 64
#define SECONDS INT64_C(5000000000)
#define SAMPLE_NS 30e6
#define FIRST_EVENTS 10000
#define FIRST_NS 5e6	/* long enough for a first estimate */
#define ROUND_TRIPS 20000
#define ROUND_TRIPS_NS 100000000

static const char help[] =
"usage: disruptor bench [NAME] [OPTION]...\n"
"\n"
"Measures this machine with a ring of your shape: how long an event takes when\n"
"as many as possible go through, and how long one takes there and back. With\n"
"NAME the ring is one like that, which is left alone.\n"
"\n"
"      --capacity N       events, rounded up to a power of two (65536)\n"
"      --event-size BYTES of one event, a multiple of 8 (64)\n"
"      --batch N          events that are published at once (1)\n"
"      --producers N      threads that publish (1)\n"
"      --consumers N      threads that receive, each of them all (1)\n"
"      --slots LAYOUT     packed or stamped\n"
"      --wait STRATEGY    default, busy-spin, busy-spin-hint, yielding,\n"
"                         sleeping, phased, blocking\n"
"      --shared           the ring lies in shared memory\n"
"      --cpus A,B,...     a CPU for each thread; else those that are allowed\n"
"      --seconds S        measure for so long (5)\n"
"      --json             one JSON object on one line\n"
"      --help\n"
"\n"
"Virtual CPUs are moved about, and two CPUs that share a cache are five times\n"
"as near as two that do not. So there are many short samples, each between two\n"
"looks at how long two cache lines take there and back; a sample counts if both\n"
"agree, and the results are given for each placement.\n";

enum {
	CAPACITY_OPTION = OPTION_LONG, EVENT_SIZE_OPTION, BATCH, PRODUCERS,
	CONSUMERS, SLOTS, WAIT, SHARED, CPUS, SECONDS_OPTION, JSON
};

static const struct option long_options[] = {
	{ "capacity", required_argument, NULL, CAPACITY_OPTION },
	{ "event-size", required_argument, NULL, EVENT_SIZE_OPTION },
	{ "batch", required_argument, NULL, BATCH },
	{ "producers", required_argument, NULL, PRODUCERS },
	{ "consumers", required_argument, NULL, CONSUMERS },
	{ "slots", required_argument, NULL, SLOTS },
	{ "wait", required_argument, NULL, WAIT },
	{ "shared", no_argument, NULL, SHARED },
	{ "cpus", required_argument, NULL, CPUS },
	{ "seconds", required_argument, NULL, SECONDS_OPTION },
	{ "json", no_argument, NULL, JSON },
	ARGUMENTS_HELP,
	{ NULL, 0, NULL, 0 }
};

struct plan {
	struct bench_shape shape;
	uint32_t given;		/* bit per option */
	const char *cpus;
	int64_t duration;
	bool json;
};

static uint32_t members(const char *option)
{
	uint64_t n = option_positive(&bench_command, option);

	if (n >= BENCH_MEMBERS_MAX)
		usage_error(&bench_command, "%s must be less than %d", option,
			    BENCH_MEMBERS_MAX);
	return (uint32_t)n;
}

static void take_option(struct plan *plan, int option)
{
	struct bench_shape *s = &plan->shape;

	plan->given |= UINT32_C(1) << (option - OPTION_LONG);
	switch (option) {
	case CAPACITY_OPTION:
		s->options.capacity =
			option_positive(&bench_command, "--capacity");
		break;
	case EVENT_SIZE_OPTION:
		s->options.event_size =
			option_positive(&bench_command, "--event-size");
		break;
	case BATCH:
		s->batch = (int64_t)(option_positive(&bench_command,
						     "--batch") &
				     INT64_MAX);
		break;
	case PRODUCERS:
		s->producers = members("--producers");
		break;
	case CONSUMERS:
		s->consumers = members("--consumers");
		break;
	case SLOTS:
		s->options.slot_layout = option_slots(&bench_command);
		break;
	case WAIT:
		s->options.wait_strategy = option_wait(&bench_command);
		break;
	case SHARED:
		s->shared = true;
		break;
	case CPUS:
		plan->cpus = optarg;
		break;
	case SECONDS_OPTION:
		plan->duration = option_seconds(&bench_command, "--seconds");
		break;
	case JSON:
		plan->json = true;
	}
}

static void check(struct plan *plan)
{
	struct bench_shape *s = &plan->shape;
	const struct command *c = &bench_command;
	uint64_t capacity = 1;

	/* As the library does; what is too large, it refuses. */
	while (capacity < s->options.capacity && capacity < UINT64_MAX / 2)
		capacity *= 2;
	s->options.capacity = capacity;
	if (s->options.event_size % sizeof(uint64_t) != 0)
		usage_error(c, "--event-size must be a multiple of 8");
	if ((uint64_t)s->batch > capacity)
		usage_error(c, "--batch must not be more than the capacity");
	if (s->producers + s->consumers > BENCH_MEMBERS_MAX)
		usage_error(c, "more than %d producers and consumers",
			    BENCH_MEMBERS_MAX);
	if (plan->duration == 0)
		usage_error(c, "--seconds must be more than 0");
	s->cpu_count = bench_cpus(plan->cpus, s->cpus);
	if (s->cpu_count == 0)
		usage_error(c, "--cpus is a list of CPUs that are allowed here, "
			       "such as 0,2");
	if (s->producers > 1)
		s->options.producer_type = DISRUPTOR_MULTI_PRODUCER;
}

static bool is_given(const struct plan *plan, int option)
{
	return (plan->given >> (option - OPTION_LONG)) & 1;
}

/* Takes the shape of a ring that there is, but for what options say. */
static int imitate(struct plan *plan, const char *ring)
{
	struct disruptor_ring_info *info = disruptor_inspect(ring);
	struct disruptor_options *o = &plan->shape.options;

	if (info == NULL)
		return fail(ring, NULL);
	if (!is_given(plan, CAPACITY_OPTION))
		o->capacity = info->capacity;
	if (!is_given(plan, EVENT_SIZE_OPTION))
		o->event_size = info->event_size / sizeof(uint64_t) *
				sizeof(uint64_t);
	if (!is_given(plan, SLOTS))
		o->slot_layout = info->slot_layout;
	if (!is_given(plan, WAIT))
		o->wait_strategy = info->wait_strategy;
	o->producer_type = info->producer_type;
	plan->shape.shared = true;
	disruptor_inspect_free(info);
	if (o->event_size != 0)
		return 0;
	complain(ring, "events of less than 8 bytes cannot be measured");
	return EXIT_FAILED;
}

/* --- measuring ------------------------------------------------------------ */

/* The CPUs of the first producer and of the first consumer. */
static double probe(const struct bench_shape *s)
{
	uint32_t consumer = bench_is_pinned(s) ? s->producers : 1;
	double ns;

	if (s->cpu_count < 2)
		return 0;
	ns = bench_probe(s->cpus[0], s->cpus[consumer]);
	if (ns >= 0)
		return ns;
	complain(NULL, "bench: cannot start a thread");
	exit(EXIT_FAILED);
}

static double first_estimate(const struct bench_shape *s)
{
	double wanted = FIRST_EVENTS, ns = 0;
	uint64_t events = 1;

	for (; ns < FIRST_NS; wanted = (double)events * 2 * FIRST_NS / ns)
		ns = (double)bench_stream(s, wanted, &events);
	return ns / (double)events;
}

/* One sample of each kind; kept if the placement did not change meanwhile. */
static void sample(const struct bench_shape *s, struct bench_report *r,
		   double *estimate)
{
	static struct histogram times;
	double before = probe(s), after, ns;
	uint64_t events;

	memset(&times, 0, sizeof(times));
	ns = (double)bench_stream(s, SAMPLE_NS / *estimate, &events);
	*estimate = ns / (double)events;
	if (s->cpu_count > 1)
		bench_round_trips(s, ROUND_TRIPS, ROUND_TRIPS_NS, &times);
	after = probe(s);
	bench_report_add(r, before, after, *estimate, &times);
}

static void measure(const struct bench_shape *s, struct bench_report *r,
		    int64_t duration)
{
	int64_t end = clock_ns() + duration;
	double estimate = first_estimate(s);

	signals_note();
	do
		sample(s, r, &estimate);
	while (clock_ns() < end && !signals_noted());
}

static int run(int argc, char **argv)
{
	struct arguments a = { .command = &bench_command,
			       .short_options = "-:h",
			       .options = long_options,
			       .argc = argc,
			       .argv = argv };
	struct plan plan = { .shape.options.capacity = CAPACITY,
			     .shape.options.event_size = EVENT_SIZE,
			     .shape.producers = 1,
			     .shape.consumers = 1,
			     .shape.batch = 1,
			     .duration = SECONDS };
	struct bench_report *report;
	int option, code = 0;

	while ((option = arguments_next(&a)) != -1)
		take_option(&plan, option);
	if (a.operand_count > 0)
		code = imitate(&plan, arguments_ring(&a));
	if (code != 0)
		return code;
	check(&plan);
	report = bench_report_new();
	if (report == NULL) {
		complain(NULL, "bench: no memory");
		return EXIT_FAILED;
	}
	measure(&plan.shape, report, plan.duration);
	bench_report_print(report, &plan.shape, plan.json);
	bench_report_free(report);
	return finish_stdout(NULL);
}

const struct command bench_command = {
	"bench", "measure this machine with a ring of your shape", help, run
};
