// SPDX-License-Identifier: MIT
// Under a garbage collector that runs all the time: nothing is freed that can
// be reached, and nothing stays mapped that cannot.
'use strict';

const assert = require('node:assert/strict');
const test = require('node:test');

const { Peer, newName, PATIENCE_MS } = require('./helpers');

const prologue = `
	const fs = require('node:fs');
	const turn = () => new Promise(setImmediate);
	const collect = async () => {
		for (let i = 0; i < 10; i++) {
			gc();
			await turn();
		}
	};
	const mappings = (name) => fs.readFileSync('/proc/self/maps', 'utf8')
		.split('\\n').filter((line) => line.includes(name)).length;
	const descriptors = () => fs.readdirSync('/proc/self/fd').length;
`;

function underGc(name, code, expected) {
	test(name, { timeout: PATIENCE_MS }, async (t) => {
		const peer = new Peer(t, prologue + code, [newName(t), newName(t)],
			{ flags: ['--expose-gc'] });

		assert.equal(await peer.ended, 0);
		assert.deepEqual(peer.lines, expected);
	});
}

underGc('objects of the drop-in come and go', `
	const first = new lib.Disruptor(args[0], 64, 16, 1, 0, true, false);
	let kept;
	// Each in a function of its own, which holds nothing when it is left.
	const round = (i) => {
			const d = new lib.Disruptor(args[0], 64, 16, 1, 0, false, false);
			const buf = d.produceClaimSync();
			buf.fill(i);
			d.produceCommitSync();
			kept = d.consumeNewSync()[0];
			if (i % 10 === 0)
				gc();
			if (kept[15] !== i % 256)
				throw new Error('at ' + i);
			if (!d.consumeCommit())
				throw new Error('commit at ' + i);
	};
	(async () => {
		for (let i = 0; i < 300; i++) {
			round(i);
			await turn();
		}
		await collect();
		tell([kept[0], mappings(args[0])]);
		kept = undefined;
		first.release();
		await collect();
		tell(mappings(args[0]));
	})();
`, [[299 % 256, 1], 0]);

underGc('rings, producers and consumers come and go', `
	const first = lib.Ring.create(args[0],
		{ slots: 64, slotSize: 16, producers: 'multi', maxConsumers: 200,
			maxProducers: 200 });
	const before = descriptors();
	let view;
	const round = async (i) => {
			const ring = lib.Ring.openSync(args[0]);
			const c = ring.consumer(), p = ring.producer();
			const waiting = i % 3 === 0 ? c.next() : undefined;
			const s = p.tryClaim();
			if (s < 0)
				throw new Error('full at ' + i);
			ring.view.setUint32(ring.offset(s), i);
			p.publish();
			if (waiting && (await waiting).length !== 1)
				throw new Error('at ' + i);
			c.poll((seq) => {
				view = ring.slot(seq);
				if (view.readUInt32BE() !== i)
					throw new Error('at ' + i);
			});
	};
	(async () => {
		for (let i = 0; i < 150; i++) {
			await round(i);
			await turn();
			if (i % 10 === 0)
				await collect();
		}
		await collect();
		tell([view.readUInt32BE(), first.consumerCount,
			descriptors() - before < 12]);
		view = undefined;
		first.release();
		await collect();
		tell(mappings(args[0]));
	})();
`, [[149, 0, true], 0]);

underGc('waits survive, and what they wait on', `
	(async () => {
		const results = [];
		(() => {
			const ring = lib.Ring.create(args[1], { slots: 8, slotSize: 8 });
			const c = ring.consumer('c');
			c.next().then((batch) => results.push(batch.length));
			(async () => {
				for await (const batch of ring.consumer('d').batches())
					results.push(batch.length);
			})();
			const d = new lib.Disruptor(args[0], 4, 8, 1, 0, true, true);
			d.consumeNew().then(({ bufs }) => results.push(bufs[0].length));
		})();
		await collect();
		const ring = lib.Ring.openSync(args[1]);
		ring.producer().tryWrite(3, () => {});
		const d = new lib.Disruptor(args[0], 4, 8, 1, -1, false, false);
		d.produceClaimSync();
		d.produceCommitSync();
		while (results.length < 3)
			await collect();
		tell(results.sort());
		process.exit();
	})();
`, [[3, 3, 8]]);
