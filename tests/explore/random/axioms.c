/* SPDX-License-Identifier: MIT */
#include "axioms.h"

#include "programs.h"

#include <stddef.h>

/*
 * RC11, written off its definitions: Lahav, Vafeiadis, Kang, Hur, Dreyer,
 * "Repairing Sequential Consistency in C/C++11", PLDI 2017.
 * One of them is C++20's: a release sequence has no later stores of its thread
 * (P0982), only read-modify-writes.
 *
 *	rb   reads-before: a read before the writes that overwrite what it read
 *	eco  extended coherence order: chains of rf, mo and rb
 *	rs   release sequence
 *	sw   synchronizes-with
 *	hb   happens-before
 *	psc  partial order of sequential consistency
 */

enum load_buffering random_buffering;

static struct relation reads_before(const struct execution *x)
{
	return then(inverse(x->rf), x->mo);
}

/* eco = (rf | mo | rb)+ */
static struct relation coherence_order(const struct execution *x)
{
	return chains(both(both(x->rf, x->mo), reads_before(x)));
}

/* rs = [W] ; (rf ; rmw)* */
static struct relation release_sequences(const struct execution *x)
{
	return then(identity(x->writes), maybe_chains(then(x->rf, x->rmw)));
}

/* sw = [release] ; ([F] ; po)? ; rs ; rf ; [R] ; (po ; [F])? ; [acquire] */
static struct relation synchronizes_with(const struct execution *x)
{
	struct relation fences = identity(x->fences);
	struct relation from = then(identity(x->releasing),
				    maybe(then(fences, x->po)));
	struct relation to = then(maybe(then(x->po, fences)),
				  identity(x->acquiring));

	return then(then(then(from, release_sequences(x)), x->rf),
		    then(identity(x->reads), to));
}

void axioms_prepare(struct execution *x)
{
	x->hb = chains(both(x->po, synchronizes_with(x)));
}

/*
 * scb = po | po-other ; hb ; po-other | hb-same | mo | rb
 * where other and same speak of the places of both ends.
 */
static struct relation before_in_sc(const struct execution *x)
{
	struct relation other = minus(x->po, x->same_place);
	struct relation same = common(x->hb, x->same_place);

	return both(both(both(x->po, then(then(other, x->hb), other)), same),
		    both(x->mo, reads_before(x)));
}

/*
 * ([SC] | [F-SC] ; hb?) ; scb ; ([SC] | hb? ; [F-SC])
 */
static struct relation psc_base(const struct execution *x)
{
	struct relation any = identity(x->seq_cst);
	struct relation fence = identity(x->seq_cst & x->fences);
	struct relation hb = maybe(x->hb);

	return then(then(both(any, then(fence, hb)), before_in_sc(x)),
		    both(any, then(hb, fence)));
}

/* [F-SC] ; (hb | hb ; eco ; hb) ; [F-SC] */
static struct relation psc_fences(const struct execution *x,
				  struct relation eco)
{
	struct relation fence = identity(x->seq_cst & x->fences);

	return then(then(fence, both(x->hb, then(then(x->hb, eco), x->hb))),
		    fence);
}

static bool is_coherent(const struct execution *x, struct relation eco)
{
	return is_irreflexive(then(x->hb, maybe(eco)));
}

static bool is_atomic(const struct execution *x)
{
	return is_empty(common(x->rmw, then(reads_before(x), x->mo)));
}

static bool is_consistent(const struct execution *x, struct relation eco)
{
	return x->seq_cst == 0 ||
	       is_acyclic(both(both(psc_base(x), psc_fences(x, eco)),
			       x->ordered));
}

/*
 * What scenes keep in order, as weak processors do: bob and aob of aarch64.cat,
 * with each fence a full one.
 *	po ; [release] | [acquire] ; po | po ; [F] ; po | rmw
 */
static struct relation kept_by_machines(const struct execution *x)
{
	struct relation releases = then(x->po, identity(x->releasing));
	struct relation acquires = then(identity(x->acquiring), x->po);
	struct relation fences = then(then(x->po, identity(x->fences)), x->po);

	return both(both(releases, acquires), both(fences, x->rmw));
}

/* RC11: po | rf. In C11 only what a value needs comes before. */
static bool is_out_of_thin_air(const struct execution *x)
{
	struct relation before = both(x->po, x->ordered);

	if (random_buffering == C11)
		before = x->rmw;
	else if (random_buffering == MACHINES)
		before = kept_by_machines(x);
	return !is_acyclic(both(before, x->rf));
}

const char *axioms_broken(const struct execution *x)
{
	struct relation eco = coherence_order(x);

	if (!is_coherent(x, eco))
		return "coherence";
	if (!is_atomic(x))
		return "atomicity";
	if (is_out_of_thin_air(x))
		return "no value out of thin air";
	if (!is_consistent(x, eco))
		return "sequential consistency";
	return NULL;
}
