// SPDX-License-Identifier: MIT
// ArrayBuffers over mappings are not to be moved to another thread, where they
// would be out of release()'s reach. Where the mark also forbids release() to
// detach them (Node 24) they can be moved, and then keep the mapping.
'use strict';

const { markAsUntransferable } = require('node:worker_threads');

function markForbidsDetaching() {
	const probe = new ArrayBuffer(1);

	markAsUntransferable(probe);
	try {
		probe.transfer?.();
		return false;
	} catch {
		return true;
	}
}

module.exports = markForbidsDetaching() ? () => {} : markAsUntransferable;
