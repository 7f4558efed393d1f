/* SPDX-License-Identifier: MIT */
#ifndef EXPLORE_LITMUS_H
#define EXPLORE_LITMUS_H

/* Prints the table; the number of outcomes that are not as C11 says. */
int litmus_run(void);

#endif
