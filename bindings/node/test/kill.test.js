// SPDX-License-Identifier: MIT
// kill -9 of a Node process under load: no published event is lost, none comes
// twice, nobody is blocked.
'use strict';

const assert = require('node:assert/strict');
const test = require('node:test');

const { Ring } = require('..');
const { newName, Peer, delay, PATIENCE_MS } = require('./helpers');

const ROUNDS = 5;

for (const producers of ['single', 'multi'])
	test(`${producers} producer ring: producers are killed`,
		{ timeout: PATIENCE_MS }, async (t) => {
			const ring = Ring.create(newName(t),
				{ slots: 1024, slotSize: 16, producers });
			const c = ring.consumer('c');
			const seen = new Map();
			const controller = new AbortController();
			// Each incarnation counts from 0, in batches of 1 to 8.
			const start = (who) => new Peer(t, `
				const ring = lib.Ring.openSync(args[0]);
				const p = ring.producer();
				tell('there');
				let i = 0;
				for (;;) {
					const n = 1 + i % 8;
					let s = p.tryClaim(n);
					if (s < 0)
						s = p.claimSync(n);
					for (const end = s + n; s < end; s++) {
						ring.u32[ring.offset(s) / 4] = args[1];
						ring.u32[ring.offset(s) / 4 + 1] = i++;
					}
					p.publish();
				}`, [ring.name, who]);
			const reading = (async () => {
				for await (const batch of c.batches(
					{ signal: controller.signal }))
					for (let s = batch.start; s < batch.end; s++) {
						const at = ring.offset(s) / 4;
						const who = ring.u32[at];
						const next = seen.get(who) ?? 0;
						assert.equal(ring.u32[at + 1], next);
						seen.set(who, next + 1);
					}
			})();
			reading.catch(() => {});

			let who = 1;
			const lives = async () => {
				for (let round = 0; round < ROUNDS; round++) {
					const id = who++;
					const peer = start(id);
					await peer.take();
					while (!seen.has(id))
						await delay(1);
					await delay(round * 3 % 11);
					await peer.kill();
				}
			};
			await Promise.race([reading, producers === 'single' ? lives() :
				Promise.all([lives(), lives()])]);
			// The ring goes on, whatever they left behind.
			const p = ring.producer();
			const mine = who;
			await p.write(1, (s) => {
				ring.u32[ring.offset(s) / 4] = mine;
				ring.u32[ring.offset(s) / 4 + 1] = 0;
			});
			await Promise.race([reading, (async () => {
				while (!seen.has(mine))
					await delay(1);
			})()]);
			controller.abort();
			await assert.rejects(reading, { code: 'ABORT_ERR' });
			t.diagnostic(`${who - 1} killed, ${ring.published} events, ` +
				`${Ring.inspect(ring.name).recovered} recovered`);
			ring.release();
		});

test('a named consumer is killed and resumes', { timeout: PATIENCE_MS },
	async (t) => {
		const ring = Ring.create(newName(t), { slots: 256, slotSize: 8 });
		const p = ring.producer();
		let running = true;
		const writing = (async () => {
			while (running)
				await p.write(7, (s) => {
					ring.f64[ring.offset(s) / 8] = s;
				});
		})();
		let last = { start: 0, end: 0 };

		ring.consumer('c').release();
		for (let round = 0; round < ROUNDS; round++) {
			// It tells of each batch before it is done with it.
			const peer = new Peer(t, `
				const fs = require('node:fs');
				const ring = lib.Ring.openSync(args[0]);
				const c = ring.consumer('c');
				// What tell() cannot write at once, it keeps.
				const tellNow = (value) => {
					const line = Buffer.from(JSON.stringify(value) + '\\n');
					for (let at = 0; at < line.length;)
						at += fs.writeSync(1, line, at);
				};
				while (c.waitSync() > 0) {
					const { start, end } = c.take();
					for (let s = start; s < end; s++)
						if (ring.f64[ring.offset(s) / 8] !== s)
							throw new Error('torn at ' + s);
					tellNow({ start, end });
					c.advance(end - start);
				}`, [ring.name]);
			const first = await peer.take();
			assert.ok(first.start === last.start || first.start === last.end,
				`${JSON.stringify(last)}, then ${JSON.stringify(first)}`);
			let before = first;
			await delay(round * 5 % 13);
			assert.equal(await peer.kill(), 'SIGKILL');
			for (const batch of peer.lines.splice(0)) {
				assert.equal(batch.start, before.end);
				before = batch;
			}
			last = before;
		}
		running = false;
		ring.removeConsumer('c');
		await writing;
		assert.ok(last.end > 0);
		ring.release();
	});

test('a consumer without a name is killed: producers go on',
	{ timeout: PATIENCE_MS }, async (t) => {
		const ring = Ring.create(newName(t), { slots: 8, slotSize: 8 });
		const p = ring.producer();

		for (let round = 0; round < 3; round++) {
			const peer = new Peer(t, `
				const ring = lib.Ring.openSync(args[0]);
				ring.consumer().onBatch(() => { for (;;); });
				tell('there');`, [ring.name]);
			await peer.take();
			while (p.tryClaimUpTo(8) > 0)
				p.publish();
			const waiting = p.claim(8);
			await delay(5);
			await peer.kill();
			await waiting;
			p.publish();
		}
		assert.equal(ring.consumerCount, 0);
		ring.release();
	});
