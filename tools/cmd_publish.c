/* SPDX-License-Identifier: MIT */
#include "arguments.h"
#include "command.h"
#include "frame.h"
#include "message.h"
#include "publisher.h"
#include "signals.h"
#include "units.h"

#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define RETRY_NS 2000000	/* --wait-consumers */

static const char help[] =
"usage: disruptor publish NAME [OPTION]...\n"
"\n"
"Publishes standard input in a ring, as records that subscribers receive\n"
"whole. Waits while the ring is full. What has been read is published at\n"
"once, but the beginning of a record waits for its end where others may\n"
"publish too.\n"
"\n"
"      --lines           a record is a line (the default)\n"
"      --record BYTES    a record is so many bytes; the last may be shorter\n"
"      --close           end the stream for everybody at the end of the input\n"
"      --wait-consumers N\n"
"                        begin when the ring has N consumers\n"
"      --wait STRATEGY   how to wait: default, busy-spin, busy-spin-hint,\n"
"                        yielding, sleeping, phased, blocking\n"
"      --trust           publish in a ring of whatever user\n"
"      --stats           at the end, rates on standard error\n"
"      --help\n"
"\n"
"In a ring that was created with --type, a record is an event of that size.\n";

enum {
	LINES = OPTION_LONG, RECORD, CLOSE, WAIT_CONSUMERS, WAIT, TRUST, STATS
};

static const struct option long_options[] = {
	{ "lines", no_argument, NULL, LINES },
	{ "record", required_argument, NULL, RECORD },
	{ "close", no_argument, NULL, CLOSE },
	{ "wait-consumers", required_argument, NULL, WAIT_CONSUMERS },
	{ "wait", required_argument, NULL, WAIT },
	{ "trust", no_argument, NULL, TRUST },
	{ "stats", no_argument, NULL, STATS },
	ARGUMENTS_HELP,
	{ NULL, 0, NULL, 0 }
};

struct publication {
	struct disruptor_producer_options options;
	uint64_t consumers;
	bool lines;
	bool close;
	bool trust;
	bool stats;
	bool framed;
	struct publisher publisher;
};

static void take_option(struct publication *n, int option)
{
	switch (option) {
	case LINES:
		n->lines = true;
		n->publisher.record_size = 0;
		break;
	case RECORD:
		n->lines = false;
		n->publisher.record_size = option_positive(&publish_command,
							   "--record");
		break;
	case CLOSE:
		n->close = true;
		break;
	case WAIT_CONSUMERS:
		n->consumers = option_number(&publish_command,
					     "--wait-consumers");
		break;
	case WAIT:
		n->options.wait_strategy = option_wait(&publish_command);
		break;
	case TRUST:
		n->trust = true;
		break;
	case STATS:
		n->stats = true;
	}
}

static int refuse_records(const struct publication *n)
{
	const struct publisher *p = &n->publisher;

	complain(p->ring, "its events are bare records of %zu bytes, type "
			  "'%s': give --record %zu, or neither --lines nor "
			  "--record",
		 p->event_size, disruptor_type_name(p->disruptor),
		 p->event_size);
	return EXIT_FAILED;
}

static int check_ring(struct publication *n)
{
	struct publisher *p = &n->publisher;

	p->event_size = disruptor_event_size(p->disruptor);
	p->alone = disruptor_producer_type(p->disruptor) ==
		   DISRUPTOR_SINGLE_PRODUCER;
	n->framed = strcmp(disruptor_type_name(p->disruptor), FRAME_TYPE) == 0;
	if (!n->framed && (n->lines || (p->record_size != 0 &&
					p->record_size != p->event_size)))
		return refuse_records(n);
	if (!n->framed || p->event_size >= FRAME_EVENT_MIN)
		return 0;
	complain(p->ring, "events of %zu bytes are too small for frames; "
			  "create the ring anew with 'disruptor create'",
		 p->event_size);
	return EXIT_FAILED;
}

/* Which producer record is ours: that of our process. */
static uint32_t find_producer(const char *ring)
{
	struct disruptor_ring_info *info = disruptor_inspect(ring);
	uint32_t producer = FRAME_NOBODY, pid = (uint32_t)getpid(), i;

	for (i = 0; info != NULL && i < info->producer_count; i++)
		if (info->producers[i].alive && info->producers[i].pid == pid)
			producer = info->producers[i].index;
	disruptor_inspect_free(info);
	return producer;
}

static uint32_t make_stream(const char *ring)
{
	uint32_t random = (uint32_t)clock_ns();

	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) < 0)
		random ^= (uint32_t)getpid() << 8;
	return frame_stream(find_producer(ring), random);
}

static int join(struct publication *n)
{
	struct publisher *p = &n->publisher;

	p->disruptor = ring_attach(p->ring, n->trust);
	if (p->disruptor == NULL)
		return fail(p->ring, NULL);
	if (check_ring(n) != 0)
		return EXIT_FAILED;
	n->options.size = sizeof(n->options);
	p->producer = disruptor_producer_new_opts(p->disruptor, &n->options);
	if (p->producer != NULL) {
		p->stream = make_stream(p->ring);
		return 0;
	}
	return fail(p->ring,
		    errno == EBUSY ? "wait for its end, or create the ring "
				     "with --multi" :
		    errno == EUSERS ? "wait for the end of one, or create the "
				      "ring with a larger --producers-max" :
				      NULL);
}

static int wait_for_consumers(const struct publication *n)
{
	const struct disruptor *d = n->publisher.disruptor;

	while ((uint64_t)disruptor_consumer_count(d) < n->consumers) {
		nap(RETRY_NS);
		if (signals_noted())
			return 128 + signals_noted();
	}
	return 0;
}

static int publish_all(struct publication *n)
{
	struct publisher *p = &n->publisher;
	int code;

	progress_open(&p->progress, STDIN_FILENO);
	code = n->framed ? publish_frames(p) : publish_raw(p);
	progress_close(&p->progress);
	statistics_batch(&p->statistics, clock_ns());
	if (code == 0 && n->close && disruptor_close(p->disruptor) < 0)
		code = fail(p->ring, NULL);
	if (n->stats)
		statistics_print(&p->statistics, "publish", p->ring);
	input_close(&p->input);
	return code;
}

static int publish(struct publication *n)
{
	int code = join(n);

	if (code == 0)
		code = wait_for_consumers(n);
	if (code == 0)
		code = publish_all(n);
	disruptor_free(n->publisher.disruptor);
	return code;
}

static int run(int argc, char **argv)
{
	struct arguments a = { .command = &publish_command,
			       .short_options = "-:h",
			       .options = long_options,
			       .argc = argc,
			       .argv = argv };
	struct publication n = { .lines = false };
	int option;

	while ((option = arguments_next(&a)) != -1)
		take_option(&n, option);
	n.publisher.ring = arguments_ring(&a);
	signals_note();
	return publish(&n);
}

const struct command publish_command = {
	"publish", "standard input to events", help, run
};
