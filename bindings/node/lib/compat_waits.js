// SPDX-License-Identifier: MIT
// How the calls of a Disruptor wait: blocking, by callback, by promise, and for
// the streams. An attempt() returns undefined for "not yet"; kind, start and
// count say what it waits for, as compat.h has it.
'use strict';

const waits = require('./waits');
const { PAUSE_US } = require('./handles');
const { released, checkFunction } = require('./errors');

// A blocking call comes back this often, so that a worker can be terminated.
const SLICE_NS = 100e6;

class CompatWaits {
	#native;
	#all = new Set();

	constructor(native) {
		this.#native = native;
	}

	// Blocks until it is worth another try.
	block(kind, start, count) {
		for (let waited = 0; !this.#native.wait(kind, start, count, SLICE_NS,
			waited);)
			waited += SLICE_NS;
	}

	// What comes at once is waited for in place.
	#tryBriefly(attempt, kind, start, count) {
		const value = attempt();

		if (value !== undefined || waits.count() > 0 ||
			!this.#native.pause(kind, start, count, PAUSE_US * 1e3))
			return value;
		return attempt();
	}

	#begin(wait, kind, start, count) {
		wait.ref = true;
		wait.sleep = (id) => this.#native.sleep(id, kind, start, count);
		wait.ended = () => this.#all.delete(wait);
		this.#all.add(wait);
		waits.begin(wait);
	}

	// Tries until there is a value, then done(null, value) or done(error).
	#until(attempt, kind, start, count, done) {
		const wait = {
			attempt: () => {
				let value;

				try {
					if ((value = attempt()) === undefined)
						return false;
				} catch (error) {
					done(error);
					return true;
				}
				done(null, value);
				return true;
			},
			fail: (error) => {
				waits.end(wait);
				done(error);
			},
		};

		this.#begin(wait, kind, start, count);
	}

	// The callback form: never before the caller goes on.
	call(cb, attempt, kind, start, count, values) {
		checkFunction('callback', cb);
		const value = this.#tryBriefly(attempt, kind, start, count);

		if (value !== undefined) {
			process.nextTick(cb, null, ...values(value));
			return;
		}
		this.#callLater(cb, attempt, kind, start, count, values);
	}

	#callLater(cb, attempt, kind, start, count, values) {
		this.#until(attempt, kind, start, count, (error, value) => {
			if (error !== null)
				process.nextTick(cb, error, undefined, undefined,
					undefined, undefined);
			else
				process.nextTick(cb, null, ...values(value));
		});
	}

	// The *Async members: by the event loop even if it is there at once.
	callAsync(cb, attempt, kind, start, count, values) {
		checkFunction('callback', cb);
		setImmediate(() => this.#callLater(cb, attempt, kind, start, count,
			values));
	}

	promise(attempt, kind, start, count, result) {
		return new Promise((resolve, reject) => {
			const value = this.#tryBriefly(attempt, kind, start, count);

			if (value !== undefined) {
				resolve(result(value));
				return;
			}
			this.#until(attempt, kind, start, count, (error, later) => {
				if (error !== null)
					reject(error);
				else
					resolve(result(later));
			});
		});
	}

	// Calls back once, when it is worth another try or there is nothing more to
	// wait for. Returns what cancels it.
	worthIt(kind, start, count, callback) {
		let asked = false, over = false;
		const finish = () => {
			if (!over)
				callback();
			over = true;
		};
		const wait = {
			attempt: () => {
				if (!asked && !over) {
					asked = true;
					return false;
				}
				finish();
				return true;
			},
			fail: () => {
				waits.end(wait);
				finish();
			},
		};

		this.#begin(wait, kind, start, count);
		return wait.fail;
	}

	// At release.
	failAll() {
		for (const wait of [...this.#all])
			wait.fail(released());
	}
}

module.exports = { CompatWaits };
