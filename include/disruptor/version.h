/* SPDX-License-Identifier: MIT */
/* Room R0: version. Includes nothing of ours. */
#ifndef DISRUPTOR_VERSION_H
#define DISRUPTOR_VERSION_H

/*
 * Three promises, each with a number of its own. The build reads the numbers
 * from here: SONAME, disruptor.pc, the CMake package.
 */
#define DISRUPTOR_VERSION_MAJOR 0
#define DISRUPTOR_VERSION_MINOR 1
#define DISRUPTOR_VERSION_PATCH 0
#define DISRUPTOR_VERSION "0.1.0"

/* The symbols, and the handle fields that inline functions read. */
#define DISRUPTOR_ABI_VERSION 0

/* The bytes in shared memory (docs/shared-memory-format.md). */
#define DISRUPTOR_LAYOUT_MAJOR 1
#define DISRUPTOR_LAYOUT_MINOR 0

#endif
