/* SPDX-License-Identifier: MIT */
#ifndef ARGUMENTS_H
#define ARGUMENTS_H

#include "command.h"

#include <disruptor/disruptor.h>

#include <getopt.h>
#include <stdint.h>

/*
 * A command's arguments: options and operands in any order. Whatever is wrong
 * with them ends the program with one line and EXIT_USAGE, before anything has
 * been touched.
 */
struct arguments {
	const struct command *command;
	const char *short_options;	/* begins with "-:h" */
	const struct option *options;
	int argc;
	char **argv;
	int operand_count;
	char **operands;
};

/* Where the vals of options without a short form begin. */
#define OPTION_LONG 256

#define ARGUMENTS_HELP { "help", no_argument, NULL, 'h' }

/* The next option's val, its argument in optarg; -1 at the end. */
int arguments_next(struct arguments *a);

/* The only operand, the ring's name, without its leading slash. */
const char *arguments_ring(const struct arguments *a);

/* The name as /dev/shm has it: without a leading slash. */
const char *ring_name(const char *given);

/* disruptor_attach(); with --trust also to rings of anybody else. */
struct disruptor *ring_attach(const char *ring, bool trust);

_Noreturn void usage_error(const struct command *command, const char *format,
			   ...) __attribute__((format(printf, 2, 3)));

/* Each takes optarg; option is its name for the message. */
uint64_t option_number(const struct command *command, const char *option);
uint64_t option_positive(const struct command *command, const char *option);
int64_t option_seconds(const struct command *command, const char *option);
uint32_t option_mode(const struct command *command, const char *option);
enum disruptor_wait_strategy option_wait(const struct command *command);
enum disruptor_slot_layout option_slots(const struct command *command);

/* What --wait calls it. */
const char *wait_strategy_name(enum disruptor_wait_strategy strategy);

#endif
