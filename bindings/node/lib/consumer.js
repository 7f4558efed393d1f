// SPDX-License-Identifier: MIT
'use strict';

const waits = require('./waits');
const { SHUTDOWN, PAUSE_US, failure, waitOptions, Waiting, block } =
	require('./handles');
const { Batch } = require('./batch');
const { Batches } = require('./batches');
const { withCode, aborted, released, outOfRange, checkInteger, checkFunction } =
	require('./errors');

const PAUSE_NS = PAUSE_US * 1e3;

// Reads every event, in order, in batches. What has not been advanced over
// counts as unread: for others that follow, for producers, and for the next one
// with its name.
class Consumer {
	#native;
	#ring;
	#range;
	#batch;
	#name;
	#ended = false;
	#waiting = null;
	#iterating = false;
	#released = false;

	constructor(ring, native, range, name) {
		this.#ring = ring;
		this.#native = native;
		this.#range = range;
		this.#name = name;
		this.#batch = new Batch(ring, range[0]);
	}

	get ring() {
		return this.#ring;
	}

	get name() {
		return this.#name;
	}

	// The first sequence that it has not advanced over.
	get sequence() {
		return Number(this.sequenceBig);
	}

	get sequenceBig() {
		const sequence = this.#native.sequence();

		if (typeof sequence !== 'bigint')
			throw released();
		return sequence;
	}

	// Published events that it has not advanced over.
	get lag() {
		const lag = this.#native.lag();

		if (lag < 0)
			throw released();
		return lag;
	}

	// The ring is closed and everything in it is read.
	get ended() {
		return this.#ended;
	}

	// How many are ready; 0 also at the end.
	#ready(n) {
		if (n >= 0)
			return n;
		if (n !== SHUTDOWN)
			throw failure(n);
		this.#ended = true;
		return 0;
	}

	#fill(n, max) {
		const batch = this.#batch;

		batch.start = this.#range[0];
		batch.end = n <= max ? this.#range[1] :
			batch.start + (typeof batch.start === 'bigint' ?
				BigInt(max) : max);
		return batch;
	}

	#max(max = Infinity) {
		return max === Infinity ? max :
			checkInteger('max', max, 1, Number.MAX_SAFE_INTEGER);
	}

	// The batch that is ready, until it is advanced over; undefined: nothing.
	take(max) {
		const n = this.#ready(this.#native.take(0));

		return n > 0 ? this.#fill(n, this.#max(max)) : undefined;
	}

	// Done with the first n events that are ready.
	advance(n) {
		if (this.#released)
			throw released();
		const ready = this.#ready(this.#native.take(0));

		checkInteger('n', n, 0, Number.MAX_SAFE_INTEGER);
		if (n > ready)
			throw outOfRange('n', `at most ${ready}, what is ready`, n);
		this.#native.advance(n);
	}

	// each(sequence) for what is ready, at most max; how many. If it throws,
	// those before are done and this one is not.
	poll(each, max) {
		checkFunction('each', each);
		const n = Math.min(this.#ready(this.#native.take(0)), this.#max(max));
		let sequence = this.#range[0], done = 0;

		try {
			for (; done < n; done++)
				each(sequence++);
		} finally {
			this.#native.advance(done);
		}
		return n;
	}

	// Blocks this thread, asleep, until something is ready: how many; 0 after
	// the time-out and at the end. For workers.
	waitSync(options) {
		const { timeout } = waitOptions(options);

		return block((ns) => {
			const n = this.#ready(this.#native.wait(ns,
				Math.min(ns, PAUSE_NS)));
			return n > 0 || this.#ended ? n : undefined;
		}, timeout) ?? 0;
	}

	// --- asynchronous ----------------------------------------------------------

	#alone() {
		if (this.#waiting !== null)
			throw withCode(new Error('somebody waits on this consumer ' +
				'already'), 'ERR_DISRUPTOR_BUSY');
	}

	// Advances over done events, then waits: settle(error, n); n is 0 at the end.
	#wait(done, options, settle) {
		this.#alone();
		this.#waiting = new Waiting(this.#native, () => {
			const n = this.#ready(this.#native.take(done));

			done = 0;
			return n > 0 || this.#ended ? n : undefined;
		}, options, (error, n) => {
			this.#waiting = null;
			settle(error, n);
		});
		return this.#waiting.begin();
	}

	// If none of the n is ready, what comes at once.
	#pause(n, ns = PAUSE_NS) {
		return n > 0 || ns === 0 || this.#ended || waits.count() > 0 ? n :
			this.#ready(this.#native.pause(ns));
	}

	// Resolves with the batch that is ready, undefined at the end.
	async next(options) {
		const waitOn = waitOptions(options);
		const max = this.#max(options?.max);

		if (waitOn.signal?.aborted)
			throw aborted(waitOn.signal);
		this.#alone();
		const n = this.#pause(this.#ready(this.#native.take(0)));
		if (n > 0 || this.#ended)
			return n > 0 ? this.#fill(n, max) : undefined;
		return new Promise((resolve, reject) => {
			this.#wait(0, waitOn, (error, ready) => {
				if (error !== null)
					reject(error);
				else
					resolve(ready > 0 ? this.#fill(ready, max) :
						undefined);
			});
		});
	}

	// For await. It may hold up the event loop for spin microseconds, for what
	// comes at once. Asking for the next batch advances over this one. Leaving the
	// loop does not, unless advanceOnReturn is set.
	batches(options = {}) {
		const waitOn = waitOptions(options);

		return new Batches(this, {
			max: this.#max(options.max),
			advanceOnReturn: Boolean(options.advanceOnReturn),
			waitOn,
			spinNs: checkInteger('spin', options.spin ?? PAUSE_US, 0, 1e6) *
				1e3,
		}, {
			take: (done) => this.#ready(this.#native.take(done)),
			pause: (n, ns) => this.#pause(n, ns),
			wait: (done, settle) => this.#wait(done, waitOn, settle),
			fill: (n, max) => this.#fill(n, max),
			alone: () => this.#alone(),
			enter: () => {
				if (this.#iterating)
					throw withCode(new Error('this consumer is iterated ' +
						'over already'), 'ERR_DISRUPTOR_BUSY');
				this.#iterating = true;
			},
			leave: () => {
				this.#iterating = false;
			},
		});
	}

	[Symbol.asyncIterator]() {
		return this.batches();
	}

	// Push: handle(start, end) for each batch, which is advanced over when it
	// returns. Returns what stops it, with a promise: stop.done.
	onBatch(handle, options = {}) {
		checkFunction('handle', handle);
		const waitOn = waitOptions(options);
		const max = this.#max(options.max);
		let stopped = false, immediate, finish;
		const done = new Promise((resolve, reject) => {
			finish = (error) => {
				stopped = true;
				clearImmediate(immediate);
				if (error)
					reject(error);
				else
					resolve();
			};
		});
		const turn = (error, n) => {
			if (stopped)
				return;
			if (error !== null || n === 0) {
				finish(error);
				return;
			}
			const batch = this.#fill(n, max);
			try {
				handle(batch.start, batch.end);
				this.#native.advance(Math.min(n, max));
			} catch (thrown) {
				finish(thrown);
				return;
			}
			// Others have a turn of the event loop between two batches.
			if (!stopped)
				immediate = setImmediate(again);
		};
		const again = () => {
			if (stopped)
				return;
			try {
				this.#wait(0, waitOn, turn);
			} catch (error) {
				finish(error);
			}
		};
		const stop = () => {
			if (!stopped)
				finish();
			this.#waiting?.fail(released());
		};

		stop.done = done;
		again();
		return stop;
	}

	// node:stream and web streams, see streams.js.
	readable(options) {
		return require('./streams').readable(this, options);
	}

	readableWeb(options) {
		return require('node:stream').Readable.toWeb(this.readable(options));
	}

	// Leaves. A named one keeps its place in the ring.
	release() {
		this.#released = true;
		this.#waiting?.fail(released());
		this.#native.release();
		this.#ring.forget(this);
	}

	[Symbol.dispose]() {
		this.release();
	}
}

module.exports = { Consumer };
