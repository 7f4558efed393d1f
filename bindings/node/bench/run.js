// SPDX-License-Identifier: MIT
// run.js [--append FILE]: measures, prints a table, and puts its rows into FILE
// as JSON, a line each, as bench/ does, in the place of its own of an earlier run.
// Beside the original if fetch.js has fetched it. ROUNDS=5, SCALE=1 and SYSTEM,
// a part of the systems' names, from the environment.
'use strict';

const { spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..');
const build = path.resolve(root, '..', '..',
	process.env.DISRUPTOR_BUILD ?? 'build');
const original = path.join(build, 'node', 'node_modules',
	'shared-memory-disruptor');
const ROUNDS = Number(process.env.ROUNDS ?? 5);
const SCALE = Number(process.env.SCALE ?? 1);
const PATIENCE_MS = 60000;
const append = process.argv.indexOf('--append');

const OURS = 'libdisruptor-node';
const DROP_IN = 'libdisruptor-node drop-in';
const THEIRS = 'shared-memory-disruptor';

function row(scenario, name, system, batch, messages, library = root,
	between = 'processes') {
	return { scenario, name, system, batch, library, between,
		pauseAfter: scenario === 'node_wake_up' ? 1 : 10,
		messages: Math.ceil(messages * SCALE / 64) * 64, values: [],
		latencies: [] };
}

const rows = [
	row('node_one_way', OURS, 'ring', 64, 1.6e7),
	row('node_one_way', OURS, 'ring', 1, 2e6),
	row('node_one_way', DROP_IN, 'compat', 64, 6e6),
	row('node_one_way', DROP_IN, 'compat', 1, 2e6),
	row('node_one_way', `${DROP_IN}, promises`, 'promises', 1, 1e6),
	row('node_one_way', THEIRS, 'compat', 64, 3e6, original),
	row('node_one_way', THEIRS, 'compat', 1, 1e6, original),
	row('node_one_way', `${THEIRS}, promises`, 'promises', 1, 2e5, original),
	row('node_one_way', 'process.send', 'send', 1, 1e5),
	row('node_one_way', 'MessagePort', 'port', 1, 2e5, root, 'threads'),
	row('node_one_way', 'pipe', 'pipe', 1, 3e5),
	row('node_one_way', 'pipe', 'pipe', 64, 6e6),
	row('node_round_trip', OURS, 'ring', 1, 5000),
	row('node_round_trip', `${OURS}, spin: 0`, 'asleep', 1, 5000),
	row('node_round_trip', `${OURS}, waitSync`, 'blocking', 1, 5000),
	row('node_round_trip', `${DROP_IN}, promises`, 'compat', 1, 5000),
	row('node_round_trip', `${THEIRS}, promises`, 'compat', 1, 1000, original),
	row('node_round_trip', 'process.send', 'send', 1, 5000),
	row('node_round_trip', 'MessagePort', 'port', 1, 5000, root, 'threads'),
	row('node_round_trip', 'pipe', 'pipe', 1, 5000),
	row('node_wake_up', OURS, 'ring', 1, 1000),
	row('node_wake_up', `${OURS}, spin: 0`, 'asleep', 1, 1000),
	row('node_wake_up', `${OURS}, waitSync`, 'blocking', 1, 1000),
	row('node_wake_up', `${DROP_IN}, promises`, 'compat', 1, 1000),
	row('node_wake_up', 'process.send', 'send', 1, 1000),
	row('node_wake_up', 'MessagePort', 'port', 1, 1000, root, 'threads'),
	row('node_wake_up', 'pipe', 'pipe', 1, 1000),
].filter(({ library, name }) => name.includes(process.env.SYSTEM ?? '') &&
	(library === root ||
	fs.existsSync(path.join(original, 'build', 'Release'))));

function forget(name) {
	for (const suffix of ['', '-there', '-back'])
		fs.rmSync(`/dev/shm/${name}${suffix}`, { force: true });
}

function measureOnce(one) {
	const name = `disruptor-node-bench.${process.pid}`;
	const file = one.scenario === 'node_one_way' ? 'one_way.js' :
		'round_trip.js';
	const child = spawn(process.execPath, [path.join(__dirname, file),
		JSON.stringify({ system: one.system, library: one.library, name,
			messages: one.messages, batch: one.batch,
			pauseAfter: one.pauseAfter })],
	{ stdio: ['ignore', 'pipe', 'inherit'], timeout: PATIENCE_MS,
		killSignal: 'SIGKILL' });
	let output = '';

	child.stdout.on('data', (data) => {
		output += data;
	});
	return new Promise((resolve) => child.on('close', (code, signal) => {
		forget(name);
		try {
			resolve(JSON.parse(output));
		} catch {
			console.log(`no result of ${one.scenario}, ${one.name}: it ended ` +
				`with ${signal ?? code}`);
			resolve(undefined);
		}
	}));
}

const PAUSES = {
	node_one_way: '',
	node_round_trip: ', a pause after every ten',
	node_wake_up: ', a pause after each',
};

function sorted(values) {
	return [...values].sort((a, b) => a - b);
}

function quantile(values, q) {
	return sorted(values)[Math.min(values.length - 1,
		Math.floor(values.length * q))];
}

function describe(one) {
	const result = {
		scenario: one.scenario, system: one.name, event_size: 8,
		capacity: one.scenario === 'node_one_way' ? 65536 : 64,
		batch: one.batch, ns_per_event: quantile(one.values, 0.5),
		min: Math.min(...one.values), max: Math.max(...one.values),
		runs: one.values.length, placement: 'free', between: one.between,
		producers: 1, consumers: 1,
	};

	if (one.latencies.length > 0)
		for (const [key, q] of [['p50', 0.5], ['p90', 0.9], ['p99', 0.99],
			['p99_9', 0.999], ['p100', 1]])
			result[key] = quantile(one.latencies, q);
	return result;
}

function print(results) {
	let scenario;

	for (const r of results) {
		if (r.scenario !== scenario)
			console.log(`\n${scenario = r.scenario}: node ` +
				`${process.version}, messages of 8 bytes` +
				`${PAUSES[scenario]}\n  ` +
				'ns per message'.padEnd(38) + 'batch    median       min' +
				'       max       p50       p99');
		console.log(`  ${r.system.padEnd(36)}${[r.batch, r.ns_per_event, r.min,
			r.max, r.p50, r.p99].map((value, i) => value === undefined ? '' :
			value.toFixed(i === 0 ? 0 : 1).padStart(i === 0 ? 7 : 10))
			.join('')}`);
	}
}

function put(file, results) {
	const others = fs.existsSync(file) ? fs.readFileSync(file, 'utf8')
		.split('\n').filter((line) => line !== '' &&
			!line.includes('"scenario":"node_')) : [];

	fs.writeFileSync(file, [...others, ...results.map((r) =>
		JSON.stringify(r))].map((line) => `${line}\n`).join(''));
}

async function main() {
	if (rows.every(({ library }) => library === root))
		console.log('without shared-memory-disruptor: scripts/fetch.js has ' +
			'not fetched it');
	for (let round = 0; round < ROUNDS; round++)
		for (const one of rows) {
			const result = await measureOnce(one);
			if (result === undefined)
				continue;
			const { ns, latencies } = result;
			one.values.push(ns ?? quantile(latencies, 0.5));
			one.latencies.push(...latencies ?? []);
		}
	const results = rows.filter(({ values }) => values.length > 0)
		.map(describe);
	print(results);
	if (append > 0)
		put(process.argv[append + 1], results);
	if (results.length < rows.length)
		process.exitCode = 1;
}

main().catch((error) => {
	console.error(error.message);
	process.exitCode = 1;
});
