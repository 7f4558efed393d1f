/* SPDX-License-Identifier: MIT */
/* LMAX OneToOne: one producer, one consumer, as fast as it goes. */
#include "bench.h"

static const struct bench_cell cells[] = {
	{ 8, 1024, 1, true },	    { 8, 1024, 10, true },
	{ 8, 1024, 100, true },	    { 8, 65536, 1, true },
	{ 8, 65536, 10, true },	    { 8, 65536, 100, true },
	{ 64, 1024, 1, false },	    { 64, 1024, 10, false },
	{ 64, 1024, 100, false },   { 64, 65536, 1, false },
	{ 64, 65536, 10, false },   { 64, 65536, 64, true },
	{ 64, 65536, 100, false },  { 256, 1024, 1, false },
	{ 256, 1024, 10, false },   { 256, 1024, 100, false },
	{ 256, 65536, 1, false },   { 256, 65536, 10, false },
	{ 256, 65536, 100, false }, { 0, 0, 0, false },
};

static const struct bench_scenario one_to_one = {
	.name = "one_to_one",
	.process_name = "process_one_to_one",
	.kind = BENCH_STREAM,
	.producers = 1,
	.consumers = 1,
	.cells = cells,
};
BENCH_SCENARIO(one_to_one);
