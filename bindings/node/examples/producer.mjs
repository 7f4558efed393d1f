// SPDX-License-Identifier: MIT
// node producer.mjs, beside node consumer.mjs in another terminal.
import { Ring } from 'libdisruptor';

const ring = Ring.create('example', { slots: 65536, slotSize: 16 });
const producer = ring.producer();

console.log('waiting for a consumer');
await ring.waitForConsumers(1);
for (let i = 0; i < 1e6; i++) {
	let sequence = producer.tryClaim();
	if (sequence < 0)
		sequence = await producer.claim();	// the ring is full: asleep
	const at = ring.offset(sequence);
	ring.view.setFloat64(at, Math.random(), true);
	ring.view.setFloat64(at + 8, i, true);
	producer.publish();
}
ring.close();	// end of stream: consumers read what is left
ring.release();
Ring.unlink('example');
