/* SPDX-License-Identifier: MIT */
/* What a contestant leaves in the recording that it shares with `timeline`: the
 * first bytes lie where the probes write, the others at the beginning, where
 * the layout and the names are. */
#include "fuzz.h"

#include "harness/models.h"
#include "harness/timeline/drawn.h"
#include "harness/timeline/recording.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

static const size_t OF_PROBES = 2000;
static const size_t PAGES = 2;

static void fill(const struct recording &recording, std::string_view input)
{
    std::string_view noted = input.substr(0, OF_PROBES);
    std::string_view head = input.substr(noted.size());
    size_t room = reinterpret_cast<char *>(recording_probes(&recording)) -
                  reinterpret_cast<char *>(recording.memory);
    memcpy(recording_probes(&recording), noted.data(), noted.size());
    memcpy(recording.memory, head.data(), std::min(head.size(), room));
}

static void print(const struct drawn &drawn)
{
    char *text = nullptr;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    drawn_print_page(&drawn, out);
    drawn_print_trace(&drawn, out);
    drawn_print_text(&drawn, 80, out);
    fclose(out);
    for (size_t i = 0; i < size; i++)
        fuzz_require(text[i] == '\n' || (text[i] & 0xe0) != 0,
                     "nothing that is drawn controls a terminal");
    free(text);
}

void fuzz_recording(std::string_view input)
{
    struct drawn drawn = {};
    struct drawn_run &run = drawn.runs[0];
    int fd = -1;
    run.name = "mine";
    run.model = models_find("callbacks");
    drawn.count = 1;
    drawn.requests = PAGES;
    drawn.setting = "";
    fuzz_require(!recording_init(&run.recording, &fd, PAGES), "there is room");
    close(fd);
    run.recording.made = 0; /* so that its times may be any */
    fill(run.recording, input);
    fuzz_require(!timeline_make(&run.timeline, &run.recording, PAGES),
                 "any bytes make a timeline");
    print(drawn);
    timeline_deinit(&run.timeline);
    recording_deinit(&run.recording);
}
