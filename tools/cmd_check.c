/* SPDX-License-Identifier: MIT */
#include "arguments.h"
#include "command.h"
#include "message.h"

#include <inttypes.h>
#include <stdio.h>

static const char help[] =
"usage: disruptor check NAME [OPTION]...\n"
"\n"
"Holds a ring's header, sequences, commit words and records against each\n"
"other, and prints what does not fit. Reads only, without --repair. Exit code\n"
"1 if it found something, or something is left.\n"
"\n"
"      --repair  first put right what can be, without harm to those who use\n"
"                the ring; more of it when nobody does\n"
"      --trust   repair a ring of whatever user\n"
"      --help\n";

enum { REPAIR = OPTION_LONG, TRUST };

static const struct option long_options[] = {
	{ "repair", no_argument, NULL, REPAIR },
	{ "trust", no_argument, NULL, TRUST },
	ARGUMENTS_HELP,
	{ NULL, 0, NULL, 0 }
};

static void print_problem(void *context, const char *problem)
{
	printf("%s: %s\n", (const char *)context, problem);
}

/* Not a problem: what a live producer has claimed it may still publish. */
static void print_holder(const char *ring)
{
	struct disruptor_ring_info *info = disruptor_inspect(ring);

	if (info != NULL && info->is_held)
		printf("%s: sequence %" PRId64 " is held by producer #%u "
		       "(process %u, thread %u), which lives\n",
		       ring, info->published, info->holder.index,
		       info->holder.pid, info->holder.tid);
	disruptor_inspect_free(info);
}

static void print_repair(void *context, const char *problem)
{
	printf("%s: repaired: %s\n", (const char *)context, problem);
}

static int repair(char *ring, bool trust)
{
	struct disruptor *d = ring_attach(ring, trust);
	int code = 0;

	if (d == NULL)
		return fail(ring, NULL);
	if (disruptor_repair(d, print_repair, ring) < 0)
		code = fail(ring, NULL);
	disruptor_free(d);
	return code;
}

static int check(char *ring)
{
	int problems = disruptor_check(ring, print_problem, ring);
	int code;

	if (problems < 0)
		return fail(ring, NULL);
	if (problems == 0)
		printf("%s: no problem found\n", ring);
	print_holder(ring);
	code = finish_stdout(ring);
	if (problems == 0 || code != 0)
		return code;
	complain(ring, "%d problem%s; end those who use it and try --repair, or "
		       "'disruptor rm %s' and create it anew",
		 problems, problems == 1 ? "" : "s", ring);
	return EXIT_FAILED;
}

static int run(int argc, char **argv)
{
	struct arguments a = { .command = &check_command,
			       .short_options = "-:h",
			       .options = long_options,
			       .argc = argc,
			       .argv = argv };
	bool repairs = false, trust = false;
	char *ring;
	int option, code = 0;

	while ((option = arguments_next(&a)) != -1)
		if (option == REPAIR)
			repairs = true;
		else
			trust = true;
	ring = (char *)arguments_ring(&a);
	if (repairs)
		code = repair(ring, trust);
	return code != 0 ? code : check(ring);
}

const struct command check_command = {
	"check", "look for damage in a ring", help, run
};
