/* SPDX-License-Identifier: MIT */
#include "arguments.h"
#include "command.h"
#include "frame.h"
#include "message.h"
#include "signals.h"
#include "subscriber.h"

#include <stdlib.h>
#include <string.h>

#define OUTPUT_SIZE (256 * 1024)
#define BATCH_MAX 4096
#define RETRY_NS 10000000	/* --wait-ring */
#define STALL_LIMIT_MAX_NS (INT64_C(3600) * 1000000000)

static const char help[] =
"usage: disruptor subscribe NAME [OPTION]...\n"
"\n"
"Writes the records of a ring to standard output, byte for byte, until the\n"
"stream ends ('publish --close'). A subscriber sees every record from the\n"
"moment it joins, and publishers wait for it when the ring is full.\n"
"\n"
"      --as CONSUMER     keep this consumer's place in the ring when we end,\n"
"                        and resume there\n"
"      --after NAME,...  receive each event when those consumers are done\n"
"                        with it\n"
"      --upstream-lost pass|hold|fail\n"
"                        when one of --after dies or is evicted: go on without\n"
"                        it, wait for it to resume, or fail; without this, wait\n"
"                        while its place is kept, and go on when it is not\n"
"      --stall-limit SECONDS\n"
"                        publishers that wait for us may evict us when we have\n"
"                        not moved for so long\n"
"      --from START      next: what is published from now on (the default);\n"
"                        oldest: what is still in the ring\n"
"      --count N         end after N records\n"
"      --timeout SECONDS end with exit code 124 when nothing comes so long\n"
"      --wait STRATEGY   how to wait: default, busy-spin, busy-spin-hint,\n"
"                        yielding, sleeping, phased, blocking\n"
"      --wait-ring       wait until there is such a ring\n"
"      --trust           subscribe to a ring of whatever user\n"
"      --stats           at the end, rates and latencies on standard error\n"
"      --help\n";

enum {
	AS = OPTION_LONG, AFTER, FROM, COUNT, TIMEOUT, WAIT, WAIT_RING, TRUST,
	STATS, UPSTREAM_LOST, STALL_LIMIT
};

static const struct option long_options[] = {
	{ "as", required_argument, NULL, AS },
	{ "after", required_argument, NULL, AFTER },
	{ "upstream-lost", required_argument, NULL, UPSTREAM_LOST },
	{ "stall-limit", required_argument, NULL, STALL_LIMIT },
	{ "from", required_argument, NULL, FROM },
	{ "count", required_argument, NULL, COUNT },
	{ "timeout", required_argument, NULL, TIMEOUT },
	{ "wait", required_argument, NULL, WAIT },
	{ "wait-ring", no_argument, NULL, WAIT_RING },
	{ "trust", no_argument, NULL, TRUST },
	{ "stats", no_argument, NULL, STATS },
	ARGUMENTS_HELP,
	{ NULL, 0, NULL, 0 }
};

struct subscription {
	struct disruptor_poller_options options;
	const char *upstream[DISRUPTOR_CONSUMERS_LIMIT + 1];
	bool wait_ring;
	bool trust;
	bool stats;
	struct subscriber subscriber;
};

/* Cuts a list at its commas. */
static void take_upstream(struct subscription *n)
{
	size_t count = 0;
	char *name = optarg, *comma;

	do {
		comma = strchr(name, ',');
		if (comma != NULL)
			*comma = '\0';
		if (*name == '\0' || count == DISRUPTOR_CONSUMERS_LIMIT)
			usage_error(&subscribe_command,
				    "--after is a list of 1 to %d consumers "
				    "with commas between them",
				    DISRUPTOR_CONSUMERS_LIMIT);
		n->upstream[count++] = name;
		name = comma + 1;
	} while (comma != NULL);
	n->upstream[count] = NULL;
	n->options.upstream = n->upstream;
}

static enum disruptor_start_at start(void)
{
	if (strcmp(optarg, "next") == 0)
		return DISRUPTOR_START_NEXT;
	if (strcmp(optarg, "oldest") == 0)
		return DISRUPTOR_START_OLDEST;
	usage_error(&subscribe_command, "--from '%s' is neither next nor "
					"oldest", optarg);
}

static enum disruptor_on_upstream_lost on_upstream_lost(void)
{
	if (strcmp(optarg, "pass") == 0)
		return DISRUPTOR_UPSTREAM_PASS;
	if (strcmp(optarg, "hold") == 0)
		return DISRUPTOR_UPSTREAM_HOLD;
	if (strcmp(optarg, "fail") == 0)
		return DISRUPTOR_UPSTREAM_FAIL;
	usage_error(&subscribe_command, "--upstream-lost '%s' is neither pass, "
					"hold nor fail", optarg);
}

static int64_t stall_limit(void)
{
	int64_t limit = option_seconds(&subscribe_command, "--stall-limit");

	if (limit <= 0 || limit > STALL_LIMIT_MAX_NS)
		usage_error(&subscribe_command, "--stall-limit is more than 0 "
						"and at most 3600 seconds");
	return limit;
}

static void take_option(struct subscription *n, int option)
{
	switch (option) {
	case AS:
		n->options.name = optarg;
		break;
	case AFTER:
		take_upstream(n);
		break;
	case UPSTREAM_LOST:
		n->options.on_upstream_lost = on_upstream_lost();
		break;
	case STALL_LIMIT:
		n->options.stall_limit_ns = stall_limit();
		break;
	case FROM:
		n->options.start = start();
		break;
	case COUNT:
		n->subscriber.count_max = option_positive(&subscribe_command,
							  "--count");
		break;
	case TIMEOUT:
		n->subscriber.timeout_ns = option_seconds(&subscribe_command,
							  "--timeout");
		break;
	case WAIT:
		n->options.wait_strategy = option_wait(&subscribe_command);
		break;
	case WAIT_RING:
		n->wait_ring = true;
		break;
	case TRUST:
		n->trust = true;
		break;
	case STATS:
		n->stats = true;
	}
}

static int attach(struct subscription *n)
{
	struct subscriber *s = &n->subscriber;

	while ((s->disruptor = ring_attach(s->ring, n->trust)) == NULL) {
		if (errno != ENOENT || !n->wait_ring)
			return fail(s->ring, NULL);
		nap(RETRY_NS);
		if (signals_noted())
			return 128 + signals_noted();
	}
	return 0;
}

/* What the library does not say: whether a name is new or comes back. */
static void look_up(struct subscription *n)
{
	struct subscriber *s = &n->subscriber;
	struct disruptor_ring_info *info = disruptor_inspect(s->ring);
	uint32_t i;

	if (info == NULL)
		return;
	memcpy(s->ring_id, info->ring_id, sizeof(s->ring_id));
	for (i = 0; n->options.name != NULL && i < info->consumer_count; i++)
		if (strcmp(info->consumers[i].name, n->options.name) == 0)
			s->resumed = true;
	disruptor_inspect_free(info);
}

/* Who may be evicted trusts no copy that it made since. */
static bool is_stale(void *context)
{
	return disruptor_poller_is_evicted(context);
}

static int join(struct subscription *n)
{
	struct subscriber *s = &n->subscriber;

	look_up(n);
	n->options.size = sizeof(n->options);
	/* All that the ring may hold, not just a poll's share of it. */
	n->options.batch_max = disruptor_capacity(s->disruptor);
	s->poller = disruptor_poller_new_opts(s->disruptor, &n->options);
	if (n->options.stall_limit_ns != 0)
		s->output.is_stale = is_stale;
	s->output.context = s->poller;
	if (s->poller != NULL)
		return 0;
	switch (errno) {
	case EBUSY:
		return fail(s->ring, "choose another name for --as, or end "
				     "that process");
	case EUSERS:
		return fail(s->ring, "end one, 'disruptor rm NAME --consumer' "
				     "one that is gone, or create the ring "
				     "with a larger --consumers-max");
	case ENOENT:
		return fail(s->ring, "start that one first; 'disruptor stat "
				     "NAME' shows who is there");
	default:
		return fail(s->ring, NULL);
	}
}

static int64_t batch_max(const struct subscriber *s)
{
	int64_t n = disruptor_capacity(s->disruptor) / 4;

	if (n > BATCH_MAX)
		n = BATCH_MAX;
	if (n > (int64_t)(4 * OUTPUT_SIZE / s->event_size))
		n = (int64_t)(4 * OUTPUT_SIZE / s->event_size);
	return n > 0 ? n : 1;
}

static int prepare(struct subscription *n)
{
	struct subscriber *s = &n->subscriber;
	bool framed = strcmp(disruptor_type_name(s->disruptor),
			     FRAME_TYPE) == 0;

	s->event_size = disruptor_event_size(s->disruptor);
	if (framed && s->event_size < FRAME_EVENT_MIN) {
		complain(s->ring, "events of %zu bytes are too small for "
				  "frames; create the ring anew with "
				  "'disruptor create'", s->event_size);
		return EXIT_FAILED;
	}
	s->take = framed ? frames_take : raw_take;
	s->batch_max = batch_max(s);
	s->marks = calloc((size_t)s->batch_max, sizeof(*s->marks));
	if (s->marks != NULL && output_open(&s->output, OUTPUT_SIZE) == 0 &&
	    statistics_open(&s->statistics, n->stats && framed))
		return 0;
	complain(s->ring, "no memory; free some");
	return EXIT_FAILED;
}

static int subscribe(struct subscription *n)
{
	struct subscriber *s = &n->subscriber;
	int code = attach(n);

	if (code == 0)
		code = prepare(n);
	if (code == 0)
		code = join(n);
	if (code == 0) {
		code = subscriber_run(s);
		if (n->stats)
			statistics_print(&s->statistics, "subscribe", s->ring);
	}
	disruptor_free(s->disruptor);
	statistics_close(&s->statistics);
	waiting_close(&s->waiting);
	output_close(&s->output);
	free(s->marks);
	return code;
}

static int run(int argc, char **argv)
{
	struct arguments a = { .command = &subscribe_command,
			       .short_options = "-:h",
			       .options = long_options,
			       .argc = argc,
			       .argv = argv };
	struct subscription n = { .subscriber.timeout_ns = -1 };
	int option;

	while ((option = arguments_next(&a)) != -1)
		take_option(&n, option);
	n.subscriber.ring = arguments_ring(&a);
	signals_note();
	return subscribe(&n);
}

const struct command subscribe_command = {
	"subscribe", "events to standard output", help, run
};
