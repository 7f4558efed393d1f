/* SPDX-License-Identifier: MIT */
#include "arguments.h"
#include "command.h"
#include "message.h"

static const char help[] =
"usage: disruptor rm NAME... [OPTION]...\n"
"\n"
"Takes away a ring's name. Those who are attached go on; its memory is free\n"
"when the last of them leaves.\n"
"\n"
"      --consumer CONSUMER  leave the ring; only forget that named consumer,\n"
"                           which keeps its place though it is gone\n"
"      --trust              the consumer may be one of whatever user's ring\n"
"  -f, --force              a name that is missing is no error\n"
"      --help\n";

enum { CONSUMER = OPTION_LONG, TRUST };

static const struct option long_options[] = {
	{ "consumer", required_argument, NULL, CONSUMER },
	{ "trust", no_argument, NULL, TRUST },
	{ "force", no_argument, NULL, 'f' },
	ARGUMENTS_HELP,
	{ NULL, 0, NULL, 0 }
};

static int remove_ring(const char *ring, bool force)
{
	if (disruptor_unlink(ring) == 0 || (force && errno == ENOENT))
		return 0;
	return fail(ring, errno == ENOENT ? "'ls /dev/shm' shows what is "
					    "there" : NULL);
}

static int remove_consumer(const char *ring, const char *consumer, bool force,
			   bool trust)
{
	struct disruptor *d = ring_attach(ring, trust);
	int code = 0;

	if (d == NULL)
		return force && errno == ENOENT ? 0 : fail(ring, NULL);
	if (disruptor_remove_consumer(d, consumer) < 0 &&
	    !(force && errno == ENOENT))
		code = fail(ring, errno == EBUSY ?
					  "end the process that has it" :
					  "'disruptor stat NAME' shows who is "
					  "there");
	disruptor_free(d);
	return code;
}

static int run(int argc, char **argv)
{
	struct arguments a = { .command = &rm_command,
			       .short_options = "-:hf",
			       .options = long_options,
			       .argc = argc,
			       .argv = argv };
	const char *consumer = NULL;
	bool force = false, trust = false;
	int option, i, code = 0;

	while ((option = arguments_next(&a)) != -1)
		if (option == 'f')
			force = true;
		else if (option == TRUST)
			trust = true;
		else
			consumer = optarg;
	if (a.operand_count == 0 && !force)
		usage_error(&rm_command, "the ring's name is missing");
	for (i = 0; i < a.operand_count; i++) {
		const char *ring = ring_name(a.operands[i]);

		code |= consumer == NULL ?
				remove_ring(ring, force) :
				remove_consumer(ring, consumer, force, trust);
	}
	return code;
}

const struct command rm_command = {
	"rm", "remove a ring, or a consumer's place in it", help, run
};
