// SPDX-License-Identifier: MIT
// All that waits in this thread of JavaScript. One native thread of the process
// sleeps for everybody and calls back here; libuv's thread pool has no part.
'use strict';

const binding = require('./binding');

const waits = [null];	// by id; the native side's 0 is never used
const free = [];
let referenced = 0, waiting = 0;

function wake(id, moved) {
	const wait = waits[id];

	if (wait == null)
		return;
	if (moved)
		run(wait);
	else if (wait.attempt())
		end(wait);
}

binding.onWake(wake);

// A wait has
//	attempt()	true when it is over, one way or the other; never throws
//	sleep(id)	registers it with the sleeping thread; false: something
//			moved meanwhile
//	announce()	optional, before the last attempt
//	ref		whether it keeps the process alive
function run(wait) {
	for (;;) {
		if (wait.attempt())
			break;
		if (wait.announce !== undefined) {
			wait.announce();
			if (wait.attempt())
				break;
		}
		if (wait.sleep(wait.id))
			return;
	}
	end(wait);
}

function begin(wait) {
	wait.id = free.length > 0 ? free.pop() : waits.length;
	waits[wait.id] = wait;
	waiting++;
	if (wait.ref && referenced++ === 0)
		binding.ref();
	run(wait);
}

function end(wait) {
	if (waits[wait.id] !== wait)
		return;
	binding.cancel(wait.id);
	waits[wait.id] = null;
	waiting--;
	free.push(wait.id);
	if (wait.ref && --referenced === 0)
		binding.unref();
	wait.ended?.();
}

function count() {
	return waiting;
}

module.exports = { begin, end, count };
