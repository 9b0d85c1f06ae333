/* SPDX-License-Identifier: MIT */
/* One model or floor, one batch, in a process of its own: the race starts it
 * for every run, and it can be started by hand to look at one model alone:
 *
 *     waitlab contestant --model M --url URL -c 10 -n 100
 *
 * It warms up, then measures one batch, and writes a line of JSON to standard
 * output: the half of a record (record.h) that only it can know. With
 * --processes N the batch is done by N processes, each with its part of it and
 * of the URLs. */
#ifndef HARNESS_RACE_CONTESTANT_H
#define HARNESS_RACE_CONTESTANT_H

#ifdef __cplusplus
extern "C" {
#endif

/* 0; 1 when it could not run, which the line also says; 2 for bad options. */
int contestant_main(int argc, char **argv);

#ifdef __cplusplus
}
#endif

#endif
