// SPDX-License-Identifier: MIT
'use strict';

// What a consumer may read: the sequences [start, end). One object for each
// consumer, filled anew for each batch.
class Batch {
	#ring;

	constructor(ring, zero) {
		this.#ring = ring;
		this.start = zero;
		this.end = zero;
	}

	get length() {
		return Number(this.end - this.start);
	}

	// The bytes of all its events, without a copy: one or two Buffers, or with
	// stamped slots one for each event.
	buffers() {
		return this.#ring.buffers(this.start, this.length);
	}
}

module.exports = { Batch };
