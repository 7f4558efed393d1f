// SPDX-License-Identifier: MIT
'use strict';

// The binary of this platform; of two C libraries the one that loads.
function load() {
	const directory = `../prebuilds/${process.platform}-${process.arch}`;
	let reason;

	for (const libc of ['glibc', 'musl']) {
		try {
			return require(`${directory}/disruptor.${libc}.node`);
		} catch (error) {
			if (reason === undefined || error.code !== 'MODULE_NOT_FOUND')
				reason = error;
		}
	}
	throw Object.assign(new Error('libdisruptor has no binary for ' +
		`${process.platform}-${process.arch}; \`npm run build\` in its ` +
		`directory makes one (${reason.message.split('\n')[0]})`),
	{ code: 'ERR_DISRUPTOR_NO_BINARY', cause: reason });
}

module.exports = load();
