/* SPDX-License-Identifier: MIT */
#include "waiting.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int append(struct waiting_bytes *bytes, const void *data, size_t length)
{
	if (length == 0)
		return 0;
	if (length > bytes->size - bytes->length) {
		size_t size = 2 * (bytes->length + length);
		char *larger = realloc(bytes->data, size);

		if (larger == NULL)
			return -ENOMEM;
		bytes->data = larger;
		bytes->size = size;
	}
	memcpy(bytes->data + bytes->length, data, length);
	bytes->length += length;
	return 0;
}

void waiting_free(struct waiting_record *record)
{
	free(record->bytes.data);
	free(record);
}

struct waiting_record *waiting_take_incomplete(struct waiting *w)
{
	struct waiting_record *record = w->incomplete;

	if (record != NULL)
		w->incomplete = record->next;
	return record;
}

void waiting_close(struct waiting *w)
{
	struct waiting_record *record;

	while ((record = waiting_take_incomplete(w)) != NULL)
		waiting_free(record);
	free(w->complete.data);
	memset(w, 0, sizeof(*w));
}

static int complete(struct waiting *w, const void *data, size_t length,
		    int64_t sequence)
{
	if (w->complete.length == 0 || sequence < w->sequence)
		w->sequence = sequence;
	if (append(&w->complete, &length, sizeof(length)) < 0)
		return -ENOMEM;
	return append(&w->complete, data, length);
}

static struct waiting_record **find(struct waiting *w, uint32_t stream)
{
	struct waiting_record **link = &w->incomplete;

	while (*link != NULL && (*link)->stream != stream)
		link = &(*link)->next;
	return link;
}

static int begin(struct waiting_record **link, const struct frame *frame,
		 int64_t sequence)
{
	struct waiting_record *record = calloc(1, sizeof(*record));

	if (record == NULL)
		return -ENOMEM;
	record->stream = frame->stream;
	record->sequence = sequence;
	record->next = *link;
	*link = record;
	return 0;
}

static int end(struct waiting *w, struct waiting_record **link)
{
	struct waiting_record *record = *link;
	int error = complete(w, record->bytes.data, record->bytes.length,
			     record->sequence);

	*link = record->next;
	waiting_free(record);
	return error;
}

int waiting_frame(struct waiting *w, const struct frame *frame,
		  const void *data, int64_t sequence)
{
	size_t length = frame->length & FRAME_LENGTH;
	struct waiting_record **link;

	if ((frame->length & FRAME_FIRST) && (frame->length & FRAME_LAST))
		return complete(w, data, length, sequence);
	link = find(w, frame->stream);
	if (frame->length & FRAME_FIRST) {
		if (begin(link, frame, sequence) < 0)
			return -ENOMEM;
	} else if (*link == NULL) {
		return -ENOENT;
	}
	if (append(&(*link)->bytes, data, length) < 0)
		return -ENOMEM;
	return frame->length & FRAME_LAST ? end(w, link) : 0;
}

const char *waiting_take(struct waiting *w, size_t *length)
{
	const char *data;

	if (w->taken == w->complete.length) {
		w->taken = 0;
		w->complete.length = 0;
		return NULL;
	}
	memcpy(length, w->complete.data + w->taken, sizeof(*length));
	data = w->complete.data + w->taken + sizeof(*length);
	w->taken += sizeof(*length) + *length;
	return data;
}

int64_t waiting_sequence(const struct waiting *w)
{
	const struct waiting_record *record = w->incomplete;
	int64_t sequence = INT64_MAX;

	if (w->complete.length != 0)
		sequence = w->sequence;
	for (; record != NULL; record = record->next)
		if (record->sequence < sequence)
			sequence = record->sequence;
	return sequence;
}
