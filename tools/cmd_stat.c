/* SPDX-License-Identifier: MIT */
#include "arguments.h"
#include "command.h"
#include "message.h"
#include "report.h"
#include "signals.h"
#include "units.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
"usage: disruptor stat NAME [OPTION]...\n"
"\n"
"Prints what is to be known about a ring, alive or dead: its geometry, its\n"
"sequences, its producers and consumers. Reads only, and disturbs nobody.\n"
"\n"
"      --json           one JSON object on one line\n"
"      --watch SECONDS  again and again, until interrupted\n"
"      --help\n"
"\n"
"Sequences are those of the next event: 'published' is the first that is not.\n"
"A consumer that 'holds' is gone and keeps its place; see 'rm --consumer'.\n";

enum { JSON = OPTION_LONG, WATCH };

static const struct option long_options[] = {
	{ "json", no_argument, NULL, JSON },
	{ "watch", required_argument, NULL, WATCH },
	ARGUMENTS_HELP,
	{ NULL, 0, NULL, 0 }
};

static int print(const char *ring, bool json)
{
	struct disruptor_ring_info *info = disruptor_inspect(ring);

	if (info == NULL)
		return fail(ring, NULL);
	if (json)
		report_json(ring, info);
	else
		report_table(ring, info);
	disruptor_inspect_free(info);
	return finish_stdout(ring);
}

static void wait_until(int64_t time)
{
	int64_t left;

	while (!signals_noted() && (left = time - clock_ns()) > 0)
		nap(left);
}

static int watch(const char *ring, bool json, int64_t interval)
{
	bool clear = !json && isatty(STDOUT_FILENO);
	int64_t next = clock_ns();
	int code;

	signals_note();
	for (;;) {
		if (clear)
			fputs("\033[H\033[J", stdout);
		code = print(ring, json);
		if (code != 0)
			return code;
		next += interval;
		wait_until(next);
		if (signals_noted())
			return 128 + signals_noted();
		if (!json && !clear)
			putchar('\n');
	}
}

static int64_t watch_interval(void)
{
	int64_t interval = option_seconds(&stat_command, "--watch");

	if (interval == 0)
		usage_error(&stat_command, "--watch must be more than 0");
	return interval;
}

static int run(int argc, char **argv)
{
	struct arguments a = { .command = &stat_command,
			       .short_options = "-:h",
			       .options = long_options,
			       .argc = argc,
			       .argv = argv };
	int64_t interval = 0;
	bool json = false;
	const char *ring;
	int option;

	while ((option = arguments_next(&a)) != -1)
		if (option == JSON)
			json = true;
		else
			interval = watch_interval();
	ring = arguments_ring(&a);
	return interval > 0 ? watch(ring, json, interval) : print(ring, json);
}

const struct command stat_command = {
	"stat", "show a ring, its producers and its consumers", help, run
};
