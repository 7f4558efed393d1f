/* SPDX-License-Identifier: MIT */
#include "internal.h"

#include <string.h>

/*
 * A consumer's record as it is seen without the registry's lock: it may change
 * its owner meanwhile. What was read counts if the status is still the same
 * afterwards. So its name is words, as all else in it that changes.
 */

#define NAME_WORDS (DISRUPTOR_CONSUMER_NAME_SIZE / sizeof(uint64_t))

union name {
	uint64_t words[NAME_WORDS];
	char text[DISRUPTOR_CONSUMER_NAME_SIZE];
};

static uint64_t *word_of(const struct disruptor_consumer_record *r, uint32_t w)
{
	return (uint64_t *)(uintptr_t)r->name + w;
}

/* The registry is locked; shorter than a record's name can be, or NULL. */
void disruptor_consumer_set_name(struct disruptor_consumer_record *r,
				 const char *name)
{
	union name all = { { 0 } };
	uint32_t w;

	if (name != NULL)
		memcpy(all.text, name, strlen(name));
	for (w = 0; w < NAME_WORDS; w++)
		disruptor_store_relaxed_u64(word_of(r, w), all.words[w]);
}

void disruptor_consumer_get_name(const struct disruptor_consumer_record *r,
				 char *name)
{
	union name all;
	uint32_t w;

	for (w = 0; w < NAME_WORDS; w++)
		all.words[w] = disruptor_load_relaxed_u64(word_of(r, w));
	memcpy(name, all.text, sizeof(all.text));
	name[sizeof(all.text) - 1] = '\0';
}

bool disruptor_consumer_is_still(const struct disruptor_consumer_record *r,
				 uint64_t status)
{
	/*
	 * E9: who wrote what was read had taken the old status away before. Not
	 * so who resumes: the consumer is the same, its process may be either.
	 */
	disruptor_fence_acquire();
	return disruptor_load_relaxed_u64(&r->status) == status;
}
