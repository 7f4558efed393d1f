// SPDX-License-Identifier: MIT
// The program of shared-memory-disruptor's README, but for the package's name.
// Run this first, then drop_in_consumer.js in another terminal.
'use strict';

const { Disruptor } = require('libdisruptor');

const d = new Disruptor('/example', 1000, 4, 1, -1, true, true);

async function produce() {
	let sum = 0;

	for (let i = 0; i < 1000000; i++) {
		const n = Math.floor(Math.random() * 100);
		const { buf } = await d.produceClaim();
		buf.writeUInt32LE(n, 0, true);
		await d.produceCommit();
		sum += n;
	}
	console.log(sum);
}

produce();
