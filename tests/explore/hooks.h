/* SPDX-License-Identifier: MIT */
/*
 * What the library's code calls in place of atomic operations, locks and
 * memory, when it is compiled for the explorer. Each use in the source is a
 * site; a mutant is a site whose order is weaker.
 */
#ifndef EXPLORE_HOOKS_H
#define EXPLORE_HOOKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum explore_order {
	EXPLORE_RELAXED,
	EXPLORE_ACQUIRE,
	EXPLORE_RELEASE,
	EXPLORE_ACQ_REL,
	EXPLORE_SEQ_CST
};

enum explore_operation {
	EXPLORE_IS_LOAD,
	EXPLORE_IS_STORE,
	EXPLORE_IS_CAS,
	EXPLORE_IS_ADD,
	EXPLORE_IS_OR,
	EXPLORE_IS_AND,
	EXPLORE_IS_FENCE,
	EXPLORE_IS_BARRIER,	/* of the compiler */
	EXPLORE_IS_CALL		/* of the operating system */
};

struct explore_site {
	const char *file;
	const char *function;
	const char *object;	/* as the source names it */
	int line;
	enum explore_operation operation;
	enum explore_order order;
	int id;			/* one for all copies of an inline function */
};

/*
 * The linker makes a table of all sites of their addresses; the same line of
 * an inline function is there once for each file that includes it.
 */
#define EXPLORE_SITE(what, strength, text)                                     \
	static struct explore_site explore_here = {                            \
		.file = __FILE__,                                              \
		.function = __func__,                                          \
		.object = text,                                                \
		.line = __LINE__,                                              \
		.operation = EXPLORE_IS_##what,                                \
		.order = EXPLORE_##strength,                                   \
	};                                                                     \
	static struct explore_site *const explore_entry                        \
		__attribute__((section("explore_sites"), used)) = &explore_here

#define EXPLORE_LOAD(type, p, strength, text)                                  \
	__extension__({                                                        \
		EXPLORE_SITE(LOAD, strength, text);                            \
		(type)explore_load(&explore_here, (p), sizeof(*(p)));          \
	})
#define EXPLORE_STORE(p, v, strength, text)                                    \
	__extension__({                                                        \
		EXPLORE_SITE(STORE, strength, text);                           \
		uint64_t explore_value = (uint64_t)(v);                        \
		explore_store(&explore_here, (p), sizeof(*(p)),                \
			      explore_value);                                  \
	})
#define EXPLORE_CAS(type, p, e, d, strength, text)                             \
	__extension__({                                                        \
		EXPLORE_SITE(CAS, strength, text);                             \
		type *explore_expected = (e);                                  \
		uint64_t explore_found = (uint64_t)*explore_expected;          \
		bool explore_done = explore_cas(&explore_here, (p),            \
						sizeof(*(p)), &explore_found,  \
						(uint64_t)(d));                \
		if (!explore_done)                                             \
			*explore_expected = (type)explore_found;               \
		explore_done;                                                  \
	})
#define EXPLORE_RMW(type, p, kind, v, strength, text)                          \
	__extension__({                                                        \
		EXPLORE_SITE(kind, strength, text);                            \
		(type)explore_modify(&explore_here, (p), sizeof(*(p)),         \
				     (uint64_t)(v));                           \
	})
#define EXPLORE_FENCE(strength)                                                \
	__extension__({                                                        \
		EXPLORE_SITE(FENCE, strength, "");                             \
		explore_fence(&explore_here);                                  \
	})
#define EXPLORE_BARRIER()                                                      \
	__extension__({                                                        \
		EXPLORE_SITE(BARRIER, SEQ_CST, "");                            \
		explore_compiler_barrier(&explore_here);                       \
	})

uint64_t explore_load(struct explore_site *site, const void *p, size_t size);
void explore_store(struct explore_site *site, void *p, size_t size,
		   uint64_t value);
bool explore_cas(struct explore_site *site, void *p, size_t size,
		 uint64_t *expected, uint64_t desired);
uint64_t explore_modify(struct explore_site *site, void *p, size_t size,
			uint64_t operand);
void explore_fence(struct explore_site *site);
void explore_compiler_barrier(struct explore_site *site);

#endif
