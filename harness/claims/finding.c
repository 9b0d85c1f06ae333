/* SPDX-License-Identifier: MIT */
#include "harness/claims/finding.h"

#include <stdarg.h>
#include <stdio.h>

void finding_add(struct finding *finding, const char *heading,
                 const char *label, const struct spread *spread)
{
    if (finding->count == FIGURES_MAX)
        return;
    struct figure *figure = &finding->figures[finding->count++];
    figure->heading = heading;
    figure->spread = *spread;
    snprintf(figure->label, sizeof figure->label, "%s", label);
    if (!spread->count)
        finding_fail(finding, "%s: nothing was measured of %s", heading, label);
    else if (spread->disturbed)
        finding_fail(finding, "the machine was not quiet (%s)", label);
}

struct spread spread_of_number(double number)
{
    return spread_of(&number, 1);
}

void finding_add_number(struct finding *finding, const char *heading,
                        const char *label, double number)
{
    struct spread spread = spread_of_number(number);
    finding_add(finding, heading, label, &spread);
}

void finding_fail(struct finding *finding, const char *format, ...)
{
    va_list arguments;
    if (finding->trouble[0])
        return;
    va_start(arguments, format);
    vsnprintf(finding->trouble, sizeof finding->trouble, format, arguments);
    va_end(arguments);
}

void finding_judge(struct finding *finding, struct judgement judgement)
{
    finding->judgement = judgement;
    if (finding->trouble[0])
        finding->judgement =
            judgement_of(CANNOT_BE_TOLD, "%s.", finding->trouble);
}
