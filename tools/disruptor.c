/* SPDX-License-Identifier: MIT */
#include "command.h"
#include "message.h"

#include <disruptor/disruptor.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

static const struct command *const commands[] = {
	&create_command, &publish_command, &subscribe_command,
	&stat_command,	 &check_command,   &rm_command,
	&bench_command,
};

#define COMMANDS (sizeof(commands) / sizeof(*commands))

static int print_help(void)
{
	size_t i;

	puts("usage: disruptor COMMAND NAME [OPTION]...\n\n"
	     "Moves data between processes through a ring in shared memory.\n");
	for (i = 0; i < COMMANDS; i++)
		printf("  %-11s%s\n", commands[i]->name, commands[i]->summary);
	puts("\n"
	     "  disruptor create demo\n"
	     "  disruptor subscribe demo > copy &\n"
	     "  disruptor publish demo --wait-consumers 1 --close < file\n"
	     "\n"
	     "'disruptor COMMAND --help' tells more, 'man disruptor' all.");
	return finish_stdout(NULL);
}

static int print_version(void)
{
	printf("disruptor %s\n", disruptor_version());
	return finish_stdout(NULL);
}

static const struct command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < COMMANDS; i++)
		if (strcmp(name, commands[i]->name) == 0)
			return commands[i];
	return NULL;
}

/*
 * A ring's file must not become standard input or output because that was
 * closed. What stands there instead fails as a closed one does.
 */
static void fill_standard_files(void)
{
	int fd;

	for (fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv)
{
	const struct command *command;

	fill_standard_files();
	disruptor_catch_sigbus();
	if (argc < 2) {
		complain(NULL, "a command is missing; try 'disruptor --help'");
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0)
		return print_help();
	if (strcmp(argv[1], "--version") == 0)
		return print_version();
	command = find_command(argv[1]);
	if (command == NULL) {
		complain(NULL, "'%s' is no command; try 'disruptor --help'",
			 argv[1]);
		return EXIT_USAGE;
	}
	return command->run(argc - 1, argv + 1);
}
