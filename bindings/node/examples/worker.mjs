// SPDX-License-Identifier: MIT
// Between the main thread and a worker; the worker sleeps in waitSync().
import { Worker, isMainThread, workerData } from 'node:worker_threads';

import { Ring } from 'libdisruptor';

if (isMainThread) {
	const ring = Ring.create('worker-example', { slots: 1024, slotSize: 8 });
	const worker = new Worker(new URL(import.meta.url),
		{ workerData: ring.handle });
	const producer = ring.producer();

	await ring.waitForConsumers(1);
	for (let i = 1; i <= 1000; i++)
		await producer.write(1, (s) => {
			ring.f64[ring.offset(s) / 8] = i;
		});
	ring.close();
	worker.on('exit', () => Ring.unlink('worker-example'));
} else {
	const ring = Ring.from(workerData);
	const consumer = ring.consumer('worker');
	let sum = 0;

	while (consumer.waitSync() > 0)
		consumer.poll((s) => {
			sum += ring.f64[ring.offset(s) / 8];
		});
	console.log(sum);
	ring.release();
}
