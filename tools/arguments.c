/* SPDX-License-Identifier: MIT */
#include "arguments.h"
#include "message.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void usage_error(const struct command *command, const char *format, ...)
{
	char text[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	complain(NULL, "%s: %s; try 'disruptor %s --help'", command->name, text,
		 command->name);
	exit(EXIT_USAGE);
}

static _Noreturn void refuse_option(const struct arguments *a)
{
	const char *given = a->argv[optind - 1];

	if (optopt == 0)
		usage_error(a->command, "unknown option '%s'", given);
	/* An option that is known is refused for its value: --close=1. */
	if (optopt >= OPTION_LONG || strchr(a->short_options, optopt) != NULL)
		usage_error(a->command, "option '%s' takes no value", given);
	usage_error(a->command, "unknown option '-%c'", optopt);
}

static _Noreturn void print_help(const struct command *command)
{
	fputs(command->help, stdout);
	exit(finish_stdout(NULL));
}

int arguments_next(struct arguments *a)
{
	int option;

	a->operands = a->argv + 1;
	/* "-" at the front: operands are returned in order, as option 1. */
	while ((option = getopt_long(a->argc, a->argv, a->short_options,
				     a->options, NULL)) == 1)
		a->operands[a->operand_count++] = optarg;
	switch (option) {
	case 'h':
		print_help(a->command);
	case '?':
		refuse_option(a);
	case ':':
		usage_error(a->command, "option '%s' needs a value",
			    a->argv[optind - 1]);
	case -1:
		while (optind < a->argc)
			a->operands[a->operand_count++] = a->argv[optind++];
	}
	return option;
}

const char *ring_name(const char *given)
{
	/* A name that is wrong is shown as it was given. */
	if (given[0] != '/' || given[1] == '\0' || strchr(given + 1, '/'))
		return given;
	return given + 1;
}

const char *arguments_ring(const struct arguments *a)
{
	if (a->operand_count == 0)
		usage_error(a->command, "the ring's name is missing");
	if (a->operand_count > 1)
		usage_error(a->command, "'%s' is one name too many",
			    a->operands[1]);
	return ring_name(a->operands[0]);
}

static int suffix_shift(const char *suffix)
{
	static const char letters[] = "KMGT";
	const char *letter;

	if (*suffix == '\0')
		return 0;
	letter = strchr(letters, *suffix & ~('a' - 'A'));
	if (letter == NULL || suffix[1] != '\0')
		return -1;
	return (int)(letter - letters + 1) * 10;
}

/* What does not fit is UINT64_MAX: the library says what is too large. */
uint64_t option_number(const struct command *command, const char *option)
{
	unsigned long long number;
	char *end = optarg;
	int shift = -1;

	errno = 0;
	number = strtoull(optarg, &end, 10);
	if (*optarg >= '0' && *optarg <= '9')
		shift = suffix_shift(end);
	if (shift < 0)
		usage_error(command,
			    "%s '%s' is no number (digits, then K, M or G "
			    "for powers of 1024)", option, optarg);
	if (errno == ERANGE || number > UINT64_MAX >> shift)
		return UINT64_MAX;
	return (uint64_t)number << shift;
}

uint64_t option_positive(const struct command *command, const char *option)
{
	uint64_t number = option_number(command, option);

	if (number == 0)
		usage_error(command, "%s must be 1 or more", option);
	return number;
}

/* In nanoseconds. */
int64_t option_seconds(const struct command *command, const char *option)
{
	char *end = optarg;
	double seconds = strtod(optarg, &end);

	if (end == optarg || *end != '\0' || !(seconds >= 0) || seconds > 1e9)
		usage_error(command, "%s '%s' is no number of seconds", option,
			    optarg);
	return (int64_t)(seconds * 1e9);
}

uint32_t option_mode(const struct command *command, const char *option)
{
	char *end = optarg;
	unsigned long mode = strtoul(optarg, &end, 8);

	if (end == optarg || *end != '\0' || mode == 0 || mode > 0777)
		usage_error(command,
			    "%s '%s' is no octal mode from 1 to 777, such as "
			    "0660", option, optarg);
	return (uint32_t)mode;
}

static const char *const wait_names[] = {
	"default", "busy-spin", "busy-spin-hint", "yielding", "sleeping",
	"phased", "blocking"
};

#define WAIT_NAMES (sizeof(wait_names) / sizeof(*wait_names))

enum disruptor_wait_strategy option_wait(const struct command *command)
{
	size_t i;

	for (i = 0; i < WAIT_NAMES; i++)
		if (strcmp(optarg, wait_names[i]) == 0)
			return (enum disruptor_wait_strategy)i;
	usage_error(command,
		    "--wait '%s' is none of default, busy-spin, "
		    "busy-spin-hint, yielding, sleeping, phased, blocking",
		    optarg);
}

enum disruptor_slot_layout option_slots(const struct command *command)
{
	if (strcmp(optarg, "packed") == 0)
		return DISRUPTOR_SLOTS_PACKED;
	if (strcmp(optarg, "stamped") == 0)
		return DISRUPTOR_SLOTS_STAMPED;
	usage_error(command, "--slots '%s' is neither packed nor stamped",
		    optarg);
}

const char *wait_strategy_name(enum disruptor_wait_strategy strategy)
{
	return (size_t)strategy < WAIT_NAMES ? wait_names[strategy] : "unknown";
}

struct disruptor *ring_attach(const char *ring, bool trust)
{
	struct disruptor_options options = { .size = sizeof(options) };

	if (trust)
		options.trust = DISRUPTOR_TRUST_ANY_OWNER |
				DISRUPTOR_TRUST_ANY_MODE;
	return disruptor_attach_opts(ring, &options);
}
