// SPDX-License-Identifier: MIT
// Compiled, not run: what the declarations allow, and what they do not.
import { Batch, Consumer, Disruptor, DisruptorReadStream, Producer, Ring }
	from 'libdisruptor';

const ring: Ring = Ring.create('md', { slots: 8, slotSize: 8, mode: 0o640 });
const producer: Producer = ring.producer();
const big: Producer<bigint> = ring.producer({ bigint: true });
const consumer: Consumer = ring.consumer('c', { after: ['a'], from: 'oldest' });

export async function use(signal: AbortSignal): Promise<void> {
	const sequence: number = await producer.claim(3, { signal });
	producer.publish(sequence, 3);
	const far: bigint = big.tryClaim();
	ring.view.setFloat64(ring.offset(far), 1, true);
	for await (const batch of consumer.batches({ signal, max: 5 })) {
		const { start, end }: Batch = batch;
		for (let s = start; s < end; s++)
			ring.f64[ring.offset(s) / 8];
	}
	const stop = consumer.onBatch((start: number, end: number) => end - start);
	stop();
	await stop.done;
	const d = new Disruptor('/x', 1, 1, 1, -1, true, false);
	const { buf, claimStart } = await d.produceClaim();
	buf.writeUInt8(claimStart);
	d.produceClaimMany(3, (error, bufs, start) => error ?? bufs[start]);
	new DisruptorReadStream(d, { highWaterMark: 3 }).on('data', () => {});
	// @ts-expect-error: a string
	Ring.create(5, { slots: 8, slotSize: 8 });
	// @ts-expect-error: slotSize
	Ring.create('md', { slots: 8 });
	// @ts-expect-error: one of two
	Ring.create('md', { slots: 8, slotSize: 8, producers: 'many' });
	// @ts-expect-error: a number here
	const wrong: bigint = producer.tryClaim();
	// @ts-expect-error: seven arguments
	new Disruptor('/x', 1, 1, 1, 0, true);
	console.log(wrong);
}
