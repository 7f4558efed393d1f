/* SPDX-License-Identifier: MIT */
#ifndef SIGNALS_H
#define SIGNALS_H

#include <stdbool.h>

/*
 * From here on SIGINT, SIGTERM and SIGHUP are noted, system calls that block
 * return EINTR, and SIGPIPE is the error EPIPE. A second signal of the same
 * kind ends the program at once.
 */
void signals_note(void);

/* The signal that was noted, or 0. */
int signals_noted(void);

/* Sleeps, but not through a signal. */
void nap(long nanoseconds);

#endif
