/* SPDX-License-Identifier: MIT */
#include "harness/claims/print.h"

#include "harness/race/cells.h"

#include <string.h>

enum { WIDTH = 80, LABEL = 23, BAR = 22, INDENT = 11 };

/* ---- text ---- */

/* A paragraph with a word such as "slide:" in its margin. */
static void print_paragraph(const char *word, const char *text, FILE *out)
{
    int column = INDENT;
    fprintf(out, "  %-*s", INDENT - 2, word);
    while (*text) {
        size_t size = strcspn(text, " ");
        int columns = cell_width_of(text, size);
        if (column > INDENT && column + 1 + columns > WIDTH) {
            fprintf(out, "\n%*s", INDENT, "");
            column = INDENT;
        } else if (column > INDENT) {
            fputc(' ', out);
            column++;
        }
        fprintf(out, "%.*s", (int)size, text);
        column += columns;
        text += size + (text[size] == ' ');
    }
    fputc('\n', out);
}

/* ---- bars ---- */

/* The longest of the bars that share a scale, from this one on. */
static double longest_from(const struct finding *finding, size_t first)
{
    const char *heading = finding->figures[first].heading;
    double longest = 0;
    for (size_t i = first;
         i < finding->count && !strcmp(finding->figures[i].heading, heading);
         i++)
        if (finding->figures[i].spread.count &&
            finding->figures[i].spread.median > longest)
            longest = finding->figures[i].spread.median;
    return longest;
}

/* Anything above 0 is visible. */
static int bar_length(double value, double longest)
{
    if (value <= 0 || longest <= 0)
        return 0;
    int length = (int)((double)BAR * value / longest + 0.5);
    return length ? length : 1;
}

/* The figure as text, without its interval if there is no room for that. */
static struct said say_in(const struct spread *spread, int columns)
{
    struct said said = spread_say(spread);
    if (cell_width(said.text) > columns)
        said = number_say(spread->median);
    return said;
}

static void print_bar(const struct figure *figure, double longest, FILE *out)
{
    enum { ROOM = WIDTH - 4 - LABEL - 1 - BAR - 1 };
    const struct spread *spread = &figure->spread;
    int length = spread->count ? bar_length(spread->median, longest) : 0;
    fputs("    ", out);
    cell_print(out, -LABEL, figure->label);
    fprintf(out, " %.*s%*s %s\n", length, "######################",
            BAR - length, "", say_in(spread, ROOM).text);
}

static void print_chart(const struct finding *finding, FILE *out)
{
    double longest = 0;
    for (size_t i = 0; i < finding->count; i++) {
        const struct figure *figure = &finding->figures[i];
        if (!i || strcmp(figure->heading, figure[-1].heading) != 0) {
            longest = longest_from(finding, i);
            fprintf(out, "  %s\n", figure->heading);
        }
        print_bar(figure, longest, out);
    }
}

static void print_verdict(const char *margin, const struct judgement *judgement,
                          FILE *out)
{
    char text[sizeof judgement->sentence + 64], word[32];
    snprintf(word, sizeof word, "%s", claim_verdict_word(judgement->verdict));
    for (char *letter = word; *letter; letter++)
        if (*letter >= 'a' && *letter <= 'z')
            *letter = (char)(*letter - 'a' + 'A');
    snprintf(text, sizeof text, "%s%s %s", word,
             judgement->verdict == IS_TRUE_UNTIL ? "" : ":",
             judgement->sentence);
    print_paragraph(margin, text, out);
}

void claim_print_brief(const struct claim *claim, const struct finding *finding,
                       FILE *out)
{
    fprintf(out, "%-4s %s\n", claim->name, claim->slide);
    print_verdict("", &finding->judgement, out);
}

void claim_print(const struct claim *claim, const struct finding *finding,
                 FILE *out)
{
    fprintf(out, "%s  %s\n", claim->name, claim->slide);
    print_paragraph("says:", claim->says, out);
    print_paragraph("true if:", claim->held, out);
    print_chart(finding, out);
    print_verdict("verdict:", &finding->judgement, out);
    print_paragraph("depends:", claim->depends, out);
}

/* ---- JSON ---- */

static void write_known(struct json_writer *json, const char *name,
                        const struct spread *spread, double value)
{
    if (spread->count)
        json_write_real(json, name, value);
    else
        json_write_null(json, name);
}

static void write_figure(const struct figure *figure, struct json_writer *json)
{
    const struct spread *spread = &figure->spread;
    json_write_object(json, NULL);
    json_write_text(json, "heading", figure->heading);
    json_write_text(json, "label", figure->label);
    json_write_count(json, "samples", spread->count);
    write_known(json, "median", spread, spread->median);
    write_known(json, "min", spread, spread->min);
    write_known(json, "max", spread, spread->max);
    json_write_bool(json, "disturbed", spread->disturbed);
    json_write_end(json);
}

void claim_write(const struct claim *claim, const struct finding *finding,
                 struct json_writer *json)
{
    const struct judgement *judgement = &finding->judgement;
    json_write_object(json, NULL);
    json_write_text(json, "claim", claim->name);
    json_write_text(json, "slide", claim->slide);
    json_write_text(json, "says", claim->says);
    json_write_text(json, "true_if", claim->held);
    json_write_array(json, "figures");
    for (size_t i = 0; i < finding->count; i++)
        write_figure(&finding->figures[i], json);
    json_write_end(json);
    json_write_text(json, "verdict", claim_verdict_word(judgement->verdict));
    json_write_text(json, "sentence", judgement->sentence);
    json_write_text(json, "trouble",
                    finding->trouble[0] ? finding->trouble : NULL);
    json_write_text(json, "depends_on", claim->depends);
    json_write_end(json);
}
