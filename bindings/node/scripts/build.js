// SPDX-License-Identifier: MIT
// build.js [--vendor]: compiles the addon, with libdisruptor in it, into
// prebuilds/, by CC and the headers of the Node that runs this. Needs nothing
// from the network. --vendor copies the library's sources into the package
// first, so that a packed one can be built anywhere.
'use strict';

const { execFileSync, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..');
const vendored = path.join(root, 'libdisruptor');
const repository = path.join(root, '..', '..');

function fail(message) {
	console.error(`build: ${message}`);
	process.exit(1);
}

function librarySources() {
	const inTree = path.join(repository, 'include', 'disruptor');
	const base = fs.existsSync(inTree) ? repository : vendored;

	if (!fs.existsSync(path.join(base, 'include', 'disruptor')))
		fail('the sources of libdisruptor are not there');
	return base;
}

function vendor(base) {
	if (base === vendored)
		return;
	fs.rmSync(vendored, { recursive: true, force: true });
	for (const part of ['include', 'src', 'LICENSE'])
		fs.cpSync(path.join(base, part), path.join(vendored, part),
			{ recursive: true });
	fs.cpSync(path.join(base, 'LICENSE'), path.join(root, 'LICENSE'));
}

// Beside the running node, as Debian's libnode-dev has them, or from the npm
// package node-api-headers. NODE_HEADERS names another place.
function nodeHeaders() {
	const places = [
		process.env.NODE_HEADERS,
		path.join(path.dirname(fs.realpathSync(process.execPath)), '..',
			'include', 'node'),
		'/usr/include/node',
		'/usr/local/include/node',
	];

	try {
		places.push(require('node-api-headers').include_dir);
	} catch {
		// It is not installed.
	}
	for (const place of places)
		if (place && fs.existsSync(path.join(place, 'node_api.h')))
			return place;
	return fail('node_api.h is missing. Install the headers of Node.js ' +
		'(Debian: libnode-dev) or the npm package node-api-headers, or ' +
		'set NODE_HEADERS');
}

function cFiles(...directories) {
	return directories.flatMap((directory) => fs.readdirSync(directory)
		.filter((name) => name.endsWith('.c'))
		.map((name) => path.join(directory, name)));
}

function libcName() {
	const ldd = spawnSync('ldd', ['--version'], { encoding: 'utf8' });

	return /musl/.test(`${ldd.stdout}${ldd.stderr}`) ? 'musl' : 'glibc';
}

function build(base) {
	const directory = path.join(root, 'prebuilds',
		`${process.platform}-${process.arch}`);
	const output = path.join(directory, `disruptor.${libcName()}.node`);
	const flags = (process.env.CFLAGS ?? '-O2').split(/\s+/).filter(Boolean);

	if (process.platform !== 'linux')
		fail('libdisruptor needs Linux');
	fs.mkdirSync(directory, { recursive: true });
	// A process that has the old one mapped keeps it.
	const fresh = `${output}.${process.pid}`;
	execFileSync(process.env.CC ?? 'cc', [
		'-std=c11', '-Wall', '-Wextra', '-Wconversion', '-Wshadow',
		...flags, '-fPIC', '-fvisibility=hidden', '-shared', '-pthread',
		'-D_GNU_SOURCE', '-D_FILE_OFFSET_BITS=64',
		`-isystem${nodeHeaders()}`, `-I${path.join(base, 'include')}`,
		`-I${path.join(base, 'src')}`,
		...cFiles(path.join(root, 'native'), path.join(base, 'src'),
			path.join(base, 'src', 'os')),
		`-Wl,--version-script=${path.join(root, 'native', 'addon.map')}`,
		// The sleeping thread stays when a worker lets go of the addon.
		'-Wl,-z,nodelete', '-s', '-o', fresh, '-ldl',
	], { stdio: 'inherit' });
	fs.renameSync(fresh, output);
	console.log(path.relative(process.cwd(), output));
}

const base = librarySources();
if (process.argv.includes('--vendor'))
	vendor(base);
build(base);
