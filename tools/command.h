/* SPDX-License-Identifier: MIT */
#ifndef COMMAND_H
#define COMMAND_H

/* Exit codes beside 0, and 128 + signal after a signal. */
#define EXIT_FAILED 1
#define EXIT_USAGE 2
#define EXIT_TIMEOUT 124	/* as timeout(1) */
#define EXIT_PIPE 141		/* as a shell reports SIGPIPE */

struct command {
	const char *name;
	const char *summary;	/* one line */
	const char *help;	/* the whole of --help */
	int (*run)(int argc, char **argv);
};

extern const struct command create_command;
extern const struct command publish_command;
extern const struct command subscribe_command;
extern const struct command stat_command;
extern const struct command check_command;
extern const struct command rm_command;
extern const struct command bench_command;

#endif
