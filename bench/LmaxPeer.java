/* SPDX-License-Identifier: MIT */
/* LMAX Disruptor 3.4: what peer_lmax.c calls, in the harness's own threads. */

import com.lmax.disruptor.BatchEventProcessor;
import com.lmax.disruptor.BusySpinWaitStrategy;
import com.lmax.disruptor.EventHandler;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.WaitStrategy;
import com.lmax.disruptor.YieldingWaitStrategy;

public final class LmaxPeer {
	static final int CONSUMERS_MAX = 3;
	static final int PRODUCERS_MAX = 4;
	static final int PRODUCER_SHIFT = 56;
	static final int BLOCK = 32;	/* round trips timed as one */

	/* Events of 8, 16 and 32 bytes. */
	static final class Value {
		long value;
	}

	static final class Timed {
		long value;
		long due;
	}

	static final class Marked {
		long value;
		long mark0, mark1, mark2;
	}

	/* A consumer: counts down, then lets its processor return. */
	abstract static class Consumer<E> implements EventHandler<E> {
		final long[] next = new long[PRODUCERS_MAX];
		BatchEventProcessor<E> processor;
		long left, wrong;

		Consumer() {
			for (int i = 0; i < PRODUCERS_MAX; i++)
				next[i] = (long)i << PRODUCER_SHIFT;
		}

		final void done() {
			if (--left == 0)
				processor.halt();
		}

		void start(long count) {
			left = count;
		}
	}

	static final class OfOne extends Consumer<Value> {
		long expected;

		public void onEvent(Value e, long sequence, boolean end) {
			wrong |= e.value ^ expected++;
			done();
		}
	}

	static final class OfSeveral extends Consumer<Value> {
		public void onEvent(Value e, long sequence, boolean end) {
			int producer = (int)(e.value >>> PRODUCER_SHIFT) &
				       (PRODUCERS_MAX - 1);

			wrong |= e.value ^ next[producer]++;
			done();
		}
	}

	static final class InGraph extends Consumer<Marked> {
		final int stage, after;
		long expected;

		InGraph(int stage, int after) {
			this.stage = stage;
			this.after = after;
		}

		public void onEvent(Marked e, long sequence, boolean end) {
			long v = expected++;

			wrong |= e.value ^ v;
			if ((after & 1) != 0)
				wrong |= e.mark0 ^ ~v;
			if ((after & 2) != 0)
				wrong |= e.mark1 ^ (~v + 1);
			if ((after & 4) != 0)
				wrong |= e.mark2 ^ (~v + 2);
			if (stage == 0)
				e.mark0 = ~v;
			else if (stage == 1)
				e.mark1 = ~v + 1;
			else
				e.mark2 = ~v + 2;
			done();
		}
	}

	static final class Late extends Consumer<Timed> {
		final int stride;
		long[] late;
		int count;
		long expected;

		Late(int stride) {
			this.stride = stride;
		}

		void start(long n) {
			super.start(n);
			late = new long[(int)(n / stride) + 2];
			count = 0;
		}

		public void onEvent(Timed e, long sequence, boolean end) {
			long v = expected++;

			wrong |= e.value ^ v;
			if (v % stride == 0 && count < late.length)
				late[count++] = System.nanoTime() - e.due;
			done();
		}
	}

	/* What is open: one at a time. */
	static RingBuffer<Value> values, back;
	static RingBuffer<Timed> timed;
	static RingBuffer<Marked> marked;
	static Consumer<?>[] consumers;
	static final Sequence[] answered = new Sequence[2];
	static final SequenceBarrier[] barriers = new SequenceBarrier[2];

	static WaitStrategy waiting(boolean crowded) {
		return crowded ? new YieldingWaitStrategy() :
				 new BusySpinWaitStrategy();
	}

	static <E> void join(RingBuffer<E> ring, Consumer<E> c, int stage,
			     Sequence[] after) {
		c.processor = new BatchEventProcessor<>(
			ring, ring.newBarrier(after), c);
		ring.addGatingSequences(c.processor.getSequence());
		consumers[stage] = c;
	}

	public static void openStream(int capacity, int producers, int n,
				      boolean crowded) {
		values = producers > 1 ?
				 RingBuffer.createMultiProducer(
					 Value::new, capacity,
					 waiting(crowded)) :
				 RingBuffer.createSingleProducer(
					 Value::new, capacity,
					 waiting(crowded));
		consumers = new Consumer<?>[n];
		for (int i = 0; i < n; i++)
			join(values, producers > 1 ? new OfSeveral() :
						     new OfOne(), i,
			     new Sequence[0]);
	}

	public static void openGraph(int capacity, int[] after,
				     boolean crowded) {
		Sequence[] of = new Sequence[CONSUMERS_MAX];

		marked = RingBuffer.createSingleProducer(
			Marked::new, capacity, waiting(crowded));
		consumers = new Consumer<?>[CONSUMERS_MAX];
		for (int i = 0; i < CONSUMERS_MAX; i++) {
			Sequence[] follows = new Sequence[
				Integer.bitCount(after[i])];
			int n = 0;

			for (int k = 0; k < i; k++)
				if ((after[i] >> k & 1) != 0)
					follows[n++] = of[k];
			join(marked, new InGraph(i, after[i]), i, follows);
			of[i] = consumers[i].processor.getSequence();
		}
	}

	public static void openTimed(int capacity, int stride) {
		timed = RingBuffer.createSingleProducer(Timed::new, capacity,
							waiting(false));
		consumers = new Consumer<?>[1];
		join(timed, new Late(stride), 0, new Sequence[0]);
	}

	static void openHalf(RingBuffer<Value> ring, int which) {
		answered[which] = new Sequence();
		ring.addGatingSequences(answered[which]);
		barriers[which] = ring.newBarrier();
	}

	public static void openRoundTrip(int capacity) {
		values = RingBuffer.createSingleProducer(Value::new, capacity,
							 waiting(false));
		back = RingBuffer.createSingleProducer(Value::new, capacity,
						       waiting(false));
		openHalf(values, 0);
		openHalf(back, 1);
	}

	/* Returns what was wrong. */
	public static long consume(int stage, long count) {
		Consumer<?> c = consumers[stage];

		c.start(count);
		c.processor.run();
		return c.wrong;
	}

	public static long[] late() {
		Late c = (Late)consumers[0];

		return java.util.Arrays.copyOf(c.late, c.count);
	}

	static void produceEach(long value, long end) {
		RingBuffer<Value> ring = values;

		for (; value < end; value++) {
			long s = ring.next();

			ring.get(s).value = value;
			ring.publish(s);
		}
	}

	public static void produce(long value, long count, int batch) {
		RingBuffer<Value> ring = values;
		long end = value + count;

		if (batch == 1) {
			produceEach(value, end);
			return;
		}
		while (value < end) {
			long high = ring.next(batch), low = high - batch + 1;

			for (long s = low; s <= high; s++)
				ring.get(s).value = value++;
			ring.publish(low, high);
		}
	}

	public static void produceMarked(long value, long count, int batch) {
		RingBuffer<Marked> ring = marked;
		long end = value + count;

		while (value < end) {
			long high = ring.next(batch), low = high - batch + 1;

			for (long s = low; s <= high; s++)
				ring.get(s).value = value++;
			ring.publish(low, high);
		}
	}

	public static void produceTimed(long value, long count,
					double interval) {
		RingBuffer<Timed> ring = timed;
		long start = System.nanoTime(), now = start;

		for (long i = 0; i < count; i++) {
			long due = start + (long)(i * interval);

			while (now < due)
				now = System.nanoTime();
			long s = ring.next();
			Timed e = ring.get(s);

			e.value = value + i;
			e.due = due;
			ring.publish(s);
		}
	}

	static void send(RingBuffer<Value> ring, long value) {
		long s = ring.next();

		ring.get(s).value = value;
		ring.publish(s);
	}

	/* As BatchEventProcessor does for a batch of one. */
	static long receive(RingBuffer<Value> ring, int which, long value)
		throws Exception {
		Sequence mine = answered[which];
		long next = mine.get() + 1;

		barriers[which].waitFor(next);
		long wrong = ring.get(next).value ^ value;

		mine.set(next);
		return wrong;
	}

	/*
	 * The first half of the result: of blocks of round trips. The second:
	 * of single ones. The last: what was wrong.
	 */
	public static long[] ping(long value, long count) throws Exception {
		int blocks = (int)(count / (2 * BLOCK)), n = 0;
		long[] took = new long[blocks + blocks * BLOCK + 1];
		long end = value + count, wrong = 0;

		for (int b = 0; b < blocks; b++) {
			long began = System.nanoTime();

			for (int i = 0; i < BLOCK; i++, value++) {
				send(values, value);
				wrong |= receive(back, 1, value);
			}
			took[b] = System.nanoTime() - began;
			for (int i = 0; i < BLOCK; i++, value++) {
				began = System.nanoTime();
				send(values, value);
				wrong |= receive(back, 1, value);
				took[blocks + n++] = System.nanoTime() - began;
			}
		}
		for (; value < end; value++) {
			send(values, value);
			wrong |= receive(back, 1, value);
		}
		took[took.length - 1] = wrong;
		return took;
	}

	public static long pong(long value, long count) throws Exception {
		long end = value + count, wrong = 0;

		for (; value < end; value++) {
			wrong |= receive(values, 0, value);
			send(back, value);
		}
		return wrong;
	}
}
