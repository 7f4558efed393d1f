/* SPDX-License-Identifier: MIT */
/* shared_memory.h: whose rings are attached to. Needs root to be somebody. */
#include <region.h>

#include <child.h>

#define NOBODY 65534

static const char *new_ring(uint32_t mode)
{
	struct disruptor *d = disruptor_create_shared(
		ring_new_name(),
		DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 8,
				  .mode = mode));

	CHECK(d != NULL);
	disruptor_free(d);
	return ring_name();
}

static void change(const char *name, uid_t owner, mode_t mode)
{
	char path[RING_NAME_SIZE + 32];

	ring_path(path, sizeof(path), name);
	CHECK_EQ(chown(path, owner, (gid_t)-1), 0);
	CHECK_EQ(chmod(path, mode), 0);
}

static struct disruptor *attach(const char *name, uint32_t trust)
{
	return disruptor_attach_opts(name, DISRUPTOR_OPTIONS(.trust = trust));
}

static void refused(const char *name, uint32_t trust)
{
	CHECK_NULL(attach(name, trust), EPERM);
	CHECK(strstr(disruptor_error(), "DISRUPTOR_TRUST_") != NULL);
	/* Looking is for everybody who may read. */
	disruptor_inspect_free(disruptor_inspect(name));
	CHECK_EQ(disruptor_check(name, NULL, NULL), 0);
}

static void accepted(const char *name, uint32_t trust)
{
	struct disruptor *d = attach(name, trust);

	CHECK(d != NULL);
	PUT(PRODUCER(d), 1);
	disruptor_free(d);
}

static void another_owner(void **state)
{
	const char *name = new_ring(0);

	(void)state;
	if (geteuid() != 0)
		skip();
	change(name, NOBODY, 0600);
	CHECK_NULL(disruptor_attach(name, 0), EPERM);
	CHECK(strstr(disruptor_error(), "user 65534") != NULL);
	refused(name, 0);
	refused(name, DISRUPTOR_TRUST_ANY_MODE);
	accepted(name, DISRUPTOR_TRUST_ANY_OWNER);
}

/* The owner is asked for before a byte of the file is believed. */
static void not_even_a_ring(void **state)
{
	const char *name = region_write("no ring", 7);

	(void)state;
	if (geteuid() != 0)
		skip();
	CHECK_NULL(disruptor_attach(name, 0), EBADMSG);
	change(name, NOBODY, 0600);
	CHECK_NULL(disruptor_attach(name, 0), EPERM);
	CHECK_NULL(attach(name, DISRUPTOR_TRUST_ANY_OWNER), EBADMSG);
}

static void as_nobody(void *argument)
{
	const char *name = argument;

	CHECK_EQ(setgid(NOBODY), 0);
	CHECK_EQ(setuid(NOBODY), 0);
	accepted(name, 0);
}

/* Root's rings are accepted by all whom root let in. */
static void of_root(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	CHILD_JOIN(child_start(as_nobody,
			       (void *)(uintptr_t)new_ring(0666)));
}

/* What the creator asked for is known; what was changed later is not. */
static void wider_mode(void **state)
{
	static const mode_t wide[] = { 0620, 0602, 0666, 0622 };
	const char *name;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wide) / sizeof(wide[0]); i++) {
		accepted(new_ring(wide[i]), 0);
		name = new_ring(0600);
		change(name, (uid_t)-1, wide[i]);
		refused(name, 0);
		refused(name, DISRUPTOR_TRUST_ANY_OWNER);
		accepted(name, DISRUPTOR_TRUST_ANY_MODE);
		change(name, (uid_t)-1, 0644);
		accepted(name, 0);
	}
	name = new_ring(0660);
	change(name, (uid_t)-1, 0666);
	refused(name, 0);
	change(name, (uid_t)-1, 0620);
	accepted(name, 0);
}

static void unknown_trust(void **state)
{
	(void)state;
	CHECK_NULL(attach(new_ring(0), 4), EINVAL);
}

TEST_MAIN(TEST(another_owner), TEST(not_even_a_ring), TEST(of_root),
	  TEST(wider_mode), TEST(unknown_trust));
