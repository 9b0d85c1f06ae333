/* SPDX-License-Identifier: MIT */
#include "lessons/your_code.h"

#include "base/path.h"
#include "lessons/check/report.h"

#include <stdio.h>
#include <string.h>

static struct hole *report;

void your_code_report_to(struct hole *hole)
{
    report = hole;
}

void your_code_reached(const char *file, int line, const char *function, ...)
{
    if (!report || __atomic_exchange_n(&report->taken, 1, __ATOMIC_RELAXED))
        return; /* the first hole is the one to fill first */
    snprintf(report->file, sizeof report->file, "%s", path_base_name(file));
    snprintf(report->function, sizeof report->function, "%s", function);
    report->line = line;
}
