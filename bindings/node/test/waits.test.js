// SPDX-License-Identifier: MIT
// Waiting takes no thread of libuv's pool, no core, and no turn of the loop.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const test = require('node:test');

const { Disruptor, Ring } = require('..');
const { newName, Peer, delay, PATIENCE_MS } = require('./helpers');

const IDLE_MS = 2000;
const WINDOWS = 10;
const IDLE_SHARE = 0.01;

// 200 waits at once; libuv's pool has four threads.
test('200 waiters, and fs.stat goes on', { timeout: PATIENCE_MS }, async (t) => {
	const d = new Disruptor(newName(t), 16, 8, 1, 0, true, true);
	const ring = Ring.create(newName(t),
		{ slots: 16, slotSize: 8, maxConsumers: 128 });
	const stops = [], waits = [];

	for (let i = 0; i < 100; i++) {
		stops.push(ring.consumer().onBatch(() => {}));
		waits.push(d.consumeNew());
	}
	const before = process.hrtime.bigint();
	for (let i = 0; i < 200; i++)
		await fs.promises.stat('/');
	const each = Number(process.hrtime.bigint() - before) / 200 / 1000;
	t.diagnostic(`fs.stat with 200 waiters: ${each.toFixed(0)} µs`);
	for (const stop of stops)
		stop();
	d.release();
	const results = await Promise.allSettled(waits);
	assert.ok(results.every(({ reason }) =>
		reason?.code === 'ERR_DISRUPTOR_RELEASED'));
	ring.release();
});

// The share of a core that a process takes which waits in code: of the first
// window in which it is idle, or else of the last. Beside others the work of its
// start may be late, and is in the first one; what polls is idle in none.
async function idleShare(t, code) {
	const peer = new Peer(t, `let there = Promise.resolve();
		${code}
		let left = ${WINDOWS};
		const look = () => {
			const before = process.cpuUsage();
			const began = process.hrtime.bigint();
			setTimeout(() => {
				const used = process.cpuUsage(before);
				const ns = Number(process.hrtime.bigint() - began);
				const share = (used.user + used.system) * 1000 / ns;
				if (share >= ${IDLE_SHARE} && --left > 0)
					return look();
				tell(share);
				process.exit();
			}, ${IDLE_MS});
		};
		there.then(() => setTimeout(look, 300));`,
	[newName(t), newName(t)]);

	return peer.take();
}

const compat = `const d = new lib.Disruptor(args[0], 4, 1, 1, 0, true, true);
	d.produceClaimManySync(4);`;
const quiet = 'const d = new lib.Disruptor(args[0], 4, 1, 1, 0, true, false);';
const ring = `const ring = lib.Ring.create(args[1], { slots: 4, slotSize: 8 });
	const c = ring.consumer('c'), p = ring.producer();
	const fill = () => { p.tryClaim(4); p.publish(); };`;
const idle = {
	'drop-in: consumeNew': `${compat} d.consumeNew();`,
	'drop-in: produceClaim': `${compat} d.produceClaim();`,
	'drop-in: produceCommit': `${compat} d.produceCommit(2, 2);`,
	'drop-in: read stream':
		`${quiet} new lib.DisruptorReadStream(d).resume();`,
	'drop-in: write stream': `${quiet} d.produceClaimManySync(4);
		new lib.DisruptorWriteStream(d).write('x');`,
	'ring: for await': `${ring}
		(async () => { for await (const batch of c.batches()); })();`,
	'ring: next': `${ring} c.next();`,
	'ring: onBatch': `${ring} c.onBatch(() => {});`,
	'ring: claim': `${ring} fill(); p.claim();`,
	'ring: readable': `${ring} c.readable().resume();`,
	'ring: 64 consumers': `${ring}
		for (let i = 0; i < 63; i++) ring.consumer().onBatch(() => {});`,
};

// In a worker the thread itself sleeps.
const blocking = {
	'drop-in: consumeNewSync': `
		new lib.Disruptor(args[0], 4, 1, 1, 0, true, true).consumeNewSync();`,
	'ring: waitSync': `${ring} c.waitSync();`,
	'ring: claimSync': `${ring} fill(); p.claimSync();`,
};

for (const [name, code] of Object.entries(blocking))
	idle[name] = `
		const { Worker } = require('node:worker_threads');
		const worker = new Worker(${JSON.stringify(`
			const { workerData: args, parentPort } =
				require('node:worker_threads');
			const lib = require(${JSON.stringify(require.resolve('..'))});
			parentPort.postMessage('there');
			${code}`)}, { eval: true, workerData: args });
		there = new Promise((resolve) => worker.once('message', resolve));`;

// All at once: each counts its own time.
test('idle', { concurrency: true, timeout: PATIENCE_MS }, async (t) => {
	await Promise.all(Object.entries(idle).map(([name, code]) =>
		t.test(`idle: ${name}`, async (one) => {
			const share = await idleShare(one, code);
			const percent = `${(share * 100).toFixed(2)} % of a core`;

			t.diagnostic(`${name}: ${percent}`);
			assert.ok(share < IDLE_SHARE, percent);
		})));
});

test('a wait keeps the process, without ref it does not',
	{ timeout: PATIENCE_MS }, async (t) => {
	const name = newName(t);
	const here = Ring.create(name, { slots: 4, slotSize: 8 });
	const p = here.producer();
	const code = (options) => `
		const ring = lib.Ring.openSync(args[0]);
		ring.consumer().onBatch((start) => { tell(start); process.exit(7); },
			${options});
		tell('there');`;
	const stays = new Peer(t, code('{}'), [name]);
	const leaves = new Peer(t, code('{ ref: false }'), [name]);

	assert.equal(await leaves.ended, 0);
	assert.equal(await stays.take(), 'there');
	await delay(20);
	p.tryClaim();
	p.publish();
	assert.equal(await stays.take(), 0);
	assert.equal(await stays.ended, 7);
	here.release();
});

test('signals and time-outs', async (t) => {
	const ring_ = Ring.create(newName(t), { slots: 4, slotSize: 8 });
	const p = ring_.producer(), c = ring_.consumer('c');
	const abort = () => {
		const controller = new AbortController();
		setImmediate(() => controller.abort(new Error('enough')));
		return controller.signal;
	};
	const aborted = { code: 'ABORT_ERR', name: 'AbortError' };

	await assert.rejects(c.next({ signal: abort() }), aborted);
	await assert.rejects(c.next({ signal: AbortSignal.abort() }), aborted);
	await assert.rejects(c.next({ timeout: 1 }), { code: 'ETIMEDOUT' });
	await assert.rejects(async () => {
		for await (const batch of c.batches({ signal: abort() }))
			assert.fail(batch);
	}, aborted);
	await assert.rejects(c.onBatch(() => {}, { signal: abort() }).done,
		aborted);
	assert.equal(c.waitSync({ timeout: 1 }), 0);
	p.tryClaim(4);
	p.publish();
	await assert.rejects(p.claim(1, { signal: abort() }), aborted);
	await assert.rejects(p.claim(1, { signal: AbortSignal.abort() }), aborted);
	await assert.rejects(p.claim(1, { timeout: 1 }), { code: 'ETIMEDOUT' });
	assert.equal(p.claimSync(1, { timeout: 1 }), -1);
	await assert.rejects(ring_.waitForConsumers(2, { timeout: 1 }),
		{ code: 'ETIMEDOUT' });
	await assert.rejects(ring_.waitForConsumers(2, { signal: abort() }),
		aborted);
	await assert.rejects(Ring.open(newName(t), { signal: abort() }), aborted);
	// Nothing is left behind: all go on.
	assert.equal(c.take().length, 4);
	c.advance(4);
	assert.equal(await p.claim(2), 4);
	p.publish();
	assert.equal((await c.next()).length, 2);
	ring_.release();
});
