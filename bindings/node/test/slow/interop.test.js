// SPDX-License-Identifier: MIT
// One segment, one process of the original and one of ours: both roles, both
// makers, both blocking and asynchronous, a million messages each.
'use strict';

const assert = require('node:assert/strict');
const test = require('node:test');

const { root, fetched, newName, Peer, PATIENCE_MS } = require('../helpers');

const original = fetched('shared-memory-disruptor');
const skip = original === undefined &&
	'shared-memory-disruptor is not fetched: scripts/fetch.js';
const MESSAGES = 1000000;

const setUp = (role) => `
	const d = new lib.Disruptor(args.name, 1000, 8, 1,
		${role === 'consume' ? 0 : -1}, args.init, true);
	tell('there');
	const take = (bufs, i) => {
		for (const buf of bufs)
			for (let j = 0; j < buf.length; j += 8, i++)
				if (buf.readUInt32LE(j) !== i)
					throw new Error('expected ' + i);
		return i;
	};
	const finish = (i) => {
		d.consumeCommit();
		tell([i, d.cursor, d.next, d.consumer, d.status]);
	};`;

const programs = {
	sync: {
		produce: `${setUp('produce')}
			d.status = 7;
			for (let i = 0; i < ${MESSAGES}; i++) {
				d.produceClaimSync().writeUInt32LE(i);
				d.produceCommitSync();
			}`,
		consume: `${setUp('consume')}
			let i = 0;
			while (i < ${MESSAGES})
				i = take(d.consumeNewSync(), i);
			finish(i);`,
	},
	promises: {
		produce: `${setUp('produce')}
			d.status = 7;
			(async () => {
				for (let i = 0; i < ${MESSAGES};) {
					const { bufs } = await d.produceClaimAvail(
						Math.min(64, ${MESSAGES} - i));
					for (const buf of bufs)
						for (let j = 0; j < buf.length; j += 8)
							buf.writeUInt32LE(i++, j);
					await d.produceCommit();
				}
			})();`,
		consume: `${setUp('consume')}
			(async () => {
				let i = 0;
				while (i < ${MESSAGES})
					i = take((await d.consumeNew()).bufs, i);
				finish(i);
			})();`,
	},
};

for (const way of Object.keys(programs))
	for (const [ours, role] of [['produce', 'we produce'],
		['consume', 'we consume']])
		for (const maker of ['produce', 'consume'])
			test(`${way}: ${role}, ${maker === ours ? 'we' : 'they'} make it`,
				{ skip, timeout: 3 * PATIENCE_MS }, async (t) => {
					const name = newName(t);
					const start = (which) => new Peer(t,
						programs[way][which], { name, init: which === maker },
						{ library: which === ours ? root : original });
					const peers = {};

					peers[maker] = start(maker);
					assert.equal(await peers[maker].take(), 'there');
					const other = maker === 'produce' ? 'consume' : 'produce';
					peers[other] = start(other);
					assert.equal(await peers[other].take(), 'there');
					assert.deepEqual(await peers.consume.take(),
						[MESSAGES, MESSAGES, MESSAGES, MESSAGES, 7]);
					assert.equal(await peers.produce.ended, 0);
				});
