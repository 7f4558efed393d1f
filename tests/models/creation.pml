/* SPDX-License-Identifier: MIT */
/*
 * E6: two processes create a ring of one name, each killed at any step, and a
 * third attaches at any time (src/shared_memory.c). A file is filled before it
 * has a name, and gets it in one step. At no time is there a name with half a
 * ring, or one name for two rings.
 *
 * mutants: NAME_FIRST REPLACES EXISTS_DECIDES
 */
#define NOBODY 9
#define FIELDS 3

byte name = NOBODY;		/* whose file has the name */
byte filled[2];
bool made[2], ended[2], attached;

inline may_die()
{
	if
	:: goto end
	:: true
	fi
}

proctype creator(byte me)
{
	byte found;

#ifdef NAME_FIRST
	if
	:: atomic { name == NOBODY -> name = me; made[me] = true }
	:: atomic { name != NOBODY -> goto end }
	fi;
	may_die();
#endif
	found = name;
	if
#ifdef REPLACES
	:: found != NOBODY -> name = NOBODY
#else
#ifndef NAME_FIRST
	:: found != NOBODY -> goto end
#endif
#endif
	:: else
	fi;
	do
	:: filled[me] == FIELDS -> break
	:: else -> filled[me]++; may_die()
	od;
#ifndef NAME_FIRST
#ifdef EXISTS_DECIDES
	name = me;
	made[me] = true
#else
	if
	:: atomic { name == NOBODY -> name = me; made[me] = true }
	:: atomic { name != NOBODY -> skip }
	fi
#endif
#endif
end:	ended[me] = true
}

proctype attacher()
{
	byte whose;

	do
	:: name != NOBODY ->
		whose = name;
		if
		:: whose != NOBODY ->
			assert(filled[whose] == FIELDS);
			attached = true
		:: else
		fi;
		break
	:: name == NOBODY && ended[0] && ended[1] -> break
	od
}

/* Whoever was told "it is yours" has the name's file. */
proctype judge()
{
	ended[0] && ended[1];
	assert(!(made[0] && made[1]));
	assert(!made[0] || name == 0);
	assert(!made[1] || name == 1)
}

init {
	atomic {
		run creator(0);
		run creator(1);
		run attacher();
		run judge()
	}
}
