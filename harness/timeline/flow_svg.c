/* SPDX-License-Identifier: MIT */
/* Three columns: the client's functions, the loop, and what waits. Time goes
 * down; it is written, not drawn to scale. */
#include "harness/timeline/flow.h"

#include <stdio.h>

enum {
    WIDTH = 1240,
    CLIENT = 40,
    CLIENT_WIDTH = 400,
    LOOP = 560, /* its line */
    GAP_LEFT = 590,
    OTHERS = 860,
    TOP = 40,
    OTHERS_IN_LINE = 3,
};

static const double line_height = 17;

struct sheet {
    const struct flow *flow;
    FILE *out;
    double y;
};

static void print_head(const struct sheet *sheet)
{
    static const struct {
        int x;
        const char *text;
    } heads[] = {{CLIENT, "the client's code"},
                 {LOOP - 40, "the loop"},
                 {OTHERS, "what is waiting meanwhile"}};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        fprintf(sheet->out,
                "<text class=\"head\" x=\"%d\" y=\"20\">%s</text>\n",
                heads[i].x, heads[i].text);
}

/* A call from the loop, and back again. */
static void print_call(const struct sheet *sheet, double from, double to)
{
    int right = CLIENT + CLIENT_WIDTH;
    fprintf(sheet->out,
            "<line class=\"call\" x1=\"%d\" x2=\"%d\" y1=\"%.0f\" "
            "y2=\"%.0f\"/>\n"
            "<line class=\"call back\" x1=\"%d\" x2=\"%d\" y1=\"%.0f\" "
            "y2=\"%.0f\"/>\n",
            LOOP, right, from, from, right, LOOP, to, to);
    fprintf(sheet->out, "<text x=\"%d\" y=\"%.0f\">calls</text>\n", right + 44,
            from - 3);
    fprintf(sheet->out, "<text x=\"%d\" y=\"%.0f\">returns</text>\n",
            right + 38, to - 3);
}

static void print_step(struct sheet *sheet, const struct flow_step *step)
{
    size_t lines = step->state_count + step->ends;
    double height = line_height * ((double)lines + 1) + 10,
           y = sheet->y + line_height;
    char name[ROW_LABEL_MAX];
    fprintf(sheet->out,
            "<rect class=\"box\" x=\"%d\" y=\"%.0f\" width=\"%d\" "
            "height=\"%.0f\"/>\n"
            "<text class=\"head\" x=\"%d\" y=\"%.0f\">%s</text>\n"
            "<text class=\"time\" x=\"%d\" y=\"%.0f\">at %.3f ms, for %.3f "
            "ms</text>\n",
            CLIENT, sheet->y, CLIENT_WIDTH, height, CLIENT + 10, y,
            flow_call_name(sheet->flow, step, name), CLIENT + CLIENT_WIDTH - 8,
            y, nanos_as_milliseconds(step->call->from),
            nanos_as_milliseconds(step->call->to - step->call->from));
    for (size_t i = 0; i < lines; i++)
        fprintf(sheet->out, "<text x=\"%d\" y=\"%.0f\">page %ld %s</text>\n",
                CLIENT + 24, y + line_height * ((double)i + 1),
                sheet->flow->page,
                i < step->state_count ? flow_state_text(step->states[i])
                                      : "is done");
    print_call(sheet, sheet->y + 14, sheet->y + height - 8);
    sheet->y += height;
}

static double print_others(const struct sheet *sheet,
                           const struct flow_step *step)
{
    double y = sheet->y + 22;
    fprintf(sheet->out, "<text x=\"%d\" y=\"%.0f\">page %ld %s</text>\n",
            OTHERS, y, sheet->flow->page,
            activity_name(step->state_count
                              ? step->states[step->state_count - 1]
                              : ACTIVITY_WAITING));
    for (size_t i = 0; i < step->other_count; i++) {
        size_t column = i % OTHERS_IN_LINE;
        if (!column)
            y += line_height;
        fprintf(sheet->out, "<text x=\"%.0f\" y=\"%.0f\">page %ld %s</text>\n",
                (double)OTHERS + (double)column * 126, y, step->others[i].page,
                activity_name(step->others[i].activity));
    }
    return y + line_height;
}

static void print_gap(struct sheet *sheet, const struct flow_step *step)
{
    double y = sheet->y + 22, bottom = print_others(sheet, step);
    if (bottom < y + 3 * line_height)
        bottom = y + 3 * line_height;
    fprintf(sheet->out,
            "<rect class=\"waiting\" x=\"%d\" y=\"%.0f\" width=\"12\" "
            "height=\"%.0f\"/>\n"
            "<text x=\"%d\" y=\"%.0f\">sleeps: %zu (%.3f ms)</text>\n"
            "<text x=\"%d\" y=\"%.0f\">calls other callbacks: %zu</text>\n"
            "<text x=\"%d\" y=\"%.0f\">(%.3f ms)</text>\n",
            LOOP - 6, sheet->y + 6, bottom - sheet->y - 12, GAP_LEFT, y,
            step->sleeps, nanos_as_milliseconds(step->slept), GAP_LEFT,
            y + line_height, step->callbacks, GAP_LEFT, y + 2 * line_height,
            nanos_as_milliseconds(step->ran));
    sheet->y = bottom;
}

/* Both kinds of step are as high as their text. */
static double height_of(const struct flow *flow)
{
    double height = TOP + 16;
    for (size_t i = 0; i < flow->count; i++) {
        const struct flow_step *step = &flow->steps[i];
        size_t lines = step->state_count + step->ends + 1;
        size_t others =
            1 + (step->other_count + OTHERS_IN_LINE - 1) / OTHERS_IN_LINE;
        height += line_height * (double)lines + 10;
        if (!step->ends)
            height += 22 + line_height * (double)(others > 3 ? others : 3);
    }
    return height;
}

void flow_print_svg(const struct flow *flow, FILE *out)
{
    struct sheet sheet = {.flow = flow, .out = out, .y = TOP};
    double height = height_of(flow);
    fprintf(out,
            "<svg class=\"flow\" viewBox=\"0 0 %d %.0f\" role=\"img\" "
            "aria-label=\"page %ld on its way through the loop\">\n"
            "<line class=\"lifeline\" x1=\"%d\" x2=\"%d\" y1=\"28\" "
            "y2=\"%.0f\"/>\n",
            WIDTH, height, flow->page, LOOP, LOOP, height - 4);
    print_head(&sheet);
    for (size_t i = 0; i < flow->count; i++) {
        print_step(&sheet, &flow->steps[i]);
        if (!flow->steps[i].ends)
            print_gap(&sheet, &flow->steps[i]);
    }
    fputs("</svg>\n", out);
}
