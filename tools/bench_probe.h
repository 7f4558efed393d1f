/* SPDX-License-Identifier: MIT */
#ifndef BENCH_PROBE_H
#define BENCH_PROBE_H

#define BENCH_CPUS_MAX 64

/* How two CPUs stand to each other, as far as time tells. */
enum bench_placement { BENCH_SAME_CORE, BENCH_SAME_CACHE, BENCH_FAR_APART };
#define BENCH_PLACEMENTS 3

extern const char *const bench_placement_names[BENCH_PLACEMENTS];

/* Those of a list "0,2", or all that are allowed if that is NULL; 0: a bad list. */
int bench_cpus(const char *list, int cpus[BENCH_CPUS_MAX]);
/* This thread onto one of them; false: errno. */
int bench_pin(int cpu);

/*
 * Nanoseconds of a round trip of two cache lines; negative: errno. NO_PROBE:
 * the two were not at work at the same time.
 */
#define BENCH_NO_PROBE 1e9
double bench_probe(int cpu_a, int cpu_b);
enum bench_placement bench_classify(double round_trip_ns);

#endif
