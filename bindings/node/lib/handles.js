// SPDX-License-Identifier: MIT
// What producers and consumers have in common: results of native calls, waits
// that can be aborted, and blocking calls in slices.
'use strict';

const { getSystemErrorName } = require('node:util');

const waits = require('./waits');
const { withCode, outOfRange, released, aborted, timedOut, checkSignal,
	checkOptions } = require('./errors');

// Of native calls; ring.h and <errno.h>.
const RELEASED = -10000;
const AGAIN = -11;
const BUSY = -16;
const OVERFLOW = -75;
const SHUTDOWN = -108;
const TIMEDOUT = -110;
const STALE = -116;
const UNCLEAN = -117;
// A blocking call comes back this often, so that a worker can be terminated.
const SLICE_MS = 100;
// The event loop may be held up so long by what may come at once, if that has
// come lately and nobody else waits; see patience.h. A wake takes as long.
const PAUSE_US = 50;

const MESSAGES = {
	[BUSY]: 'publish or abandon the last claim first',
	[SHUTDOWN]: 'the ring is closed',
	[TIMEDOUT]: 'timed out',
	[STALE]: 'this consumer was evicted',
	[UNCLEAN]: 'the ring is damaged',
};

function failure(result) {
	if (result === RELEASED)
		return released();
	if (result === OVERFLOW)
		return outOfRange('sequence', 'below 2^53 (else open the handle ' +
			'with { bigint: true })', 'more');
	const code = result === SHUTDOWN ? 'ERR_DISRUPTOR_CLOSED' :
		getSystemErrorName(result);

	return Object.assign(withCode(new Error(MESSAGES[result] ?? code), code),
		{ errno: result });
}

function checkTimeout(timeout) {
	if (timeout !== undefined && !(typeof timeout === 'number' &&
		timeout >= 0))
		throw outOfRange('options.timeout', 'milliseconds, 0 or more',
			timeout);
	return timeout;
}

// signal, timeout and ref of what waits.
function waitOptions(options = {}) {
	checkOptions(options);
	return {
		signal: checkSignal(options.signal),
		timeout: checkTimeout(options.timeout),
		ref: options.ref !== false,
	};
}

// A wait whose attempt() returns undefined for "not yet", a value for the end;
// it may throw. Settles once, and leaves nothing behind.
class Waiting {
	constructor(native, attempt, options, settle) {
		this.native = native;
		this.tryOnce = attempt;
		this.settle = settle;
		this.ref = options.ref;
		this.signal = options.signal;
		this.over = false;
		this.id = 0;
		if (this.signal !== undefined) {
			this.onAbort = () => this.fail(aborted(this.signal));
			this.signal.addEventListener('abort', this.onAbort,
				{ once: true });
		}
		if (options.timeout !== undefined && options.timeout !== Infinity) {
			this.timer = setTimeout(() => this.fail(timedOut(
				'nothing came in time')), options.timeout);
			if (!this.ref)
				this.timer.unref();
		}
	}

	attempt() {
		if (this.over)
			return true;
		try {
			const value = this.tryOnce();

			if (value === undefined)
				return false;
			this.finish(null, value);
		} catch (error) {
			this.finish(error);
		}
		return true;
	}

	announce() {
		this.native.announce();
	}

	sleep(id) {
		return this.native.sleep(id);
	}

	begin() {
		waits.begin(this);
		return this;
	}

	fail(error) {
		if (this.over)
			return;
		waits.end(this);
		this.finish(error);
	}

	finish(error, value) {
		this.over = true;
		clearTimeout(this.timer);
		this.signal?.removeEventListener('abort', this.onAbort);
		this.settle(error, value);
	}
}

// call(ns) blocks at most so long and returns undefined for "not yet".
function block(call, timeout) {
	const end = timeout === undefined ? Infinity :
		performance.now() + checkTimeout(timeout);

	for (;;) {
		const left = end - performance.now();
		const value = call(Math.min(Math.max(left, 0), SLICE_MS) * 1e6);

		if (value !== undefined || performance.now() >= end)
			return value;
	}
}

module.exports = {
	AGAIN, BUSY, SHUTDOWN, TIMEDOUT, PAUSE_US, failure, waitOptions, Waiting, block,
};
