/* SPDX-License-Identifier: MIT */
/*
 * E6: processes create rings of one name, each killed at any step, somebody
 * unlinks the name, and others attach at any time (src/shared_memory.c,
 * src/attach.c, src/os/file.c). A file is filled before it has a name, and gets
 * it in one step. At no time is there a name with half a ring, or one name that
 * two were told is theirs; and who has attached to a ring opens no other one in
 * its place.
 * TEMPORARY: a file system without O_TMPFILE, where a file has a name of its
 * own until it has the ring's.
 *
 *	CREATORS=2: NAME_FIRST LINK_EARLY REPLACES EXISTS_DECIDES
 *	CREATORS=2,UNLINKS: NAME_FIRST REOPENS_NAME
 *	CREATORS=2,TEMPORARY
 *	CREATORS=3,UNLINKS
 *
 * What disruptor_unlink() looks at and what it then takes away may be two
 * rings, when a third process unlinks and creates in between: POSIX has no way
 * to unlink what one has open. Here it only takes the name away.
 */
#ifndef CREATORS
#define CREATORS 2
#endif
#define NOBODY 9
#define FIELDS 3	/* its memory, the header, the cursor */

byte name = NOBODY;		/* whose file has the name */
byte filled[CREATORS], running = CREATORS;
bool told[CREATORS], taken_away[CREATORS], died;
bool temporary[CREATORS];	/* it has a temporary name */

inline may_die()
{
	if
	:: died = true; goto end
	:: true
	fi
}

/* disruptor_create_shared() */
proctype creator(byte me)
{
#ifdef NAME_FIRST
	/* open(O_CREAT | O_EXCL) with the ring's name */
	if
	:: atomic { name == NOBODY -> name = me; told[me] = true }
	:: atomic { name != NOBODY -> goto end }
	fi;
	may_die();
#else
	/* disruptor_os_file_exists(): only to spare the work. */
	if
#ifdef REPLACES
	:: atomic { name != NOBODY -> name = NOBODY }
#else
	:: name != NOBODY -> goto end
#endif
	:: name == NOBODY
	fi;
	may_die();
#ifdef TEMPORARY
	temporary[me] = true;
	may_die();
#endif
#endif
	/* disruptor_os_file_create(), disruptor_fill_file() */
#ifdef LINK_EARLY
	filled[me] = FIELDS - 1;
#else
	do
	:: filled[me] == FIELDS -> break
	:: else -> filled[me]++; may_die()
	od;
#endif
#ifndef NAME_FIRST
	/* disruptor_os_file_link(): linkat() */
#ifdef EXISTS_DECIDES
	/* rename() */
	atomic { name = me; told[me] = true };
#else
	if
	:: atomic { name == NOBODY -> name = me; told[me] = true }
	:: name != NOBODY
	fi;
#endif
	may_die();
	/* drop_temporary_name(), disruptor_os_file_discard() */
	temporary[me] = false;
#endif
#ifdef LINK_EARLY
	may_die();
	filled[me] = FIELDS;
#endif
end:	running--
}

/* disruptor_unlink() */
#ifdef UNLINKS
proctype unlinker()
{
end:	atomic {
		name != NOBODY -> taken_away[name] = true; name = NOBODY
	}
}
#endif

/* disruptor_attach_opts(): open, then all by that descriptor. */
proctype attacher()
{
	byte whose;

end:	atomic { name != NOBODY -> whose = name };
	assert(filled[whose] == FIELDS);
	/* reopen() of src/liveness.c, without /proc: by its name. */
	if
	:: atomic {
		name != NOBODY ->
#ifdef REOPENS_NAME
		assert(name == whose)
#else
		if
		:: name == whose
		:: else		/* another inode: ESTALE */
		fi
#endif
	   }
	:: name == NOBODY
	fi
}

/* Told that it is yours: it is, until somebody takes the name away. */
#define KEPT(i) (!told[i] || taken_away[i] || name == i)

proctype judge()
{
end:	if
	:: atomic { !KEPT(0) || !KEPT(1) -> assert(false) }
#if CREATORS > 2
	:: atomic { !KEPT(2) -> assert(false) }
#endif
	:: atomic {
		running == 0 && !died ->
		assert(told[0] || told[1] || told[CREATORS - 1]);
		assert(!temporary[0] && !temporary[1])
	   }
	fi
}

init {
	byte i;

	atomic {
		for (i : 0 .. CREATORS - 1) {
			run creator(i)
		}
#ifdef UNLINKS
		run unlinker();
#endif
		run attacher();
		run judge()
	}
}
