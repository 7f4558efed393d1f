/* SPDX-License-Identifier: MIT */
#ifndef BENCH_PROBE_H
#define BENCH_PROBE_H

/*
 * Where two CPUs stand to each other, found by measuring and not by asking:
 * the host of a virtual machine moves its CPUs about, and the guest is told
 * nothing. The same binary is up to five times as fast in one placement as in
 * another, so that only results of one placement can be compared.
 */
enum bench_placement {
	BENCH_SMT,	   /* two threads of one core */
	BENCH_SAME_CACHE,  /* two cores that share a last-level cache */
	BENCH_CROSS_CACHE, /* two cores that do not */
	BENCH_PLACEMENTS
};

extern const char *const bench_placement_names[BENCH_PLACEMENTS];

/*
 * Nanoseconds of a round trip of two cache lines between two CPUs: the least
 * of some blocks' means, so that an interrupt in one of them does not count.
 * Takes 0.3 to 3 ms.
 */
double bench_probe(int cpu_a, int cpu_b);

enum bench_placement bench_classify(double round_trip_ns);

#endif
