/* SPDX-License-Identifier: MIT */
#include "cpu.h"
#include "harness.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#define FULL_SECONDS 510
#define QUICK_SECONDS 32

static const char help[] =
	"usage: disruptor-bench [OPTION]...\n"
	"Measures rings between two CPUs, prints a table and writes one JSON\n"
	"object per row. Samples are short and count only while the CPUs stay\n"
	"where they are, and systems take turns: compare within one run and\n"
	"one placement. Ctrl-C ends it early, with what there is.\n"
	"\n"
	"  --quick          fewer rows, 32 seconds instead of 510\n"
	"  --seconds N      measure for so long\n"
	"  --scenario NAME  only this one\n"
	"  --system TEXT    only systems whose names hold that\n"
	"  --event-size N, --capacity N, --batch N\n"
	"                   only such shapes\n"
	"  --cpus A,B,...   on these CPUs; else on the first two allowed\n"
	"  --output FILE    where the JSON goes; else bench-results.jsonl\n"
	"  --list           say what would be measured\n"
	"  --help\n";

enum option_code {
	OPTION_QUICK = 1,
	OPTION_SECONDS,
	OPTION_SCENARIO,
	OPTION_SYSTEM,
	OPTION_EVENT_SIZE,
	OPTION_CAPACITY,
	OPTION_BATCH,
	OPTION_CPUS,
	OPTION_OUTPUT,
	OPTION_LIST,
	OPTION_HELP
};

static const struct option options[] = {
	{ "quick", no_argument, NULL, OPTION_QUICK },
	{ "seconds", required_argument, NULL, OPTION_SECONDS },
	{ "scenario", required_argument, NULL, OPTION_SCENARIO },
	{ "system", required_argument, NULL, OPTION_SYSTEM },
	{ "event-size", required_argument, NULL, OPTION_EVENT_SIZE },
	{ "capacity", required_argument, NULL, OPTION_CAPACITY },
	{ "batch", required_argument, NULL, OPTION_BATCH },
	{ "cpus", required_argument, NULL, OPTION_CPUS },
	{ "output", required_argument, NULL, OPTION_OUTPUT },
	{ "list", no_argument, NULL, OPTION_LIST },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 },
};

struct arguments {
	struct plan plan;
	const char *cpus, *output;
	bool list;
};

static double parse_seconds(const char *text)
{
	char *end;
	double seconds = strtod(text, &end);

	if (*end != '\0' || !(seconds > 0 && seconds < 1e6))
		bench_fail("--seconds: '%s' is no time", text);
	return seconds;
}

static uint32_t parse_number(void)
{
	char *end;
	long n = strtol(optarg, &end, 10);

	if (*end != '\0' || n <= 0 || n > INT32_MAX)
		bench_fail("'%s' is no number", optarg);
	return (uint32_t)n;
}

static void take(struct arguments *a, int option)
{
	switch (option) {
	case OPTION_QUICK:
		a->plan.quick = true;
		break;
	case OPTION_SECONDS:
		a->plan.seconds = parse_seconds(optarg);
		break;
	case OPTION_SCENARIO:
		a->plan.scenario = optarg;
		break;
	case OPTION_SYSTEM:
		a->plan.system = optarg;
		break;
	case OPTION_EVENT_SIZE:
		a->plan.event_size = parse_number();
		break;
	case OPTION_CAPACITY:
		a->plan.capacity = parse_number();
		break;
	case OPTION_BATCH:
		a->plan.batch = parse_number();
		break;
	case OPTION_CPUS:
		a->cpus = optarg;
		break;
	case OPTION_OUTPUT:
		a->output = optarg;
		break;
	case OPTION_LIST:
		a->list = true;
		break;
	case OPTION_HELP:
		fputs(help, stdout);
		exit(0);
	default:
		fputs("try --help\n", stderr);
		exit(2);
	}
}

static struct arguments parse(int argc, char **argv)
{
	struct arguments a = { .output = "bench-results.jsonl" };
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		take(&a, option);
	if (optind < argc)
		bench_fail("'%s' is too much; try --help", argv[optind]);
	if (a.plan.seconds <= 0)
		a.plan.seconds = a.plan.quick ? QUICK_SECONDS : FULL_SECONDS;
	return a;
}

static void introduce(void)
{
	double load = 0, probe = bench_probe(cpu_at(0), cpu_at(1));

	printf("CPUs %d and %d: %.0f ns for a round trip of two lines, %s\n",
	       cpu_at(0), cpu_at(1), probe,
	       bench_placement_names[bench_classify(probe)]);
	if (getloadavg(&load, 1) == 1 && load > 0.5)
		printf("Other programs are running (load %.1f): not for "
		       "publication.\n",
		       load);
	if (*PEERS_ABSENT != '\0')
		printf("Not installed here, and so not measured: %s.\n",
		       PEERS_ABSENT);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	struct arguments a = parse(argc, argv);
	struct results results = { 0 };
	FILE *json;

	if (a.list) {
		rows_list(&a.plan);
		return 0;
	}
	json = fopen(a.output, "w");
	if (json == NULL)
		bench_fail("%s: %m", a.output);
	cpu_choose(a.cpus);
	cpu_unpin();
	bench_clock_start();
	introduce();
	harness_run(&a.plan, &results);
	report_table(&results, stdout);
	report_json(&results, json);
	if (fclose(json) != 0)
		bench_fail("%s: %m", a.output);
	printf("\n%s has it as JSON.\n", a.output);
	results_free(&results);
	return 0;
}
