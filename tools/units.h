/* SPDX-License-Identifier: MIT */
#ifndef UNITS_H
#define UNITS_H

#include <stdint.h>

/* Numbers for people. Each fills and returns text. */
#define UNITS_SIZE 32

char *units_bytes(char text[UNITS_SIZE], double bytes);	/* 1.25 GB */
char *units_count(char text[UNITS_SIZE], double count);	/* 1.25 M */
char *units_time(char text[UNITS_SIZE], int64_t ns);	/* 1.25 us */

int64_t clock_ns(void);	/* CLOCK_MONOTONIC */

#endif
