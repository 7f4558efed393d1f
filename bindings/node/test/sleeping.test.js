// SPDX-License-Identifier: MIT
// Both ways to sleep: the event loop by itself, through io_uring, and by a
// thread where the kernel or a sandbox has none.
'use strict';

const assert = require('node:assert/strict');
const test = require('node:test');

const { Ring } = require('..');
const { newName, Peer, PATIENCE_MS } = require('./helpers');

const ROUNDS = 300;
const CREW = 'DISRUPTOR_NO_IO_URING';

// What a process has open, and how many threads.
const look = `
	const fs = require('node:fs');
	const look = () => ({
		rings: fs.readdirSync('/proc/self/fd').filter((fd) => {
			try {
				return fs.readlinkSync('/proc/self/fd/' + fd)
					.includes('io_uring');
			} catch {
				return false;
			}
		}).length,
		threads: fs.readdirSync('/proc/self/task').length,
	});
	const before = look();
`;

const echo = `
	const [there, back] = args.map((name) => lib.Ring.openSync(name));
	const p = back.producer(), c = there.consumer('c');
	(async () => {
		// Beside a faster peer no other wait may ever have to sleep.
		await c.next({ timeout: 1 }).catch(({ code }) => {
			if (code !== 'ETIMEDOUT')
				throw new Error(code);
		});
		tell(null);
		for await (const { start } of c.batches({ spin: 0, max: 1 })) {
			p.tryWrite(1, (s) => {
				back.f64[back.offset(s) / 8] =
					there.f64[there.offset(start) / 8] + 0.5;
			});
			if (start === ${ROUNDS - 1})
				break;
		}
		tell([before, look()]);
		process.exit();
	})();
`;

async function exchange(t, crew) {
	const names = [newName(t), newName(t)];
	const [there, back] = names.map((name) =>
		Ring.create(name, { slots: 8, slotSize: 8 }));
	const p = there.producer();
	const answers = back.consumer('c').batches({ spin: 0 });

	process.env[CREW] = '1';
	if (!crew)
		delete process.env[CREW];
	const peer = new Peer(t, look + echo, names);
	delete process.env[CREW];
	await peer.take();
	for (let i = 0; i < ROUNDS; i++) {
		p.tryWrite(1, (s) => {
			there.f64[there.offset(s) / 8] = i;
		});
		const { value } = await answers.next();
		assert.equal(value.length, 1);
		assert.equal(back.f64[back.offset(value.start) / 8], i + 0.5);
	}
	const seen = await peer.take();
	assert.equal(await peer.ended, 0);
	there.release();
	back.release();
	return seen;
}

test('an event loop sleeps by itself, or a thread does for it',
	{ timeout: PATIENCE_MS }, async (t) => {
		const [, loop] = await exchange(t, false);
		const [before, crew] = await exchange(t, true);

		assert.equal(crew.rings, before.rings);
		assert.ok(crew.threads > before.threads);
		if (loop.rings === before.rings)
			t.diagnostic('io_uring has no futexes here: the thread twice');
		else
			assert.equal(loop.threads, before.threads);
	});

// Mappings come and go at the same addresses; the kernel's waits must not
// outlive them.
test('a wait on a ring where another one was', { timeout: PATIENCE_MS },
	async (t) => {
		for (let round = 0; round < 50; round++) {
			const ring = Ring.create(newName(t), { slots: 8, slotSize: 8 });
			const batches = ring.consumer().batches({ spin: 0 });
			const p = ring.producer();
			const next = batches.next();
			setImmediate(() => p.tryWrite(1, () => {}));
			assert.equal((await next).value.length, 1);
			const left = batches.next();
			ring.release();
			await assert.rejects(left, { code: 'ERR_DISRUPTOR_RELEASED' });
		}
	});
