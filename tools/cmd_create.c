/* SPDX-License-Identifier: MIT */
#include "arguments.h"
#include "command.h"
#include "frame.h"
#include "message.h"

#include <string.h>

#define CAPACITY 65536
#define EVENT_SIZE 256

static const char help[] =
"usage: disruptor create NAME [OPTION]...\n"
"\n"
"Makes a ring in shared memory. Its memory is reserved at once and stays\n"
"until 'disruptor rm NAME'.\n"
"\n"
"      --capacity N       events, rounded up to a power of two (65536)\n"
"      --event-size BYTES of one event (256); 16 of them are the frame's\n"
"      --single           one publisher at a time\n"
"      --multi            any number of publishers at once (the default)\n"
"      --slots LAYOUT     packed (throughput, the default) or stamped\n"
"                         (latency)\n"
"      --consumers-max N  consumers at the same time (64)\n"
"      --producers-max N  publishers at the same time (64)\n"
"      --mode OCTAL       permissions (0600)\n"
"      --wait STRATEGY    how all wait who ask for nothing else: default,\n"
"                         busy-spin, busy-spin-hint, yielding, sleeping,\n"
"                         phased, blocking\n"
"      --type NAME        bare events of that type, for programs of your own,\n"
"                         instead of frames; needs --event-size\n"
"      --help\n"
"\n"
"N and BYTES may end in K, M or G: powers of 1024.\n";

enum {
	CAPACITY_OPTION = OPTION_LONG, EVENT_SIZE_OPTION, SINGLE, MULTI, SLOTS,
	CONSUMERS_MAX, PRODUCERS_MAX, MODE, WAIT, TYPE
};

static const struct option long_options[] = {
	{ "capacity", required_argument, NULL, CAPACITY_OPTION },
	{ "event-size", required_argument, NULL, EVENT_SIZE_OPTION },
	{ "single", no_argument, NULL, SINGLE },
	{ "multi", no_argument, NULL, MULTI },
	{ "slots", required_argument, NULL, SLOTS },
	{ "consumers-max", required_argument, NULL, CONSUMERS_MAX },
	{ "producers-max", required_argument, NULL, PRODUCERS_MAX },
	{ "mode", required_argument, NULL, MODE },
	{ "wait", required_argument, NULL, WAIT },
	{ "type", required_argument, NULL, TYPE },
	ARGUMENTS_HELP,
	{ NULL, 0, NULL, 0 }
};

/* Beyond the limits of the library, which names them. */
static uint32_t small_number(const char *option)
{
	uint64_t number = option_positive(&create_command, option);

	return number < UINT32_MAX ? (uint32_t)number : UINT32_MAX;
}

static void take_option(struct disruptor_options *o, int option)
{
	switch (option) {
	case CAPACITY_OPTION:
		o->capacity = option_number(&create_command, "--capacity");
		break;
	case EVENT_SIZE_OPTION:
		o->event_size = option_number(&create_command, "--event-size");
		break;
	case SINGLE:
		o->producer_type = DISRUPTOR_SINGLE_PRODUCER;
		break;
	case MULTI:
		o->producer_type = DISRUPTOR_MULTI_PRODUCER;
		break;
	case SLOTS:
		o->slot_layout = option_slots(&create_command);
		break;
	case CONSUMERS_MAX:
		o->consumers_max = small_number("--consumers-max");
		break;
	case PRODUCERS_MAX:
		o->producers_max = small_number("--producers-max");
		break;
	case MODE:
		o->mode = option_mode(&create_command, "--mode");
		break;
	case WAIT:
		o->wait_strategy = option_wait(&create_command);
		break;
	case TYPE:
		o->type_name = optarg;
	}
}

/* The library takes 0 for "not given" in places; a person who typed it not. */
static int check_sizes(const char *ring, const struct disruptor_options *o)
{
	if (o->capacity == 0) {
		complain(ring, "a capacity of 0 events is too small; give "
			       "--capacity 1 or more");
		return EXIT_FAILED;
	}
	if (strcmp(o->type_name, FRAME_TYPE) == 0 &&
	    o->event_size < FRAME_EVENT_MIN) {
		complain(ring, "an event size of %zu bytes is too small for "
			       "frames; give --event-size %zu or more, or "
			       "--type for bare events",
			 o->event_size, FRAME_EVENT_MIN);
		return EXIT_FAILED;
	}
	return 0;
}

/*
 * Processes may be more than processors, so after a short spin all who use the
 * ring yield for a while before they sleep: a pause that others have work for,
 * and cheaper than a sleep. In a ring of 1024 events with two subscribers on
 * two processors that is nearly twice as fast as spinning as long.
 */
static void choose_wait(struct disruptor_options *o)
{
	if (o->wait_strategy == DISRUPTOR_WAIT_DEFAULT)
		o->wait_strategy = DISRUPTOR_WAIT_PHASED;
	if (o->wait_strategy != DISRUPTOR_WAIT_PHASED)
		return;
	o->wait_spin_ns = 2000;
	o->wait_yield_ns = 50000;
}

static const char *advice(void)
{
	if (errno == EINVAL)
		return "see 'disruptor create --help'";
	if (errno == EACCES)
		return "/dev/shm must be there and writable";
	return NULL;
}

static int create(const char *ring, const struct disruptor_options *o)
{
	struct disruptor *d;

	if (check_sizes(ring, o) != 0)
		return EXIT_FAILED;
	d = disruptor_create_shared(ring, o);
	if (d == NULL)
		return fail(ring, advice());
	disruptor_free(d);
	return 0;
}

static int run(int argc, char **argv)
{
	struct arguments a = { .command = &create_command,
			       .short_options = "-:h",
			       .options = long_options,
			       .argc = argc,
			       .argv = argv };
	struct disruptor_options o = { .size = sizeof(o),
				       .event_size = EVENT_SIZE,
				       .capacity = CAPACITY,
				       .producer_type =
					       DISRUPTOR_MULTI_PRODUCER };
	bool sized = false;
	int option;

	while ((option = arguments_next(&a)) != -1) {
		sized |= option == EVENT_SIZE_OPTION;
		take_option(&o, option);
	}
	if (o.type_name == NULL)
		o.type_name = FRAME_TYPE;
	else if (!sized && strcmp(o.type_name, FRAME_TYPE) != 0)
		usage_error(&create_command,
			    "--type '%s' needs the --event-size of that type",
			    o.type_name);
	choose_wait(&o);
	return create(arguments_ring(&a), &o);
}

const struct command create_command = {
	"create", "make a ring", help, run
};
