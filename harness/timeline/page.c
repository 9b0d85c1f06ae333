/* SPDX-License-Identifier: MIT */
/* The page: a chart for each run, on one axis, as SVG. It is complete without
 * the script, which only zooms. */
#include "harness/timeline/drawn.h"
#include "harness/timeline/flow.h"
#include "harness/timeline/page_parts.h"

#include <stdio.h>

/* In the units of the charts. */
enum {
    WIDTH = 1240,
    LEFT = 140,
    RIGHT = 1230,
    PLOT = RIGHT - LEFT,
    AXIS = 24, /* its height */
    ROW = 20,
    LOW_ROW = 9, /* where there are many */
    MANY = 40,
};

static const char *const classes[] = {
    [ACTIVITY_IDLE] = "idle",           [ACTIVITY_STARTING] = "starting",
    [ACTIVITY_RESOLVING] = "resolving", [ACTIVITY_CONNECTING] = "connecting",
    [ACTIVITY_SECURING] = "securing",   [ACTIVITY_SENDING] = "sending",
    [ACTIVITY_WAITING] = "waiting",     [ACTIVITY_READING] = "reading",
    [ACTIVITY_CALLBACK] = "callback",   [ACTIVITY_RUNNING] = "running",
    [ACTIVITY_LOST] = "lost",
};

struct chart {
    const struct drawn_run *run;
    nanos span; /* of the axis */
    int row;    /* height of one */
    FILE *out;
};

static void print_escaped(const char *text, FILE *out)
{
    for (; *text; text++)
        switch (*text) {
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '&':
            fputs("&amp;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        default:
            fputc(*text, out);
        }
}

static double x_of(const struct chart *chart, nanos when)
{
    return (double)when * (double)PLOT / (double)chart->span;
}

static double y_of(const struct chart *chart, size_t row)
{
    return (double)AXIS + (double)row * chart->row;
}

/* ---- one chart ---- */

/* The distance of the marks: 1, 2 or 5 times a power of ten, at most ten marks.
 * The script has the same rule. */
static double axis_step(double span)
{
    static const double steps[] = {1, 2, 5};
    double ten = 1e-6;
    while (ten * 100 < span)
        ten *= 10;
    for (int i = 0; i < 3; i++)
        if (span / (ten * steps[i]) <= 10)
            return ten * steps[i];
    return ten * 10;
}

static void print_axis(const struct chart *chart, double bottom)
{
    double span = nanos_as_milliseconds(chart->span), step = axis_step(span);
    fputs("<g class=\"axis\">\n", chart->out);
    for (int i = 0; i * step <= span; i++) {
        double x = i * step / span * (double)PLOT;
        fprintf(chart->out,
                "<line x1=\"%.2f\" x2=\"%.2f\" y1=\"16\" y2=\"%.1f\"/>"
                "<text x=\"%.2f\" y=\"12\">%g ms</text>\n",
                x, x, bottom, x, i * step);
    }
    fputs("</g>\n", chart->out);
}

static void print_segment(const struct chart *chart,
                          const struct segment *segment, double y)
{
    char text[SEGMENT_TEXT_MAX];
    bool idle = segment->activity == ACTIVITY_IDLE;
    double from = x_of(chart, segment->from), to = x_of(chart, segment->to);
    drawn_segment_text(chart->run, segment, text);
    fprintf(chart->out,
            "<rect class=\"%s\" x=\"%.4f\" width=\"%.4f\" y=\"%.1f\" "
            "height=\"%.1f\"><title>",
            classes[segment->activity], from, to - from,
            idle ? y + chart->row / 2.0 - 1 : y + 2,
            idle ? 1.0 : chart->row - 4.0);
    print_escaped(text, chart->out);
    fputs("</title></rect>\n", chart->out);
}

/* Draws long ones first, so that they never hide short ones. */
static void print_row(const struct chart *chart, size_t number)
{
    const struct row *row = &chart->run->timeline.rows[number];
    nanos visible = chart->span / PLOT;
    fputs("<g class=\"row\">\n", chart->out);
    for (int brief = 0; brief < 2; brief++)
        for (size_t i = 0; i < row->count; i++) {
            const struct segment *segment = &row->segments[i];
            if ((segment->to - segment->from < visible) == brief)
                print_segment(chart, segment, y_of(chart, number));
        }
    fputs("</g>\n", chart->out);
}

static void print_labels(const struct chart *chart)
{
    const struct timeline *timeline = &chart->run->timeline;
    fputs("<g class=\"labels\">\n", chart->out);
    for (size_t i = 0; i < timeline->row_count; i++) {
        const struct row *row = &timeline->rows[i];
        char label[ROW_LABEL_MAX];
        drawn_row_label(timeline, i, label);
        fprintf(chart->out,
                "<text x=\"%d\" y=\"%.1f\" style=\"font-size:%dpx\">%s<title>"
                "process %d, thread %d",
                LEFT - 8, y_of(chart, i) + chart->row * 0.72,
                chart->row > 12 ? 12 : 8, label, row->pid, row->thread);
        if (row->lost)
            fprintf(chart->out, "; %llu events were lost",
                    (unsigned long long)row->lost);
        fputs("</title></text>\n", chart->out);
    }
    fputs("</g>\n", chart->out);
}

static void print_arrows(const struct chart *chart)
{
    const struct timeline *timeline = &chart->run->timeline;
    fputs("<g class=\"arrows\">\n", chart->out);
    for (size_t i = 0; i < timeline->arrow_count; i++) {
        const struct arrow *arrow = &timeline->arrows[i];
        fprintf(chart->out,
                "<line x1=\"%.4f\" y1=\"%.1f\" x2=\"%.4f\" y2=\"%.1f\">"
                "<title>",
                x_of(chart, arrow->from),
                y_of(chart, arrow->from_row) + chart->row / 2.0,
                x_of(chart, arrow->to),
                y_of(chart, arrow->to_row) + chart->row / 2.0);
        if (arrow->page == NO_PAGE)
            fputs("one thread wakes the other", chart->out);
        else
            fprintf(chart->out, "page %ld is handed over", arrow->page);
        fprintf(chart->out, ", %.3f ms</title></line>\n",
                nanos_as_milliseconds(arrow->to - arrow->from));
    }
    fputs("</g>\n", chart->out);
}

static void print_chart(const struct drawn *drawn, const struct drawn_run *run,
                        FILE *out)
{
    size_t rows = run->timeline.row_count;
    struct chart chart = {.run = run,
                          .span = drawn_span(drawn),
                          .row = rows > MANY ? LOW_ROW : ROW,
                          .out = out};
    double bottom = y_of(&chart, rows) + 4;
    fprintf(out,
            "<svg class=\"chart\" viewBox=\"0 0 %d %.0f\" role=\"img\" "
            "aria-label=\"what every worker of %s did\" "
            "data-left=\"%d\" data-plot=\"%d\" data-span=\"%.6f\" "
            "data-bottom=\"%.1f\">\n",
            WIDTH, bottom, run->name, LEFT, PLOT,
            nanos_as_milliseconds(chart.span), bottom);
    print_labels(&chart);
    fprintf(out,
            "<svg class=\"plot\" x=\"%d\" y=\"0\" width=\"%d\" height=\"%.0f\" "
            "overflow=\"hidden\">\n"
            "<rect class=\"ground\" x=\"0\" y=\"0\" width=\"%d\" "
            "height=\"%.0f\"/>\n",
            LEFT, PLOT + 8, bottom, PLOT + 8, bottom);
    print_axis(&chart, bottom);
    for (size_t i = 0; i < rows; i++)
        print_row(&chart, i);
    print_arrows(&chart);
    fputs("</svg>\n</svg>\n", out);
}

/* ---- what is around it ---- */

static void print_lost(const struct timeline *timeline, FILE *out)
{
    if (timeline->lost)
        fprintf(out,
                "<p class=\"warning\">%llu events were lost: a thread keeps "
                "only its newest. What is not known is hatched crosswise.",
                (unsigned long long)timeline->lost);
    if (timeline->lost_without_ring)
        fprintf(out, " %llu of them are of threads that are not drawn at all.",
                (unsigned long long)timeline->lost_without_ring);
    if (timeline->lost)
        fputs("</p>\n", out);
}

static void print_run(const struct drawn *drawn, const struct drawn_run *run,
                      FILE *out)
{
    const struct record *record = &run->record;
    fprintf(out, "<section>\n<h2>%s</h2>\n<p>%s: ", run->name,
            run->model->summary);
    fprintf(out, "%.1f ms, pages: %zu, workers: %zu",
            nanos_as_milliseconds(run->timeline.span), record->finished,
            timeline_workers(&run->timeline));
    if (record->cpu_user_s + record->cpu_system_s > 0)
        fprintf(out, ", CPU time: %.1f ms",
                1000 * (record->cpu_user_s + record->cpu_system_s));
    fputs(".</p>\n", out);
    if (record->error[0]) {
        fprintf(out, "<p class=\"warning\">%zu failed: ", record->errors);
        print_escaped(record->error, out);
        fputs("</p>\n", out);
    }
    print_lost(&run->timeline, out);
    print_chart(drawn, run, out);
    fputs("</section>\n", out);
}

static void print_flow(const struct drawn *drawn, const struct drawn_run *run,
                       FILE *out)
{
    struct flow flow;
    if (!flow_make_any(&flow, run, drawn->requests))
        return;
    fprintf(out,
            "<section>\n<h2>%s: page %ld on its way through the loop</h2>\n",
            run->name, flow.page);
    flow_print_svg(&flow, out);
    fputs("</section>\n", out);
}

static void print_swatch(enum activity activity, FILE *out)
{
    bool idle = activity == ACTIVITY_IDLE;
    fprintf(out,
            "<svg width=\"24\" height=\"12\"><rect class=\"%s\" width=\"24\" "
            "height=\"%d\" y=\"%d\"/></svg>",
            classes[activity], idle ? 1 : 12, idle ? 6 : 0);
}

static void print_legend(FILE *out)
{
    fputs("<p class=\"legend\">", out);
    for (int i = 0; i < ACTIVITY_COUNT; i++) {
        fputs("<span>", out);
        print_swatch((enum activity)i, out);
        fprintf(out, " %s</span>\n", activity_name((enum activity)i));
    }
    fputs("</p>\n", out);
}

/* How long all rows of a kind did each activity, added up. */
static void print_sums(const struct drawn *drawn, FILE *out)
{
    fputs("<table>\n<tr><th></th><th>in all</th>", out);
    for (size_t i = 0; i < drawn->count; i++)
        fprintf(out, "<th>workers of %s</th><th>its threads</th>",
                drawn->runs[i].name);
    fputs("</tr>\n", out);
    for (int which = 0; which < ACTIVITY_COUNT; which++) {
        enum activity activity = (enum activity)which;
        fputs("<tr><td>", out);
        print_swatch(activity, out);
        fprintf(out, "</td><td>%s</td>", activity_name(activity));
        for (size_t i = 0; i < drawn->count; i++)
            for (int threads = 0; threads < 2; threads++)
                fprintf(out, "<td class=\"number\">%.2f ms</td>",
                        nanos_as_milliseconds(timeline_sum(
                            &drawn->runs[i].timeline, threads, activity)));
        fputs("</tr>\n", out);
    }
    fputs("</table>\n", out);
}

static void print_head(const struct drawn *drawn, FILE *out)
{
    fprintf(out,
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
            "<meta charset=\"utf-8\">\n<title>What every worker did: %s%s%s"
            "</title>\n<style>\n%s</style>\n</head>\n<body>\n",
            drawn->runs[0].name, drawn->count > 1 ? " and " : "",
            drawn->count > 1 ? drawn->runs[1].name : "", page_style);
    page_print_patterns(out);
    fputs("<h1>What every worker did</h1>\n<p>", out);
    print_escaped(drawn->setting, out);
    fputs("</p>\n", out);
    fputs(page_controls, out);
    print_legend(out);
}

void drawn_print_page(const struct drawn *drawn, FILE *out)
{
    print_head(drawn, out);
    for (size_t i = 0; i < drawn->count; i++)
        print_run(drawn, &drawn->runs[i], out);
    fputs(page_notes, out);
    for (size_t i = 0; i < drawn->count; i++)
        print_flow(drawn, &drawn->runs[i], out);
    print_sums(drawn, out);
    fprintf(out, "<script>\n%s</script>\n</body>\n</html>\n", page_script);
}
