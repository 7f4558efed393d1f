/* SPDX-License-Identifier: MIT */
#ifndef BENCH_CPU_H
#define BENCH_CPU_H

#include <stdbool.h>

#define CPUS_MAX 8

/* The CPUs to run on: those of a list "0,1", or the first two allowed ones. */
void cpu_choose(const char *list);
int cpu_count(void);
int cpu_at(int i);

/* This thread to one CPU, or to all that were chosen. */
void cpu_pin(int cpu);
void cpu_unpin(void);

#endif
