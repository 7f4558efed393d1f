// SPDX-License-Identifier: MIT
import { Ring } from 'libdisruptor';

const ring = await Ring.open('example');	// waits for the producer
const consumer = ring.consumer('sum');
let sum = 0, events = 0, batches = 0;

for await (const { start, end } of consumer.batches()) {
	for (let s = start; s < end; s++)
		sum += ring.view.getFloat64(ring.offset(s), true);
	events += end - start;
	batches++;
}
console.log({ events, batches, mean: sum / events });
ring.release();
