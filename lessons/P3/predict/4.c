/* SPDX-License-Identifier: MIT */
/* 100 pages in flight, each answered after 100 ms: turn by turn. */
#include "lessons/P3/shown.h"

/* As the kernel counts them. */
static int threads(void)
{
    char line[256];
    int count = 0;
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status))
        if (sscanf(line, "Threads: %d", &count) == 1)
            break;
    if (status)
        fclose(status);
    return count;
}

int main(void)
{
    struct shown shown;
    int error = shown_init(&shown, "/delay/100ms", 100);
    int calls = 0, slept = 0;
    while (!error && fill(&shown.monster) > 0) {
        size_t flying = shown.pages.handed_out - shown.pages.finished;
        nanos before = monotonic_now();
        error = turn(&shown.monster);
        calls++;
        if (monotonic_now() - before < 50 * NANOS_PER_MILLISECOND)
            continue;
        slept++;
        printf(
            "call %d of poll slept, with %zu pages in flight and %d thread\n",
            calls, flying, threads());
    }
    printf("in all %d calls of poll for %zu pages; %d of them slept long\n",
           calls, shown.pages.finished, slept);
    shown_deinit(&shown);
    return error ? 1 : 0;
}
