/* SPDX-License-Identifier: MIT */
#ifndef WAITING_H
#define WAITING_H

#include "frame.h"

#include <stddef.h>
#include <stdint.h>

/*
 * Records of other publishers that come while one record is on its way out in
 * parts: they wait in memory for its end. That happens only where a record is
 * too long to be published in one piece.
 */
struct waiting_bytes {
	char *data;
	size_t length;
	size_t size;
};

struct waiting_record {
	struct waiting_record *next;
	uint32_t stream;
	int64_t sequence;	/* of its first frame */
	struct waiting_bytes bytes;
};

struct waiting {
	struct waiting_record *incomplete; /* in the order of their beginning */
	struct waiting_bytes complete;	/* each behind its length, in the */
	size_t taken;			/* order of their ends; and how */
	int64_t sequence;		/* far they are taken out again */
};

/* Zeroed memory is an empty one. */
void waiting_close(struct waiting *w);

/*
 * Takes in a frame. 0; -ENOENT: it continues a record that did not begin here;
 * -ENOMEM.
 */
int waiting_frame(struct waiting *w, const struct frame *frame,
		  const void *data, int64_t sequence);

/* The next complete record, valid until the next call; NULL: none. */
const char *waiting_take(struct waiting *w, size_t *length);

/* The oldest incomplete record, to be freed by the caller; NULL: none. */
struct waiting_record *waiting_take_incomplete(struct waiting *w);
void waiting_free(struct waiting_record *record);

/* The first sequence that some record here needs; INT64_MAX: empty. */
int64_t waiting_sequence(const struct waiting *w);

#endif
