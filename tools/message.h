/* SPDX-License-Identifier: MIT */
#ifndef MESSAGE_H
#define MESSAGE_H

/*
 * One line on standard error, whatever the text holds:
 * "disruptor: RING: text". ring may be NULL.
 */
void complain(const char *ring, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * The library's last failure on that ring, and what to do about it: advice, or
 * if that is NULL what errno suggests, with the ring's name for the first NAME
 * in it. Returns EXIT_FAILED.
 */
int fail(const char *ring, const char *advice);

/* Flushes standard output: 0, or EXIT_FAILED with a message. */
int finish_stdout(const char *ring);

#endif
